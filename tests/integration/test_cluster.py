"""Two hosts on two nodes of a Galera cluster: what two writers may not do to each other on one server, they may not do
here either, where no node waits for another and a commit can be refused."""
import collections
import copy
import os
import unittest

import crowd
import galera
import scratchdb  # support.py says where it is
import site_of_tests as site
import support
import test_cron
from support import MIDDLEWARES, eventually

NODES = 2
WRITERS = 4  # on each node
ROUNDS = 300 if site.LONG else 8


def setUpModule():
    if not os.path.exists(galera.LIBRARY):
        raise unittest.SkipTest("Galera (package galera-4) is not installed")
    ClusterTestCase.nodes = galera.Cluster(NODES)
    unittest.addModuleCleanup(ClusterTestCase.nodes.remove)


class ClusterTestCase(support.TestCase):
    nodes = None  # the module's

    def cluster_database(self, dump=None):
        """One database, as each of the nodes has it."""
        database = support.Database(dump, self.nodes.sockets[0])
        self.addCleanup(database.drop)
        seen = []
        for socket in self.nodes.sockets:
            seen.append(copy.copy(database))
            seen[-1].socket, seen[-1].url = socket, scratchdb.url(socket, database.name)
        self.wait_same()
        return seen

    def wait_same(self):
        """Until no node lacks what another has."""
        eventually(lambda: len({self.nodes.status(i, "wsrep_last_committed") for i in range(NODES)}) == 1)


