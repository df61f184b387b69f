"""The example plugin on an empty database: its tables, its sample content, its routes, its C."""
import gzip
import re
import unittest

import support

PLUGINS = ("standard", "admin", "upload", "users-permissions", "i18n", "blog")
AUTOMATIC = {"id", "documentId", "createdAt", "updatedAt", "publishedAt"}


def lines_of(create_table):
    """What a CREATE TABLE says, line by line, without what differs from one database to the next."""
    lines = [line.strip().rstrip(",") for line in create_table.splitlines()]
    return [re.sub(r" AUTO_INCREMENT=\d+", "", line).rstrip(";") for line in lines]


def keys_of(lines):
    return {line for line in lines if re.match(r"(PRIMARY |UNIQUE )?KEY|CONSTRAINT", line)}


def columns_of(lines):
    return {line.split("`")[1]: line for line in lines if line.startswith("`")}


class Tables(support.TestCase):
    """The recorded application has types of the same names, so Strapi's own tables are here to compare with."""

    @classmethod
    def setUpClass(cls):
        with gzip.open(support.RECORDED_DUMP, "rt", encoding="utf-8") as f:
            found = re.findall(r"^CREATE TABLE `(\w+)` (.*?);$", f.read(), re.M | re.S)
        cls.strapi = {name: lines_of(f"CREATE TABLE `{name}` {rest}") for name, rest in found}

    def setUp(self):
        super().setUp()
        self.db = self.database()
        self.host(support.first_party(*PLUGINS), database=self.db)

    def created(self, table):
        return lines_of(self.db.rows(f"SHOW CREATE TABLE `{table}`")[0][1].replace("\\n", "\n"))

    def test_links_and_component_tables_are_strapis_to_the_letter(self):
        for table in ("articles_author_lnk", "articles_category_lnk", "articles_tags_lnk", "articles_cmps",
                      "files_related_mph"):
            with self.subTest(table):
                self.assertEqual(self.created(table), self.strapi[table])

    def test_types_have_strapis_keys_and_columns(self):
        for table in ("articles", "authors", "categories", "tags", "components_shared_seos"):
            with self.subTest(table):
                ours, theirs = self.created(table), self.strapi[table]
                self.assertEqual(keys_of(ours), keys_of(theirs))
                self.assertEqual(ours[-1], theirs[-1])
                both = columns_of(ours).keys() & columns_of(theirs).keys()
                self.assertEqual({name: columns_of(ours)[name] for name in both - {"body"}},
                                 {name: columns_of(theirs)[name] for name in both - {"body"}})

    def test_columns_stand_in_the_order_of_the_schema(self):
        self.assertEqual(list(columns_of(self.created("articles"))),
                         ["id", "document_id", "title", "slug", "summary", "body", "views", "published_on",
                          "created_at", "updated_at", "published_at", "created_by_id", "updated_by_id", "locale"])


