"""The processes of a host: starting, stopping, replacing what died, and what is left behind: nothing."""
import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import time

import support
from support import MIDDLEWARES, alive, eventually, in_background

# Waits as long as it is told or until there is a file, spins for ever, tells which process it is.
PROBE = {
    "plugin.toml": """
[plugin]
name    = "probe"
version = "1.0.0"
kind    = "api"
library = "probe.so"
sdk     = 1

[[routes]]
method  = "GET"
path    = "/wait/:ms"
handler = "probe.wait"
[routes.config]
auth = false

[[routes]]
method  = "GET"
path    = "/until/:name"
handler = "probe.until"
[routes.config]
auth = false

[[routes]]
method  = "GET"
path    = "/spin"
handler = "probe.spin"
[routes.config]
auth = false

[[routes]]
method  = "GET"
path    = "/pid"
handler = "probe.pid"
[routes.config]
auth = false
""",
    "probe.c": r"""
#include <stdlib.h>
#include <unistd.h>

#include <socle/socle.h>

SOCLE_PLUGIN()

SOCLE_ACTION(probe_wait)
{
	if (socle_sleep(ctx, (unsigned)atoi(socle_param(ctx, "ms"))) < 0)
		return -1;
	return socle_send_json(ctx, json_pack("{s:i}", "pid", (int)getpid()));
}

/* Until there is such a file in the host's folder. */
SOCLE_ACTION(probe_until)
{
	while (access(socle_param(ctx, "name"), F_OK) != 0) {
		if (socle_sleep(ctx, 10) < 0)
			return -1;
	}
	return socle_send_json(ctx, json_pack("{s:i}", "pid", (int)getpid()));
}

SOCLE_ACTION(probe_spin)
{
	for (volatile int i = 0;; i++)
		;
	return 0;
}

SOCLE_ACTION(probe_pid)
{
	return socle_send_json(ctx, json_pack("{s:i}", "pid", (int)getpid()));
}
""",
}


class ServerTestCase(support.TestCase):
    def host(self, plugins=(), config=None, **options):
        return super().host(plugins, {"middlewares.toml": MIDDLEWARES, **(config or {})}, **options)

    def probe(self, **options):
        plugin = support.write_plugin(self.folder, "probe", PROBE)
        return self.host(plugins=[plugin], **options)

    def tell(self, host):
        """Lets requests for /api/until/told go on."""
        with open(os.path.join(host.folder, "told"), "w"):
            pass

    def in_flight(self, host):
        return sum(worker["inFlight"] or 0 for worker in host.status_json()["workers"])


class Stopping(ServerTestCase):
    def test_sigterm_answers_what_is_in_flight_and_refuses_what_is_new(self):
        host = self.probe()
        answer = in_background(host.request, "GET", "/api/until/told")
        eventually(lambda: self.in_flight(host) == 1)
        host.signal(signal.SIGTERM)
        eventually(lambda: not self.connects(host))
        self.tell(host)
        answered = answer()
        self.assertEqual(answered.status, 200)
        self.assertEqual(answered.headers.get("connection"), "close")
        self.assertEqual(host.stop(), 0)

    def connects(self, host):
        try:
            socket.create_connection(("127.0.0.1", host.port), timeout=5).close()
            return True
        except ConnectionRefusedError:
            return False

    def test_a_second_signal_does_not_wait(self):
        host = self.probe(config={"server.toml": '[timeouts]\ndrain = "5m"\n'})
        answer = in_background(host.request, "GET", "/api/until/never")
        eventually(lambda: self.in_flight(host) == 1)
        host.signal(signal.SIGINT)
        eventually(lambda: not self.connects(host))
        self.assertIsNone(host.process.poll())
        host.signal(signal.SIGINT)
        host.process.wait(60)
        with self.assertRaises((OSError, http.client.HTTPException)):
            answer()

    def test_requests_that_outlast_the_drain_time_are_cut_off(self):
        host = self.probe(config={"server.toml": '[timeouts]\ndrain = "500ms"\n'})
        answer = in_background(host.request, "GET", "/api/until/never")
        eventually(lambda: self.in_flight(host) == 1)
        self.assertEqual(host.stop(), 0)
        with self.assertRaises((OSError, http.client.HTTPException)):
            answer()

    def test_nothing_is_left(self):
        host = self.probe(workers=2)
        pids = [host.pid, *host.worker_pids()]
        state = os.path.join(host.folder, "state")
        port = host.port
        self.assertEqual(host.stop(), 0)
        self.assertEqual([pid for pid in pids if alive(pid)], [])
        self.assertEqual([name for name in os.listdir(state) if name.endswith((".sock", ".pid"))], [])
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", port))

    def test_workers_do_not_outlive_a_supervisor_that_was_killed(self):
        host = self.probe(workers=2)
        pids = host.worker_pids()
        host.signal(signal.SIGKILL)
        host.process.wait(10)
        eventually(lambda: not any(alive(pid) for pid in pids))
        # And nothing that it left stands in the way of the next one.
        host.start()
        self.assertEqual(host.request("GET", "/api/pid").status, 200)

    def test_stop_while_the_host_waits_for_its_database(self):
        database = self.database()
        database.url = "mysql://root@localhost/none?socket=/nonexistent/mysql.sock"
        host = self.host(database=database, start=False)
        host.start(wait=0)
        eventually(lambda: "database" in host.log())
        self.assertEqual(host.stop(), 0)


