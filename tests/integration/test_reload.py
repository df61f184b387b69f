"""Reloads: nobody notices a good one, and a bad one changes nothing."""
import http.client
import os
import shutil
import signal
import threading
import time

import support
from support import eventually, in_background
from test_server import ServerTestCase

MANIFEST = """
[plugin]
name    = "greeting"
version = "1.0.0"
kind    = "api"
library = "greeting.so"
sdk     = 1

[[routes]]
method  = "GET"
path    = "/greeting"
handler = "greeting.say"
[routes.config]
auth = false

[[routes]]
method  = "GET"
path    = "/slow"
handler = "greeting.slow"
[routes.config]
auth = false
"""

CODE = r"""
#include <socle/socle.h>

static int begin(socle_context *ctx)
{
	%(begin)s
	return 0;
}

SOCLE_PLUGIN(.%(hook)s = begin)

SOCLE_ACTION(greeting_say)
{
	return socle_send_text(ctx, "%(text)s");
}

SOCLE_ACTION(greeting_slow)
{
	if (socle_sleep(ctx, 1500) < 0)
		return -1;
	return socle_send_text(ctx, "%(text)s");
}
"""


class Load:
    """Clients with a keep-alive connection each, asking without a pause. Counts what went wrong."""

    def __init__(self, host, path, clients=4):
        self.host, self.path = host, path
        self.answered = 0
        self.failures = []
        self.texts = set()
        self.ending = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run) for _ in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join(60)

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.host.port, timeout=30)
        while not self.ending.is_set():
            try:
                connection.request("GET", self.path)
                response = connection.getresponse()
                text = response.read().decode()
                problem = None if response.status == 200 else f"{response.status} {text[:200]}"
            except (OSError, http.client.HTTPException) as error:
                problem = repr(error)
                connection.close()
            with self.lock:
                if problem:
                    self.failures.append(problem)
                else:
                    self.answered += 1
                    self.texts.add(text)
        connection.close()


