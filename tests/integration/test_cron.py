"""Tasks of a plugin made on the spot, and the background process that runs them."""
import json
import os
import re
import time
import unittest

import support

HEAD = """
[plugin]
name = "clock"
version = "1.0.0"
kind = "api"
library = "clock.so"
sdk = 1

[config.who]
type = "string"
default = "host"
"""

ROW = """
kind = "collectionType"
collectionName = "ticks"
[info]
singularName = "tick"
pluralName = "ticks"
displayName = "Tick"
[attributes.what]
type = "string"
[attributes.host]
type = "string"
[attributes.due]
type = "biginteger"
[attributes.at]
type = "biginteger"
"""

SOURCE = r"""
#include <socle/socle.h>
#include <stdlib.h>
#include <unistd.h>

SOCLE_PLUGIN()

static int note(socle_context *ctx, const char *what)
{
	json_t *data = socle_own(ctx, json_pack("{s:s, s:s, s:I, s:I}", "what", what, "host",
		socle_config_string(ctx, "who"), "due", (json_int_t)socle_task_time(ctx), "at", (json_int_t)socle_unix_ms()));

	return socle_create(ctx, "api::tick.tick", data, NULL) ? 0 : -1;
}

SOCLE_TASK(tick)
{
	if (socle_has_request(ctx))
		return socle_throw(ctx, SOCLE_APPLICATION, "a task has a request");
	/* Once for each file of that name. */
	if (unlink("crash-now") == 0)
		abort();
	if (unlink("spin-now") == 0)
		for (volatile int turning = 1; turning;)
			;
	return note(ctx, socle_task_name(ctx));
}

SOCLE_TASK(fail)
{
	return socle_throw(ctx, SOCLE_APPLICATION, "out of order");
}

/* Longer than it is to the next time. */
SOCLE_TASK(slow)
{
	unsigned tenths = access("very-slow", F_OK) == 0 ? 600 : 25;

	if (note(ctx, "begun") < 0 || socle_sleep(ctx, tenths * 100) < 0)
		return -1;
	return note(ctx, "ended");
}

SOCLE_ACTION(outside_ask)
{
	int64_t at = socle_task_time(ctx);

	return at < 0 ? -1 : socle_send_text(ctx, "in a task");
}
"""

SCHEMA = "content-types/tick.toml"
EACH_SECOND = {"rule": "* * * * * *"}


def manifest(*tasks, more=""):
    """A manifest with these tasks: (name, {key: value})."""
    text = HEAD
    for name, keys in tasks:
        text += f'[[cron]]\ntask = "{name}"\n' + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
    return text + more


class Cron(support.TestCase):
    def plugin(self, text):
        return support.write_plugin(self.folder, "clock", {"plugin.toml": text, "clock.c": SOURCE, SCHEMA: ROW})

    def clock(self, text, who="host", config=None, database=None, start=True):
        config = {"plugins.toml": f'[clock]\nwho = "{who}"\n', **(config or {})}
        return self.host([self.plugin(text), *support.first_party("standard")], config=config, database=database, start=start)

    def wait(self, what, condition, wait=60):
        deadline = time.monotonic() + wait
        while True:
            got = condition()
            if got:
                return got
            if time.monotonic() > deadline:
                self.fail(f"{what}: not within {wait} s")
            time.sleep(0.05)

    def wait_rows(self, database, count, where="1"):
        def enough():
            rows = database.rows(f"SELECT due, what, host, `at` FROM ticks WHERE {where} ORDER BY id")
            return rows if len(rows) >= count else None
        return self.wait(f"{count} rows where {where}", enough)

    def wait_log(self, host, pattern, count=1):
        self.wait(f"{count} times /{pattern}/ in the log:\n{host.log_end()}",
                  lambda: len(re.findall(pattern, host.log())) >= count)

    def background(self, host):
        """Of the generation in force, once it serves."""
        def serving():
            status = host.status_json()
            return [one for one in status["background"]
                    if one["generation"] == status["generation"] and one["state"] == "serving" and one["tasks"] is not None]
        return self.wait("a background process that serves", serving)[0]

    def check_once_each(self, database, *hosts, each=1, what="api::clock.tick"):
        """No second was run twice, and none between the first and the last was lost that no log accounts for."""
        seconds = [int(row[0]) for row in database.rows(f"SELECT due FROM ticks WHERE what = '{what}' ORDER BY due")]
        self.assertEqual([due for due in seconds if due % 1000], [])
        self.assertEqual([due for due in set(seconds) if seconds.count(due) > each], [])
        missing = set(range(seconds[0], seconds[-1], 1000)) - set(seconds)
        accounted = "".join(host.log() for host in hosts)
        for due in sorted(missing):
            when = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(due / 1000))
            self.assertIn(f"is left out at {when}", accounted, f"{when} is lost")
        return seconds