class Replacing(ServerTestCase):
    def test_a_killed_worker_is_replaced_while_the_other_serves(self):
        host = self.probe(workers=2)
        before = set(host.worker_pids())
        os.kill(min(before), signal.SIGKILL)
        # The listening socket is the supervisor's: nobody is refused meanwhile.
        until = time.monotonic() + 1
        while time.monotonic() < until:
            self.assertEqual(host.request("GET", "/api/pid").status, 200)
        after = eventually(lambda: self.serving(host, 2))
        self.assertEqual(len(after & before), 1)

    def serving(self, host, count):
        pids = {w["pid"] for w in host.status_json()["workers"] if w["state"] == "serving"}
        return pids if len(pids) == count else None

    def test_quick_deaths_are_followed_by_pauses(self):
        host = self.probe()
        killed = set()
        for _ in range(4):
            # Its death may not have been noticed when the host is asked.
            pid = eventually(lambda: min(set(host.worker_pids()) - killed - {0, None}, default=None))
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
        eventually(lambda: "is replaced in 200 ms" in host.log())
        self.assertIn("is replaced in 100 ms", host.log())
        eventually(lambda: self.serving(host, 1))

    def test_a_handler_that_never_yields_is_named_and_its_worker_replaced(self):
        host = self.probe(workers=2, config={
            "server.toml": '[timeouts]\nhandlerWarn = "200ms"\nhandlerKill = "1500ms"\n'})
        before = set(host.worker_pids())
        with self.assertRaises((OSError, http.client.HTTPException)):
            host.request("GET", "/api/spin")
        after = eventually(lambda: self.serving(host, 2))
        self.assertEqual(len(after & before), 1)
        self.assertRegex(host.log(), r"worker \d \(process \d+\) has not yielded for")
        self.assertRegex(host.log(), r"is killed: it has not yielded for \d+ ms while serving")

    def test_a_worker_that_is_told_to_end_drains_and_is_replaced(self):
        host = self.probe()
        pid = host.worker_pids()[0]
        answer = in_background(host.request, "GET", "/api/until/told")
        eventually(lambda: self.in_flight(host) == 1)
        os.kill(pid, signal.SIGTERM)
        self.tell(host)
        self.assertEqual(answer().json["pid"], pid)
        self.assertNotEqual(eventually(lambda: self.serving(host, 1)), {pid})


