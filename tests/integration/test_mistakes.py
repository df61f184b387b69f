"""What authors get wrong is answered with file, line and remedy; `socle check` and a running host say the same, and nothing crashes."""
import os
import shutil
import subprocess
import unittest

import support

MANIFEST = """[plugin]
name     = "shop"
version  = "1.0.0"
kind     = "api"
library  = "shop.so"
sdk      = 1
policies = ["is-open"]

[options.is-open.hour]
type    = "integer"
default = 8
min     = 0
max     = 23

[[routes]]
method  = "GET"
path    = "/shop"
handler = "shop.show"
[routes.config]
policies = [{ name = "is-open", config = { hour = 9 } }]
"""

SOURCE = """#include <socle/socle.h>
SOCLE_PLUGIN()
SOCLE_POLICY(is_open) { return 1; }
SOCLE_ACTION(shop_show) { return socle_send_text(ctx, "open"); }
"""

# (what is wrong, the manifest's text that becomes another, the source's, what is said: a pattern for the place, the finding
# and the remedy)
TABLE = (
    ("a policy without its symbol", None, ("SOCLE_POLICY(is_open) { return 1; }", ""),
     r'shop/plugin\.toml:7:13: policy "is-open" is the symbol `socle_policy_is_open`, which \S+/shop\.so lacks; '
     r"define it with SOCLE_POLICY\(is_open\)"),
    ("a handler that doesn't exist", ('"shop.show"', '"shop.shwo"'), None,
     r'shop/plugin\.toml:18:11: \S+ "shop\.shwo" is the symbol `socle_action_shop_shwo`, which \S+/shop\.so lacks; '
     r"define it with SOCLE_ACTION\(shop_shwo\)"),
    ("a handler of a controller that nobody has", ('"shop.show"', '"api::market.market.show"'), None,
     r'shop/plugin\.toml:18:11: .*Handler "api::market\.market\.show" not found; correct the name, or add the plugin that has it'),
    ("a policy that nobody has", ('name = "is-open", config', 'name = "global::is-late", config'), None,
     r'shop/plugin\.toml:20:13: .*Policy "global::is-late" not found; correct the name, or add the plugin that has it'),
    ("an option of the wrong type", ("hour = 9", 'hour = "nine"'), None,
     r"shop/plugin\.toml:20:\d+: `hour` must be an integer, but it is a string"),
    ("an option out of its range", ("hour = 9", "hour = 25"), None,
     r"shop/plugin\.toml:20:\d+: the value of `hour` must be at least 0 and at most 23"),
    ("an option that there isn't", ("hour = 9", "hours = 9"), None,
     r"shop/plugin\.toml:20:\d+: .*`hours`.*did you mean `hour`\?"),
    ("a dependency that is missing", ("sdk      = 1", 'sdk      = 1\nrequires = { market = ">=1.0" }'), None,
     r'shop/plugin\.toml:7:23: plugin "shop" requires "market" >=1\.0, which is not in the plugin folders; add it, '
     r"or take the requirement away"),
    ("a dependency that is too old", ("sdk      = 1", 'sdk      = 1\nrequires = { bazaar = ">=2.0" }'), None,
     r'shop/plugin\.toml:7:23: plugin "shop" requires "bazaar" >=2\.0, but \S+/bazaar is version 1\.0\.0; put another one '
     r"there, or change the requirement"),
    ("two plugins with one route", ('path    = "/shop"', 'path    = "/bazaar/:id"'), None,
     r'shop/plugin\.toml:15:1: GET /api/bazaar/:id is a route of the plugin "bazaar", too \(\S+/bazaar/plugin\.toml:\d+:\d+\); '
     r"give one of them another path, or disable one of the plugins"),
    ("a manifest for SDK 2", ("sdk      = 1", "sdk      = 2"), None,
     r"shop/plugin\.toml:6:12: the plugin wants SDK 2, this host has SDK 1: rebuild it, or take a host that has it"),
    ("a library built for SDK 2", None,
     ("#include <socle/socle.h>", "#include <socle/socle.h>\n#undef SOCLE_SDK_MAJOR\n#define SOCLE_SDK_MAJOR 2"),
     r"shop/shop\.so: built with SDK 2\.\d+, this host has 1\.\d+; build it with the SDK of this host"),
    ("a library that is no plugin", None, ("SOCLE_PLUGIN()", ""),
     r"shop/shop\.so: is no plugin: no file of it says SOCLE_PLUGIN\(\) \(socle/plugin\.h\)"),
    ("a library that needs a newer host", None,
     ('socle_send_text(ctx, "open")', "socle_teleport(ctx)"),
     r"shop/shop\.so: needs `socle_teleport`, which this host \(SDK 1\.\d+\) doesn't have; build it with the SDK of this host"),
    ("a library of another version than its manifest", ('version  = "1.0.0"', 'version  = "1.1.0"'),
     ("#include <socle/socle.h>", '#define SOCLE_PLUGIN_VERSION "1.0.0"\n#include <socle/socle.h>'),
     r"shop/plugin\.toml:\d+:\d+: the manifest says version 1\.1\.0, shop\.so says 1\.0\.0: one of them is older than the other"),
    ("a key that there isn't", ("policies =", "polices ="), None,
     r"shop/plugin\.toml:7:11: unknown key `polices`; did you mean `policies`\?"),
    ("a kind that there isn't", ('kind     = "api"', 'kind     = "apy"'), None,
     r'shop/plugin\.toml:4:12: `kind` is api, plugin, global, admin or host, not "apy"; did you mean "api"\?'),
    ("a manifest that is no TOML", ("[[routes]]", "[[routes"), None, r"shop/plugin\.toml:15:"),
)

