"""Requests of plugins over TLS: whom they believe, and when they give up."""
import os
import socket
import ssl
import subprocess
import threading

import support

PROBE = {
    "plugin.toml": """
[plugin]
name    = "probe"
version = "1.0.0"
kind    = "api"
library = "probe.so"
sdk     = 1

[[routes]]
method  = "GET"
path    = "/far"
handler = "probe.far"
[routes.config]
auth = false
""",
    "probe.c": r"""
#include <stdlib.h>

#include <socle/socle.h>

SOCLE_PLUGIN()

SOCLE_ACTION(probe_far)
{
	const char *ms = socle_query_value(ctx, "ms");
	struct socle_fetch_request request = { SOCLE_FETCH, .url = socle_query_value(ctx, "url"),
		.timeout_ms = ms ? (unsigned)atoi(ms) : 0 };
	const struct socle_fetch_answer *answer = socle_fetch(ctx, &request);
	const char *problem = answer ? NULL : socle_strdup(ctx, socle_error_message(ctx));

	if (answer)
		return socle_send_text(ctx, socle_printf(ctx, "%d %s", answer->status, answer->body));
	socle_catch(ctx);
	return socle_send_text(ctx, problem);
}
""",
}


class Server:
    """Answers each TLS client with one text, and says how many it had."""

    def __init__(self, certificate, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.context = context
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answered = 0
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            try:
                connection.settimeout(30)
                with self.context.wrap_socket(connection, server_side=True) as s:
                    # Who doesn't believe the certificate leaves behind the handshake.
                    if not s.recv(65536):
                        continue
                    self.answered += 1
                    s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
            except OSError:
                connection.close()

    def close(self):
        # Closing alone doesn't wake who accepts.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(60)


class Tls(support.TestCase):
    def certificate(self, name, alternative):
        certificate, key = (os.path.join(self.folder, f"{name}.{kind}") for kind in ("pem", "key"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", f"/CN={name}", "-addext", f"subjectAltName={alternative}", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        return certificate, key

    def server(self, certificate, key):
        server = Server(certificate, key)
        self.addCleanup(server.close)
        return server

    def probe(self, trusted=None):
        plugin = support.write_plugin(self.folder, "probe", PROBE)
        config = {"middlewares.toml": support.MIDDLEWARES}
        if trusted:
            config["server.toml"] = f'[fetch]\ncertificates = "{trusted}"\n'
        return self.host([plugin], config, env={"no_proxy": "127.0.0.1"})

    def far(self, host, port, ms=""):
        return host.request("GET", f"/api/far?url=https://127.0.0.1:{port}/&ms={ms}").text

    def test_who_shows_a_certificate_of_a_trusted_authority_for_its_name_is_believed(self):
        good, other = self.certificate("good", "IP:127.0.0.1"), self.certificate("other", "DNS:other.example")
        both = os.path.join(self.folder, "both.pem")
        with open(both, "wb") as to:
            for certificate, _ in (good, other):
                with open(certificate, "rb") as file:
                    to.write(file.read())
        believed, misnamed = self.server(*good), self.server(*other)
        host = self.probe(both)
        self.assertEqual(self.far(host, believed.port), "200 secret")
        problem = self.far(host, misnamed.port)
        self.assertIn(f"https://127.0.0.1:{misnamed.port}/: ", problem)
        self.assertRegex(problem, "(?i)subject ?(alt|name)")
        self.assertEqual((believed.answered, misnamed.answered), (1, 0))

    def test_without_its_authority_nobody_is_believed(self):
        server = self.server(*self.certificate("good", "IP:127.0.0.1"))
        host = self.probe()
        self.assertRegex(self.far(host, server.port), "(?i)certificate")
        self.assertEqual(server.answered, 0)

    def test_a_file_of_authorities_that_is_missing_is_named(self):
        server = self.server(*self.certificate("good", "IP:127.0.0.1"))
        host = self.probe("/nonexistent/authorities.pem")
        self.assertIn("/nonexistent/authorities.pem", self.far(host, server.port))
        self.assertEqual(server.answered, 0)

    def test_a_handshake_that_does_not_come_about_takes_no_longer_than_the_request_may(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            problem = self.far(self.probe(), silent.getsockname()[1], ms=300)
        self.assertRegex(problem, "(?i)time-?d? ?out")

    def test_who_does_not_speak_tls_is_told_from_one_that_does(self):
        host = self.probe()
        self.assertRegex(self.far(host, host.port), "(?i)ssl|tls")
        self.assertEqual(host.request("GET", "/_health").status, 204)


if __name__ == "__main__":
    support.unittest.main()
