"""Static files over the wire: what is served, in part or not at all, and what is never served."""
import hashlib
import http.client
import os
import shutil
import socket
import tempfile
import threading
import time

import support

CONFIG = {
    "middlewares.toml": 'use = ["socle::logger", "socle::errors", "socle::powered-by", "socle::query", "socle::body",\n'
                        ' "socle::favicon", "socle::public"]\n',
}
NOT_FOUND = {"data": None, "error": {"status": 404, "name": "NotFoundError", "message": "Not Found", "details": {}}}
SIZE = 7 * 1024 * 1024 + 123


class StaticFiles(support.TestCase):
    """All but one test share a host; each has files of its own, or writes them anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.mkdtemp(prefix="socle-test.")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        database = support.Database()
        cls.addClassCleanup(database.drop)
        cls.shared = support.Host(folder, database, support.first_party("standard"), CONFIG)
        cls.addClassCleanup(cls.finish)
        cls.shared.start()

    @classmethod
    def finish(cls):
        cls.shared.stop()
        reports = cls.shared.reports()
        if reports:
            raise AssertionError(f"reports in the host's log:\n{reports[:20000]}")

    def setUp(self):
        super().setUp()
        self.site = self.shared
        self.public = os.path.join(self.site.folder, "public")
        self.write("hello.txt", b"hello, world\n")

    def write(self, name, content):
        """Written beside its place and renamed, as whoever changes a served file does it."""
        path = os.path.join(self.public, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + "~", "wb") as file:
            file.write(content)
        os.rename(path + "~", path)
        return path

    def get(self, path, headers=None, method="GET"):
        return self.site.request(method, path, headers=headers)

    def raw(self, head):
        """A request as it stands, on a connection of its own; the answer's bytes."""
        with socket.create_connection(("127.0.0.1", self.site.port), timeout=30) as connection:
            connection.sendall(head.encode("latin-1"))
            received = b""
            while piece := connection.recv(65536):
                received += piece
        return received

    def status_of(self, path):
        """Clients tidy paths up; this one sends them as they stand."""
        answer = self.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return int(answer.split(b" ", 2)[1]), answer.split(b"\r\n\r\n", 1)[1]

    def test_a_file_is_served_with_its_type_and_validators(self):
        answer = self.get("/hello.txt")
        self.assertEqual((answer.status, answer.body), (200, b"hello, world\n"))
        self.assertEqual(answer.headers["content-type"], "text/plain; charset=utf-8")
        self.assertEqual(answer.headers["cache-control"], "max-age=60")
        self.assertEqual(answer.headers["accept-ranges"], "bytes")
        self.assertEqual(answer.headers["content-length"], "13")
        self.assertEqual(answer.headers["x-powered-by"], "Strapi <strapi.io>")
        self.assertRegex(answer.headers["etag"], r'^"[0-9a-f]+-[0-9a-f]+"$')
        self.assertRegex(answer.headers["last-modified"], r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")

    def test_head_is_the_same_without_a_body(self):
        get, head = self.get("/hello.txt"), self.get("/hello.txt", method="HEAD")
        self.assertEqual((head.status, head.body), (200, b""))
        for name in ("content-type", "content-length", "etag", "last-modified", "accept-ranges"):
            self.assertEqual(head.headers[name], get.headers[name])

    def test_what_nobody_has_is_not_found_as_before(self):
        for path in ("/none.txt", "/hello.txt/", "/hello.txt/more", "/uploads/", "/uploads/none.png", "/" + "a" * 300):
            answer = self.get(path)
            self.assertEqual((answer.status, answer.json), (404, NOT_FOUND), path)
        self.assertEqual(self.get("/hello.txt", method="DELETE").status, 405)

    def test_uploads_are_checked_each_time(self):
        self.write("uploads/a.png", b"png")
        answer = self.get("/uploads/a.png")
        self.assertEqual((answer.status, answer.headers["cache-control"], answer.headers["content-type"]),
                         (200, "max-age=0", "image/png"))

    def test_a_folder_is_its_index(self):
        self.write("docs/index.html", b"<p>docs")
        for path in ("/docs", "/docs/", "/docs/index.html"):
            answer = self.get(path)
            self.assertEqual((answer.status, answer.body), (200, b"<p>docs"), path)
            self.assertEqual(answer.headers["content-type"], "text/html; charset=utf-8")
        answer = self.get("/")
        self.assertEqual((answer.status, answer.headers["location"]), (302, "/admin"))

    def test_without_an_index_the_root_is_a_folder_like_any_other(self):
        self.site = self.host(support.first_party("standard"), {"middlewares.toml": 'use = ["socle::errors", '
                              '{ name = "socle::public", config = { index = "", path = "web", maxAge = 0 } }]\n'})
        self.public = os.path.join(self.site.folder, "web")
        self.assertEqual(self.get("/").status, 404)
        self.write("index.html", b"home")
        answer = self.get("/")
        self.assertEqual((answer.status, answer.body, answer.headers["cache-control"]), (200, b"home", "max-age=0"))

    def test_parts_of_a_file(self):
        body = b"hello, world\n"
        for header, part in (("bytes=0-4", body[0:5]), ("bytes=7-", body[7:]), ("bytes=-6", body[-6:]),
                             ("bytes=7-999", body[7:]), ("bytes=-999", body)):
            answer = self.get("/hello.txt", {"Range": header})
            self.assertEqual((answer.status, answer.body), (206, part), header)
            first = body.rindex(part)
            self.assertEqual(answer.headers["content-range"], f"bytes {first}-{first + len(part) - 1}/13")
            self.assertEqual(answer.headers["content-length"], str(len(part)))
        for header in ("bytes=13-", "bytes=-0"):
            answer = self.get("/hello.txt", {"Range": header})
            self.assertEqual((answer.status, answer.headers["content-range"]), (416, "bytes */13"), header)
            self.assertNotIn("etag", answer.headers)
            self.assertEqual(answer.json["error"], {"status": 416, "name": "RangeNotSatisfiableError",
                                                    "message": "Range Not Satisfiable"})
        for header in ("bytes=0-1,3-4", "bytes=5-1", "bytes=x", "lines=1-2"):
            answer = self.get("/hello.txt", {"Range": header})
            self.assertEqual((answer.status, answer.body), (200, body), header)
        answer = self.get("/hello.txt", {"Range": "bytes=0-4"}, method="HEAD")
        self.assertEqual((answer.status, answer.headers["content-length"]), (200, "13"))

    def test_the_rest_of_a_file_that_has_changed_is_all_of_it(self):
        before = self.get("/hello.txt").headers
        for name in ("etag", "last-modified"):
            answer = self.get("/hello.txt", {"Range": "bytes=7-", "If-Range": before[name]})
            self.assertEqual((answer.status, answer.body), (206, b"world\n"), name)
        os.utime(self.write("hello.txt", b"other, world\n"), (1000000000, 1000000000))
        for value in (before["etag"], before["last-modified"], "W/" + before["etag"], "nonsense"):
            answer = self.get("/hello.txt", {"Range": "bytes=7-", "If-Range": value})
            self.assertEqual((answer.status, answer.body), (200, b"other, world\n"), value)

    def test_a_client_that_has_it_gets_no_body(self):
        os.utime(os.path.join(self.public, "hello.txt"), (1000000000, 1000000000))
        full = self.get("/hello.txt")
        self.assertEqual(full.headers["last-modified"], "Sun, 09 Sep 2001 01:46:40 GMT")
        tag, date = full.headers["etag"], full.headers["last-modified"]
        for headers in ({"If-None-Match": tag}, {"If-None-Match": f'"x", W/{tag}'}, {"If-None-Match": "*"},
                        {"If-Modified-Since": date}, {"If-Modified-Since": "Sunday, 09-Sep-01 01:46:41 GMT"},
                        {"If-None-Match": tag, "Range": "bytes=0-1"}):
            answer = self.get("/hello.txt", headers)
            self.assertEqual((answer.status, answer.body), (304, b""), headers)
            self.assertEqual(answer.headers["etag"], tag)
            self.assertNotIn("content-type", answer.headers)
        for headers in ({"If-None-Match": '"x"'}, {"If-None-Match": '"x"', "If-Modified-Since": date},
                        {"If-Modified-Since": "Sun, 09 Sep 2001 01:46:39 GMT"}, {"If-Modified-Since": "yesterday"}):
            self.assertEqual(self.get("/hello.txt", headers).status, 200, headers)

    def test_a_large_file_arrives_byte_for_byte(self):
        content = os.urandom(SIZE)
        self.write("large.bin", content)
        answer = self.get("/large.bin")
        self.assertEqual(answer.headers["content-type"], "application/octet-stream")
        self.assertEqual(hashlib.sha256(answer.body).hexdigest(), hashlib.sha256(content).hexdigest())
        answer = self.get("/large.bin", {"Range": "bytes=1000000-6999999"})
        self.assertTrue(answer.body == content[1000000:7000000])

    def test_requests_behind_a_file_are_answered_behind_it(self):
        content = os.urandom(SIZE)
        self.write("large.bin", content)
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        self.addCleanup(connection.close)
        for path, body in (("/large.bin", content), ("/hello.txt", b"hello, world\n"), ("/large.bin", content)):
            connection.request("GET", path)
            self.assertTrue(connection.getresponse().read() == body)
        answer = self.raw("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"
                          "GET /hello.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        at = answer.index(b"\r\n\r\n") + 4
        self.assertTrue(answer[at:at + SIZE] == content)
        self.assertTrue(answer[at + SIZE:].startswith(b"HTTP/1.1 200 OK\r\n"))
        self.assertTrue(answer.endswith(b"\r\n\r\nhello, world\n"))

    def test_others_are_served_while_slow_readers_read(self):
        self.write("large.bin", os.urandom(SIZE))
        readers = []
        for _ in range(20):
            reader = socket.create_connection(("127.0.0.1", self.site.port), timeout=60)
            self.addCleanup(reader.close)
            reader.sendall(b"GET /large.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            readers.append(reader)
        for _ in range(20):
            self.assertEqual(self.get("/hello.txt").status, 200)
        for reader in readers:
            received = 0
            while piece := reader.recv(1 << 20):
                received += len(piece)
            self.assertGreater(received, SIZE)

    def test_a_file_replaced_while_it_is_served_is_the_old_one_to_its_reader(self):
        old, new = os.urandom(SIZE), os.urandom(SIZE - 4096)
        self.write("large.bin", old)
        reader = socket.create_connection(("127.0.0.1", self.site.port), timeout=60)
        self.addCleanup(reader.close)
        reader.sendall(b"GET /large.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = reader.recv(1000)
        self.write("large.bin", new)
        self.assertTrue(self.get("/large.bin").body == new)
        while piece := reader.recv(1 << 20):
            received += piece
        self.assertTrue(received.split(b"\r\n\r\n", 1)[1] == old)

    def test_readers_that_leave_cost_no_descriptor(self):
        self.write("large.bin", os.urandom(SIZE))
        self.get("/hello.txt")
        worker, = self.site.worker_pids()
        before = self.descriptors(worker)
        for _ in range(30):
            with socket.create_connection(("127.0.0.1", self.site.port), timeout=60) as reader:
                reader.sendall(b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n")
                reader.recv(1000)
        deadline = time.monotonic() + 30
        while self.descriptors(worker) > before and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertLessEqual(self.descriptors(worker), before)

    @staticmethod
    def descriptors(pid):
        return len(os.listdir(f"/proc/{pid}/fd"))

    def test_no_path_leads_out_of_the_folder(self):
        outside = os.path.join(self.site.folder, "secret.txt")
        with open(outside, "w") as file:
            file.write("secret")
        self.write("sub/inside.txt", b"inside")
        os.symlink(outside, os.path.join(self.public, "link.txt"))
        os.symlink("../..", os.path.join(self.public, "sub", "up"))
        os.symlink("/etc", os.path.join(self.public, "etc"))
        os.symlink("sub/inside.txt", os.path.join(self.public, "inner.txt"))
        forbidden = b'{"data":null,"error":{"status":403,"name":"ForbiddenError","message":"Forbidden"}}'
        for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/sub/../../secret.txt",
                     "/uploads/%2e%2e/%2e%2e/secret.txt", "/./../secret.txt", "//../secret.txt"):
            self.assertEqual(self.status_of(path), (403, forbidden), path)
        for path in ("/%252e%252e/secret.txt", "/..\\secret.txt", "/link.txt", "/sub/up/secret.txt", "/etc/passwd",
                     "//etc/passwd", "/" + outside):
            status, body = self.status_of(path)
            self.assertEqual(status, 404, path)
            self.assertNotIn(b"secret", body)
        self.assertEqual(self.status_of("/sub/../hello.txt"), (200, b"hello, world\n"))
        self.assertEqual(self.status_of("/inner.txt"), (200, b"inside"))
        self.assertIn("link.txt is not served: a link leads out of the folder", self.site.log())

    def test_dot_files_and_what_is_no_file_are_not_there(self):
        self.write(".env", b"KEY=1")
        self.write("sub/.git/config", b"x")
        os.mkfifo(os.path.join(self.public, "pipe"))
        for path in ("/.env", "/%2eenv", "/sub/.git/config", "/pipe", "/sub"):
            self.assertEqual(self.status_of(path)[0], 404, path)

    def test_paths_that_are_no_text_are_refused(self):
        refusal = '{"data":null,"error":{"status":400,"name":"BadRequestError","message":"%s"'
        for message, paths in (("failed to decode", ("/a%zz", "/a%", "/%ff", "/%c0%ae%c0%ae/secret.txt")),
                               ("Malicious Path", ("/hello.txt%00.png", "/%00"))):
            for path in paths:
                status, body = self.status_of(path)
                self.assertEqual((status, body[:len(refusal % message)].decode()), (400, refusal % message), path)

    def test_names_are_decoded_once(self):
        self.write("é t%20.txt", b"text")
        self.assertEqual(self.get("/%C3%A9%20t%2520.txt").body, b"text")

    def test_the_icon_is_an_icon_whatever_it_is(self):
        self.assertEqual(self.get("/favicon.ico").json, NOT_FOUND)
        with open(os.path.join(self.site.folder, "favicon.png"), "wb") as file:
            file.write(b"icon")
        answer = self.get("/favicon.ico")
        self.assertEqual((answer.status, answer.body), (200, b"icon"))
        self.assertEqual(answer.headers["content-type"], "image/x-icon")
        self.assertEqual(answer.headers["cache-control"], "public, max-age=86400")
        self.assertEqual(self.get("/favicon.ico", {"If-None-Match": answer.headers["etag"]}).status, 304)
        answer = self.get("/favicon.ico", method="POST")
        self.assertEqual((answer.status, answer.body), (405, b"Method Not Allowed"))
        self.assertEqual(answer.headers["allow"], "GET, HEAD, OPTIONS")
        answer = self.get("/favicon.ico", method="OPTIONS")
        self.assertEqual((answer.status, answer.headers["allow"]), (200, "GET, HEAD, OPTIONS"))

    def test_many_readers_at_once_all_get_it_whole(self):
        content = os.urandom(SIZE)
        self.write("large.bin", content)
        digest, wrong = hashlib.sha256(content).digest(), []

        def read():
            if hashlib.sha256(self.get("/large.bin").body).digest() != digest:
                wrong.append(1)

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
