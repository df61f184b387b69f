"""Document middlewares, lifecycle hooks, subscribers and transactions, of a plugin made on the spot."""
import threading
import time
import unittest

import support

MANIFEST = """
[plugin]
name = "shop"
version = "1.0.0"
kind = "api"
library = "shop.so"
sdk = 1

[config.greeting]
type = "string"
default = "hello"
help = "what is said after a commit"

[[document-middlewares]]
hook = "outer"
[[document-middlewares]]
hook = "inner"
models = ["api::product.product"]

[[lifecycles]]
model = ["api::product.product", "shop.detail"]
events = ["beforeCreate", "afterCreate", "beforeUpdate", "afterUpdate", "beforeDelete", "afterDelete",
  "beforeFindOne", "afterFindOne", "beforeFindMany", "afterFindMany", "beforeCount", "afterCount"]
hook = "trace"
[[lifecycles]]
model = "api::product.product"
events = ["beforeCreateMany", "afterCreateMany", "beforeUpdateMany", "afterUpdateMany", "beforeDeleteMany", "afterDeleteMany"]
hook = "bulk"
[[lifecycles]]
model = "api::product.product"
events = ["beforeCreate", "afterCreate"]
hook = "second"

[[subscribers]]
events = "entry.*"
hook = "log_entry"
durable = true
[[subscribers]]
events = ["entry.create", "entry.update", "entry.delete", "entry.publish", "entry.unpublish", "entry.draft-discard"]
hook = "told"

[[routes]]
method = "GET"
path = "/trace"
handler = "trace.read"
[[routes]]
method = "POST"
path = "/do/:what"
handler = "trace.do"
"""

PRODUCT = """
kind = "collectionType"
collectionName = "products"
[info]
singularName = "product"
pluralName = "products"
displayName = "Product"
[options]
draftAndPublish = true
[attributes.name]
type = "string"
required = true
[attributes.price]
type = "integer"
[attributes.cost]
type = "integer"
private = true
[attributes.stamp]
type = "string"
[attributes.detail]
type = "component"
component = "shop.detail"
[attributes.shelves]
type = "relation"
relation = "manyToMany"
target = "api::shelf.shelf"
"""

SHELF = """
kind = "collectionType"
collectionName = "shelves"
[info]
singularName = "shelf"
pluralName = "shelves"
displayName = "Shelf"
[attributes.name]
type = "string"
[attributes.code]
type = "string"
private = true
unique = true
"""

PAGE = """
kind = "collectionType"
collectionName = "pages"
[info]
singularName = "page"
pluralName = "pages"
displayName = "Page"
[pluginOptions.i18n]
localized = true
[attributes.name]
type = "string"
pluginOptions = { i18n = { localized = true } }
[attributes.detail]
type = "component"
component = "shop.detail"
pluginOptions = { i18n = { localized = false } }
"""

JOURNAL = """
kind = "collectionType"
collectionName = "journals"
[info]
singularName = "journal"
pluralName = "journals"
displayName = "Journal"
[attributes.text]
type = "string"
"""

DETAIL = """
collectionName = "components_shop_details"
[info]
displayName = "Detail"
[attributes.text]
type = "string"
[attributes.facts]
type = "json"
[attributes.shelf]
type = "relation"
relation = "oneToOne"
target = "api::shelf.shelf"
"""

