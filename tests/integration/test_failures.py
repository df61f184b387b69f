"""The database goes away and comes back; the host stays."""
import os
import shutil
import tempfile
import threading
import time

import support
import scratchdb  # support.py says where it is
from support import eventually
from test_server import ServerTestCase

NOTES = {
    "plugin.toml": '[plugin]\nname = "notes"\nversion = "1.0.0"\nkind = "api"\n',
    "content-types/note.toml": """
kind = "collectionType"
collectionName = "notes"
[info]
singularName = "note"
pluralName = "notes"
displayName = "Note"
[attributes.title]
type = "string"
""",
}
CONFIG = {"database.toml": 'acquireTimeout = "1s"\nconnectTimeout = "1s"\n'}


class OwnServer:
    """A server that may be stopped and started again; its data stay."""

    def __init__(self):
        # A short path: the socket's is the same before and after.
        self.folder = tempfile.mkdtemp(prefix="socle-own.", dir="/tmp")
        self.data = os.path.join(self.folder, "db")
        os.makedirs(self.data)
        self.start()

    def start(self):
        scratchdb.shell("mariadb_start", self.data)
        with open(os.path.join(self.data, "socket.path")) as f:
            self.socket = f.read().strip()

    def stop(self):
        scratchdb.shell("mariadb_stop", self.data)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class OwnDatabase:
    def __init__(self, server):
        scratchdb.run(server.socket, "DROP DATABASE IF EXISTS notes; CREATE DATABASE notes CHARACTER SET utf8mb4")
        self.url = scratchdb.url(server.socket, "notes")


class Failures(ServerTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = OwnServer()
        cls.addClassCleanup(cls.own.remove)

    def setUp(self):
        super().setUp()
        self.own.start()
        self.notes_database = OwnDatabase(self.own)

    def notes(self, start=True, **options):
        plugin = support.write_plugin(self.folder, "notes", NOTES)
        return self.host(plugins=[plugin], database=self.notes_database, config=CONFIG, start=start, **options)

    def test_the_host_waits_for_a_database_that_is_down_at_start(self):
        self.own.stop()
        host = self.notes(start=False)
        host.start(wait=0)
        eventually(lambda: "database" in host.log())
        time.sleep(1)
        self.assertIsNone(host.process.poll())
        status = host.status_json()
        self.assertEqual((status["generation"], status["workers"]), (0, []))
        self.own.start()
        host.wait_healthy(60)
        self.assertEqual(host.request("GET", "/api/notes").status, 200)

    def test_while_the_database_is_away_requests_are_answered_503_and_then_served_again(self):
        host = self.notes(workers=2)
        self.assertEqual(host.request("POST", "/api/notes", {"data": {"title": "kept"}}).status, 201)
        pids = host.worker_pids()
        statuses, ending = [], threading.Event()

        def ask():
            while not ending.is_set():
                answer = host.request("GET", "/api/notes")
                statuses.append((answer.status, answer.headers.get("retry-after")))
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            time.sleep(0.3)
            self.own.stop()
            eventually(lambda: any(status == 503 for status, _ in statuses))
            away = host.request("GET", "/api/notes")
            self.assertEqual(away.status, 503)
            self.assertTrue(away.headers["retry-after"].isdigit())
            # What needs no database is served all the same.
            self.assertEqual(host.request("GET", "/_health").status, 204)
            self.assertFalse(host.status_json()["database"]["available"])
            self.own.start()
            # Every worker finds its way back by itself.
            eventually(lambda: all(host.request("GET", "/api/notes").status == 200 for _ in range(20)), 30)
        finally:
            ending.set()
            for thread in threads:
                thread.join(60)
        self.assertEqual({status for status, _ in statuses} - {200, 503}, set())
        self.assertTrue(all(after for status, after in statuses if status == 503))
        self.assertEqual(host.request("GET", "/api/notes").json["data"][0]["title"], "kept")
        self.assertEqual(host.worker_pids(), pids)

    def test_a_type_whose_column_goes_is_put_aside_and_the_others_serve_on(self):
        host = self.notes()
        self.assertEqual(host.request("GET", "/api/notes").status, 200)
        scratchdb.run(self.own.socket, "ALTER TABLE notes DROP COLUMN title", "notes")
        # The first request finds out, the second needn't ask the database.
        self.assertEqual(host.request("GET", "/api/notes").status, 503)
        self.assertEqual(host.request("GET", "/api/notes").status, 503)
        self.assertIn("api::note.note is answered 503 from now on", host.log())
        self.assertEqual(host.request("GET", "/_health").status, 204)
        scratchdb.run(self.own.socket, "ALTER TABLE notes ADD COLUMN title VARCHAR(255)", "notes")
        self.assertEqual(host.command("reload").returncode, 0)
        eventually(lambda: host.request("GET", "/api/notes").status == 200)

    def test_a_reload_without_a_database_leaves_the_old_generation(self):
        host = self.notes()
        self.own.stop()
        started = time.monotonic()
        done = host.command("reload", timeout=150)
        self.assertEqual(done.returncode, 1)
        self.assertIn("waiting for the database", done.stderr)
        self.assertLess(time.monotonic() - started, 90)
        self.own.start()
        eventually(lambda: host.request("GET", "/api/notes").status == 200, 30)

    def test_a_worker_that_dies_while_the_database_is_away_comes_back_with_it(self):
        host = self.notes()
        self.own.stop()
        os.kill(host.worker_pids()[0], 9)
        eventually(lambda: [w["state"] for w in host.status_json()["workers"]] == ["waiting for the database"])
        self.own.start()
        eventually(host.healthy, 30)
        self.assertEqual(host.request("GET", "/api/notes").status, 200)


class Schema(ServerTestCase):
    def test_plan_and_migrate(self):
        plugin = support.write_plugin(self.folder, "notes", NOTES)
        host = self.host(plugins=[plugin], start=False)
        plan = host.command("db", "plan")
        self.assertEqual(plan.returncode, 0, plan.stderr)
        self.assertIn("notes", plan.stdout)
        self.assertEqual(host.database.rows("SHOW TABLES"), [])
        self.assertEqual(host.command("db", "migrate").returncode, 0)
        self.assertIn(["notes"], host.database.rows("SHOW TABLES"))
        self.assertIn("as the content types want them", host.command("db", "plan").stdout)

    def test_a_type_whose_table_is_missing_is_named_and_the_rest_is_served(self):
        plugin = support.write_plugin(self.folder, "notes", NOTES)
        host = self.host(plugins=[plugin], config={"database.toml": 'schema = "follow"\n'})
        self.assertIn("api::note.note can't be served", host.log())
        unserved = host.status_json()["unserved"]
        self.assertEqual([entry["uid"] for entry in unserved], ["api::note.note"])
        self.assertIn("api::note.note", host.command("status").stdout)
        self.assertEqual(host.database.rows("SHOW TABLES"), [])

    def test_a_database_that_can_not_be_reached_is_said(self):
        database = self.database()
        database.url = "mysql://root@localhost/none?socket=/nonexistent/mysql.sock"
        done = self.host(database=database, start=False).command("db", "plan")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nonexistent/mysql.sock", done.stderr)
