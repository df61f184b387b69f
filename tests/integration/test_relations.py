"""Relations in the data of a write: long lists, and what asks for too much."""
import unittest

import site_of_tests as site
import support
from test_server import MIDDLEWARES

MENTIONED = "api::restaurant.restaurant"
# relation.h's RELATION_ITEMS
MOST = 10000


class Relations(support.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = support.TestCase()
        cls.keeper.setUp()
        cls.addClassCleanup(cls.keeper.doCleanups)
        cls.db = cls.keeper.database(support.RECORDED_DUMP)
        cls.site = cls.keeper.host(plugins=site.PLUGINS, database=cls.db, config={"middlewares.toml": MIDDLEWARES})

    def ask(self, method, path, data=None, status=200):
        answer = self.site.request(method, path, None if data is None else {"data": data})
        self.assertEqual(answer.status, status, answer)
        return answer.json if answer.body else None

    def mentions(self, comment):
        return [int(row[0]) for row in self.db.rows(
            "SELECT m.mentions_id FROM comments_mentions_mph m INNER JOIN comments c ON c.id = m.comment_id "
            f"WHERE c.document_id = '{comment}' ORDER BY m.`order`")]

    def test_each_of_a_long_list_may_name_the_next_as_its_neighbour(self):
        # Nobody looks whether what a comment mentions is there. Each before the one behind it: the last must come first.
        ids = list(range(100000, 100000 + MOST))
        items = [{"id": i, "__type": MENTIONED, "position": {"before": i + 1}} for i in ids[:-1]]
        items.append({"id": ids[-1], "__type": MENTIONED})
        made = self.ask("POST", "/api/comments", {"body": "chain", "mentions": {"connect": items}}, 201)
        self.assertEqual(self.mentions(made["data"]["documentId"]), ids)

    def test_a_long_ring_of_neighbours_is_refused(self):
        ids = list(range(200000, 200000 + MOST))
        items = [{"id": i, "__type": MENTIONED, "position": {"after": j}} for i, j in zip(ids, ids[1:] + ids[:1])]
        error = self.ask("POST", "/api/comments", {"body": "ring", "mentions": {"connect": items}}, 400)
        self.assertIn("A circular reference was found in the connect array", error["error"]["message"])

    def test_data_that_names_too_many_entries_is_refused_before_they_are_looked_for(self):
        def said(data):
            return self.ask("POST", "/api/restaurants?status=draft", {"name": "many", **data}, 400)["error"]["message"]
        many = f"The data names more than {MOST} entries to link to: connect them in several steps"
        self.assertEqual(said({"tags": list(range(1, MOST + 2))}), many)
        self.assertEqual(said({"tags": {"disconnect": [1] * (MOST + 1)}}), many)
        self.assertEqual(said({"tags": {"set": [1] * MOST}, "categories": {"connect": [1]}}), many)
        self.assertNotEqual(said({"tags": [999999] * (MOST - 1)}), many)


if __name__ == "__main__":
    unittest.main()
