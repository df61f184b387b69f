"""Bodies that are no JSON: multipart/form-data with its files, forms, texts."""
import gzip
import os
import shutil
import socket
import tempfile
import zlib

import support
from support import MIDDLEWARES, eventually, in_background

PROBE = {
    "plugin.toml": """
[plugin]
name    = "probe"
version = "1.0.0"
kind    = "api"
library = "probe.so"
sdk     = 1

[[routes]]
method  = "POST"
path    = "/tell"
handler = "probe.tell"
[routes.config]
auth = false

[[routes]]
method  = "POST"
path    = "/keep"
handler = "probe.keep"
[routes.config]
auth = false
""",
    "probe.c": r"""
#include <sys/stat.h>

#include <socle/socle.h>

SOCLE_PLUGIN()

SOCLE_ACTION(probe_tell)
{
	json_t *files = json_array();

	for (size_t i = 0; i < socle_file_count(ctx); i++) {
		const struct socle_file *file = socle_file_at(ctx, i);
		struct stat stat_of = { 0 };

		stat(file->path, &stat_of);
		json_array_append_new(files, json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:i}", "field", file->field, "name", file->name,
			"type", file->type, "path", file->path, "size", (json_int_t)file->size, "onDisk", (json_int_t)stat_of.st_size,
			"mode", (int)(stat_of.st_mode & 0777)));
	}
	return socle_send_json(ctx, json_pack("{s:O?, s:o}", "body", socle_body(ctx), "files", files));
}

SOCLE_ACTION(probe_keep)
{
	const struct socle_file *file = socle_file(ctx, "file");

	if (!file)
		return socle_throw(ctx, SOCLE_VALIDATION, "no file");
	if (socle_file_keep(ctx, file, socle_query_value(ctx, "to") ? socle_query_value(ctx, "to") : "kept.bin") < 0)
		return -1;
	if (socle_file_keep(ctx, file, "again.bin") >= 0 || !socle_catch(ctx))
		return -1;
	return socle_send_text(ctx, file->path);
}
""",
}


def form(*parts, boundary="XyZ"):
    """A body of (name, value) and (name, file name, type, bytes)."""
    body = b""
    for name, *rest in parts:
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        if len(rest) == 1:
            body += b"\r\n\r\n" + rest[0].encode()
        else:
            body += f'; filename="{rest[0]}"\r\nContent-Type: {rest[1]}\r\n\r\n'.encode() + rest[2]
        body += b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


TYPE = {"Content-Type": "multipart/form-data; boundary=XyZ"}