class Starting(ServerTestCase):
    def fails(self, host, *texts):
        """It must end by itself, with 1, saying these."""
        host.start(wait=0)
        self.assertEqual(host.process.wait(60), 1)
        for text in texts:
            self.assertIn(text, host.log())

    def test_a_port_in_use_is_said_with_a_remedy(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            host = self.host(start=False, env={"SOCLE_PORT": str(taken.getsockname()[1])})
            self.fails(host, "in use", "choose another port", str(taken.getsockname()[1]))
        self.assertEqual([n for n in os.listdir(os.path.join(host.folder, "state")) if "." in n], [])

    def test_a_second_host_in_the_same_state_folder_is_refused(self):
        host = self.probe()
        second = self.host(start=False, env={"SOCLE_STATE": os.path.join(host.folder, "state")})
        self.fails(second, "a host is running with this state folder already", f"process {host.pid}", "SOCLE_STATE")
        self.assertEqual(host.request("GET", "/api/pid").status, 200)
        self.assertEqual(host.command("status").returncode, 0)

    def test_an_unknown_key_is_said_with_its_place_and_a_suggestion(self):
        host = self.host(start=False, config={"server.toml": 'wrokers = 2\n'})
        self.fails(host, "server.toml:1", "wrokers", "workers")

    def test_an_unreadable_manifest_is_said_with_its_line(self):
        plugin = support.write_plugin(self.folder, "broken", {"plugin.toml": '[plugin]\nname = "broken\n'})
        self.fails(self.host(plugins=[plugin], start=False), "broken/plugin.toml:2")

    def test_a_wrong_attribute_type_is_said_with_its_place(self):
        plugin = support.write_plugin(self.folder, "shop", {
            "plugin.toml": '[plugin]\nname = "shop"\nversion = "1.0.0"\nkind = "api"\n',
            "content-types/product.toml": """
kind = "collectionType"
collectionName = "products"
[info]
singularName = "product"
pluralName = "products"
displayName = "Product"
[attributes.price]
type = "monney"
"""})
        self.fails(self.host(plugins=[plugin], start=False), "content-types/product.toml:9", "monney")

    def test_check_says_the_same_without_serving(self):
        plugin = support.write_plugin(self.folder, "broken", {"plugin.toml": '[plugin]\nname = "broken\n'})
        host = self.host(plugins=[plugin], start=False)
        done = host.command("check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("broken/plugin.toml:2", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_check_is_content_with_a_good_folder(self):
        done = self.probe(start=False).command("check")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("all is well: 1 plugins", done.stdout)


class Hooks(ServerTestCase):
    """When a plugin's hooks run, and in which processes."""

    MANIFEST = """
[plugin]
name    = "diary"
version = "1.0.0"
kind    = "api"
library = "diary.so"
sdk     = 1
"""
    CODE = r"""
#include <stdio.h>
#include <unistd.h>

#include <socle/socle.h>

static void note(const char *hook)
{
	FILE *file = fopen("%s", "a");

	fprintf(file, "%%s %%d\n", hook, (int)getpid());
	fclose(file);
}

static int init(socle_context *ctx) { note("init"); return 0; }
static int bootstrap(socle_context *ctx) { note("bootstrap"); return 0; }
static int start(socle_context *ctx) { note("start"); return 0; }
static void stop(socle_context *ctx) { note("stop"); }
static void leave(socle_context *ctx) { note("exit"); }

SOCLE_PLUGIN(.init = init, .bootstrap = bootstrap, .start = start, .stop = stop, .exit = leave)
"""

    def diary(self):
        """{process: [hook, ...]} of what has been written since the last call."""
        hooks = {}
        with open(self.path) as f:
            for line in f:
                hook, pid = line.split()
                hooks.setdefault(int(pid), []).append(hook)
        os.unlink(self.path)
        return hooks

    def test_bootstrap_runs_once_and_start_in_each_worker(self):
        self.path = os.path.join(self.folder, "diary.txt")
        plugin = support.write_plugin(self.folder, "diary", {"plugin.toml": self.MANIFEST,
                                                             "diary.c": self.CODE % self.path})
        host = self.host([plugin], workers=2)
        old = host.worker_pids()
        expected = {pid: ["init", "start"] for pid in old}
        hooks = self.diary()
        canary = (hooks.keys() - expected.keys()).pop()
        self.assertEqual(hooks, {**expected, canary: ["init", "bootstrap", "exit"]})
        self.assertEqual(host.command("reload").returncode, 0)
        eventually(lambda: not any(alive(pid) for pid in old))
        new = host.worker_pids()
        hooks = self.diary()
        self.assertEqual({pid: hooks[pid] for pid in old}, {pid: ["stop", "exit"] for pid in old})
        self.assertEqual({pid: hooks[pid] for pid in new}, {pid: ["init", "start"] for pid in new})
        host.stop()
        self.assertEqual(self.diary(), {pid: ["stop", "exit"] for pid in new})


class Control(ServerTestCase):
    def ask(self, host, line, half_close=False):
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(20)
            control.connect(os.path.join(host.folder, "state", "control.sock"))
            control.sendall(line)
            if half_close:
                control.shutdown(socket.SHUT_WR)
            with control.makefile("rb") as answer:
                return json.loads(answer.read())

    def test_only_the_owner_may_use_the_socket(self):
        host = self.probe()
        state = os.path.join(host.folder, "state")
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(state, "control.sock")).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(state).st_mode), 0o700)

    def test_status_tells_how_the_host_is(self):
        host = self.probe(workers=2)
        host.request("GET", "/api/pid")
        status = host.status_json()
        self.assertEqual(status["pid"], host.pid)
        self.assertEqual(status["generation"], 1)
        self.assertEqual([w["number"] for w in status["workers"]], [1, 2])
        for worker in status["workers"]:
            self.assertEqual((worker["generation"], worker["state"]), (1, "serving"))
            self.assertGreater(worker["rssKiB"], 0)
        self.assertGreater(sum(w["messages"] for w in status["workers"]), 0)
        plugin = next(p for p in status["plugins"] if p["name"] == "probe")
        self.assertEqual((plugin["version"], plugin["kind"]), ("1.0.0", "api"))
        self.assertEqual(plugin["calls"], 1)
        self.assertRegex(plugin["hash"], "^[0-9a-f]+$")
        self.assertTrue(status["database"]["available"])
        self.assertTrue(status["lastReload"]["ok"])
        text = host.command("status").stdout
        self.assertIn(f"process {host.pid}", text)
        self.assertIn("probe", text)

    def test_lists_come_from_the_running_generation(self):
        host = self.probe()
        routes = json.loads(host.command("list", "routes", "--json").stdout)
        route = next(r for r in routes if r["path"] == "/api/spin")
        self.assertEqual((route["method"], route["auth"], route["plugin"]), ("GET", False, "probe"))
        for what in ("policies", "middlewares", "controllers", "content-types", "plugins"):
            done = host.command("list", what)
            self.assertEqual((done.returncode, done.stderr), (0, ""), what)
        self.assertIn("probe", host.command("list", "plugins").stdout)
        self.assertEqual(host.command("list", "nothing").returncode, 2)

    def test_nonsense_is_answered_with_a_message(self):
        host = self.probe()
        for line in (b"\n", b"status\n", b'{"command":"explode"}\n', b"[" * 3000 + b"\n", b"x" * 20000):
            answer = self.ask(host, line)
            self.assertFalse(answer["ok"])
            self.assertTrue(answer["message"])
        self.assertTrue(self.ask(host, b'{"command":"status"}\nmore')["ok"])
        self.assertTrue(self.ask(host, b'{"command":"status"}\n', half_close=True)["ok"])

    def test_many_that_say_nothing_keep_nobody_out_for_long(self):
        host = self.probe()
        path = os.path.join(host.folder, "state", "control.sock")
        silent = []
        for _ in range(40):
            client = socket.socket(socket.AF_UNIX)
            client.connect(path)
            silent.append(client)
        for client in silent:
            client.close()
        self.assertEqual(eventually(lambda: host.command("status")).returncode, 0)

    def test_stop_over_the_socket(self):
        host = self.probe()
        self.assertTrue(self.ask(host, b'{"command":"stop"}\n')["ok"])
        self.assertEqual(host.process.wait(30), 0)

    def test_commands_without_a_host_say_so(self):
        host = self.host(start=False)
        for command in ("status", "reload"):
            done = host.command(command)
            self.assertEqual(done.returncode, 1)
            self.assertIn("no host is running", done.stderr)
            self.assertIn("SOCLE_STATE", done.stderr)


