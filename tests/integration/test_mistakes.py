"""What authors get wrong is answered with file, line and remedy; `socle check` and a running host say the same, and nothing crashes."""
import contextlib
import os
import shutil
import subprocess
import tempfile
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

TYPE = """kind = "collectionType"
collectionName = "{name}s"
[info]
singularName = "{name}"
pluralName   = "{name}s"
displayName  = "{name}"
[attributes.title]
type = "string"
"""
FROM_KIND = MANIFEST[MANIFEST.index('"api"'):]
SHOPS = {"shop/content-types/shop.toml": TYPE.format(name="shop")}
HOOKS = ("SOCLE_PLUGIN()", "SOCLE_PLUGIN()\nSOCLE_LIFECYCLE(fill) { return 0; }\nSOCLE_TASK(prune) { return 0; }")


def more(text):
    """What the manifest has besides, from line 15 on."""
    return "[[routes]]", f"{text}\n[[routes]]"


def lifecycle(model, event):
    return more(f'[[lifecycles]]\nmodel  = "{model}"\nevents = ["{event}"]\nhook   = "fill"\n')


def cron(rule, other=""):
    return more(f'[[cron]]\nrule = "{rule}"\ntask = "prune"\n{other}\n')


def uses(service, version):
    return "SOCLE_PLUGIN()", ("SOCLE_PLUGIN()\nstruct hours { int (*open)(socle_context *ctx); };\n"
                              f'SOCLE_USE(hours, "{service}", struct hours, {version})')


