"""README.md is true: its commands are run in their order, its files are written, its answers are compared.

A block of kind `console` holds commands behind "$ ", each with the answer below it; "…" stands for anything, and where
a line breaks doesn't count. A block of another kind that begins with a file's name in a comment is that file.
`./tools/run` starts in the background, in place of the one before; `./tools/test` is what runs this.
"""
import atexit
import http.client
import os
import re
import shutil
import signal
import subprocess
import time
import unittest

import support
from snippets import Shell, blocks, commands, pattern

# Sanitizers would write between the answers.
BUILD = "plain"

README = os.path.join(support.ROOT, "README.md")
FILE = re.compile(r"(?:# |/\* )([\w-]+/\S+)(?: \*/)?\n")
ADDRESS = "127.0.0.1:1337"
STRAPI = "mysql://user:password@127.0.0.1:3306/strapi"
START = 180


class Server:
    """A `./tools/run` in the background, which serves when this has been made."""

    def __init__(self, command, folder, env, port):
        self.log_path = os.path.join(folder, "run.log")
        with open(self.log_path, "ab") as log:
            # Tests that run in the background of a shell inherit that Ctrl-C is ignored, which no script can undo.
            self.process = subprocess.Popen(["bash", "-c", f"exec env --default-signal=INT {command}"], cwd=folder, env=env,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        # When the tests are interrupted, unittest runs no cleanup.
        atexit.register(self.stop)
        try:
            self.wait(port)
        except BaseException:
            self.stop()
            raise

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def wait(self, port):
        deadline = time.monotonic() + START
        while not self.healthy(port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise support.HostError(f"tools/run did not come to serve:\n{self.log()[-4000:]}")
            time.sleep(0.1)

    def healthy(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/_health")
            return connection.getresponse().status == 204
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self):
        """The exit status, after SIGINT, as Ctrl-C sends it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(120)


class Readme(support.TestCase):
    def setUp(self):
        super().setUp()
        self.server = None
        self.port = support.free_port()
        self.checkout()
        env = {name: value for name, value in os.environ.items() if not name.startswith("SOCLE_")}
        self.shell = Shell(self.folder, {**env, "SOCLE_PORT": str(self.port), "SOCLE_WORKERS": "2",
                                         "HOME": self.folder, "CURL_HOME": self.folder})
        self.addCleanup(self.shell.close)
        self.addCleanup(self.stop_server)

    def checkout(self):
        """A folder that looks like a checkout, with the build under test, and an application of Strapi's."""
        os.symlink(support.BUILD_FOLDER, os.path.join(self.folder, "build"))
        for name in ("plugins", "tools"):
            os.symlink(os.path.join(support.ROOT, name), os.path.join(self.folder, name))
        shutil.copytree(os.path.join(support.ROOT, "config"), os.path.join(self.folder, "config"))
        source = os.path.join(support.ROOT, "tests", "conformance", "plugins", "oracle")
        for name in ("api", "components"):
            shutil.copytree(os.path.join(source, name), os.path.join(self.folder, "my-strapi", "src", name))
        support.write_files(self.folder, {".curlrc": "silent\nshow-error\n"})

    def stop_server(self):
        if not self.server:
            return
        status, log = self.server.stop(), self.server.log()
        self.server = None
        self.assertEqual(status, 0, log[-4000:])
        found = support.program.REPORT.search(log)
        self.assertFalse(found, log[found.start():][:20000] if found else "")

    def replaced(self, text):
        return text.replace(ADDRESS, f"127.0.0.1:{self.port}")

    def run_command(self, command):
        """What it printed; None for a server, which only has to come up."""
        command = self.replaced(command)
        if STRAPI in command:
            command = command.replace(STRAPI, self.database(support.RECORDED_DUMP).url)
        if not command.endswith("./tools/run"):
            return self.shell.run(command)
        self.stop_server()
        self.server = Server(command, self.folder, self.shell.environment(), self.port)
        return None

    def test_every_command_answers_as_it_is_written(self):
        for kind, text in blocks(README):
            named = FILE.match(text)
            if named:
                support.write_files(self.folder, {named.group(1): text})
            elif kind == "console":
                for command, answer in commands(text):
                    self.check(command, answer)

    def check(self, command, answer):
        if command == "./tools/test":
            return
        said = self.run_command(command)
        if said is not None and not re.fullmatch(pattern(self.replaced(answer)), said):
            self.fail(f"$ {command}\n{said.strip()}\n\nREADME.md has\n{answer}")

    def test_every_file_that_it_links_to_is_there(self):
        with open(README, encoding="utf-8") as f:
            text = f.read()
        links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
        folders = re.findall(r"^\| `([\w/]+/)` \|", text, re.M)
        self.assertTrue(links and folders)
        for name in links + folders:
            with self.subTest(name):
                self.assertTrue(os.path.exists(os.path.join(support.ROOT, name)))


if __name__ == "__main__":
    unittest.main()
