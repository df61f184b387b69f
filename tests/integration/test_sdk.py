"""The SDK as an author gets it: installed into a clean folder, used from outside, by what the commands themselves say."""
import os
import re
import shutil
import subprocess
import time
import unittest

import installed
import support

# It is installed as it is built, and sanitizers aren't installed.
BUILD = "plain"

THIRD_PARTY = os.path.join(support.ROOT, "tests", "third-party")


def next_command(said):
    """The command that a step prints for the one behind it."""
    return re.search(r"^Next: (.+)$", said, re.M).group(1)


class TestCase(support.TestCase):
    def setUp(self):
        super().setUp()
        self.socle = installed.Installation(self.folder)

    def project(self):
        return installed.Project(self, self.socle, self.database())


class NewUser(TestCase):
    def test_each_step_prints_the_next_and_the_last_one_the_request_that_is_answered(self):
        site = self.project()
        self.assertIn("cd site && socle start", next_command(site.said))
        site.start()
        command = re.search(r"for a first plugin: (.+)$", site.said, re.M).group(1)
        self.assertEqual(command, "cd site && socle plugin new shop")
        steps = [command]
        said = site.run(command)
        while "Next: " in said:
            steps.append(next_command(said))
            said = site.run(steps[-1])
        self.assertEqual(steps[1:], ["cd shop && socle plugin build", "socle plugin test", "socle plugin install"])
        request = re.search(r"^Try: (curl .+)$", said, re.M).group(1)
        self.assertEqual(site.run(f"{request} --silent").strip(), "Hello, world")

    def test_without_a_running_host_the_next_step_is_to_start_one(self):
        site = self.project()
        said = site.run("cd site && socle plugin new shop && cd shop && socle plugin build && socle plugin install")
        self.assertIn(f"cd {site.folder} && socle start", said)
        site.start()
        self.assertEqual(site.get("/api/shop/hello").text, "Hello, world")

    def test_every_kind_of_template_builds_passes_its_test_and_is_installed(self):
        site = self.project()
        scratch = os.path.join(self.folder, "scratch")
        site.run(f"mkdir {scratch} && export TMPDIR={scratch} && cd site")
        for kind in ("plugin", "api", "policy", "middleware"):
            with self.subTest(kind):
                said = site.run(f"socle plugin new wish-{kind} --kind {kind} && cd wish-{kind} && socle plugin build && "
                                "socle plugin test && socle plugin install && cd ..")
                self.assertRegex(said, r"(?m)^ok 1 - \w+$")
                self.assertNotIn("warning", said)
        site.run("socle check")
        self.assertEqual(os.listdir(scratch), [])

    def test_a_failing_test_fails_the_command_and_says_where(self):
        site = self.project()
        site.run("cd site && socle plugin new shop && cd shop")
        path = os.path.join(site.folder, "shop", "tests", "test_shop.c")
        with open(path) as f:
            text = f.read()
        support.write_files("/", {path[1:]: text.replace('"Hello, Ada"', '"Hello, Bob"')})
        said = site.run("socle plugin test", status=1)
        self.assertRegex(said, r"ok 1 - everybody_is_greeted")
        self.assertRegex(said, r'# tests/test_shop.c:\d+: "Hello, Ada", expected "Hello, Bob"\nnot ok 2')
        self.assertNotIn("Next:", said)

    def test_what_doesnt_compile_leaves_the_library_that_was_there(self):
        site = self.project()
        site.run("cd site && socle plugin new shop && cd shop && socle plugin build")
        before = os.stat(os.path.join(site.folder, "shop", "shop.so")).st_ino
        said = site.run("echo nonsense >>shop.c; socle plugin build", status=1)
        self.assertIn("shop.c:", said)
        self.assertEqual(os.stat(os.path.join(site.folder, "shop", "shop.so")).st_ino, before)
        self.assertEqual(sorted(os.listdir(os.path.join(site.folder, "shop"))),
                         ["plugin.toml", "shop.c", "shop.so", "tests"])

    def test_each_command_explains_itself(self):
        site = self.project()
        for command in ("new", "build", "test", "install", "enable", "disable"):
            self.assertIn(f"Usage: socle plugin {command} ", site.run(f"socle plugin {command} --help"))

    def test_names_that_cant_be_and_folders_that_are_there_are_refused(self):
        site = self.project()
        site.run("cd site")
        for name in ("Shop", "my_shop", "-shop", "shop-", "../shop", "7up"):
            said = site.run(f"socle plugin new {name}", status=2)
            self.assertTrue("kebab case" in said or "unexpected" in said, said)
        site.run("mkdir shop")
        self.assertIn("is there already", site.run("socle plugin new shop", status=1))
        self.assertIn('did you mean "policy"', site.run("socle plugin new shop --kind polcy", status=2))
        self.assertEqual(os.listdir(os.path.join(site.folder, "shop")), [])