class Runs(Cron):
    def test_a_task_runs_at_each_of_its_times_with_that_time(self):
        host = self.clock(manifest(("tick", EACH_SECOND)))
        self.wait_rows(host.database, 4)
        self.check_once_each(host.database, host)
        for due, what, _, at in host.database.rows("SELECT due, what, host, `at` FROM ticks"):
            self.assertEqual(what, "api::clock.tick")
            self.assertGreaterEqual(int(at), int(due))
        status = self.background(host)
        self.assertEqual(status["tasks"], 1)
        self.assertGreaterEqual(status["runs"], 4)
        self.assertEqual(status["failed"], 0)
        self.assertIn("\nbackground\n", host.command("status").stdout)

    def test_it_runs_in_a_process_that_holds_no_port(self):
        host = self.clock(manifest(("tick", EACH_SECOND)))
        pid = self.background(host)["pid"]
        self.assertNotIn(pid, host.worker_pids())
        sockets = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
        with open("/proc/net/tcp") as f:
            listening = {f"socket:[{line.split()[9]}]" for line in f.readlines()[1:] if line.split()[3] == "0A"}
        self.assertEqual(sockets & listening, set())

    def test_what_a_task_throws_is_a_line_in_the_log_and_it_runs_again(self):
        host = self.clock(manifest(("fail", EACH_SECOND)))
        pid = self.background(host)["pid"]
        self.wait_log(host, r'Cron job \\?"api::clock.fail\\?" failed: out of order', 3)
        status = self.background(host)
        self.assertEqual(status["pid"], pid)
        self.assertGreaterEqual(status["failed"], 3)

    def test_outside_of_a_task_there_is_no_time(self):
        host = self.clock(manifest(("fail", {"rule": "@yearly"}), more="""
[[routes]]
method = "GET"
path = "/outside"
handler = "outside.ask"
"""))
        self.assertEqual(host.request("GET", "/api/outside").status, 500)
        self.assertIn("socle_task_time() was called where no task runs", host.log())

    def test_a_task_that_is_at_work_is_not_begun_again(self):
        host = self.clock(manifest(("slow", EACH_SECOND)))
        rows = self.wait_rows(host.database, 4)
        self.assertEqual([row[1] for row in rows[:4]], ["begun", "ended", "begun", "ended"])
        self.assertIn("it is still at work", host.log())

    def test_one_that_may_overlap_is(self):
        host = self.clock(manifest(("slow", {**EACH_SECOND, "overlap": "allow"})))
        rows = self.wait_rows(host.database, 4)
        self.assertEqual([row[1] for row in rows[:2]], ["begun", "begun"])


class Crashes(Cron):
    def test_a_crash_brings_the_process_back_and_the_task_runs_on(self):
        host = self.clock(manifest(("tick", EACH_SECOND)))
        self.wait_rows(host.database, 2)
        before = self.background(host)["pid"]
        workers = host.worker_pids()
        with open(os.path.join(host.folder, "crash-now"), "w"):
            pass
        self.wait_log(host, r"the background process \(process \d+\) was killed by SIGABRT and is replaced")
        last = int(host.database.value("SELECT MAX(due) FROM ticks"))
        self.wait_rows(host.database, 2, f"due > {last}")
        self.assertNotEqual(self.background(host)["pid"], before)
        self.assertEqual(host.worker_pids(), workers)
        seconds = [row[0] for row in host.database.rows("SELECT due FROM ticks")]
        self.assertEqual(len(seconds), len(set(seconds)))
        # The lease of the dead was given back: nobody waited for its end.
        self.assertNotIn("another process still runs it", host.log())


    def test_a_task_that_does_not_yield_ends_the_process_and_another_takes_over(self):
        host = self.clock(manifest(("tick", EACH_SECOND)), config={"server.toml": '[timeouts]\nhandlerKill = "2s"\n'})
        self.wait_rows(host.database, 1)
        before = self.background(host)["pid"]
        with open(os.path.join(host.folder, "spin-now"), "w"):
            pass
        self.wait_log(host, r"the background process \(process \d+\) is killed: it has not yielded for \d+ ms while serving")
        last = host.database.value("SELECT MAX(due) FROM ticks")
        self.wait_rows(host.database, 2, f"due > {last}")
        self.assertNotEqual(self.background(host)["pid"], before)