BAZAAR = """[plugin]
name    = "bazaar"
version = "1.0.0"
kind    = "api"
library = "bazaar.so"
sdk     = 1

[[routes]]
method  = "GET"
path    = "/bazaar/:number"
handler = "bazaar.show"
[routes.config]
auth = false
"""


class Mistakes(support.TestCase):
    def setUp(self):
        super().setUp()
        bazaar = support.write_plugin(self.folder, "bazaar", {
            "plugin.toml": BAZAAR, "bazaar.c": SOURCE.replace("shop_show", "bazaar_show")})
        shop = support.write_plugin(self.folder, "shop", {"plugin.toml": MANIFEST, "shop.c": SOURCE})
        self.site = self.host([bazaar, shop], config={"middlewares.toml": 'use = ["socle::errors", "socle::query", "socle::body"]\n'})
        self.assertEqual(self.site.request("GET", "/api/shop").text, "open")

    def write(self, manifest, source):
        """The plugin with this mistake, in place of the one that serves."""
        text, code = MANIFEST, SOURCE
        if manifest:
            self.assertIn(manifest[0], text)
            text = text.replace(manifest[0], manifest[1])
        if source:
            self.assertIn(source[0], code)
            code = code.replace(source[0], source[1])
        folder = os.path.join(self.folder, "made")
        shutil.rmtree(folder, ignore_errors=True)
        support.write_files(folder, {"plugin.toml": text, "shop.c": code})
        subprocess.run(["cc", "-shared", "-fPIC", "-w", f"-I{support.ROOT}/sdk/include", "shop.c", "-o", "shop.so"],
                       cwd=folder, check=True)
        os.unlink(os.path.join(folder, "shop.c"))
        final = os.path.join(self.site.plugins, "shop")
        shutil.rmtree(final)
        os.rename(folder, final)

    def test_each_is_said_with_its_place_and_remedy_and_the_host_serves_on(self):
        for what, manifest, source, pattern in TABLE:
            with self.subTest(what):
                self.write(manifest, source)
                for command in ("check", "reload"):
                    done = self.site.command(command)
                    self.assertEqual(done.returncode, 1, f"{command}: {done}")
                    self.assertRegex(done.stdout + done.stderr, pattern)
                self.assertEqual(self.site.request("GET", "/api/shop").text, "open")

    def test_all_of_a_manifest_are_said_at_once(self):
        self.write(("hour = 9", 'hour = "nine"'), ("SOCLE_POLICY(is_open) { return 1; }", ""))
        said = self.site.command("check").stderr
        self.assertIn("socle_policy_is_open", said)
        self.write(('kind     = "api"', 'kind     = "apy"\npolices = []'), None)
        said = self.site.command("check").stderr
        self.assertRegex(said, r"(?s)polices.*apy|apy.*polices")


if __name__ == "__main__":
    unittest.main()