class Writers(ClusterTestCase):
    def setUp(self):
        super().setUp()
        self.seen = self.cluster_database(support.RECORDED_DUMP)
        self.db = self.seen[0]
        self.sites = [self.host(plugins=site.PLUGINS, database=db, config={"middlewares.toml": MIDDLEWARES})
                      for db in self.seen]
        self.clients = []
        for host in self.sites:
            clients = crowd.Crowd(host, WRITERS)
            clients.__enter__()
            self.addCleanup(clients.__exit__)
            self.clients += clients.clients
        self.refused = self.conflicts()

    def conflicts(self):
        """How often a transaction was refused because of another node's."""
        return sum(int(self.nodes.status(i, name)) for i in range(NODES)
                   for name in ("wsrep_local_cert_failures", "wsrep_local_bf_aborts"))

    def at_once(self, requests):
        """Turn about on both nodes."""
        order = [i % NODES * WRITERS + i // NODES for i in range(len(requests))]
        return crowd.at_once([self.clients[k] for k in order], requests)

    def make(self, path, data, node=0):
        answer = self.sites[node].request("POST", path, {"data": data})
        self.assertEqual(answer.status, 201, answer)
        return answer.json["data"]["documentId"]

    def assert_statuses(self, answers, *expected):
        self.assertEqual(collections.Counter(getattr(a, "status", repr(a)) for a in answers),
                         collections.Counter(expected), answers)

    def assert_whole(self, met=True):
        """No node's tables have a fault. With `met`, the nodes met on the way: without that nothing was shown."""
        self.wait_same()
        for db in self.seen:
            self.assertEqual(site.faults(db), [])
        if met:
            self.assertGreater(self.conflicts(), self.refused)

    def test_of_many_who_create_the_same_unique_value_on_two_nodes_one_gets_it(self):
        writers = NODES * WRITERS
        for i in range(ROUNDS):
            answers = self.at_once([("POST", "/api/categories", {"name": f"same {i}", "slug": f"same-{i}"})] * writers)
            self.assert_statuses(answers, 201, *[400] * (writers - 1))
        self.assert_whole()

    def test_changes_of_one_document_on_two_nodes_are_all_kept(self):
        restaurant = self.make("/api/restaurants", {"name": "shared"})
        here = f"/api/restaurants/{restaurant}"
        tags = [self.make("/api/tags", {"name": f"shared {i}"}) for i in range(6)]
        expected = set()
        self.wait_same()
        for i in range(ROUNDS):
            a, b, c, d = (tags[(i * 5 + k) % 6] for k in range(4))
            self.assert_statuses(self.at_once([
                ("PUT", here, {"tags": {"connect": [{"documentId": a, "position": {"start": True}}]}}),
                ("PUT", here, {"tags": {"disconnect": [b]}}),
                ("PUT", here, {"tags": {"connect": [c]}, "summary": f"round {i}"}),
                ("PUT", f"/api/tags/{d}", {"restaurants": {"connect": [restaurant]}}),
                ("PUT", here, {"seats": i + 1}),
                ("PUT", here, {"openingHours": [{"day": "mon", "opens": "10:00:00", "closes": "12:00:00"}] * (i % 3)}),
            ]), *[200] * 6)
            expected = (expected - {b}) | {a, c, d}
            for host in self.sites:
                eventually(lambda: self.shown(host, here) == (sorted(expected), f"round {i}", i + 1, i % 3))
        self.assert_whole()

    def shown(self, host, here):
        data = host.request("GET", f"{here}?populate[0]=tags&populate[1]=openingHours").json["data"]
        return (sorted(tag["documentId"] for tag in data["tags"]), data["summary"], data["seats"],
                len(data["openingHours"]))

    def test_places_are_given_out_once_on_two_nodes(self):
        tag = self.make("/api/tags", {"name": "popular"})
        restaurants = [self.make("/api/restaurants", {"name": f"place {i}"}) for i in range(NODES * WRITERS)]
        self.wait_same()
        for i in range(ROUNDS):
            change = "disconnect" if i % 2 else "connect"
            self.assert_statuses(self.at_once([
                ("PUT", f"/api/restaurants/{one}", {"tags": {change: [tag]}}) for one in restaurants]), *[200] * 8)
            found = self.db.rows(
                "SELECT COUNT(*), COUNT(DISTINCT restaurant_ord, r.published_at IS NULL) FROM restaurants_tags_lnk l "
                "INNER JOIN restaurants r ON r.id = l.restaurant_id INNER JOIN tags t ON t.id = l.tag_id "
                f"WHERE t.document_id = '{tag}'")
            self.assertEqual(found, [["0", "0"]] if i % 2 else [["16", "16"]])
        self.assert_whole()

    def test_what_may_have_one_owner_has_one_on_two_nodes(self):
        author = self.make("/api/authors", {"name": "Ada", "email": "ada@example.test"})
        restaurants = [self.make("/api/restaurants", {"name": f"owner {i}"}) for i in range(6)]
        self.wait_same()
        for _ in range(ROUNDS):
            self.assert_statuses(self.at_once([
                ("PUT", f"/api/restaurants/{one}", {"chef": {"connect": [author]}}) for one in restaurants]), *[200] * 6)
            self.assertEqual(self.db.rows(
                "SELECT COUNT(DISTINCT r.document_id) FROM restaurants_chef_lnk l INNER JOIN restaurants r "
                f"ON r.id = l.restaurant_id INNER JOIN authors a ON a.id = l.author_id WHERE a.document_id = '{author}'"),
                [["1"]])
        self.assert_whole()

    def test_two_that_lead_to_each_other_and_are_published_on_two_nodes_do_so_in_public_too(self):
        for i in range(ROUNDS):
            restaurant = self.make("/api/restaurants?status=draft", {"name": f"reviewed {i}"})
            review = self.make("/api/reviews?status=draft", {"title": "good", "score": 3, "restaurant": restaurant})
            self.wait_same()
            self.assert_statuses(self.at_once([("PUT", f"/api/reviews/{review}", {}),
                                               ("PUT", f"/api/restaurants/{restaurant}", {})]), 200, 200)
            self.wait_same()
            shown = self.sites[i % NODES].request("GET", f"/api/restaurants/{restaurant}?populate=reviews").json["data"]
            self.assertEqual([one["documentId"] for one in shown["reviews"]], [review])
        # Two at a time may pass each other by.
        self.assert_whole(met=False)


class Tasks(ClusterTestCase, test_cron.Cron):
    def test_a_task_runs_once_for_hosts_on_two_nodes(self):
        seen = self.cluster_database()
        hosts = [self.clock(test_cron.manifest(("tick", test_cron.EACH_SECOND)), who, database=db, start=False)
                 for who, db in zip(("first", "second"), seen)]
        # One after the other: the lease of the schema's migration can be lost between nodes, and the loser doesn't start.
        for host in hosts:
            host.start()
        self.wait_rows(seen[0], 6)
        hosts[0].stop()
        last = int(seen[1].value("SELECT COALESCE(MAX(due), 0) FROM ticks"))
        # Who is left does the work of who has gone.
        self.wait_rows(seen[1], 2, f"due > {last} AND host = 'second'")
        self.check_once_each(seen[1], *hosts)