# (what is wrong, the manifest's text that becomes another, the source's, what is said: a pattern for the place, the finding
# and the remedy; and the files that are there besides: of plugins, and of the configuration)
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
    ("no library where the manifest has one", ('"shop.so"', '"shops.so"'), None,
     r"shop/plugin\.toml:5:12: \S+/shops\.so isn't there: build it \(`socle plugin build`\), or take `library` and what it is for away"),
    ("a library that is somewhere else", ('"shop.so"', '"build/shop.so"'), None,
     r'shop/plugin\.toml:5:12: `library` is the name of a \.so file beside plugin\.toml, not "build/shop\.so"'),
    ("a library that lacks a part of itself", None, ('socle_send_text(ctx, "open")', "price_of(ctx)"),
     r"shop/shop\.so: can't be loaded: undefined symbol: price_of; link the library or the file that has it"),
    ("a text without quotes", ('name     = "shop"', "name     = shop"), None,
     r"shop/plugin\.toml:2:12: .*could not determine value type; a text stands in quotes"),
    ("a table that there isn't", ("[[routes]]", "[[route]]"), None, r"shop/plugin\.toml:15:1: unknown key `route`; did you mean `routes`\?"),
    ("a handler without its controller", ('"shop.show"', '"show"'), None,
     r'shop/plugin\.toml:18:11: `handler` must be "controller\.action", but it is "show"'),
    ("a handler that is no text", ('"shop.show"', "7"), None, r"shop/plugin\.toml:18:11: `handler` must be a string, but it is an integer"),
    ("a method in small letters", ('"GET"', '"get"'), None,
     r'shop/plugin\.toml:16:11: `method` must be one of GET, POST, PUT, PATCH, DELETE, ALL, not "get"'),
    ("a path without its slash", ('"/shop"', '"shop"'), None, r"shop/plugin\.toml:17:11: `path` must begin with '/', but it is \"shop\""),
    ("a policy spelt as in C", ('policies = ["is-open"]', 'policies = ["is_open"]'), None,
     r'shop/plugin\.toml:7:13: each of `policies` must be a name in kebab case \(an-example-of-kebab-case\), but this is "is_open"'),
    ("routes of a plugin that can't have any", ('"api"', '"global"'), None,
     r'shop/plugin\.toml:15:1: a plugin of kind "global" has no routes; make it one of kind "plugin" or "api"'),
    ("a requirement that is no range", ("sdk      = 1", 'sdk      = 1\nrequires = { bazaar = "latest" }'), None,
     r'shop/plugin\.toml:7:23: what is required of `bazaar` must be a range of versions like ">=1\.0" or "\^1\.2", but it is "latest"'),
    ("requirements in a circle", ("sdk      = 1", 'sdk      = 1\nrequires = { bazaar = ">=1.0" }'), None,
     r"shop/plugin\.toml:7:23: plugins require one another in a circle: bazaar -> shop -> bazaar; take one of these requirements away",
     {"bazaar/plugin.toml": BAZAAR.replace("sdk     = 1", 'sdk     = 1\nrequires = { shop = ">=1.0" }')}),
    ("two plugins of one name", ('name     = "shop"', 'name     = "bazaar"'), None,
     r'shop/plugin\.toml:2:12: there are two plugins named "bazaar": this one and \S+/bazaar/plugin\.toml; rename one of them, or take it away'),
    ("two plugins with one policy", (FROM_KIND, FROM_KIND[:FROM_KIND.index("\n[[routes]]")].replace("api", "global")), None,
     r'shop/plugin\.toml:7:13: policy "global::is-open" is one of the plugin "bazaar", too \(\S+/bazaar/plugin\.toml:7:13\); rename one of '
     r"them, or disable one of the plugins",
     {"bazaar/plugin.toml": BAZAAR[:BAZAAR.index("\n[[")].replace('"api"', '"global"') + 'policies = ["is-open"]\n'}),
    ("a route where another plugin's content type has one", ('"/shop"', '"/stalls"'), None,
     r'bazaar/content-types/stall\.toml: GET /api/stalls is a route of the plugin "shop", too \(\S+/shop/plugin\.toml:15:1\); give one of them '
     r"another path, or switch the content type's own off \(\[core-routes\]\)",
     {"bazaar/content-types/stall.toml": TYPE.format(name="stall")}),
    ("a route of all methods where another plugin has one of them", ('"GET"\npath    = "/shop"', '"ALL"\npath    = "/Bazaar/:id"'), None,
     r'shop/plugin\.toml:15:1: ALL /api/Bazaar/:id is a route of the plugin "bazaar", too'),
    ("a content type that another plugin has", None, None,
     r'shop/content-types/shop\.toml:4:16: "api::shop\.shop" is already defined by \S+/bazaar/content-types/other\.toml; rename one of them, or '
     r"take its file away", {**SHOPS, "bazaar/content-types/other.toml": TYPE.format(name="shop")}),
    ("a table that another content type has", None, None,
     r'shop/content-types/shop\.toml:2:18: DB table "shops" already exists\. Change the collectionName of the related content type\. \(The table '
     r'is one of "api::stall\.stall", \S+/bazaar/content-types/stall\.toml\)',
     {**SHOPS, "bazaar/content-types/stall.toml": TYPE.format(name="stall").replace("stalls", "shops", 1)}),
    ("a relation to a type that there isn't", None, None,
     r'shop/content-types/shop\.toml:9:1: .*target "api::bazar\.bazar" isn\'t defined by any plugin',
     {"shop/content-types/shop.toml": TYPE.format(name="shop") + '[attributes.at]\ntype = "relation"\nrelation = "manyToOne"\n'
                                                                 'target = "api::bazar.bazar"\n'}),
    ("an attribute of a type that there isn't", None, None,
     r'shop/content-types/shop\.toml:8:8: unknown type "strin"; did you mean "string"\?',
     {"shop/content-types/shop.toml": TYPE.format(name="shop").replace('"string"', '"strin"')}),
    ("a schema that is no JSON", None, None, r"shop/content-types/shop\.json:1:27: string or '}' expected near '}'",
     {"shop/content-types/shop.json": '{"kind": "collectionType",}'}),
    ("a lifecycle hook of a model that there isn't", lifecycle("api::shop.shpo", "beforeCreate"), HOOKS,
     r'shop/plugin\.toml:16:10: no plugin brings the model "api::shop\.shpo"; did you mean "api::shop\.shop"\?', SHOPS),
    ("a lifecycle hook at a time that there isn't", lifecycle("api::shop.shop", "beforeCreated"), HOOKS,
     r'shop/plugin\.toml:17:11: there is no lifecycle event "beforeCreated"; did you mean "beforeCreate"\?', SHOPS),
    ("a lifecycle hook without its symbol", lifecycle("api::shop.shop", "beforeCreate"), None,
     r'shop/plugin\.toml:18:10: lifecycle hook "fill" is the symbol `socle_lifecycle_fill`, which \S+/shop\.so lacks; define it with '
     r"SOCLE_LIFECYCLE\(fill\)", SHOPS),
    ("a task whose rule has a wrong number", cron("0 25 * * *"), HOOKS,
     r'shop/plugin\.toml:16:8: the cron rule "0 25 \* \* \*" can\'t be read: hour: "25" is not within 0 to 23; expected something like "9-17"'),
    ("a task whose rule is none", cron("hourly"), HOOKS,
     r'shop/plugin\.toml:16:8: the cron rule "hourly" can\'t be read: it has 1 field: expected 5 \(minute, hour, '),
    ("a task in a zone that there isn't", cron("0 5 * * *", 'tz = "Europe/Pari"'), HOOKS,
     r'shop/plugin\.toml:18:6: `tz`: there is no time zone "Europe/Pari": it is a name like "Europe/Berlin"'),
    ("a service that nobody offers", None, uses("api::bazaar.hours", 1),
     r'shop/plugin\.toml:1:1: shop\.so uses the service "api::bazaar\.hours", which no plugin offers: is the plugin there and enabled\?'),
    ("a service in a version that isn't offered", ("sdk      = 1", 'sdk      = 1\nservices = ["hours"]'),
     ("SOCLE_PLUGIN()", uses("api::shop.hours", 2)[1] + "\nSOCLE_SERVICE(hours, struct hours, 1, .open = 0)"),
     r'shop/plugin\.toml:1:1: shop\.so uses version 2 of the service "api::shop\.hours", plugin "shop" offers version 1: build one for the other'),
    ("a query of a model that there isn't", None, ("SOCLE_PLUGIN()", 'SOCLE_PLUGIN()\nSOCLE_QUERY(all, "api::shop.shop", "sort=title")'),
     r'shop/plugin\.toml:1:1: shop\.so: the query "sort=title" is for "api::shop\.shop", which no plugin brings'),
    ("a query of an attribute that there isn't", None,
     ("SOCLE_PLUGIN()", 'SOCLE_PLUGIN()\nSOCLE_QUERY(all, "api::shop.shop", "filters[titel][$eq]=:title")'),
     r'shop/plugin\.toml:1:1: shop\.so: the query "filters\[titel\]\[\$eq\]=:title": Invalid key titel; correct it where SOCLE_QUERY\(\) has it',
     SHOPS),
    ("an init that fails", None, ("SOCLE_PLUGIN()", "static int begin(socle_context *ctx)\n{\n\treturn socle_throw(ctx, SOCLE_APPLICATION, "
                                  '"no key for the till");\n}\nSOCLE_PLUGIN(.init = begin)'),
     r'plugin "shop" failed in `init`: no key for the till'),
    ("routes of a content type that there isn't", more('[core-routes.shpo]\nonly = ["find"]\n'), None,
     r'shop/plugin\.toml:15:1: there is no content type "shpo": one of the plugin\'s own goes by its singularName, any other by its uid', SHOPS),
    ("a core action that there isn't", more('[core-routes.shop]\nonly = ["findone"]\n'), None,
     r'shop/plugin\.toml:16:9: api::shop\.shop has no action "findone"; did you mean "findOne"\?', SHOPS),
    ("a middleware that there isn't", None, None,
     r'config/middlewares\.toml:1:25: Middleware socle::bodi not found\. Did you mean "socle::body"\?',
     {"config/middlewares.toml": 'use = ["socle::errors", "socle::bodi"]\n'}),
    ("a middleware's option of the wrong type", None, None,
     r'config/middlewares\.toml:1:\d+: socle::body: `jsonLimit` must be a number of bytes, or a text like "1mb"',
     {"config/middlewares.toml": 'use = ["socle::errors", { name = "socle::body", config = { jsonLimit = [] } }]\n'}),
    ("settings of a plugin that there isn't", None, None,
     r'config/plugins\.toml:1:1: there is no plugin "shpo" in the plugin folders; add it, or remove its configuration',
     {"config/plugins.toml": "[shpo]\nhour = 7\n"}),
    ("a setting that the plugin hasn't", None, None, r"config/plugins\.toml:2:8: unknown key `hour`; known here: `enabled`",
     {"config/plugins.toml": "[shop]\nhour = 7\n"}),
)


