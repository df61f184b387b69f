"""Unique values: of several who write the same one at the same time, one gets it and the others are told."""
import crowd
import support
import scratchdb  # support.py says where it is
from support import TestCase
from support import MIDDLEWARES

ROUNDS = 40 if support.sanitized() else 200
WRITERS = 8


def schema(name, attributes, options="", kind="collectionType"):
    return (f'kind = "{kind}"\ncollectionName = "{name}s"\n[info]\nsingularName = "{name}"\npluralName = "{name}s"\n'
            f'displayName = "{name}"\n{options}\n{attributes}')


def unique(name, kind="string"):
    return f'[attributes.{name}]\ntype = "{kind}"\nunique = true\n'


def held(name, component, repeatable):
    return (f'[attributes.{name}]\ntype = "component"\ncomponent = "{component}"\n'
            f'repeatable = {str(repeatable).lower()}\n')


COMPONENT = 'collectionName = "components_part_{0}s"\n[info]\ndisplayName = "{0}"\n{1}'
DRAFTS = "[options]\ndraftAndPublish = true\n"
PLUGIN = {
    "plugin.toml": '[plugin]\nname = "labels"\nversion = "1.0.0"\nkind = "api"\n',
    "content-types/label.toml": schema("label", unique("name") + unique("other") + unique("size", "decimal")),
    "content-types/story.toml": schema("story", unique("code"), DRAFTS).replace("storys", "stories"),
    "content-types/shelf.toml": schema(
        "shelf", held("tab", "part.tab", False) + held("books", "part.book", True) +
        '[attributes.zone]\ntype = "dynamiczone"\ncomponents = ["part.tab", "part.book"]\n').replace("shelfs", "shelves"),
    "content-types/folio.toml": schema("folio", held("books", "part.book", True), DRAFTS),
    "content-types/front.toml": schema("front", '[attributes.title]\ntype = "string"\n', kind="singleType"),
    "components/part/tab.toml": COMPONENT.format("tab", unique("code")),
    "components/part/book.toml": COMPONENT.format("book", unique("isbn") + held("tab", "part.tab", False)),
}
TAKEN = "This attribute must be unique"