class Uploads(support.TestCase):
    def probe(self, body="{}", config=None):
        plugin = support.write_plugin(self.folder, "probe", PROBE)
        middlewares = MIDDLEWARES.replace('"socle::body"', '{ name = "socle::body", config = ' + body + " }")
        return self.host(plugins=[plugin], config={"middlewares.toml": middlewares, **(config or {})})

    def left(self, host):
        folder = os.path.join(host.folder, "state", "uploads")
        return os.listdir(folder) if os.path.isdir(folder) else []

    def tell(self, host, body, headers=None):
        return host.request("POST", "/api/tell", body=body, headers=headers or TYPE)

    def test_fields_are_the_body_and_files_lie_on_disk_until_the_request_ends(self):
        host = self.probe()
        content = os.urandom(300000)
        answer = self.tell(host, form(("a[b]", "1"), ("list", "x & y"), ("list", "ü=%"), ("file", "C:\\dir\\ä.bin", "image/x", content),
                                      ("none", "", "application/octet-stream", b""), ("more", "n", "t/t", b"")))
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json["body"], {"a": {"b": "1"}, "list": ["x & y", "ü=%"]})
        first, second = answer.json["files"]
        self.assertEqual((first["field"], first["name"], first["type"], first["size"], first["onDisk"], first["mode"]),
                         ("file", "ä.bin", "image/x", 300000, 300000, 0o600))
        self.assertEqual((second["field"], second["size"]), ("more", 0))
        eventually(lambda: not self.left(host))

    def test_a_file_that_is_kept_stays_whole(self):
        host = self.probe()
        content = os.urandom(1 << 20)
        answer = host.request("POST", "/api/keep", body=form(("file", "f", "a/b", content)), headers=TYPE)
        self.assertEqual((answer.status, answer.text), (200, "kept.bin"))
        with open(os.path.join(host.folder, "kept.bin"), "rb") as f:
            self.assertEqual(f.read(), content)
        eventually(lambda: not self.left(host))

    def test_a_file_is_kept_on_another_file_system_as_well(self):
        host = self.probe()
        folder = tempfile.mkdtemp(prefix="socle-test.", dir="/dev/shm")
        self.addCleanup(shutil.rmtree, folder)
        if os.stat(folder).st_dev == os.stat(host.folder).st_dev:
            self.skipTest("there is one file system only")
        contents = [os.urandom(1 << 20) for _ in range(4)]
        waits = [in_background(lambda content=content: host.request("POST", f"/api/keep?to={folder}/kept.bin",
                                                                    body=form(("file", "f", "a/b", content)), headers=TYPE))
                 for content in contents]
        self.assertEqual([wait().status for wait in waits], [200] * 4)
        with open(os.path.join(folder, "kept.bin"), "rb") as f:
            self.assertIn(f.read(), contents)
        self.assertEqual(os.listdir(folder), ["kept.bin"])
        eventually(lambda: not self.left(host))

    def test_what_is_over_a_limit_is_refused_and_removed(self):
        host = self.probe('{ formidable = { maxFileSize = "100kb", maxTotalFileSize = "150kb", maxFields = 2, maxFieldsSize = 1000 } }',
                          {"server.toml": "[server.limits]\nparts = 4\n"})
        large = b"x" * (100 * 1024)
        self.assertEqual(self.tell(host, form(("f", "f", "a/b", large))).status, 200)
        answer = self.tell(host, form(("f", "f", "a/b", large + b"x")))
        self.assertEqual((answer.status, answer.json), (413, {"data": None, "error": {
            "status": 413, "name": "PayloadTooLargeError", "message": "FileTooBig", "details": {}}}))
        for parts in ([("f", "f", "a/b", large), ("g", "g", "a/b", large)], [("a", "1")] * 3, [("a", "x" * 1001)], [("x" * 1001, "")],
                      [("f", "f", "a/b", b"1")] * 5):
            self.assertEqual(self.tell(host, form(*parts)).status, 413)
        self.assertEqual(self.tell(host, form(("a", "1"), ("b", "2"))).status, 200)
        eventually(lambda: not self.left(host))

    def test_malformed_bodies_are_refused_and_nothing_is_left(self):
        host = self.probe()
        good = form(("f", "f", "a/b", b"data"))
        for body, headers in ((good[:-6], None), (b"x" + good, None), (good, {"Content-Type": "multipart/form-data"}),
                              (good.replace(b"form-data", b"attachment"), None), (form(("a", "1")).replace(b"1", b"\xff"), None),
                              (b"", None), (good, {"Content-Type": "multipart/mixed; boundary=XyZ"})):
            answer = self.tell(host, body, headers)
            self.assertEqual((answer.status, answer.json["error"]["name"]), (400, "BadRequestError"), body)
        self.assertEqual(self.tell(host, good).status, 200)
        eventually(lambda: not self.left(host))

    def test_who_goes_away_in_the_middle_leaves_nothing(self):
        host = self.probe()
        with socket.create_connection(("127.0.0.1", host.port)) as s:
            s.sendall(b"POST /api/tell HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=XyZ\r\n"
                      b"Content-Length: 1000000\r\n\r\n" + form(("f", "f", "a/b", b"x" * 100000))[:-10])
            eventually(lambda: self.left(host))
        eventually(lambda: not self.left(host))

    def test_what_a_dead_process_left_goes_with_the_next_generation(self):
        host = self.probe()
        self.tell(host, form(("f", "f", "a/b", b"data")))
        folder = os.path.join(host.folder, "state", "uploads")
        for name in ("4194304000-abcdef", f"{os.getpid()}-abcdef", "4194303-abcdef"):
            with open(os.path.join(folder, name), "w"):
                pass
        self.assertEqual(host.command("reload").returncode, 0)
        self.assertNotIn("4194303-abcdef", self.left(host))
        self.assertIn(f"{os.getpid()}-abcdef", self.left(host))

    def test_texts_and_forms_are_read_as_the_options_say(self):
        host = self.probe('{ textLimit = "10b", formLimit = 10, jsonLimit = 10, jsonStrict = false, parsedMethods = ["POST"] }')
        text = {"Content-Type": "text/plain; charset=utf-8"}
        self.assertEqual(self.tell(host, "häll".encode(), text).json["body"], "häll")
        self.assertEqual(self.tell(host, b"x" * 11, text).status, 413)
        self.assertEqual(self.tell(host, b"\xff", text).status, 400)
        self.assertEqual(self.tell(host, b"a[]=1&a[]=2", {"Content-Type": "application/x-www-form-urlencoded"}).status, 413)
        self.assertEqual(self.tell(host, b"7", {"Content-Type": "application/json"}).json["body"], 7)
        self.assertIsNone(self.tell(host, b"<x/>", {"Content-Type": "application/xml"}).json["body"])

    def test_compressed_bodies_are_inflated_as_far_as_the_limits_go(self):
        host = self.probe('{ jsonLimit = "1kb" }')
        json, body = {"Content-Type": "application/json"}, b'{"a":"%s"}' % (b"x" * 900)
        for coding, packed in (("gzip", gzip.compress(body)), ("GZIP", gzip.compress(body)), ("deflate", zlib.compress(body))):
            answer = self.tell(host, packed, {**json, "Content-Encoding": coding})
            self.assertEqual((answer.status, answer.json["body"]), (200, {"a": "x" * 900}), answer)
        form = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}
        self.assertEqual(self.tell(host, gzip.compress(b"a[]=1&a[]=2"), form).json["body"], {"a": ["1", "2"]})
        for packed in (gzip.compress(b" " * 1025), gzip.compress(b" " * (64 << 20))):
            answer = self.tell(host, packed, {**json, "Content-Encoding": "gzip"})
            self.assertEqual((answer.status, answer.json["error"]), (413, {
                "status": 413, "name": "PayloadTooLargeError", "message": "request entity too large"}))
        answer = self.tell(host, body, {**json, "Content-Encoding": "gzip"})
        self.assertEqual((answer.status, answer.json["error"]["name"]), (400, "BadRequestError"))
        self.assertEqual(self.tell(host, body, {**json, "Content-Encoding": "zstd"}).status, 415)
        answer = self.tell(host, gzip.compress(b""), {**TYPE, "Content-Encoding": "gzip"})
        self.assertEqual(answer.status, 415)

    def test_wrong_options_are_refused_at_the_start(self):
        plugin = support.write_plugin(self.folder, "probe", PROBE)
        host = self.host(plugins=[plugin], start=False, config={"middlewares.toml": 'use = ["socle::errors", { name = "socle::body", '
                                                                'config = { formidable = { maxFileSiz = 1 } } }]\n'})
        done = host.command("check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown key `maxFileSiz`; did you mean `maxFileSize`?", done.stdout + done.stderr)


if __name__ == "__main__":
    support.unittest.main()
