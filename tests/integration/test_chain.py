"""The way of a request through global middlewares, policies, route middlewares, the action and a service of another plugin."""
import os
import unittest

import support

PLUGINS = [os.path.join(support.ROOT, "tests", "plugins", name) for name in ("chain-service", "chain")]
USE = 'use = ["chain::outer", "socle::errors", "chain::middle", "chain::inner"]'
IN = "outer> middle> inner>"
OUT = "<inner <middle <outer"


class Chain(support.TestCase):
    def setUp(self):
        super().setUp()
        self.chain = self.host(PLUGINS, config={"middlewares.toml": USE})

    def ask(self, path):
        answer = self.chain.request("GET", f"/api/chain/{path}?trace")
        return answer.status, answer.text if answer.status == 200 else answer.json, answer.headers["x-trace"]

    def test_the_way_in_and_the_way_out_are_each_others_mirror(self):
        self.assertEqual(self.ask("full"), (200, "one", f"{IN} allows again first> second> action> <action <second <first {OUT}"))

    def test_a_policy_that_denies_ends_it_before_any_route_middleware(self):
        status, error, trace = self.ask("denied")
        self.assertEqual((status, error["error"]["name"], trace), (403, "PolicyError", f"{IN} allows denies {OUT}"))

    def test_a_middleware_that_answers_ends_the_way_in_there(self):
        self.assertEqual(self.ask("answered"), (200, "answers", f"{IN} answers {OUT}"))

    def test_a_plugin_may_run_a_policy_by_itself_with_a_checked_configuration(self):
        self.assertEqual(self.ask("by-hand"), (200, "rest graphql", f"{IN} by-hand {OUT}"))

    def test_where_no_route_matches_the_global_ones_run(self):
        answer = self.chain.request("GET", "/api/chain/nothing?trace")
        self.assertEqual((answer.status, answer.headers["x-trace"]), (404, f"{IN} {OUT}"))

    def test_services_are_listed_with_their_version(self):
        listed = self.chain.command("list", "services")
        self.assertRegex(listed.stdout, r"plugin::chain-service\.words +1 +chain-service")


if __name__ == "__main__":
    unittest.main()