class Install(TestCase):
    def test_what_the_hosts_own_plugins_dont_go_with_is_not_installed(self):
        site = self.project()
        site.run("cd site && socle plugin new shop && socle plugin build shop && socle plugin install shop")
        site.run("socle plugin new stop && socle plugin build stop")
        manifest = os.path.join(site.folder, "stop", "plugin.toml")
        with open(manifest) as f:
            text = f.read()
        support.write_files("/", {manifest[1:]: text.replace(
            "sdk     = 1", 'sdk     = 1\nrequires = { shop = ">=2.0" }')})
        said = site.run("socle plugin install stop", status=1)
        self.assertIn("stop/plugin.toml:", said)
        self.assertIn("shop", said)
        self.assertEqual(sorted(os.listdir(os.path.join(site.folder, "plugins"))), ["README.md", "shop"])

    def test_installing_anew_replaces_the_plugin_in_the_running_host(self):
        site = self.project()
        site.run("cd site && socle plugin new shop && socle plugin build shop && socle plugin install shop")
        site.start()
        source = os.path.join(site.folder, "shop", "shop.c")
        with open(source) as f:
            text = f.read()
        support.write_files("/", {source[1:]: text.replace("%s, %s", "%s dear %s")})
        site.run("socle plugin build shop && socle plugin install shop")
        self.assertEqual(site.get("/api/shop/hello").text, "Hello dear world")
        self.assertEqual(sorted(os.listdir(os.path.join(site.folder, "plugins"))), ["README.md", "shop"])
        self.assertEqual(sorted(os.listdir(os.path.join(site.folder, "plugins", "shop"))), ["plugin.toml", "shop.so"])

    def test_disabling_and_enabling_keep_comments_and_reach_the_running_host(self):
        site = self.project()
        site.run("cd site && socle plugin new shop && socle plugin build shop && socle plugin install shop")
        path = os.path.join(site.folder, "config", "plugins.toml")
        before = '# mine\n[shop]   # the shop\ngreeting = "Hi"\n\n[i18n]\n'
        support.write_files("/", {path[1:]: before})
        site.start()
        self.assertEqual(site.get("/api/shop/hello").text, "Hi, world")
        site.run("socle plugin disable shop")
        self.assertEqual(site.get("/api/shop/hello").status, 404)
        with open(path) as f:
            self.assertEqual(f.read(), before.replace("# the shop\n", "# the shop\nenabled = false\n"))
        site.run("socle plugin enable shop")
        self.assertEqual(site.get("/api/shop/hello").text, "Hi, world")
        with open(path) as f:
            self.assertEqual(f.read(), before.replace("# the shop\n", "# the shop\nenabled = true\n"))

    def test_settings_that_are_written_in_another_way_are_left_as_they_are_and_said(self):
        site = self.project()
        site.run("cd site && socle plugin new shop && socle plugin build shop && socle plugin install shop")
        path = os.path.join(site.folder, "config", "plugins.toml")
        for before in ('shop = { greeting = "Hi" }\n', 'shop.greeting = "Hi"\n', '["shop"]\ngreeting = "Hi"\n'):
            with self.subTest(before):
                support.write_files("/", {path[1:]: before})
                self.assertIn("put `enabled = false` among them by hand", site.run("socle plugin disable shop", status=1))
                with open(path) as f:
                    self.assertEqual(f.read(), before)

    def plugins(self, site):
        return sorted(os.listdir(os.path.join(site.folder, "plugins")))

    def test_a_plugin_in_one_file_is_installed_as_one_file_and_takes_the_place_of_its_folder(self):
        site = self.project()
        site.run("cd site && socle plugin new shop && socle plugin build shop && socle plugin install shop")
        site.start()
        site.run("printf '\\nSOCLE_MANIFEST(\"plugin.toml\")\\n' >>shop/shop.c && sed -i 's/%s, %s/%s whole %s/' shop/shop.c && "
                 "socle plugin build shop")
        said = site.run("socle plugin install shop/shop.so")
        self.assertIn(f"Installed {site.folder}/plugins/shop.so.", said)
        self.assertEqual(self.plugins(site), ["README.md", "shop.so"])
        request = re.search(r"^Try: (curl .+)$", said, re.M).group(1)
        self.assertEqual(site.run(f"{request} --silent").strip(), "Hello whole world")
        site.run("socle plugin install shop")
        self.assertEqual(self.plugins(site), ["README.md", "shop"])
        self.assertEqual(site.get("/api/shop/hello").text, "Hello whole world")

    def test_a_library_without_its_manifest_is_not_installed_alone(self):
        site = self.project()
        site.run("cd site && socle plugin new shop && socle plugin build shop")
        said = site.run("socle plugin install shop/shop.so", status=1)
        self.assertRegex(said, r'shop/shop\.so: .*SOCLE_MANIFEST\("plugin\.toml"\)')
        self.assertEqual(self.plugins(site), ["README.md"])

    def test_a_plugin_whose_folder_has_another_name_is_replaced_and_not_doubled(self):
        site = self.project()
        site.run("cd site && socle plugin new shop && socle plugin build shop && cp -r shop plugins/my-shop")
        site.start()
        site.run("sed -i 's/%s, %s/%s new %s/' shop/shop.c && socle plugin build shop && socle plugin install shop")
        self.assertEqual(self.plugins(site), ["README.md", "shop"])
        self.assertEqual(site.get("/api/shop/hello").text, "Hello new world")

    def test_who_works_in_the_hosts_plugin_folder_has_nothing_copied(self):
        site = self.project()
        site.run("cd site && socle plugin new shop && mv shop plugins/my-shop && cd plugins/my-shop && socle plugin build")
        site.start()
        said = site.run("socle plugin install")
        self.assertIn("my-shop is where the host looks: nothing to copy.", said)
        self.assertEqual(self.plugins(site), ["README.md", "my-shop"])

    def test_a_plugin_from_elsewhere_is_installed_into_the_project_that_one_is_in(self):
        site = self.project()
        said = site.run("socle plugin new shop && socle plugin build shop")
        self.assertEqual(next_command(said[said.index("Built"):]), "socle plugin test shop")
        site.run("cd site && socle plugin install ../shop")
        self.assertEqual(self.plugins(site), ["README.md", "shop"])

    def test_to_a_folder_of_its_own_it_is_copied_whole(self):
        site = self.project()
        out = os.path.join(self.folder, "out")
        said = site.run(f"cd site && socle plugin new shop && socle plugin build shop && socle plugin install shop --to {out}")
        self.assertIn(f"Installed {out}/shop.", said)
        self.assertEqual(sorted(os.listdir(os.path.join(out, "shop"))), ["plugin.toml", "shop.so"])