class Cluster(Cron):
    def test_one_of_two_hosts_runs_each_time(self):
        database = self.database()
        first = self.clock(manifest(("tick", EACH_SECOND)), who="first", database=database)
        second = self.clock(manifest(("tick", EACH_SECOND)), who="second", database=database)
        self.background(first), self.background(second)
        self.wait_rows(database, int(database.value("SELECT COUNT(*) FROM ticks")) + 5)
        self.check_once_each(database, first, second)
        # When one goes, the other does it all.
        self.assertEqual(first.stop(), 0)
        last = database.value("SELECT MAX(due) FROM ticks")
        rows = self.wait_rows(database, 3, f"due > {last}")
        self.assertEqual({row[2] for row in rows}, {"second"})
        self.check_once_each(database, first, second)

    def test_a_run_on_one_host_keeps_the_other_from_overlapping(self):
        database = self.database()
        hosts = [self.clock(manifest(("slow", EACH_SECOND)), who=who, database=database) for who in ("first", "second")]
        [self.background(host) for host in hosts]
        rows = self.wait_rows(database, int(database.value("SELECT COUNT(*) FROM ticks")) + 5)
        self.assertEqual([row[1] for row in rows], (["begun", "ended"] * len(rows))[:len(rows)])
        self.wait("a time left out for the other host's sake",
                  lambda: any("another process still runs it" in host.log() for host in hosts))

    def test_with_every_host_each_runs_it(self):
        database = self.database()
        text = manifest(("tick", {**EACH_SECOND, "every-host": True}))
        hosts = [self.clock(text, who=who, database=database) for who in ("first", "second")]
        [self.background(host) for host in hosts]
        self.wait("times that both have run", lambda: len(database.rows(
            "SELECT due FROM ticks GROUP BY due HAVING COUNT(DISTINCT host) = 2")) >= 3)
        self.assertEqual(database.rows("SELECT due, host FROM ticks GROUP BY due, host HAVING COUNT(*) > 1"), [])
        # Nothing of it is in the database.
        self.assertEqual(database.rows("SELECT name FROM socle_leases WHERE name LIKE 'cron%'"), [])

    def test_times_before_one_that_was_claimed_are_not_run(self):
        host = self.clock(manifest(("tick", EACH_SECOND)))
        self.wait_rows(host.database, 1)
        # As a host leaves it whose clock is a bit ahead, or was before it was put back.
        host.database.run("UPDATE socle_leases SET until = UTC_TIMESTAMP() + INTERVAL 3 SECOND WHERE name = 'cron api::clock.tick'")
        until = int(host.database.value(
            "SELECT UNIX_TIMESTAMP(CONVERT_TZ(until, '+00:00', @@session.time_zone)) FROM socle_leases WHERE name = 'cron api::clock.tick'"
        ).split(".")[0]) * 1000
        taken = host.database.value("SELECT MAX(due) FROM ticks")
        rows = self.wait_rows(host.database, 1, f"due > {until}")
        between = host.database.rows(f"SELECT due FROM ticks WHERE due > {taken} AND due <= {until}")
        self.assertLessEqual(len(between), 1, "one may have been under way")
        self.assertEqual(int(rows[0][0]) % 1000, 0)


class Changes(Cron):
    def reload(self, host):
        done = host.command("reload", timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr + host.log_end())

    def test_reloads_lose_no_time_and_run_none_twice(self):
        host = self.clock(manifest(("tick", EACH_SECOND)))
        self.wait_rows(host.database, 1)
        for _ in range(4):
            self.reload(host)
        last = host.database.value("SELECT MAX(due) FROM ticks")
        self.wait_rows(host.database, 2, f"due > {last}")
        self.check_once_each(host.database, host)
        self.wait("the old processes to be gone", lambda: len(host.status_json()["background"]) == 1)

    def test_a_reload_takes_the_new_rule(self):
        host = self.clock(manifest(("tick", EACH_SECOND)))
        self.wait_rows(host.database, 2)
        support.write_files(os.path.join(host.plugins, "clock"), {"plugin.toml": manifest(("tick", {"rule": "*/2 * * * * *"}))})
        self.reload(host)
        switched = int(time.time() * 1000)
        rows = self.wait_rows(host.database, 3, f"due > {switched}")
        self.assertEqual([row[0] for row in rows if int(row[0]) % 2000], [])
        seconds = [row[0] for row in host.database.rows("SELECT due FROM ticks")]
        self.assertEqual(len(seconds), len(set(seconds)))

    def test_what_is_at_work_during_a_reload_comes_to_its_end(self):
        host = self.clock(manifest(("slow", EACH_SECOND)))
        self.wait_rows(host.database, 1)
        self.reload(host)
        rows = self.wait_rows(host.database, 4)
        self.assertEqual([row[1] for row in rows], (["begun", "ended"] * len(rows))[:len(rows)])

    def test_a_stop_waits_for_what_is_at_work(self):
        host = self.clock(manifest(("slow", EACH_SECOND)))
        self.wait_rows(host.database, 1)
        self.assertEqual(host.stop(), 0)
        rows = host.database.rows("SELECT what FROM ticks ORDER BY id")
        self.assertEqual(rows, [["begun"], ["ended"]])

    def test_but_not_longer_than_the_time_for_draining(self):
        host = self.clock(manifest(("slow", EACH_SECOND)), config={"server.toml": '[timeouts]\ndrain = "300ms"\n'}, start=False)
        with open(os.path.join(host.folder, "very-slow"), "w"):
            pass
        host.start()
        self.wait_rows(host.database, 1)
        self.assertEqual(host.stop(), 0)
        self.assertIn("api::clock.slow has not ended in the time for draining and is cancelled", host.log())
        self.assertRegex(host.log(), r'Cron job \\?"api::clock.slow\\?" failed: ')
        self.assertEqual(host.database.rows("SELECT what FROM ticks"), [["begun"]])
        self.assertEqual(host.database.value("SELECT until < UTC_TIMESTAMP() FROM socle_leases WHERE name = 'cron-run api::clock.slow'"),
                         "1", "the lease is given back")

    def test_a_generation_without_tasks_lets_the_process_go_and_one_with_them_brings_it_back(self):
        host = self.clock(manifest(("tick", EACH_SECOND)))
        self.background(host)
        support.write_files(os.path.join(host.plugins, "clock"), {"plugin.toml": manifest()})
        self.reload(host)
        self.wait("no background process", lambda: host.status_json()["background"] == [])
        support.write_files(os.path.join(host.plugins, "clock"), {"plugin.toml": manifest(("tick", EACH_SECOND))})
        self.reload(host)
        self.background(host)