class CommandLine(ServerTestCase):
    def run_socle(self, *arguments):
        return subprocess.run([os.path.join(support.BUILD_FOLDER, "socle"), *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, cwd=self.folder)

    def test_help_and_version(self):
        self.assertRegex(self.run_socle("--version").stdout, r"^socle \d+\.\d+\.\d+\n$")
        for arguments in (["--help"], ["help"]):
            done = self.run_socle(*arguments)
            self.assertEqual(done.returncode, 0)
            for command in ("start", "check", "list", "status", "reload", "db"):
                self.assertIn(f"\n  {command} ", done.stdout)
        self.assertIn("Usage: socle reload", self.run_socle("reload", "--help").stdout)
        self.assertIn("handlerKill", self.run_socle("help", "config").stdout)

    def test_an_unknown_command_is_refused_with_a_suggestion(self):
        done = self.run_socle("relaod")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("did you mean `socle reload`?", done.stderr)

    def test_wrong_arguments_show_the_usage(self):
        for arguments in (["reload", "now"], ["list"], ["db"], ["db", "drop"], ["start", "--fast"]):
            done = self.run_socle(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(f"Usage: socle {arguments[0]}", done.stderr)


class Systemd(ServerTestCase):
    def test_states_are_told_to_the_service_manager(self):
        path = os.path.join(self.folder, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(30)
            host = self.probe(env={"NOTIFY_SOCKET": path})
            self.assertEqual(manager.recv(200), b"READY=1")
            self.assertEqual(host.command("reload").returncode, 0)
            self.assertRegex(manager.recv(200), rb"^RELOADING=1\nMONOTONIC_USEC=\d+$")
            self.assertEqual(manager.recv(200), b"READY=1")
            host.stop()
            self.assertEqual(manager.recv(200), b"STOPPING=1")

    def test_a_listening_socket_is_taken_over(self):
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            # The number of the process is known only to the one that becomes the host.
            script = 'exec 3<&%d; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"' % listening.fileno()
            host = self.probe(start=False)
            host.port = listening.getsockname()[1]
            os.set_inheritable(listening.fileno(), True)
            with open(host.log_path, "ab") as log:
                host.process = subprocess.Popen(
                    ["bash", "-c", script, "_", os.path.join(host.build, "socle"), "start"], cwd=host.folder, env=host.env,
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, pass_fds=[listening.fileno()])
            host.wait_healthy()
            self.assertEqual(host.request("GET", "/api/pid").status, 200)
            self.assertEqual(host.command("reload").returncode, 0)
            self.assertEqual(host.request("GET", "/api/pid").status, 200)