class Dev(TestCase):
    def test_saving_a_file_changes_what_the_running_host_answers(self):
        site = self.project()
        site.run("cd site && socle plugin new shop")
        site.start()
        log = os.path.join(self.folder, "dev.log")
        with open(log, "w") as out:
            dev = subprocess.Popen(["socle", "dev", "shop"], cwd=site.folder, env=site.env, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=out)
        self.addCleanup(dev.wait)
        self.addCleanup(dev.terminate)
        self.wait(site, log, "Hello, world")
        source = os.path.join(site.folder, "shop", "shop.c")
        with open(source) as f:
            text = f.read()
        support.write_files("/", {source[1:]: text + "nonsense\n"})
        self.wait_for(lambda: "not taken" in self.text(log), log)
        self.assertEqual(site.get("/api/shop/hello").text, "Hello, world")
        support.write_files("/", {source[1:]: text.replace("%s, %s", "%s again, %s")})
        self.wait(site, log, "Hello again, world")

    @staticmethod
    def text(path):
        with open(path) as f:
            return f.read()

    def wait(self, site, log, answer):
        self.wait_for(lambda: site.get("/api/shop/hello").text == answer, log)

    def wait_for(self, condition, log):
        deadline = time.monotonic() + 60
        while not condition():
            if time.monotonic() > deadline:
                self.fail(self.text(log))
            time.sleep(0.05)


