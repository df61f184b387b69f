"""The whole recorded corpus of reads, with a plugin that asks for every tree and hooks into every model.

Its answers must be those of a host without it, byte for byte.
"""
import glob
import http.client
import json
import os
import unittest

import support
from conformance import FIRST_PARTY, SECRETS
from recorded import CONFORMANCE

MANIFEST = """
[plugin]
name = "trees"
version = "1.0.0"
kind = "global"
library = "trees.so"
sdk = 1

[[document-middlewares]]
hook = "ask-for-trees"

[[lifecycles]]
model = "*"
events = ["beforeFindOne", "afterFindOne", "beforeFindMany", "afterFindMany", "beforeCount", "afterCount"]
hook = "look"
"""

SOURCE = r"""
#include <socle/socle.h>

SOCLE_PLUGIN()

SOCLE_DOCUMENT_MIDDLEWARE(ask_for_trees)
{
	json_t *params = socle_call_params(ctx, call);
	int rc = socle_call_next(ctx, call);
	socle_documents *found = rc == 0 ? socle_call_documents(ctx, call) : NULL;

	if (!params)
		return socle_throw(ctx, SOCLE_INTERNAL, "no params");
	for (size_t i = 0; i < socle_documents_count(found); i++) {
		if (!socle_document_tree(ctx, found, i))
			return socle_throw(ctx, SOCLE_INTERNAL, "no tree of document %zu", i);
	}
	return rc;
}

SOCLE_LIFECYCLE(look)
{
	json_object_set_new(socle_event_state(ctx, event), "event", json_string(socle_event_name(event)));
	return 0;
}
"""


def cases():
    for path in sorted(glob.glob(os.path.join(CONFORMANCE, "corpus", "shared", "*.jsonl"))):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                case = json.loads(line)
                if case["state"] == "read" and case["method"] == "GET" and case.get("profile", "default") == "default" \
                        and "{{" not in json.dumps(case):
                    yield case


class Connection:
    """One kept-alive connection; what was answered, without what no two answers share."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, case):
        self.connection.request("GET", case["path"], headers=case.get("headers") or {})
        answer = self.connection.getresponse()
        return answer.status, answer.read()


class Trees(support.TestCase):
    def site(self, database, *more):
        host = self.host([*support.first_party(*FIRST_PARTY), os.path.join(CONFORMANCE, "plugins", "oracle"), *more],
                         database=database, config=self.config, env=SECRETS)
        return Connection(host.port)

    def test_answers_are_those_of_a_host_without_the_plugin_byte_for_byte(self):
        self.config = {}
        for name in os.listdir(os.path.join(CONFORMANCE, "config")):
            with open(os.path.join(CONFORMANCE, "config", name)) as f:
                self.config[name] = f.read()
        database = self.database(support.RECORDED_DUMP)
        plain = self.site(database)
        hooked = self.site(database, support.write_plugin(self.folder, "trees", {"plugin.toml": MANIFEST, "trees.c": SOURCE}))
        compared = 0
        for case in cases():
            wanted, got = plain.ask(case), hooked.ask(case)
            compared += wanted[0] == 200
            if wanted != got:
                self.fail(f"{case['id']} {case['path']}\nwithout: {wanted}\nwith:    {got}")
        self.assertGreater(compared, 900)


if __name__ == "__main__":
    unittest.main()
