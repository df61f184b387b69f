"""What integration tests stand on: a scratch database, the running program, plugins made on the spot.

    class Reload(support.TestCase):
        def test_a_new_route_answers_after_reload(self):
            plugin = support.write_plugin(self.folder, "hello", {"plugin.toml": "...", "hello.c": "..."})
            host = self.host(plugins=[plugin, *support.first_party("admin", "upload")])
            self.assertEqual(host.request("GET", "/api/hello").status, 200)

Run with tests/integration/run.py [NAME...]. Everything that a test makes is stopped and removed after it, and
a report of a sanitizer in a host's log fails the test that started it. SOCLE_BUILD names the build folder
(default: build). A test file with the line BUILD = "plain" is run on the plain build, for what sanitizers would
disturb: crashes, unloading, timing.
"""
import atexit
import itertools
import json
import os
import shutil
import sys
import tempfile
import threading
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools", "lib"))

import host as program  # noqa: E402
import scratchdb  # noqa: E402
from host import HostError, free_port  # noqa: E402,F401

BUILD_FOLDER = os.path.abspath(os.environ.get("SOCLE_BUILD") or os.path.join(ROOT, "build"))
RECORDED_DUMP = os.path.join(ROOT, "tests", "conformance", "data", "strapi.sql.gz")

# Enough to serve anybody everything; a test that needs other files gives them.
CONFIG = {"api.toml": '[rest]\npublic = ["*"]\n'}
# For "middlewares.toml" of tests that need no plugin's. Without a list the host uses middlewares that are plugins.
MIDDLEWARES = 'use = ["socle::logger", "socle::errors", "socle::query", "socle::body"]\n'


def sanitized():
    """Whether the build under test has sanitizers in it: it is slower then, and never unloads a library."""
    try:
        with open(os.path.join(BUILD_FOLDER, "meson-info", "intro-buildoptions.json")) as f:
            options = {option["name"]: option["value"] for option in json.load(f)}
    except FileNotFoundError:
        return False
    return options.get("b_sanitize", "none") not in ("none", [])


def mariadb_socket():
    """The socket of the run's server. Without one from outside it is started here and stopped at the end."""
    socket = os.environ.get("SOCLE_TEST_MARIADB")
    if not socket:
        folder = tempfile.mkdtemp(prefix="socle-test-db.")
        server = scratchdb.Server(folder)
        atexit.register(server.stop)
        socket = os.environ["SOCLE_TEST_MARIADB"] = server.socket
    return socket


class Database:
    """A fresh database, empty or filled from a dump, on the run's server or on the one with that socket."""
    numbers = itertools.count(1)

    def __init__(self, dump=None, socket=None):
        self.socket = socket or mariadb_socket()
        self.name = f"test_{os.getpid()}_{next(self.numbers)}"
        if dump:
            scratchdb.load(self.socket, dump, self.name)
        else:
            scratchdb.run(self.socket, f"CREATE DATABASE `{self.name}` "
                                       "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
        self.url = scratchdb.url(self.socket, self.name)

    def run(self, sql):
        """Runs statements; the client's output as text."""
        return scratchdb.run(self.socket, sql, self.name)

    def rows(self, sql):
        """The rows of a statement: lists of strings, as the client's batch mode writes them."""
        return [line.split("\t") for line in self.run(sql).splitlines()]

    def value(self, sql):
        """The first column of the first row; None when there is no row."""
        rows = self.rows(sql)
        return rows[0][0] if rows else None

    def drop(self):
        scratchdb.run(self.socket, f"DROP DATABASE IF EXISTS `{self.name}`")


class Host(program.Host):
    """`socle start` on a free port, in a folder of its own below `folder`.

    `plugins` are source folders; they are staged to self.plugins, where a test may change them.
    `config` is a folder, or a dict of file name and text.
    """

    def __init__(self, folder, database, plugins=(), config=None, env=None, workers=1, port=None):
        folder = tempfile.mkdtemp(prefix="host.", dir=folder)
        self.database = database
        self.plugins = os.path.join(folder, "plugins")
        self.config = config
        if not isinstance(config, str):
            self.config = os.path.join(folder, "config")
            write_files(self.config, {**CONFIG, **(config or {})})
        program.stage(BUILD_FOLDER, self.plugins, plugins)
        super().__init__(BUILD_FOLDER, [self.plugins], self.config, database.url, folder, port=port,
                         workers=workers, env=env)
        # When the tests are interrupted, unittest runs no cleanup.
        atexit.register(self.stop)


class TestCase(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp(prefix="socle-test.")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)

    def database(self, dump=None):
        database = Database(dump)
        self.addCleanup(database.drop)
        return database

    def host(self, plugins=(), config=None, env=None, workers=1, database=None, start=True):
        """A host, healthy unless start=False, on an empty database unless one is given."""
        host = Host(self.folder, database or self.database(), plugins, config, env, workers)
        self.addCleanup(self._finish, host)
        if start:
            host.start()
        return host

    def _finish(self, host):
        host.stop()
        reports = host.reports()
        if reports:
            self.fail(f"reports in the host's log:\n{reports[:20000]}")


def first_party(*names):
    """The source folders of plugins that ship with the host."""
    return [os.path.join(ROOT, "plugins", name) for name in names]


def write_files(folder, files):
    """Writes {name: text or bytes}; names may hold folders."""
    os.makedirs(folder, exist_ok=True)
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content.encode() if isinstance(content, str) else content)


def write_plugin(folder, name, files):
    """Writes the source folder of a plugin, of {file name: text}, and returns its path."""
    path = os.path.join(folder, "sources", name)
    shutil.rmtree(path, ignore_errors=True)
    write_files(path, files)
    return path


def build_plugin(source, out):
    """Makes the complete plugin folder `out`/<name> of a source folder, compiling what C it has. Its path.

    Other plugins in `out` stay. A host that watches `out` sees the folder appear whole.
    """
    name = os.path.basename(source)
    with tempfile.TemporaryDirectory(prefix=".build.", dir=os.path.dirname(os.path.abspath(out))) as scratch:
        program.stage(BUILD_FOLDER, scratch, [source])
        os.makedirs(out, exist_ok=True)
        final = os.path.join(out, name)
        old = os.path.join(scratch, ".old")
        if os.path.isdir(final):
            os.rename(final, old)
        os.rename(os.path.join(scratch, name), final)
    return final


# ---- waiting ----

def alive(pid):
    """Whether there is such a process, other than one that only waits to be reaped."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(test, wait=20):
    """The first true value of test(); fails after so many seconds."""
    deadline = time.monotonic() + wait
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("it did not come about in time")
        time.sleep(0.02)


def in_background(function, *arguments):
    """Calls it on a thread; the returned function waits for its result."""
    result = []

    def run():
        try:
            result.append((function(*arguments), None))
        except Exception as error:  # handed to whoever asks for the result
            result.append((None, error))

    thread = threading.Thread(target=run)
    thread.start()

    def wait():
        thread.join(60)
        value, error = result[0]
        if error:
            raise error
        return value
    return wait
