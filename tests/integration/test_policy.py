"""What a policy says counts, and the request that it looks at stays as it is."""
import re
import unittest

import support
from test_uploads import TYPE as MULTIPART, form

# What would change the request or its answer: each must fail in a policy, and change nothing.
CHANGES = {
    "header": 'socle_header(ctx, "X-Policy", "was here")',
    "headerf": 'socle_headerf(ctx, "X-Policy", "%d", 1)',
    "add-header": 'socle_add_header(ctx, "X-Policy", "was here")',
    "remove-header": 'socle_remove_header(ctx, "X-Before")',
    "header-set": "socle_add_header_set(ctx, set)",
    "status": "socle_status(ctx, 418)",
    "json": "socle_send_json(ctx, json_object())",
    "text": 'socle_send_text(ctx, "mine")',
    "bytes": 'socle_send_bytes(ctx, "mine", 4)',
    "file": 'socle_send_file(ctx, open("/proc/self/exe", O_RDONLY | O_CLOEXEC), 0, 1)',
    "documents": 'socle_send_documents(ctx, socle_find_query(ctx, "api::thing.thing", NULL))',
    "document": 'socle_send_document(ctx, 200, socle_find_query(ctx, "api::thing.thing", NULL))',
    "write": 'socle_write(ctx, "mine", 4)',
    "flush": "socle_flush(ctx)",
    "user": 'socle_set_user_name(ctx, "mallory")',
    "session": "socle_set_session(ctx, json_object())",
    "protocol": 'socle_set_protocol(ctx, "mine")',
    "next": "socle_next(ctx)",
    "super": "socle_super(ctx)",
    "keep": 'socle_file_keep(ctx, socle_file(ctx, "file"), "/nowhere/kept")',
}

SOURCE = r"""
#include <fcntl.h>
#include <string.h>

#include <socle/socle.h>

static const socle_policy *meddles, *counts;

static int start(socle_context *ctx)
{
	/* There is no use of a policy here that could keep anything. */
	if (socle_use_data(ctx, 8) || !socle_catch(ctx) || socle_use_alloc(ctx, 8) || !socle_catch(ctx))
		return socle_throw(ctx, SOCLE_INTERNAL, "memory of a use was given to who has none");
	meddles = socle_policy_find(ctx, "api::thing.meddles", socle_own(ctx, json_pack("{s:s}", "with", "header")));
	counts = socle_policy_find(ctx, "api::thing.answers", socle_own(ctx, json_pack("{s:i}", "with", 1)));
	return meddles && counts ? 0 : -1;
}

SOCLE_PLUGIN(.start = start)

static int change(socle_context *ctx, const char *what)
{
	static const struct socle_header_pair pairs[] = { { "X-Policy", "was here" } };
	const socle_header_set *set = socle_header_set_new(ctx, pairs, 1);

	if (!set)
		return 0;
@CHANGES@
	return 0;
}

/* 1 when it couldn't: then the action runs and its answer tells whether anything has changed. */
SOCLE_POLICY(meddles)
{
	const char *with = socle_option_string(ctx, "with");

	return change(ctx, with) < 0 && socle_error_kind(ctx) == SOCLE_INTERNAL &&
		strstr(socle_error_message(ctx), "api::thing.meddles");
}

/* Hands on the error of what it may not do. */
SOCLE_POLICY(fails)
{
	return socle_status(ctx, 200) < 0 ? -1 : 1;
}

SOCLE_POLICY(scribbles)
{
	json_t *body = socle_body(ctx);

	return json_object_set_new(body, "text", json_string("mine")) == 0 &&
		socle_equal(json_string_value(json_object_get(socle_body(ctx), "text")), "yours");
}

SOCLE_POLICY(answers)
{
	return (int)socle_option_int(ctx, "with");
}

SOCLE_MIDDLEWARE(before)
{
	return socle_header(ctx, "X-Before", "set") < 0 ? -1 : socle_next(ctx);
}

SOCLE_ACTION(thing_show)
{
	const json_t *text = json_object_get(socle_body(ctx), "text");

	return socle_send_json(ctx, json_pack("{s:s*, s:s, s:i, s:i, s:s*}", "user", socle_user_name(ctx), "protocol", socle_protocol(ctx),
		"status", socle_answer_status(ctx), "sent", socle_answer_sent(ctx), "text", json_string_value(text)));
}

/* By hand, the policy is as bound; behind it the action is free again. */
SOCLE_ACTION(thing_by_hand)
{
	if (socle_policy_run(ctx, meddles) != 1 || !socle_catch(ctx) || socle_policy_run(ctx, counts) != 1 ||
		socle_header(ctx, "X-Action", "free") < 0)
		return -1;
	return thing_shown(ctx);
}
"""