class Blog(support.TestCase):
    def setUp(self):
        super().setUp()
        self.db = self.database()
        self.blog = self.host(support.first_party("standard", "upload", "blog"), database=self.db)

    def get(self, path, status=200):
        answer = self.blog.request("GET", path)
        self.assertEqual(answer.status, status, answer)
        return answer.json

    def titles(self, path):
        return [article["title"] for article in self.get(path)["data"]]

    def create(self, path, data):
        answer = self.blog.request("POST", path, {"data": data})
        self.assertEqual(answer.status, 201, answer)
        return answer.json["data"]

    def assert_error(self, answer, status, name, message):
        self.assertEqual(answer.status, status, answer)
        error = answer.json["error"]
        self.assertIsNone(answer.json["data"])
        self.assertEqual((error["status"], error["name"], error["message"]), (status, name, message))
        return error["details"]

    # ---- what is there at first ----

    def test_an_empty_database_gets_the_sample_content(self):
        totals = {plural: self.get(f"/api/{plural}")["meta"]["pagination"]["total"]
                  for plural in ("authors", "categories", "tags", "articles")}
        self.assertEqual(totals, {"authors": 3, "categories": 3, "tags": 5, "articles": 12})

    def test_types_that_have_content_get_no_samples(self):
        article = self.get("/api/articles")["data"][0]
        for other in self.get("/api/articles?fields=title")["data"][1:]:
            self.assertEqual(self.blog.request("DELETE", f"/api/articles/{other['documentId']}").status, 204)
        self.assertEqual(self.blog.command("reload").returncode, 0)
        self.assertEqual(self.titles("/api/articles"), [article["title"]])

    def test_articles_have_their_scalars_and_nothing_private(self):
        article = self.get("/api/articles")["data"][0]
        self.assertEqual(set(article), AUTOMATIC | {"title", "slug", "summary", "body", "views", "publishedOn"})
        author = self.get("/api/authors")["data"][0]
        self.assertEqual(set(author), AUTOMATIC | {"name", "bio"})

    def test_lists_are_filtered_sorted_and_paged(self):
        self.assertEqual(self.titles("/api/articles?filters[title][$containsi]=SOCLE"), ["What a socle is for"])
        path = "/api/articles?filters[views][$gte]=3000&sort=views:desc&pagination[pageSize]=2&pagination[page]=2"
        answer = self.get(path)
        self.assertEqual([a["views"] for a in answer["data"]], [3560, 3120])
        self.assertEqual(answer["meta"], {"pagination": {"page": 2, "pageSize": 2, "pageCount": 2, "total": 4}})

    # ---- writing ----

    def test_an_article_is_created_read_changed_and_deleted(self):
        made = self.create("/api/articles", {"title": "Glue", "slug": "glue", "publishedOn": "2025-03-01"})
        self.assertEqual((made["title"], made["views"], made["publishedOn"]), ("Glue", 0, "2025-03-01"))
        path = f"/api/articles/{made['documentId']}"
        self.assertEqual(self.get(path), {"data": made, "meta": {}})

        answer = self.blog.request("PUT", path, {"data": {"views": 7}})
        self.assertEqual(answer.status, 200, answer)
        changed = answer.json["data"]
        # As in Strapi, what has no drafts is published anew by each change.
        moved = {"views": 7, "updatedAt": changed["updatedAt"], "publishedAt": changed["publishedAt"]}
        self.assertEqual(changed, {**made, **moved})

        answer = self.blog.request("DELETE", path)
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.get(path, status=404)
        self.assertEqual(self.db.value("SELECT COUNT(*) FROM articles WHERE slug = 'glue'"), "0")

    def test_a_private_attribute_is_kept_and_not_shown(self):
        made = self.create("/api/authors", {"name": "Kim", "email": "kim@example.org"})
        self.assertNotIn("email", made)
        self.assertEqual(self.db.value(f"SELECT email FROM authors WHERE document_id = '{made['documentId']}'"),
                         "kim@example.org")

    def test_a_restart_keeps_everything(self):
        made = self.create("/api/tags", {"name": "glue"})
        before = [self.get(f"/api/{plural}") for plural in ("articles", "authors", "categories", "tags")]
        self.assertEqual(self.blog.stop(), 0)
        self.blog.start()
        after = [self.get(f"/api/{plural}") for plural in ("articles", "authors", "categories", "tags")]
        self.assertEqual(after, before)
        self.assertEqual(self.get(f"/api/tags/{made['documentId']}")["data"], made)

    # ---- mistakes ----

    def test_a_missing_title_is_refused_as_strapi_refuses_it(self):
        answer = self.blog.request("POST", "/api/articles", {"data": {"views": 1}})
        details = self.assert_error(answer, 400, "ValidationError", "title must be defined.")
        self.assertEqual(details, {"errors": [{"path": ["title"], "message": "title must be defined.",
                                               "name": "ValidationError"}]})

    def test_two_mistakes_are_told_at_once(self):
        answer = self.blog.request("POST", "/api/articles", {"data": {"title": None, "views": "many"}})
        details = self.assert_error(answer, 400, "ValidationError", "2 errors occurred")
        self.assertEqual({error["path"][0] for error in details["errors"]}, {"title", "views"})

    def test_a_slug_is_given_once(self):
        answer = self.blog.request("POST", "/api/articles", {"data": {"title": "x", "slug": "what-a-socle-is-for"}})
        details = self.assert_error(answer, 400, "ValidationError", "This attribute must be unique")
        self.assertEqual(details["errors"][0]["path"], ["slug"])

    def test_unknown_attributes_and_articles_are_refused(self):
        answer = self.blog.request("POST", "/api/articles", {"data": {"title": "x", "colour": "red"}})
        self.assert_error(answer, 400, "ValidationError", "Invalid key colour")
        answer = self.blog.request("GET", "/api/articles/nosucharticle")
        self.assert_error(answer, 404, "NotFoundError", "Not Found")

    # ---- its C ----

    def test_popular_articles_come_most_read_first_and_no_more_than_configured(self):
        views = [article["views"] for article in self.get("/api/articles/popular")["data"]]
        self.assertEqual(views, sorted(views, reverse=True))
        self.assertEqual((len(views), views[0]), (10, 5480))
        self.assertEqual(len(self.get("/api/articles/popular?limit=3")["data"]), 3)

    def test_the_operator_sets_the_limit_of_popular_articles(self):
        other = self.host(support.first_party(*PLUGINS), config={"plugins.toml": "[blog]\npopular-limit = 4\n"})
        self.assertEqual(len(other.request("GET", "/api/articles/popular").json["data"]), 4)
        self.assert_error(other.request("GET", "/api/articles/popular?limit=5"), 403, "PolicyError",
                          "limit must be from 1 to 4")

    def test_the_policy_denies_limits_that_are_out_of_range(self):
        for limit in ("0", "-1", "11"):
            with self.subTest(limit):
                answer = self.blog.request("GET", f"/api/articles/popular?limit={limit}")
                self.assert_error(answer, 403, "PolicyError", "limit must be from 1 to 10")
        answer = self.blog.request("GET", "/api/articles/popular?limit=many")
        self.assert_error(answer, 400, "ValidationError", "limit must be an integer")

    def test_the_middleware_tells_how_long_popular_articles_took(self):
        answer = self.blog.request("GET", "/api/articles/popular")
        self.assertRegex(answer.headers["server-timing"], r"^app;dur=\d+\.\d{3}$")
        self.assertNotIn("server-timing", self.blog.request("GET", "/api/articles").headers)

    def test_the_shipped_configuration_opens_all_of_it_to_anybody(self):
        other = self.host(support.first_party(*PLUGINS), config=f"{support.ROOT}/config")
        for path in ("articles", "articles/popular", "authors", "categories", "tags"):
            with self.subTest(path):
                self.assertEqual(other.request("GET", f"/api/{path}").status, 200)
        self.assertEqual(other.request("POST", "/api/tags", {"data": {"name": "glue"}}).status, 201)


if __name__ == "__main__":
    unittest.main()