class Unique(TestCase):
    def site(self, **options):
        plugin = support.write_plugin(self.folder, "labels", PLUGIN)
        return self.host(plugins=[plugin], config={"middlewares.toml": MIDDLEWARES}, **options)

    def assert_one_has_it(self, answers, path):
        self.assertEqual(sorted(a.status for a in answers), [201] + [400] * (len(answers) - 1), answers)
        for answer in answers:
            if answer.status == 400:
                error = answer.json["error"]
                self.assertEqual((error["name"], error["message"]), ("ValidationError", TAKEN))
                self.assertEqual(error["details"]["errors"][0]["path"], path)

    def test_of_many_who_create_the_same_value_at_once_one_gets_it(self):
        host = self.site(workers=2)
        # Equal is what the column's collation calls equal.
        spellings = ["strasse {0}", "STRASSE {0}", "straSSe {0} ", "strässe {0}"]
        with crowd.Crowd(host, WRITERS) as clients:
            for i in range(ROUNDS):
                self.assert_one_has_it(clients.at_once([
                    ("POST", "/api/labels", {"name": spellings[k % len(spellings)].format(i)})
                    for k in range(WRITERS)]), ["name"])
        self.assertEqual(host.database.value("SELECT COUNT(*) FROM labels"), str(ROUNDS))
        self.assertEqual(host.database.value("SELECT COUNT(DISTINCT name) FROM labels"), str(ROUNDS))

    def test_two_values_in_opposite_order_end_in_no_deadlock(self):
        host = self.site(workers=2)
        with crowd.Crowd(host, WRITERS) as clients:
            for i in range(ROUNDS):
                answers = clients.at_once([
                    ("POST", "/api/shelves", {"books": [{"isbn": f"{k} {i}"} for k in ("ab" if w % 2 else "ba")]})
                    for w in range(WRITERS)])
                self.assertEqual(sorted(a.status for a in answers), [201] + [400] * (WRITERS - 1), answers)
        self.assertEqual(host.database.value("SELECT COUNT(*) FROM shelves"), str(ROUNDS))
        self.assertEqual(host.database.value("SELECT COUNT(*) FROM components_part_books"), str(2 * ROUNDS))

    def test_of_many_who_publish_the_same_value_at_once_one_does(self):
        host = self.site(workers=2)
        rounds = ROUNDS // 4
        with crowd.Crowd(host, WRITERS) as clients:
            for i in range(rounds):
                made = [host.request("POST", "/api/stories?status=draft", {"data": {"code": f"c{i}"}}).json["data"]
                        for _ in range(WRITERS)]
                answers = clients.at_once([("PUT", f"/api/stories/{one['documentId']}", {}) for one in made])
                self.assertEqual(sorted(a.status for a in answers), [200] + [400] * (WRITERS - 1), answers)
        self.assertEqual(host.database.value("SELECT COUNT(*) FROM stories WHERE published_at IS NOT NULL"), str(rounds))

    def test_numbers_that_are_equal_are_the_same_value(self):
        host = self.site()
        with crowd.Crowd(host, 4) as clients:
            for i in range(1, ROUNDS // 4):
                self.assert_one_has_it(clients.at_once([
                    ("POST", "/api/labels", {"size": size}) for size in (i, float(i), f"{i}", f"{i}.00")]), ["size"])

    def test_a_value_in_a_component_is_unique_among_the_entries_of_its_type(self):
        host = self.site()
        first = host.request("POST", "/api/shelves", {"data": {"tab": {"code": "x"}, "books": [{"isbn": "1"}, {
            "isbn": "2", "tab": {"code": "deep"}}]}})
        self.assertEqual(first.status, 201, first)
        for data, path in (({"tab": {"code": "X"}}, ["tab", "code"]),
                           ({"books": [{"isbn": "9"}, {"isbn": "2"}]}, ["books", "1", "isbn"]),
                           ({"books": [{"isbn": "8", "tab": {"code": "deep"}}]}, ["books", "0", "tab", "code"])):
            with self.subTest(path=path):
                answer = host.request("POST", "/api/shelves", {"data": data})
                self.assertEqual(answer.status, 400, answer)
                error = answer.json["error"]["details"]["errors"][0]
                self.assertEqual((error["message"], error["path"]), (TAKEN, path))
        # At another place of the type, in another type: another value.
        self.assertEqual(host.request("POST", "/api/shelves", {"data": {"tab": {"code": "deep"}}}).status, 201)
        self.assertEqual(host.request("POST", "/api/folios", {"data": {"books": [{"isbn": "1"}]}}).status, 201)

    def test_an_entry_is_no_obstacle_to_itself(self):
        host = self.site()
        made = host.request("POST", "/api/shelves", {"data": {"books": [{"isbn": "1"}]}}).json["data"]
        again = host.request("PUT", f"/api/shelves/{made['documentId']}", {"data": {"books": [{"isbn": "1"}]}})
        self.assertEqual(again.status, 200, again)
        folio = host.request("POST", "/api/folios", {"data": {"books": [{"isbn": "1"}]}}).json["data"]
        self.assertEqual(host.request("PUT", f"/api/folios/{folio['documentId']}", {"data": {}}).status, 200)

    def test_a_value_in_a_zone_is_unique_among_the_components_of_its_kind(self):
        host = self.site()
        tab, book = {"__component": "part.tab", "code": "x"}, {"__component": "part.book", "isbn": "x"}
        self.assertEqual(host.request("POST", "/api/shelves", {"data": {"zone": [tab, book]}}).status, 201)
        answer = host.request("POST", "/api/shelves", {"data": {"zone": [{**book, "isbn": "free"}, tab]}})
        self.assertEqual(answer.status, 400, answer)
        self.assertEqual(answer.json["error"]["details"]["errors"][0]["path"], ["zone", "1", "code"])
        self.assertEqual(host.request("POST", "/api/shelves", {"data": {"tab": {"code": "x"}}}).status, 201)

    def test_drafts_may_share_a_value_in_a_component_until_one_is_published(self):
        host = self.site()
        data = {"data": {"books": [{"isbn": "same"}]}}
        made = [host.request("POST", "/api/folios?status=draft", data).json["data"] for _ in range(2)]
        statuses = [host.request("PUT", f"/api/folios/{one['documentId']}", {"data": {}}).status for one in made]
        self.assertEqual(statuses, [200, 400])

    def test_a_single_type_has_one_document_also_when_many_make_it_at_once(self):
        host = self.site(workers=2)
        with crowd.Crowd(host, WRITERS) as clients:
            for _ in range(ROUNDS // 8):
                answers = clients.at_once([("PUT", "/api/front", {"title": str(k)}) for k in range(WRITERS)])
                self.assertEqual({a.status for a in answers} - {200, 201}, set(), answers)
                self.assertEqual(host.database.value("SELECT COUNT(*) FROM fronts"), "1")
                self.assertEqual(host.request("DELETE", "/api/front").status, 204)

    def test_the_table_of_locks_has_a_bound(self):
        host = self.site()
        for i in range(100):
            self.assertEqual(host.request("POST", "/api/labels", {"data": {"name": f"n{i}"}}).status, 201)
        highest = int(host.database.value("SELECT MAX(id) FROM socle_locks"))
        self.assertLess(highest, 4096)
        self.assertLessEqual(int(host.database.value("SELECT COUNT(*) FROM socle_locks")), 100)

    def test_without_the_right_to_make_the_table_it_warns_and_checks_all_the_same(self):
        made = self.site()
        database = made.database
        made.stop()
        database.run("DROP TABLE socle_locks")
        user = f"u_{database.name}"
        database.run(f"CREATE USER {user}@localhost; "
                     f"GRANT SELECT, INSERT, UPDATE, DELETE ON `{database.name}`.* TO {user}@localhost")
        self.addCleanup(scratchdb.run, database.socket, f"DROP USER {user}@localhost")
        database.url = database.url.replace("root@", f"{user}@")
        host = self.site(database=database)
        self.assertIn("socle_locks", host.log())
        statuses = [host.request("POST", "/api/labels", {"data": {"name": "n"}}).status for _ in range(2)]
        self.assertEqual(statuses, [201, 400])