MANIFEST = """
[plugin]
name        = "thing"
version     = "1.0.0"
kind        = "api"
library     = "thing.so"
sdk         = 1
policies    = ["meddles", "fails", "scribbles", "answers"]
middlewares = ["before"]

[options.meddles.with]
type = "string"

[options.answers.with]
type = "integer"
"""

TYPE = """
kind = "collectionType"
collectionName = "things"
[info]
singularName = "thing"
pluralName   = "things"
displayName  = "Thing"
[attributes.name]
type = "string"
"""


def route(name, policy, handler="thing.show", method="GET"):
    return f"""
[[routes]]
method  = "{method}"
path    = "/{name}"
handler = "{handler}"
[routes.config]
auth     = false
policies = [{policy}]
"""


def use(policy, with_):
    return f'{{ name = "{policy}", config = {{ with = {with_} }} }}'


ANSWERS = (-3, 0, 1, 2, 1024)


class Policy(support.TestCase):
    @classmethod
    def plugin(cls, folder):
        changes = "\n".join(f'\tif (strcmp(what, "{name}") == 0)\n\t\treturn {call};' for name, call in CHANGES.items())
        source = SOURCE.replace("@CHANGES@", changes).replace("thing_shown(", "socle_action_thing_show(")
        manifest = MANIFEST + "".join(route(f"try/{name}", use("meddles", f'"{name}"'), method="ALL") for name in CHANGES)
        manifest += "".join(route(f"answers/{number}", use("answers", number)) for number in ANSWERS)
        manifest += route("fails", '"fails"') + route("scribbles", '"scribbles"', method="POST")
        manifest += route("by-hand", "", handler="thing.by-hand")
        return support.write_plugin(folder, "thing", {"plugin.toml": manifest, "thing.c": source, "content-types/thing.toml": TYPE})

    def setUp(self):
        super().setUp()
        self.site = self.host([self.plugin(self.folder)], config={
            "middlewares.toml": 'use = ["thing::before", "socle::errors", "socle::query", "socle::body"]\n'})

    def logged(self, text):
        return len(re.findall(re.escape(text), self.site.log()))

    def upload(self, path):
        return self.site.request("POST", path, form(("file", "a.txt", "text/plain", b"text")), MULTIPART)

    def test_what_would_change_the_request_or_its_answer_fails_and_changes_nothing(self):
        for name in CHANGES:
            with self.subTest(name):
                # Only where it is about a file must there be one.
                answer = self.upload("/api/try/keep") if name == "keep" else self.site.request("GET", f"/api/try/{name}")
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(answer.json, {"protocol": "rest", "status": 0, "sent": 0})
                self.assertEqual((answer.headers.get("x-before"), answer.headers.get("x-policy")), ("set", None))

    def test_it_is_logged_once_for_each_use_with_policy_and_function(self):
        for _ in range(3):
            self.assertEqual(self.site.request("GET", "/api/try/status").status, 200)
        self.assertEqual(self.logged("socle_status() was called while the policy api::thing.meddles decides"), 1)
        self.assertEqual(self.site.request("GET", "/api/try/header").status, 200)
        self.assertEqual(self.logged("socle_header() was called while the policy api::thing.meddles decides"), 1)

    def test_a_policy_that_hands_the_error_on_is_answered_500(self):
        answer = self.site.request("GET", "/api/fails")
        self.assertEqual((answer.status, answer.json["error"]["name"]), (500, "InternalServerError"))

    def test_a_change_of_the_body_reaches_neither_the_action_nor_the_policy_itself(self):
        answer = self.site.request("POST", "/api/scribbles", {"text": "yours"})
        self.assertEqual((answer.status, answer.json["text"]), (200, "yours"))

    def test_run_by_a_plugin_it_is_bound_as_on_a_route_and_the_plugin_is_free_behind_it(self):
        answer = self.site.request("GET", "/api/by-hand")
        self.assertEqual((answer.status, answer.headers.get("x-policy"), answer.headers["x-action"]), (200, None, "free"))

    def test_only_1_is_a_yes(self):
        said = {number: self.site.request("GET", f"/api/answers/{number}") for number in ANSWERS}
        self.assertEqual({number: answer.status for number, answer in said.items()}, {-3: 500, 0: 403, 1: 200, 2: 403, 1024: 403})
        self.assertEqual(said[2].json["error"]["name"], "PolicyError")
        self.assertEqual(self.logged("The policy api::thing.answers failed without saying why"), 1)


if __name__ == "__main__":
    unittest.main()