class Reload(ServerTestCase):
    def greeting(self, text, hook="start", begin="", manifest=MANIFEST):
        code = CODE % {"text": text, "hook": hook, "begin": begin}
        return support.write_plugin(self.folder, "greeting", {"plugin.toml": manifest, "greeting.c": code})

    def change(self, host, *arguments, **options):
        support.build_plugin(self.greeting(*arguments, **options), host.plugins)

    def say(self, host):
        return host.request("GET", "/api/greeting").text

    def refused(self, host, *texts):
        """A reload must be refused, saying these; status keeps it, and what served before goes on."""
        generation = host.status_json()["generation"]
        done = host.command("reload", timeout=120)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done)
        status = host.status_json()
        self.assertEqual(status["generation"], generation)
        self.assertFalse(status["lastReload"]["ok"])
        for text in texts:
            self.assertIn(text, done.stderr)
            self.assertIn(text, status["lastReload"]["message"])
        self.assertEqual({w["state"] for w in status["workers"] if w["generation"] == generation}, {"serving"})
        self.assertEqual(self.say(host), "one")

    def test_a_changed_library_answers_after_reload(self):
        host = self.host(plugins=[self.greeting("one")], workers=2)
        self.assertEqual(self.say(host), "one")
        self.change(host, "two")
        done = host.command("reload")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("generation 2 serves with 2 workers", done.stdout)
        self.assertEqual({self.say(host) for _ in range(20)}, {"two"})
        eventually(lambda: [w["generation"] for w in host.status_json()["workers"]] == [2, 2])

    def test_sighup_reloads(self):
        host = self.host(plugins=[self.greeting("one")])
        self.change(host, "two")
        host.signal(signal.SIGHUP)
        eventually(lambda: self.say(host) == "two")

    def test_no_request_is_lost_under_load(self):
        host = self.host(plugins=[self.greeting("one")], workers=2)
        rounds = 3 if support.sanitized() else 10
        with Load(host, "/api/greeting") as load:
            for number in range(rounds):
                self.change(host, f"text {number}")
                self.assertEqual(host.command("reload").returncode, 0)
                time.sleep(0.2)
            eventually(lambda: load.answered > 100)
        self.assertEqual(load.failures, [])
        self.assertGreater(load.answered, 100)
        self.assertIn(f"text {rounds - 1}", load.texts)

    def test_a_request_in_flight_is_answered_by_the_generation_it_began_in(self):
        host = self.host(plugins=[self.greeting("one")])
        answer = in_background(host.request, "GET", "/api/slow")
        eventually(lambda: sum(w["inFlight"] or 0 for w in host.status_json()["workers"]) == 1)
        self.change(host, "two")
        self.assertEqual(host.command("reload").returncode, 0)
        self.assertEqual(self.say(host), "two")
        self.assertEqual(answer().text, "one")

    def test_a_broken_manifest_leaves_the_old_generation(self):
        host = self.host(plugins=[self.greeting("one")], workers=2)
        with open(os.path.join(host.plugins, "greeting", "plugin.toml"), "a") as f:
            f.write("\n[[routes]]\nmethod = \n")
        self.refused(host, "greeting/plugin.toml:")

    def test_a_plugin_that_crashes_while_it_is_loaded_harms_nobody(self):
        host = self.host(plugins=[self.greeting("one")])
        self.change(host, "two", hook="init", begin="__builtin_trap();")
        self.refused(host, "the canary", "loading plugins")

    def test_a_plugin_that_fails_to_start_harms_nobody(self):
        host = self.host(plugins=[self.greeting("one")], workers=2)
        self.change(host, "two", begin='return socle_throw(ctx, SOCLE_APPLICATION, "no luck today");')
        self.refused(host, "no luck today")

    def test_a_plugin_that_crashes_in_start_harms_nobody(self):
        host = self.host(plugins=[self.greeting("one")], workers=2)
        self.change(host, "two", begin="__builtin_trap();")
        self.refused(host, "worker", "starting plugins")

    def test_an_unknown_key_leaves_the_old_generation(self):
        host = self.host(plugins=[self.greeting("one")])
        support.write_files(host.config, {"server.toml": "wrokers = 3\n"})
        self.refused(host, "server.toml:1", "wrokers")

    def test_a_trusted_proxy_that_is_none_leaves_the_old_generation(self):
        host = self.host(plugins=[self.greeting("one")])
        support.write_files(host.config, {"server.toml": '[proxy]\ntrust = ["10.0.0.0/99"]\n'})
        self.refused(host, "10.0.0.0/99")

    def test_an_address_that_can_not_be_listened_on_leaves_the_old_generation(self):
        host = self.host(plugins=[self.greeting("one")])
        support.write_files(host.config, {"server.toml": 'listen = ["unix:/nonexistent/second.sock"]\n'})
        self.refused(host, "/nonexistent/second.sock")

    def test_settings_take_effect_with_a_reload(self):
        socket = os.path.join(self.folder, "second.sock")
        host = self.host(plugins=[self.greeting("one")], env={"SOCLE_WORKERS": ""},
                         config={"server.toml": "workers = 1\n"})
        support.write_files(host.config, {"server.toml":
                                          f'workers = 3\nlisten = ["127.0.0.1:{host.port}", "unix:{socket}"]\n'})
        self.assertEqual(host.command("reload").returncode, 0)
        eventually(lambda: len(host.worker_pids()) == 3)
        self.assertTrue(os.path.exists(socket))
        support.write_files(host.config, {"server.toml": "workers = 2\n"})
        self.assertEqual(host.command("reload").returncode, 0)
        eventually(lambda: len(host.worker_pids()) == 2)
        self.assertFalse(os.path.exists(socket))
        self.assertEqual(self.say(host), "one")

    def test_what_is_asked_for_during_a_reload_is_done_after_it(self):
        host = self.host(plugins=[self.greeting("one")])
        waits = []
        for text in ("two", "three", "four"):
            self.change(host, text)
            waits.append(in_background(host.command, "reload"))
        self.assertEqual([wait().returncode for wait in waits], [0, 0, 0])
        self.assertEqual(self.say(host), "four")

    def test_a_refused_reload_can_be_mended(self):
        host = self.host(plugins=[self.greeting("one")])
        folder = os.path.join(host.plugins, "greeting")
        shutil.move(os.path.join(folder, "greeting.so"), os.path.join(self.folder, "away.so"))
        self.refused(host, "greeting.so")
        self.change(host, "two")
        self.assertEqual(host.command("reload").returncode, 0)
        self.assertEqual(self.say(host), "two")

    def test_no_process_and_no_descriptor_is_left_by_reloads(self):
        host = self.host(plugins=[self.greeting("one")])
        host.command("reload")
        eventually(lambda: len(host.worker_pids()) == 1)
        before = self.settled(host.pid)
        for _ in range(5):
            self.assertEqual(host.command("reload").returncode, 0)
        eventually(lambda: len(host.worker_pids()) == 1)
        self.assertEqual(self.settled(host.pid), before)
        with open(f"/proc/{host.pid}/task/{host.pid}/children") as f:
            self.assertEqual(f.read().split(), [str(pid) for pid in host.worker_pids()])
        # A worker holds its own things alone: of the supervisor's, the listening socket and its channel.
        worker = host.worker_pids()[0]
        self.assertLess(self.descriptors(worker), before + 12)

    def settled(self, pid):
        """The number of descriptors once it stays: what has been asked of the host is closed a moment later."""
        counts = [self.descriptors(pid)]

        def stays():
            counts.append(self.descriptors(pid))
            return len(set(counts[-10:])) == 1 and len(counts) >= 10
        eventually(stays)
        return counts[-1]

    def descriptors(self, pid):
        return len(os.listdir(f"/proc/{pid}/fd"))