SOURCE = r"""
#include <socle/socle.h>
#include <stdio.h>
#include <string.h>

SOCLE_PLUGIN()

#define PRODUCT "api::product.product"
#define JOURNAL "api::journal.journal"

static char trace[16384];
static bool endless;

static void note(const char *text)
{
	strncat(trace, text, sizeof(trace) - strlen(trace) - 1);
	strncat(trace, " ", sizeof(trace) - strlen(trace) - 1);
}

SOCLE_ACTION(trace_read)
{
	char *text = socle_strdup(ctx, trace);

	trace[0] = '\0';
	return socle_send_text(ctx, text);
}

static const char *name_in(const json_t *data)
{
	const char *name = json_string_value(json_object_get(data, "name"));

	return name ? name : "";
}

/* ---- document middlewares ---- */

SOCLE_DOCUMENT_MIDDLEWARE(outer)
{
	int rc;

	if (strcmp(socle_call_model(call), PRODUCT) != 0)
		return socle_call_next(ctx, call);
	note(socle_printf(ctx, ">%s", socle_call_action(call)));
	rc = socle_call_next(ctx, call);
	note(socle_printf(ctx, "<%s:%s", socle_call_action(call), rc < 0 ? "failed" : "ok"));
	return rc;
}

SOCLE_DOCUMENT_MIDDLEWARE(inner)
{
	json_t *params = socle_call_params(ctx, call), *data = json_object_get(params, "data");
	const char *name = socle_strdup(ctx, name_in(data)), *action = socle_call_action(call);
	int rc;

	if (strcmp(name, "forbidden") == 0)
		return socle_throw(ctx, SOCLE_FORBIDDEN, "not that one");
	if (strcmp(name, "renamed") == 0)
		json_object_set_new(data, "name", json_string("by the middleware"));
	if (strcmp(name, "dataless") == 0)
		json_object_del(params, "data");
	if (strcmp(name, "swallowed") == 0)
		return 0;
	if (strcmp(name, "twice") == 0) {
		(void)!socle_call_next(ctx, call);
		return socle_call_next(ctx, call);
	}
	if (strcmp(action, "findMany") == 0 && socle_has_request(ctx) && socle_query_value(ctx, "only"))
		json_object_set_new(params, "filters", json_pack("{s:s}", "name", socle_query_value(ctx, "only")));
	if (strcmp(action, "count") == 0 && socle_has_request(ctx) && socle_query_value(ctx, "only")) {
		socle_call_set_count(ctx, call, 1);
		return 0;
	}
	rc = socle_call_next(ctx, call);
	if (rc == 0 && strncmp(action, "find", 4) == 0 && socle_has_request(ctx) && socle_query_value(ctx, "rank")) {
		socle_documents *found = socle_call_documents(ctx, call);

		for (size_t i = 0; i < socle_documents_count(found); i++) {
			socle_document_set(ctx, found, i, "rank", json_integer((json_int_t)i + 1));
			socle_document_set(ctx, found, i, "name", json_string("laid over"));
			socle_document_set(ctx, found, i, "cost", json_integer(99));
			socle_document_set(ctx, found, i, "shelves", json_pack("[{s:s, s:s}]", "name", "top", "code", "secret"));
		}
	}
	if (rc == 0 && strncmp(action, "find", 4) == 0 && socle_has_request(ctx) && socle_query_value(ctx, "tree")) {
		socle_documents *found = socle_call_documents(ctx, call);

		for (size_t i = 0; i < socle_documents_count(found); i++) {
			json_t *tree = socle_document_tree(ctx, found, i);

			json_object_del(tree, "price");
			json_object_set_new(tree, "extra", json_string("in the tree"));
			json_object_set_new(tree, "shelves", json_pack("[{s:s, s:s}]", "name", "top", "code", "secret"));
		}
	}
	return rc;
}

/* ---- lifecycle hooks ---- */

static void greet(socle_context *ctx, void *arg)
{
	const char *greeting = socle_config_string(ctx, "greeting");

	note(socle_printf(ctx, "%s:%s", greeting ? greeting : "nobody", (const char *)arg));
}

SOCLE_LIFECYCLE(trace)
{
	const char *event_name = socle_event_name(event);
	json_t *data = socle_event_data(event);
	const json_t *result = socle_event_result(event);

	note(socle_printf(ctx, "%s%s", strcmp(socle_event_model(event), PRODUCT) == 0 ? "" : "detail.", event_name));
	if (strcmp(event_name, "beforeCreate") == 0) {
		json_object_set_new(socle_event_state(ctx, event), "seen", json_true());
		if (strcmp(name_in(data), "stamped") == 0)
			json_object_set_new(data, "stamp", json_string("by the hook"));
		if (strcmp(name_in(data), "greeted") == 0)
			socle_on_commit(ctx, greet, socle_strdup(ctx, name_in(data)));
		if (strcmp(name_in(data), "expensive") == 0)
			json_object_set_new(data, "price", json_string("not a number"));
	}
	if (strcmp(event_name, "afterCreate") == 0) {
		if (!json_is_true(json_object_get(socle_event_state(ctx, event), "seen")))
			note("STATE-LOST");
		if (strcmp(name_in(result), "undone") == 0)
			return socle_throw(ctx, SOCLE_APPLICATION, "undone by the hook");
		if (strcmp(name_in(result), "undone when published") == 0 && !json_is_null(json_object_get(result, "publishedAt")))
			return socle_throw(ctx, SOCLE_APPLICATION, "not to be published");
		if (strcmp(name_in(result), "silent") == 0)
			return -1;
	}
	if (strcmp(event_name, "beforeUpdate") == 0 && strcmp(name_in(data), "stamped") == 0)
		json_object_set_new(data, "stamp", json_string("by the update"));
	if (strcmp(event_name, "beforeDelete") == 0 && strcmp(name_in(result), "kept") == 0)
		return socle_throw(ctx, SOCLE_APPLICATION, "this one stays");
	if (strcmp(event_name, "beforeFindMany") == 0 && socle_has_request(ctx) && socle_query_value(ctx, "cheap"))
		return socle_event_filter(ctx, event, socle_own(ctx, json_pack("{s:{s:i}}", "price", "$lt", 10)));
	if (strcmp(event_name, "beforeFindMany") == 0 && socle_has_request(ctx) && socle_query_value(ctx, "wrong"))
		return socle_event_filter(ctx, event, socle_own(ctx, json_pack("{s:i}", "nothing", 10)));
	if (strcmp(event_name, "afterFindOne") == 0 && socle_has_request(ctx) && socle_query_value(ctx, "shout"))
		return socle_document_set(ctx, socle_event_documents(ctx, event), 0, "stamp", json_string("!"));
	if (strcmp(event_name, "afterFindOne") == 0 && socle_has_request(ctx) && socle_query_value(ctx, "unread"))
		return socle_throw(ctx, SOCLE_APPLICATION, "not to be shown");
	if (strcmp(event_name, "afterCount") == 0)
		note(socle_printf(ctx, "=%lld", (long long)socle_event_count(event)));
	return 0;
}

SOCLE_LIFECYCLE(bulk)
{
	json_t *data = socle_event_data(event), *item;
	size_t i;

	note(socle_printf(ctx, "%s:%lld", socle_event_name(event), (long long)socle_event_count(event)));
	json_array_foreach(data, i, item) {
		if (strcmp(name_in(item), "undone") == 0 && strncmp(socle_event_name(event), "after", 5) == 0)
			return socle_throw(ctx, SOCLE_APPLICATION, "undone by the hook");
		json_object_set_new(item, "stamp", json_string("in bulk"));
	}
	return 0;
}

SOCLE_LIFECYCLE(second)
{
	if (json_object_get(socle_event_state(ctx, event), "seen"))
		note("STATE-SHARED");
	note("second");
	return 0;
}

/* ---- subscribers ---- */

SOCLE_SUBSCRIBER(log_entry)
{
	json_t *data;

	if (strcmp(socle_message_model(message), JOURNAL) == 0 && !endless)
		return 0;
	if (strcmp(socle_message_model(message), PRODUCT) == 0) {
		json_t *entry = socle_message_entry(ctx, message);

		if (!entry)
			return -1;
		if (strcmp(name_in(entry), "undurable") == 0)
			return socle_throw(ctx, SOCLE_APPLICATION, "the subscriber refuses");
	}
	data = socle_own(ctx, json_pack("{s:s}", "text", socle_message_name(message)));
	return socle_create(ctx, JOURNAL, data, NULL) ? 0 : -1;
}

SOCLE_SUBSCRIBER(told)
{
	json_t *entry;

	if (strcmp(socle_message_model(message), PRODUCT) != 0)
		return 0;
	if (socle_has_request(ctx))
		note("REQUEST");
	entry = socle_message_entry(ctx, message);
	if (!entry && socle_error_kind(ctx) == SOCLE_NOT_FOUND) {
		note(socle_printf(ctx, "told:%s:gone", socle_message_name(message)));
		return 0;
	}
	if (json_object_get(entry, "cost"))
		note("PRIVATE");
	note(socle_printf(ctx, "told:%s:%s:%s", socle_message_name(message), name_in(entry),
		json_is_array(json_object_get(entry, "shelves")) ? "whole" : "scalars"));
	return strcmp(name_in(entry), "untold") == 0 ? socle_throw(ctx, SOCLE_APPLICATION, "told in vain") : 0;
}

/* ---- the Document Service and transactions ---- */

static socle_documents *make(socle_context *ctx, const char *name, const char *status)
{
	return socle_create(ctx, PRODUCT, socle_own(ctx, json_pack("{s:s}", "name", name)),
		socle_own(ctx, json_pack("{s:s}", "status", status)));
}

static void committed(socle_context *ctx, void *arg)
{
	note(socle_printf(ctx, "committed:%s:%u", (const char *)arg, socle_attempt(ctx)));
}

static int two(socle_context *ctx, void *arg)
{
	note(socle_printf(ctx, "attempt:%u", socle_attempt(ctx)));
	socle_on_commit(ctx, committed, "two");
	return make(ctx, "first-of-two", "draft") && make(ctx, arg, "draft") ? 0 : -1;
}

static int part(socle_context *ctx, void *arg)
{
	socle_on_commit(ctx, committed, arg);
	if (!make(ctx, arg, "draft"))
		return -1;
	return socle_throw(ctx, SOCLE_APPLICATION, "the part fails");
}

static int whole(socle_context *ctx, void *arg)
{
	socle_on_commit(ctx, committed, "whole");
	if (!make(ctx, "whole", "draft"))
		return -1;
	if (socle_transaction(ctx, part, "part") < 0)
		socle_catch(ctx);
	return make(ctx, "rest", "draft") ? 0 : -1;
}

static json_t *names_of(const socle_documents *documents)
{
	json_t *names = json_array();

	for (size_t i = 0; i < socle_documents_count(documents); i++) {
		json_t *one = socle_document_json(documents, i);

		json_array_append(names, json_object_get(one, "name"));
		json_decref(one);
	}
	return names;
}

SOCLE_ACTION(trace_do)
{
	const char *what = socle_param(ctx, "what"), *id = socle_query_value(ctx, "id");
	const json_t *data = json_object_get(socle_body(ctx), "data"), *params = json_object_get(socle_body(ctx), "params");
	socle_documents *found = NULL;

	if (strcmp(what, "endless") == 0) {
		endless = true;
		make(ctx, "endless", "draft");
		endless = false;
		return -1;
	}
	if (strcmp(what, "two") == 0)
		return socle_transaction(ctx, two, "second-of-two") < 0 ? -1 : socle_send_text(ctx, "done");
	if (strcmp(what, "two-failing") == 0)
		return socle_transaction(ctx, two, "undone") < 0 ? -1 : socle_send_text(ctx, "done");
	if (strcmp(what, "parts") == 0)
		return socle_transaction(ctx, whole, NULL) < 0 ? -1 : socle_send_text(ctx, "done");
	if (strncmp(what, "rows-", 5) == 0) {
		int64_t count = -1;

		if (strcmp(what, "rows-create") == 0)
			count = socle_rows_create_many(ctx, PRODUCT, data);
		else if (strcmp(what, "rows-update") == 0)
			count = socle_rows_update_many(ctx, PRODUCT, params, data);
		else if (strcmp(what, "rows-delete") == 0)
			count = socle_rows_delete_many(ctx, PRODUCT, params);
		return count < 0 ? -1 : socle_send_json(ctx, json_integer(count));
	}
	if (strcmp(what, "count") == 0) {
		int64_t count = socle_count(ctx, PRODUCT, params);

		return count < 0 ? -1 : socle_send_json(ctx, json_integer(count));
	}
	if (strcmp(what, "create-and-look") == 0)
		return socle_create(ctx, PRODUCT, data, params) ? socle_send_json(ctx, json_deep_copy(data)) : -1;
	if (strcmp(what, "create") == 0)
		return socle_send_document(ctx, 201, socle_create(ctx, PRODUCT, data, params));
	if (strcmp(what, "findMany") == 0)
		found = socle_find_many(ctx, PRODUCT, params);
	else if (strcmp(what, "findFirst") == 0)
		found = socle_find_first(ctx, PRODUCT, params);
	else if (strcmp(what, "findOne") == 0)
		found = socle_find_one(ctx, PRODUCT, id, params);
	else if (strcmp(what, "update") == 0)
		found = socle_update(ctx, PRODUCT, id, data, params);
	else if (strcmp(what, "delete") == 0)
		found = socle_delete(ctx, PRODUCT, id, params);
	else if (strcmp(what, "clone") == 0)
		found = socle_clone(ctx, PRODUCT, id, data, params);
	else if (strcmp(what, "publish") == 0)
		found = socle_publish(ctx, PRODUCT, id, params);
	else if (strcmp(what, "unpublish") == 0)
		found = socle_unpublish(ctx, PRODUCT, id, params);
	else if (strcmp(what, "discardDraft") == 0)
		found = socle_discard_draft(ctx, PRODUCT, id, params);
	else if (strcmp(what, "publishShelf") == 0)
		found = socle_publish(ctx, "api::shelf.shelf", id, params);
	return found ? socle_send_json(ctx, names_of(found)) : -1;
}
"""

