"""SIGKILL to a worker and to MariaDB amid many writes: what was acknowledged is there, and nothing is half there.

Every client writes documents of its own, links them to tags that all share, and remembers what each of its documents may
look like: one state after an answer, the one before as well when no answer came. Each write is of one version number, which
stands in every part of it (columns, components in components, a zone, links), so that half a write would show.
With SOCLE_TEST_LONG in the environment it is 10,000 writes.
"""
import collections
import http.client
import os
import random
import signal
import sys
import threading
import time

import crowd
import site_of_tests as site
import support
import scratchdb  # support.py says where it is
from test_failures import OwnServer
from support import MIDDLEWARES, eventually

# Whoever is killed has nothing to report.
BUILD = "plain"

WRITES = 10_000 if site.LONG else 1_000
CLIENTS = 32 if site.LONG else 16
KILLS = 40 if site.LONG else 10
# A request that takes longer hangs.
PATIENCE = 60
TAGS = 64
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
POPULATE = ("populate[openingHours]=true&populate[seo][populate]=metaSocial&populate[content][populate]=*"
            "&populate[menu][populate]=items&populate[tags]=true")

ABSENT = (None, None)


def data_of(version, tags):
    """What a write of that version says."""
    mark = f"v{version}"
    return {
        "summary": mark, "seats": version % 500 + 1,
        "openingHours": [{"day": DAYS[k], "note": mark} for k in range(version % 4)],
        "seo": {"metaTitle": mark, "metaSocial": [{"socialNetwork": "Facebook", "title": mark, "description": mark}]},
        "menu": [{"title": mark, "items": [{"name": mark}, {"name": f"{mark} b"}]}],
        "content": [{"__component": "section.hero", "heading": mark, "cta": {"label": mark, "url": "/"}},
                    {"__component": "section.text-block", "body": mark}][:1 + version % 2],
        "tags": {"set": [tags[version % TAGS], tags[(version + 5) % TAGS]]},
    }


def seen(entry):
    """The same form of what a GET shows."""
    return {
        "summary": entry["summary"], "seats": entry["seats"],
        "openingHours": [{"day": h["day"], "note": h["note"]} for h in entry["openingHours"]],
        "seo": {"metaTitle": entry["seo"]["metaTitle"],
                "metaSocial": [{k: s[k] for k in ("socialNetwork", "title", "description")}
                               for s in entry["seo"]["metaSocial"]]},
        "menu": [{"title": m["title"], "items": [{"name": i["name"]} for i in m["items"]]} for m in entry["menu"]],
        "content": [{"__component": c["__component"], "heading": c["heading"],
                     "cta": {"label": c["cta"]["label"], "url": c["cta"]["url"]}} if "heading" in c else
                    {"__component": c["__component"], "body": c["body"]} for c in entry["content"]],
        "tags": {"set": [t["documentId"] for t in entry["tags"]]},
    }


class Document:
    """Its states are (version of the draft, version that is published)."""

    def __init__(self, name):
        self.name = name
        self.id = None
        self.states = {ABSENT}


class Writer(threading.Thread):
    def __init__(self, test, number, quota):
        super().__init__(daemon=True)
        self.test, self.quota = test, quota
        self.client = crowd.Client(test.site.port, PATIENCE)
        self.random = random.Random(number)
        self.number, self.version = number, 0
        self.documents, self.gone = [], []
        self.problem = None

    def run(self):
        try:
            while self.quota > 0 and not self.test.broken.is_set():
                self.write()
        except Exception as error:  # shown by the test
            self.problem = repr(error)
            self.test.broken.set()
        finally:
            self.client.close()

    def send(self, method, path, data):
        """The status; None when there was no answer, or one that leaves it open."""
        start = time.monotonic()
        try:
            answer = self.client.request(method, path, data)
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() - start >= PATIENCE:
                raise AssertionError(f"{method} {path} hangs") from error
            self.test.count("no answer")
            self.random_pause()
            return None, None
        self.test.count(str(answer.status))
        if answer.status == 503:
            self.random_pause()
            return None, None
        if answer.status // 100 == 2:
            self.quota -= 1
            self.test.progress()
        return answer.status, answer

    def random_pause(self):
        time.sleep(self.random.uniform(0.005, 0.05))

    def write(self):
        chance = self.random.random()
        known = [document for document in self.documents if document.id]
        if not known or chance < 0.35:
            self.create()
        elif chance < 0.9:
            self.update(self.random.choice(known))
        else:
            self.delete(self.random.choice(known))

    def next(self):
        self.version += 1
        return self.version, self.random.random() < 0.7

    def create(self):
        version, publish = self.next()
        document = Document(f"killed {self.number} {version}")
        self.documents.append(document)
        after = (version, version if publish else None)
        status, answer = self.send("POST", "/api/restaurants" + ("" if publish else "?status=draft"),
                                   {"name": document.name, **data_of(version, self.test.tags)})
        if status is None:
            document.states.add(after)
            return
        assert status == 201, answer
        document.id = answer.json["data"]["documentId"]
        document.states = {after}

    def update(self, document):
        version, publish = self.next()
        status, answer = self.send("PUT", f"/api/restaurants/{document.id}" + ("" if publish else "?status=draft"),
                                   data_of(version, self.test.tags))
        there = {s for s in document.states if s != ABSENT}
        after = {(version, version if publish else s[1]) for s in there}
        if status is None:
            document.states |= after
        elif status == 200:
            assert there, f"{document.name} was deleted, and is there: {answer}"
            document.states = after
        else:
            assert status == 404 and ABSENT in document.states, (document.name, document.states, answer)
            self.forget(document)

    def delete(self, document):
        status, answer = self.send("DELETE", f"/api/restaurants/{document.id}", None)
        if status is None:
            document.states.add(ABSENT)
            return
        assert status == 204, answer
        self.forget(document)

    def forget(self, document):
        document.states = {ABSENT}
        self.documents.remove(document)
        self.gone.append(document)