class ThirdParty(TestCase):
    """Plugins of strangers, compiled with the one line that the SDK documents, in a folder of their own."""

    def site_with(self, name, compiler=None, source=None, library=None):
        site = self.project()
        folder = os.path.join(self.folder, "elsewhere", name)
        shutil.copytree(os.path.join(THIRD_PARTY, name), folder)
        if compiler:
            said = site.run(f"cd {folder} && {compiler} -Wall -Wextra -Werror -Wno-unused-parameter -shared -fPIC "
                            f"$(pkg-config --cflags --libs socle) {source} -o {library}; cd - >/dev/null")
            self.assertEqual(said.strip(), "")
        site.run(f"socle plugin install {folder} --to {site.folder}/plugins")
        support.write_files(site.folder, {"config/api.toml": '[rest]\npublic = ["*"]\n'})
        site.run("cd site && socle check")
        site.start()
        return site

    def test_a_plugin_in_c_serves_its_type_its_routes_and_its_hook(self):
        site = self.site_with("c", "cc", "guestbook.c", "guestbook.so")
        answer = site.host.request("POST", "/api/guestbook/sign", {"text": "Thanks"})
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(site.host.request("POST", "/api/guestbook/sign", {"text": "damn"}).status, 403)
        self.assertEqual([page["text"] for page in site.get("/api/guestbook/pages").json["data"]], ["Thanks\nYours"])

    def test_a_plugin_in_c_plus_plus_keeps_its_own_state_and_turns_exceptions_into_answers(self):
        site = self.site_with("cpp", "c++", "counter.cc", "counter.so")
        self.assertEqual(site.get("/api/counter/words/two%20one").text, "one two")
        answer = site.get("/api/counter/words/%20")
        self.assertEqual((answer.status, answer.json["error"]["message"]), (400, "there is no word in it"))
        self.assertEqual(site.get("/api/counter/hits").json,
                         {"/api/counter/words/two%20one": 1, "/api/counter/words/%20": 1})

    def test_a_schema_alone_is_a_rest_api(self):
        site = self.site_with("schema")
        answer = site.host.request("POST", "/api/books", {"data": {"title": "Emma", "pages": 474}})
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual([book["title"] for book in site.get("/api/books").json["data"]], ["Emma"])
        self.assertEqual(site.host.request("POST", "/api/books", {"data": {"pages": 1}}).status, 400)


class Installed(TestCase):
    def test_headers_templates_guide_description_and_plugins_are_there(self):
        for name in ("bin/socle", "include/socle/socle.h", "include/socle/test.h", "share/socle/guide/README.md",
                     "share/socle/templates/plugin/plugin.toml"):
            self.assertTrue(os.path.exists(os.path.join(self.socle.prefix, name)), name)
        sources = {name for name in os.listdir(os.path.join(support.ROOT, "sdk", "include", "socle"))}
        self.assertEqual(set(os.listdir(os.path.join(self.socle.prefix, "include", "socle"))), sources)

    def test_nothing_installed_knows_where_it_was_built(self):
        done = subprocess.run(["pkg-config", "--cflags", "--libs", "socle"], env=self.socle.env, capture_output=True,
                              text=True, check=True)
        self.assertNotIn(support.BUILD_FOLDER, done.stdout)
        for word in re.findall(r"-[IL](\S+)", done.stdout):
            self.assertTrue(os.path.realpath(word).startswith(os.path.realpath(self.socle.prefix)), word)


if __name__ == "__main__":
    unittest.main()