FILES = {"plugin.toml": MANIFEST, "shop.c": SOURCE, "content-types/product.toml": PRODUCT,
         "content-types/shelf.toml": SHELF, "content-types/journal.toml": JOURNAL,
         "content-types/page.toml": PAGE, "components/shop.detail.toml": DETAIL}


# One that writes what the shop hooks into.
MALL = {"plugin.toml": """
[plugin]
name = "mall"
version = "1.0.0"
kind = "api"
library = "mall.so"
sdk = 1

[config.greeting]
type = "string"
default = "goodbye"
help = "not the shop's"

[[routes]]
method = "POST"
path = "/mall/:name"
handler = "mall.make"
""", "mall.c": r"""
#include <socle/socle.h>

SOCLE_PLUGIN()

static int make(socle_context *ctx, void *arg)
{
	json_t *data = socle_own(ctx, json_pack("{s:s}", "name", (const char *)arg));

	return socle_create(ctx, "api::product.product", data, NULL) ? 0 : -1;
}

SOCLE_ACTION(mall_make)
{
	return socle_transaction(ctx, make, (void *)socle_param(ctx, "name")) < 0 ? -1 : socle_send_text(ctx, "made");
}
"""}


class Shop(support.TestCase):
    """One host for all tests of a class, each on empty tables."""

    TABLES = ("products", "shelves", "journals", "pages", "components_shop_details")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = support.TestCase()
        cls.keeper.setUp()
        cls.addClassCleanup(cls.keeper.doCleanups)
        cls.db = cls.keeper.database()
        cls.shop = cls.keeper.host([support.write_plugin(cls.keeper.folder, name, files)
                                    for name, files in (("shop", FILES), ("mall", MALL))], database=cls.db,
                                   config={"middlewares.toml": 'use = ["socle::errors", "socle::query", "socle::body"]'})

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.shop.stop()
        if cls.shop.reports():
            raise AssertionError(f"reports in the host's log:\n{cls.shop.reports()[:20000]}")

    def setUp(self):
        super().setUp()
        # Links and components' rows in products_cmps go with their products.
        self.db.run("".join(f"DELETE FROM {table}; ALTER TABLE {table} AUTO_INCREMENT = 1; " for table in self.TABLES))
        self.trace()

    def ask(self, method, path, data=None, status=200):
        answer = self.shop.request(method, path, None if data is None else {"data": data})
        self.assertEqual(answer.status, status, answer)
        return answer.json if answer.body else None

    def create(self, data, query="", status=201):
        return self.ask("POST", f"/api/products{query}", data, status)

    def do(self, what, status=200, id=None, **body):
        answer = self.shop.request("POST", f"/api/do/{what}" + (f"?id={id}" if id else ""), body)
        self.assertEqual(answer.status, status, answer)
        return answer.json if answer.headers["content-type"].startswith("application/json") else answer.text

    def trace(self):
        return self.shop.request("GET", "/api/trace").text.split()

    def told(self, count):
        """Subscribers run beside the answer: waits until so many have been told."""
        told, deadline = [], time.monotonic() + 30
        while len(told) < count and time.monotonic() < deadline:
            told += [word for word in self.trace() if word.startswith("told:")]
        return told

    def hooks(self):
        return [word for word in self.trace() if not word.startswith("told:")]

    def rows(self, table="products"):
        return int(self.db.value(f"SELECT COUNT(*) FROM {table}"))

    def names(self):
        return [row[0] for row in self.db.rows("SELECT name FROM products ORDER BY id")]