class Mistakes(support.TestCase):
    files = {}

    def setUp(self):
        super().setUp()
        bazaar = support.write_plugin(self.folder, "bazaar", {
            "plugin.toml": BAZAAR, "bazaar.c": SOURCE.replace("shop_show", "bazaar_show")})
        shop = support.write_plugin(self.folder, "shop", {"plugin.toml": MANIFEST, "shop.c": SOURCE})
        self.site = self.host([bazaar, shop], config={"middlewares.toml": 'use = ["socle::errors", "socle::query", "socle::body"]\n'})
        self.assertEqual(self.site.request("GET", "/api/shop").text, "open")

    @contextlib.contextmanager
    def besides(self, files=None):
        """With these files below the folders of plugins and configuration, which are as they were afterwards."""
        places = (self.site.plugins, self.site.config)
        kept = [tempfile.mkdtemp(dir=self.folder) for _ in places]
        for place, copy in zip(places, kept):
            shutil.copytree(place, copy, dirs_exist_ok=True)
        self.files = files or {}
        try:
            yield
        finally:
            for place, copy in zip(places, kept):
                shutil.rmtree(place)
                os.rename(copy, place)

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
        for name, content in self.files.items():
            base = os.path.dirname(self.site.config if name.startswith("config/") else self.site.plugins)
            support.write_files(base, {name if name.startswith("config/") else f"plugins/{name}": content})

    def test_each_is_said_with_its_place_and_remedy_and_the_host_serves_on(self):
        for what, manifest, source, pattern, *files in TABLE:
            with self.subTest(what), self.besides(*files):
                self.write(manifest, source)
                for command in ("check", "reload"):
                    done = self.site.command(command)
                    self.assertEqual(done.returncode, 1, f"{command}: {done}")
                    self.assertRegex(done.stdout + done.stderr, pattern)
                self.assertEqual(self.site.request("GET", "/api/shop").text, "open")

    def test_routes_of_one_form_that_take_other_paths_are_no_mistake(self):
        self.write(('path    = "/shop"', 'path    = "/bazaar/:id([a-z]+)"'), None)
        self.assertEqual(self.site.command("check").returncode, 0)

    def test_all_of_a_manifest_are_said_at_once(self):
        self.write(("hour = 9", 'hour = "nine"'), ("SOCLE_POLICY(is_open) { return 1; }", ""))
        said = self.site.command("check").stderr
        self.assertIn("socle_policy_is_open", said)
        self.write(('kind     = "api"', 'kind     = "apy"\npolices = []'), None)
        said = self.site.command("check").stderr
        self.assertRegex(said, r"(?s)polices.*apy|apy.*polices")


if __name__ == "__main__":
    unittest.main()