class Kill(support.TestCase):
    def setUp(self):
        super().setUp()
        self.own = OwnServer()
        self.addCleanup(self.own.remove)
        scratchdb.load(self.own.socket, support.RECORDED_DUMP, "killed")
        self.db = type("Database", (), {"socket": self.own.socket, "name": "killed",
                                        "url": scratchdb.url(self.own.socket, "killed")})
        self.lock, self.broken = threading.Lock(), threading.Event()
        self.done, self.counts = 0, collections.Counter()
        self.site = self.host(plugins=site.PLUGINS, database=self.db, workers=2,
                              config={"middlewares.toml": MIDDLEWARES})
        self.tags = [self.site.request("POST", "/api/tags", {"data": {"name": f"shared {i}"}}).json["data"]["documentId"]
                     for i in range(TAGS)]

    def progress(self):
        with self.lock:
            self.done += 1

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    # ---- killing ----

    def kill_worker(self, chance):
        self.site.kill_workers(lambda pids: [chance.choice(pids)])

    def kill_database(self, chance):
        with open(os.path.join(self.own.data, "mariadbd.pid")) as f:
            pid = int(f.read())
        os.kill(pid, signal.SIGKILL)
        # As long as it takes whoever watches over it to notice.
        time.sleep(chance.uniform(0, 0.3))
        self.own.start()

    def write_and(self, kill):
        """Runs all clients to their end, and the kill whenever another part of the writes is done."""
        chance = random.Random(1)
        writers = [Writer(self, number, -(-WRITES // CLIENTS)) for number in range(CLIENTS)]
        for writer in writers:
            writer.start()
        for k in range(1, KILLS + 1):
            while self.done < WRITES * k // (KILLS + 1) and any(w.is_alive() for w in writers):
                time.sleep(0.002)
            if not self.broken.is_set():
                time.sleep(chance.uniform(0, 0.05))
                kill(chance)
        for writer in writers:
            writer.join(600)
            self.assertFalse(writer.is_alive(), "a client has not come to its end")
        self.assertEqual([w.problem for w in writers if w.problem], [])
        self.site.wait_healthy(60)
        return writers

    # ---- looking ----

    def entries(self, status):
        """By name, whatever of ours is there."""
        found, page = {}, 1
        while True:
            answer = self.site.request("GET", f"/api/restaurants?status={status}&filters[name][$startsWith]=killed&sort=id"
                                       f"&pagination[pageSize]=100&pagination[page]={page}&{POPULATE}")
            self.assertEqual(answer.status, 200, answer)
            for entry in answer.json["data"]:
                self.assertNotIn(entry["name"], found)
                found[entry["name"]] = entry
            if page >= answer.json["meta"]["pagination"]["pageCount"]:
                return found
            page += 1

    def state_of(self, name, drafts, published):
        """The versions that are there, each of them whole."""
        versions = []
        for entry in (drafts.get(name), published.get(name)):
            if entry is None:
                versions.append(None)
                continue
            version = int(entry["summary"][1:])
            self.assertEqual(seen(entry), data_of(version, self.tags), name)
            versions.append(version)
        return tuple(versions)

    def assert_all_there_and_nothing_half(self, writers):
        drafts, published = self.entries("draft"), self.entries("published")
        known, open_, came = set(), 0, 0
        for writer in writers:
            for document in writer.documents + writer.gone:
                state = self.state_of(document.name, drafts, published)
                self.assertIn(state, document.states, document.name)
                known.add(document.name)
                open_ += len(document.states) > 1
        self.assertEqual((drafts.keys() | published.keys()) - known, set())
        self.assertEqual(site.faults(self.db), [])
        if site.LONG:
            print(f"{self.id()}: {self.done} writes acknowledged, {len(known)} documents, {open_} left open; "
                  f"{dict(self.counts)}", file=sys.stderr)
        self.assertGreaterEqual(self.done, WRITES)
        # Nothing but success, "come again" and silence.
        self.assertEqual(set(self.counts) - {"200", "201", "204", "404", "503", "no answer"}, set())

    def test_killed_workers_take_no_acknowledged_write_along_and_leave_none_half_done(self):
        self.assert_all_there_and_nothing_half(self.write_and(self.kill_worker))
        eventually(lambda: len(self.site.worker_pids()) == 2)

    def test_a_killed_database_takes_no_acknowledged_write_along_and_leaves_none_half_done(self):
        workers = self.site.worker_pids()
        self.assert_all_there_and_nothing_half(self.write_and(self.kill_database))
        # The host has come back by itself.
        self.assertEqual(self.site.worker_pids(), workers)