class Middlewares(Shop):
    def test_middlewares_stand_around_the_call_in_the_order_of_the_manifest(self):
        self.create({"name": "a"}, "?status=draft")
        self.assertEqual(self.hooks(), [">create", "beforeCreate", "second", "afterCreate", "second", "beforeFindOne",
                                        "afterFindOne", "<create:ok"])

    def test_one_that_throws_ends_the_call_and_nothing_is_written(self):
        error = self.create({"name": "forbidden"}, status=403)
        self.assertEqual(error["error"]["name"], "ForbiddenError")
        self.assertEqual(self.hooks(), [">create", "<create:failed"])
        self.assertEqual(self.rows(), 0)

    def test_what_one_changes_in_the_data_is_written(self):
        self.assertEqual(self.create({"name": "renamed"})["data"]["name"], "by the middleware")

    def test_what_one_changes_in_the_data_the_caller_does_not_see(self):
        self.assertEqual(self.do("create-and-look", data={"name": "renamed"}), {"name": "renamed"})
        self.assertEqual(self.names(), ["by the middleware"])

    def test_one_that_does_not_go_on_answers_with_nothing(self):
        self.create({"name": "swallowed"}, status=404)
        self.assertEqual(self.rows(), 0)

    def test_one_that_takes_the_data_away_is_told(self):
        self.create({"name": "dataless"}, status=500)
        self.assertIn("took the `data` of this create away", self.shop.log())

    def test_going_on_twice_is_an_error(self):
        self.create({"name": "twice"}, status=500)
        self.assertIn("called next() more than once", self.shop.log())

    def test_changed_params_and_counts_reach_the_answer(self):
        for name in ("a", "b"):
            self.create({"name": name, "price": 1})
        answer = self.ask("GET", "/api/products?only=b")
        self.assertEqual([p["name"] for p in answer["data"]], ["b"])
        self.assertEqual(answer["meta"]["pagination"]["total"], 1)

    def test_fields_laid_over_rows_stand_in_their_places_and_private_ones_stay_at_home(self):
        self.create({"name": "a", "price": 1, "cost": 7})
        plain = self.ask("GET", "/api/products")["data"][0]
        ranked = self.ask("GET", "/api/products?rank=1")["data"][0]
        self.assertEqual(list(ranked), [*plain, "rank", "shelves"])
        self.assertEqual({**ranked}, {**plain, "name": "laid over", "rank": 1, "shelves": [{"name": "top"}]})
        whole = self.ask("GET", "/api/products?rank=1&populate=shelves")["data"][0]
        self.assertEqual(whole["shelves"], [{"name": "top"}])
        document = plain["documentId"]
        v4 = self.shop.request("GET", f"/api/products/{document}?rank=1", headers={"Strapi-Response-Format": "v4"}).json
        self.assertEqual(v4["data"]["attributes"]["name"], "laid over")
        self.assertNotIn("cost", v4["data"]["attributes"])
        self.assertNotIn("secret", str(v4))

    def test_a_tree_that_was_asked_for_is_what_goes_out(self):
        self.create({"name": "a", "price": 1})
        one = self.ask("GET", "/api/products?tree=1&populate=*")["data"][0]
        self.assertNotIn("price", one)
        self.assertEqual(one["extra"], "in the tree")
        self.assertEqual(one["shelves"], [{"name": "top"}])

    def test_socle_lists_the_hooks(self):
        listed = self.shop.command("list", "hooks", "--json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        for name in ("api::shop.outer", "api::shop.trace", "api::shop.log_entry", "api::shop.told"):
            self.assertIn(name, listed.stdout)


class Lifecycles(Shop):
    def test_publishing_at_once_creates_two_rows(self):
        self.create({"name": "a", "detail": {"text": "x"}})
        row = ["beforeCreate", "second", "afterCreate", "second"]
        self.assertEqual(self.hooks(), [">create", "detail.beforeCreate", "detail.afterCreate", *row, "beforeCreate", "second",
                                        "detail.beforeCreate", "detail.afterCreate", "afterCreate", "second",
                                        "beforeFindOne", "afterFindOne", "<create:ok"])

    def test_publishing_again_deletes_and_creates_in_the_words_of_hooks_while_the_row_stays(self):
        first = self.create({"name": "a"})["data"]
        self.trace()
        second = self.ask("PUT", f"/api/products/{first['documentId']}", {"price": 5})["data"]
        self.assertEqual(second["id"], first["id"])
        self.assertEqual(self.hooks(), [">update", "beforeUpdate", "afterUpdate", "beforeDelete", "afterDelete", "beforeCreate",
                                        "second", "afterCreate", "second", "beforeFindOne", "afterFindOne", "<update:ok"])

    def test_what_before_create_sets_is_stored_in_both_versions(self):
        product = self.create({"name": "stamped"})["data"]
        self.assertEqual(product["stamp"], "by the hook")
        self.assertEqual(self.db.rows("SELECT stamp FROM products"), [["by the hook"], ["by the hook"]])
        self.ask("PUT", f"/api/products/{product['documentId']}?status=draft", {"name": "stamped"})
        self.assertEqual(self.db.value("SELECT stamp FROM products WHERE published_at IS NULL"), "by the update")

    def test_a_value_from_a_hook_that_does_not_fit_is_an_error_and_nothing_is_written(self):
        self.create({"name": "expensive"}, status=400)
        self.assertEqual(self.rows(), 0)

    def test_an_error_after_create_undoes_everything(self):
        error = self.create({"name": "undone", "detail": {"text": "x"}}, status=400)
        self.assertEqual(error["error"]["message"], "undone by the hook")
        self.assertEqual([self.rows(), self.rows("components_shop_details"), self.rows("products_cmps"),
                          self.rows("journals")], [0, 0, 0, 0])

    def test_an_error_while_what_was_written_is_read_undoes_the_write(self):
        error = self.create({"name": "a", "detail": {"text": "x"}}, "?unread=1", status=400)
        self.assertEqual(error["error"]["message"], "not to be shown")
        self.assertEqual([self.rows(), self.rows("components_shop_details"), self.rows("journals")], [0, 0, 0])
        product = self.create({"name": "a"})["data"]["documentId"]
        self.ask("PUT", f"/api/products/{product}?unread=1", {"name": "b"}, status=400)
        self.assertEqual(self.names(), ["a", "a"])

    def test_an_error_while_publishing_undoes_the_draft_as_well(self):
        self.create({"name": "undone when published"}, status=400)
        self.assertEqual(self.rows(), 0)

    def test_a_hook_that_fails_without_saying_why_is_named_in_the_log(self):
        self.create({"name": "silent"}, status=500)
        self.assertIn("The hook api::shop.trace failed without saying why", self.shop.log())

    def test_before_delete_may_refuse(self):
        product = self.create({"name": "kept", "detail": {"text": "x"}})["data"]
        self.ask("DELETE", f"/api/products/{product['documentId']}", status=400)
        self.assertEqual(self.rows(), 2)
        self.assertEqual(self.rows("components_shop_details"), 2)

    def test_a_condition_of_a_hook_restricts_what_is_found(self):
        for name, price in (("a", 5), ("b", 50)):
            self.create({"name": name, "price": price})
        self.assertEqual([p["name"] for p in self.ask("GET", "/api/products?cheap=1")["data"]], ["a"])
        self.ask("GET", "/api/products?wrong=1", status=400)

    def test_after_find_may_change_the_answer(self):
        product = self.create({"name": "a"})["data"]
        self.assertEqual(self.ask("GET", f"/api/products/{product['documentId']}?shout=1")["data"]["stamp"], "!")

    def test_counts_have_hooks_of_their_own(self):
        self.create({"name": "a"})
        self.trace()
        self.ask("GET", "/api/products")
        self.assertEqual(self.hooks(), [">findMany", "beforeFindMany", "afterFindMany", "<findMany:ok", ">count", "beforeCount",
                                        "afterCount", "=1", "<count:ok"])


class Subscribers(Shop):
    def journal(self):
        return [row[0] for row in self.db.rows("SELECT text FROM journals ORDER BY id")]

    def test_events_are_told_once_each_in_order(self):
        product = self.create({"name": "a", "price": 1, "cost": 3})["data"]
        self.assertEqual(self.told(2), ["told:entry.create:a:whole", "told:entry.publish:a:whole"])
        document = product["documentId"]
        self.ask("PUT", f"/api/products/{document}?status=draft", {"price": 2})
        self.assertEqual(self.told(1), ["told:entry.update:a:whole"])
        self.do("discardDraft", id=document)
        self.assertEqual(self.told(1), ["told:entry.draft-discard:a:whole"])
        self.do("unpublish", id=document)
        self.assertEqual(self.told(1), ["told:entry.unpublish:a:scalars"])
        self.ask("DELETE", f"/api/products/{document}", status=204)
        self.assertEqual(self.told(1), ["told:entry.delete:a:scalars"])
        self.assertEqual(self.journal(), ["entry.create", "entry.publish", "entry.update", "entry.draft-discard",
                                          "entry.unpublish", "entry.delete"])

    def test_a_durable_subscriber_that_refuses_undoes_the_change(self):
        self.create({"name": "undurable", "detail": {"text": "x"}}, status=400)
        self.assertEqual([self.rows(), self.rows("components_shop_details"), self.journal()], [0, 0, []])
        self.assertEqual([word for word in self.trace() if word.startswith("told:")], [])

    def test_a_durable_subscriber_that_never_ends_is_stopped_and_nothing_is_written(self):
        self.do("endless", status=500)
        self.assertRegex(self.shop.log(), r"One transaction has raised \d+ events, the last of them entry.create of "
                                          r"api::journal.journal, behind 9 durable subscribers")
        self.assertEqual([self.rows(), self.journal()], [0, []])

    def test_a_failure_of_one_that_is_told_later_is_a_line_in_the_log_and_nothing_else(self):
        self.create({"name": "untold"}, "?status=draft")
        self.told(1)
        deadline = time.monotonic() + 30
        while "told in vain" not in self.shop.log() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertIn("told in vain", self.shop.log())
        self.assertEqual(self.rows(), 1)

    def test_all_of_many_changes_are_told(self):
        def create(n):
            for i in range(25):
                self.create({"name": f"p{n}-{i}"}, "?status=draft")
        threads = [threading.Thread(target=create, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        told = self.told(100)
        self.assertEqual(sorted(told), sorted(f"told:entry.create:p{n}-{i}:whole" for n in range(4) for i in range(25)))


class Transactions(Shop):
    def test_two_writes_are_one(self):
        self.do("two")
        self.assertEqual(self.names(), ["first-of-two", "second-of-two"])
        trace = self.hooks()
        self.assertEqual(trace[0], "attempt:1")
        self.assertEqual(trace[-1], "committed:two:0")

    def test_what_a_hook_asks_for_after_the_commit_runs_as_the_hook_s_plugin(self):
        self.assertEqual(self.shop.request("POST", "/api/mall/greeted").status, 200)
        self.assertEqual(self.hooks()[-1], "hello:greeted")

    def test_when_the_second_fails_the_first_is_undone_and_nothing_is_told(self):
        self.do("two-failing", status=400)
        self.assertEqual(self.rows(), 0)
        self.assertEqual([w for w in self.trace() if w.startswith("committed") or "undone" in w], [])

    def test_a_part_that_fails_is_undone_and_the_rest_stays(self):
        self.do("parts")
        self.assertEqual(self.names(), ["whole", "rest"])
        self.assertEqual([w for w in self.hooks() if w.startswith("committed")], ["committed:whole:0"])
        self.assertEqual(self.rows("journals"), 2)


    def test_one_that_the_database_calls_off_runs_again_from_untouched_data_hooks_included(self):
        # What is set of a session stays when its transaction is undone: so only the first attempt fails.
        self.db.run("DELIMITER //\nCREATE TRIGGER once BEFORE INSERT ON journals FOR EACH ROW IF @tried IS NULL THEN "
                    "SET @tried = 1; SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock'; END IF//\n")
        self.addCleanup(self.db.run, "DROP TRIGGER once")
        self.do("two")
        trace = self.hooks()
        self.assertEqual([w for w in trace if w.startswith(("attempt", "committed"))], ["attempt:1", "attempt:2", "committed:two:0"])
        self.assertEqual(trace.count("beforeCreate"), 4)
        self.assertEqual(self.names(), ["first-of-two", "second-of-two"])
        self.assertEqual(self.rows("journals"), 2)

    def test_one_that_is_called_off_again_and_again_is_answered_503(self):
        self.db.run("CREATE TRIGGER always BEFORE INSERT ON journals FOR EACH ROW "
                    "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found'")
        self.addCleanup(self.db.run, "DROP TRIGGER always")
        answer = self.shop.request("POST", "/api/products", {"data": {"name": "a"}})
        self.assertEqual((answer.status, self.rows()), (503, 0))


class DocumentService(Shop):
    def versions(self, document):
        return [row[0] for row in self.db.rows(
            f"SELECT CONCAT(name, IF(published_at IS NULL, ' draft', ' published')) FROM products "
            f"WHERE document_id = '{document}' ORDER BY id")]

    def test_a_document_goes_through_its_life(self):
        document = self.do("create", status=201, data={"name": "a", "detail": {"text": "x"}})["data"]["documentId"]
        self.assertEqual(self.versions(document), ["a draft"])
        self.assertEqual(self.do("publish", id=document), ["a"])
        self.assertEqual(self.versions(document), ["a draft", "a published"])
        self.assertEqual(self.do("update", id=document, data={"name": "b"}), ["b"])
        self.assertEqual(self.versions(document), ["b draft", "a published"])
        self.assertEqual(self.do("discardDraft", id=document), ["a"])
        self.assertEqual(self.versions(document), ["a draft", "a published"])
        self.assertEqual(self.rows("components_shop_details"), 2)
        self.assertEqual(self.do("unpublish", id=document), ["a"])
        self.assertEqual(self.versions(document), ["a draft"])
        self.assertEqual(self.do("publish", id=document), ["a"])
        self.assertEqual(self.do("delete", id=document), ["a", "a"])
        self.assertEqual([self.versions(document), self.rows("components_shop_details"), self.rows("products_cmps")], [[], 0, 0])

    def test_discarding_what_was_never_published_keeps_the_draft(self):
        document = self.do("create", status=201, data={"name": "a"})["data"]["documentId"]
        self.assertEqual(self.do("discardDraft", id=document), [])
        self.assertEqual(self.versions(document), ["a draft"])

    def test_who_asks_to_delete_a_draft_alone_is_refused_and_keeps_what_is_published(self):
        document = self.create({"name": "a"})["data"]["documentId"]
        error = self.ask("DELETE", f"/api/products/{document}?status=draft", status=400)
        self.assertEqual(error["error"]["message"], "Cannot delete a draft document")
        self.do("delete", status=400, id=document, params={"status": "draft"})
        self.assertEqual(self.versions(document), ["a draft", "a published"])
        self.ask("DELETE", f"/api/products/{document}?status=published", status=204)
        self.assertEqual(self.rows(), 0)

    def test_publishing_judges_the_draft_in_full(self):
        document = self.do("create", status=201, data={"price": 1})["data"]["documentId"]
        error = self.do("publish", status=400, id=document)
        self.assertEqual(error["error"]["name"], "ValidationError")
        self.assertEqual(self.rows(), 1)

    def test_reads_are_of_drafts_unless_status_says_otherwise(self):
        for i in range(30):
            self.do("create", status=201, data={"name": f"p{i:02}"})
        published = self.do("create", status=201, data={"name": "q"}, params={"status": "published"})
        self.assertIsNotNone(published["data"]["publishedAt"])
        self.assertEqual(len(self.do("findMany")), 31)
        self.assertEqual(self.do("findMany", params={"status": "published"}), ["q"])
        self.assertEqual(self.do("findMany", params={"start": 2, "limit": 2, "sort": "name"}), ["p02", "p03"])
        self.assertEqual(self.do("findMany", params={"page": 2, "pageSize": 3, "sort": "name"}), ["p03", "p04", "p05"])
        self.assertEqual(self.do("findFirst", params={"sort": "name:desc"}), ["q"])
        self.assertEqual(self.do("findOne", id=published["data"]["documentId"]), ["q"])
        self.assertEqual(self.do("findOne", id="nothing"), [])
        self.assertEqual(self.do("count"), 31)
        self.assertEqual(self.do("count", params={"filters": {"name": {"$startsWith": "p1"}}}), 10)
        self.do("findMany", status=400, params={"limit": 1.5})
        self.do("findMany", status=400, params={"filters": {"nothing": 1}})

    def test_a_clone_has_the_content_and_what_the_data_says_instead(self):
        shelf = self.ask("POST", "/api/shelves", {"name": "top"}, 201)["data"]["documentId"]
        document = self.do("create", status=201, data={"name": "a", "price": 3, "detail": {"text": "x"},
                                                       "shelves": [shelf]}, params={"status": "published"})["data"]["documentId"]
        self.assertEqual(self.do("clone", id=document, data={"name": "b"}), ["b"])
        clone = self.db.rows("SELECT id, document_id, price, published_at FROM products WHERE name = 'b'")
        self.assertEqual(len(clone), 1)
        self.assertNotEqual(clone[0][1], document)
        self.assertEqual(clone[0][2:], ["3", "NULL"])
        self.assertEqual(self.rows("components_shop_details"), 3)
        self.assertEqual(self.rows("products_shelves_lnk"), 3)

    def test_a_clone_with_a_relation_to_a_row_that_is_not_there_is_refused(self):
        document = self.do("create", status=201, data={"name": "a"})["data"]["documentId"]
        error = self.do("clone", status=400, id=document, data={"shelves": [999999]})
        self.assertIn("1 relation(s) of type api::shelf.shelf", error["error"]["message"])
        self.assertEqual(self.rows(), 1)

    def test_a_clones_component_is_merged_with_what_the_data_says(self):
        document = self.do("create", status=201, data={"name": "a", "detail": {"text": "x"}})["data"]["documentId"]
        self.do("clone", id=document, data={"detail": {"text": "y"}})
        self.assertEqual(self.db.rows("SELECT text FROM components_shop_details ORDER BY id"), [["x"], ["y"]])

    def test_a_new_locale_takes_shared_components_over_with_all_that_is_in_them(self):
        shelf = self.ask("POST", "/api/shelves", {"name": "top"}, 201)["data"]["documentId"]
        detail = {"text": "x", "facts": '"quoted"', "shelf": shelf}
        page = self.ask("POST", "/api/pages?locale=en", {"name": "one", "detail": detail}, 201)["data"]["documentId"]
        self.ask("PUT", f"/api/pages/{page}?locale=fr", {"name": "un"})
        self.assertEqual(self.db.rows(
            "SELECT p.locale, d.text, d.facts, s.name FROM pages p INNER JOIN pages_cmps c ON c.entity_id = p.id "
            "INNER JOIN components_shop_details d ON d.id = c.cmp_id LEFT JOIN components_shop_details_shelf_lnk l "
            "ON l.detail_id = d.id LEFT JOIN shelves s ON s.id = l.shelf_id ORDER BY p.id"),
            [["en", "x", '"quoted"', "top"], ["fr", "x", '"quoted"', "top"]])

    def test_a_document_may_be_given_its_id_by_server_code_and_by_nobody_else(self):
        data = {"documentId": "imported0000000000000001", "name": "a"}
        made = self.do("create", status=201, data=data, params={"status": "published"})
        self.assertEqual(made["data"]["documentId"], data["documentId"])
        self.assertEqual(self.versions(data["documentId"]), ["a draft", "a published"])
        error = self.do("create", status=400, data=data)
        self.assertEqual(error["error"]["message"],
                         'A draft entry with documentId "imported0000000000000001" already exists for UID '
                         '"api::product.product". This combination must be unique.')
        self.create(data, status=400)
        self.assertEqual(self.rows(), 2)

    def test_of_several_who_bring_the_same_document_at_once_one_makes_it(self):
        for i in range(5):
            body = {"data": {"documentId": f"imported000000000000000{i}", "name": "a"}}
            statuses = []
            threads = [threading.Thread(target=lambda: statuses.append(
                self.shop.request("POST", "/api/do/create", body).status)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(sorted(statuses), [201, 400, 400, 400])
            self.assertEqual(self.rows(), i + 1)

    def test_what_is_not_there_is_nothing(self):
        for what in ("update", "delete", "publish", "unpublish", "discardDraft", "clone"):
            with self.subTest(what):
                self.assertEqual(self.do(what, id="nothing", data={"name": "x"}), [])
        self.assertEqual(self.rows(), 0)

    def test_publishing_a_type_without_drafts_is_an_error(self):
        self.do("publishShelf", status=500, id="x")
        self.assertIn("api::shelf.shelf has no draft & publish", self.shop.log())


class Rows(Shop):
    def test_many_are_written_with_the_bulk_hooks_alone(self):
        self.assertEqual(self.do("rows-create", data=[{"name": "a", "price": 1}, {"name": "b", "price": 2}, {"name": "c"}]), 3)
        self.assertEqual(self.db.rows("SELECT name, price, stamp, created_at = updated_at, CHAR_LENGTH(document_id), published_at "
                                      "FROM products ORDER BY id"),
                         [["a", "1", "in bulk", "1", "24", "NULL"], ["b", "2", "in bulk", "1", "24", "NULL"],
                          ["c", "NULL", "in bulk", "1", "24", "NULL"]])
        self.assertEqual(self.do("rows-update", params={"price": {"$notNull": True}}, data={"price": 7}), 2)
        self.assertEqual(self.db.rows("SELECT name FROM products WHERE price = 7"), [["a"], ["b"]])
        self.assertEqual(self.do("rows-delete", params={"name": "b"}), 1)
        self.assertEqual(self.do("rows-delete"), 2)
        self.assertEqual(self.hooks(), ["beforeCreateMany:0", "afterCreateMany:3", "beforeUpdateMany:0", "afterUpdateMany:2",
                                        "beforeDeleteMany:0", "afterDeleteMany:1", "beforeDeleteMany:0", "afterDeleteMany:2"])

    def test_of_several_who_change_the_same_rows_at_once_one_has_each(self):
        for _ in range(5):
            self.do("rows-create", data=[{"name": "open", "price": 0}] * 40)
            counts = []
            threads = [threading.Thread(target=lambda i=i: counts.append(self.do(
                "rows-update", params={"name": "open"}, data={"name": f"taken {i}"}))) for i in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(sum(counts), 40, counts)

    def test_rows_are_found_through_relations_too(self):
        shelf = self.ask("POST", "/api/shelves", {"name": "top"}, 201)["data"]["documentId"]
        self.create({"name": "a", "shelves": [shelf]})
        self.create({"name": "b"})
        self.assertEqual(self.do("rows-update", params={"shelves": {"name": "top"}}, data={"price": 3}), 2)
        self.assertEqual(self.do("rows-delete", params={"shelves": {"name": "top"}}), 2)
        self.assertEqual(self.names(), ["b", "b"])

    def test_deleted_rows_take_their_components_along(self):
        self.create({"name": "a", "detail": {"text": "x"}})
        self.do("rows-delete")
        self.assertEqual([self.rows(), self.rows("components_shop_details"), self.rows("products_cmps")], [0, 0, 0])

    def test_an_error_undoes_all_of_them(self):
        self.do("rows-create", status=400, data=[{"name": "a"}, {"name": "undone"}])
        self.do("rows-create", status=400, data=[{"name": "a"}, {"name": "b", "price": "many"}])
        self.do("rows-create", status=400, data=[{"name": "a"}] * 10001)
        self.do("rows-update", status=400, params={"nothing": 1}, data={"price": 1})
        self.assertEqual(self.rows(), 0)


class Mistakes(support.TestCase):
    def refused(self, manifest, source=SOURCE):
        plugin = support.write_plugin(self.folder, "shop", {**FILES, "plugin.toml": manifest, "shop.c": source})
        host = self.host([plugin], start=False)
        done = host.command("check")
        self.assertEqual(done.returncode, 1, done)
        return done.stdout + done.stderr

    def test_each_is_said_with_its_place(self):
        cases = [
            ('model = ["api::product.product", "shop.detail"]', 'model = "api::produkt.produkt"',
             'no plugin brings the model "api::produkt.produkt"'),
            ('"beforeCount", "afterCount"]', '"beforeCounting"]', 'there is no lifecycle event "beforeCounting"; did you mean "beforeCount"?'),
            ('hook = "trace"', 'hook = "tracing"', "lifecycle hook \"tracing\" is the symbol `socle_lifecycle_tracing`, which"),
            ('hook = "inner"\nmodels = ["api::product.product"]', 'hook = "inner"\nmodels = ["shop.detail"]',
             '"shop.detail" is a component: only content types are documents'),
            ('hook = "inner"\n', 'hook = "inner"\nactions = ["creat"]\n', 'there is no action "creat"; did you mean "create"?'),
            ('events = "entry.*"', 'events = "entry.created"', 'there is no event "entry.created"; did you mean "entry.create"?'),
        ]
        for old, new, said in cases:
            with self.subTest(said):
                manifest = MANIFEST.replace(old, new)
                self.assertNotEqual(manifest, MANIFEST)
                text = self.refused(manifest)
                self.assertIn(said, text)
                self.assertRegex(text, r"plugin\.toml:\d+:\d+: ")


if __name__ == "__main__":
    unittest.main()