class Operator(Cron):
    def test_cron_toml_gives_a_task_another_rule(self):
        host = self.clock(manifest(("tick", {"rule": "@yearly"}), ("fail", EACH_SECOND)), config={"cron.toml": """
tasks = [
  { name = "clock::tick", rule = "* * * * * *", tz = "Europe/Berlin" },
  { name = "api::clock.fail", enabled = false },
]
"""})
        self.wait_rows(host.database, 2)
        self.assertEqual(self.background(host)["tasks"], 1)
        self.assertNotIn("out of order", host.log())
        rows = {row["name"]: row for row in json.loads(host.command("list", "tasks", "--json").stdout)}
        self.assertEqual(rows["api::clock.tick"]["rule"], "* * * * * *")
        self.assertEqual(rows["api::clock.tick"]["tz"], "Europe/Berlin")
        self.assertRegex(rows["api::clock.tick"]["next"], r"^20\d\d-")
        self.assertEqual(rows["api::clock.tick"]["plugin"], "clock")
        self.assertIsNone(rows["api::clock.fail"]["next"])
        self.assertIn("api::clock.tick", host.command("list", "tasks").stdout)

    def test_a_host_that_runs_no_tasks_has_no_process_for_them(self):
        host = self.clock(manifest(("tick", EACH_SECOND)), config={"cron.toml": "enabled = false\n"})
        self.assertEqual(host.status_json()["background"], [])
        self.assertEqual([row["next"] for row in json.loads(host.command("list", "tasks", "--json").stdout)], [None])
        self.assertEqual(host.database.rows("SELECT name FROM socle_leases WHERE name LIKE 'cron%'"), [])

    def test_mistakes_are_said_with_their_place(self):
        cases = [
            (manifest(("tock", EACH_SECOND)), "", 'task "tock" is the symbol `socle_task_tock`, which', "plugin.toml"),
            (manifest(("tick", {"rule": "0 25 * * *"})), "", 'hour: "25" is not within 0 to 23', "plugin.toml"),
            (manifest(("tick", {**EACH_SECOND, "tz": "Europe/Berlim"})), "", 'there is no time zone "Europe/Berlim"', "plugin.toml"),
            (manifest(("tick", EACH_SECOND)), 'tasks = [{ name = "api::clock.tik", enabled = false }]\n',
             'no plugin brings the task "api::clock.tik"; did you mean "api::clock.tick"?', "cron.toml"),
            (manifest(("tick", EACH_SECOND)), 'tasks = [{ name = "clock::tick", tz = "Nowhere" }]\n',
             'there is no time zone "Nowhere"', "cron.toml"),
            (manifest(("tick", EACH_SECOND)), 'tasks = [{ name = "clock::tick", rule = "@often" }]\n',
             "it is none of @yearly", "cron.toml"),
        ]
        for text, cron, said, file in cases:
            with self.subTest(said):
                done = self.clock(text, config={"cron.toml": cron}, start=False).command("check")
                self.assertEqual(done.returncode, 1, done)
                self.assertIn(said, done.stdout + done.stderr)
                self.assertRegex(done.stdout + done.stderr, rf"{file}:\d+:\d+: ")


if __name__ == "__main__":
    unittest.main()
