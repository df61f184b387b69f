"""tools/test: the builds and every suite, one after the other, and the sum of it all.

Each stage is a function that answers (passed, failed); one that can't do its work raises, and counts as one
failure. What a failed build would have been the ground of is not run, and said so.
"""
import argparse
import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from conformance import Site
from host import ROOT, HostError
from scratchdb import DatabaseError, Server

PLAIN, ASAN = "build", os.path.join("build", "asan")
ASAN_OPTIONS = ["-Db_sanitize=address,undefined", "-Db_lundef=false"]
VALGRIND = "valgrind --quiet --max-stackframe=32768 --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite"
# What a test ends with that needs something this machine hasn't got: it is neither passed nor failed.
UNAVAILABLE = 77
# Under valgrind, which is slow: one group of reads, one of writes.
VALGRIND_GROUPS = ("pagination", "scalar")
SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)
# A case that was skipped ("not ok 3 # SKIP", as cmocka has it) is neither.
TAP = re.compile(r"^(not )?ok \d+(?!.*# SKIP)", re.M)


class StageError(Exception):
    pass


def tell(text):
    print(text, flush=True)


def output_of(words, env=None):
    """(output, exit status) of a program. When we are interrupted it is told to end, and cleans up too."""
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, cwd=ROOT, env={**os.environ, **(env or {})}) as process:
        try:
            return process.communicate()[0], process.returncode
        except BaseException:
            process.terminate()
            raise


def command(*words, env=None):
    """Runs a program of ours that prints "N passed, N failed"; shows its output when something failed."""
    said, status = output_of(words, env)
    found = SUMMARY.findall(said)
    if not found:
        raise StageError(f"{' '.join(words)} ended with status {status}:\n{said.strip()}")
    passed, failed = map(int, found[-1])
    if status and not failed:
        failed = 1
    if failed:
        tell(SUMMARY.sub("", said).strip())
    return passed, failed


def build(folder, *options):
    script = 'set -euo pipefail; . tools/lib/build.sh; build_make "$@"'
    said, status = output_of(["bash", "-c", script, "_", folder, *options])
    if status != 0:
        raise StageError(said.strip())
    return 0, 0


def meson_test(folder, suite, wrapper=None, env=None):
    """Runs a suite of `meson test` and counts the cases of its programs."""
    with tempfile.TemporaryDirectory(prefix="socle-meson.") as scratch:
        base = os.path.basename(scratch)
        words = ["meson", "test", "-C", folder, "--suite", suite, "--logbase", base, "--num-processes", "2"]
        if wrapper:
            words += ["--wrapper", wrapper, "--timeout-multiplier", "10"]
        said, _ = output_of(words, {"CMOCKA_MESSAGE_OUTPUT": "TAP", **(env or {})})
        # meson adds the wrapper's name to the name that it was given.
        logs = glob.glob(os.path.join(ROOT, folder, "meson-logs", f"{base}*"))
        programs = []
        for log in logs:
            if log.endswith(".json"):
                with open(log) as f:
                    programs = [json.loads(line) for line in f if line.strip()]
            os.unlink(log)
    if not programs:
        if "No suitable tests defined" in said or "No tests defined" in said:
            return 0, 0
        raise StageError(f"meson test --suite {suite} ran nothing:\n{said.strip()}")
    passed = failed = 0
    for test in programs:
        good, bad = cases(test)
        passed, failed = passed + good, failed + bad
    return passed, failed


def cases(test):
    """(passed, failed) of one test program; tells what failed."""
    said = test.get("stdout") or ""
    lines = TAP.findall(said)
    good = lines.count("")
    bad = len(lines) - good
    if test["result"] not in ("OK", "EXPECTEDFAIL") and not bad:
        bad = 1  # it crashed, hung, or was found out by valgrind or a sanitizer after its cases had passed
    elif not lines:
        good = 1
    if bad:
        tell(f"{test['name']}: {test['result']} (status {test.get('returncode')})")
        tell((said + (test.get("stderr") or "")).strip()[-8000:])
    return good, bad


def on_database(run):
    """Runs something with SOCLE_TEST_DATABASE_URL naming an empty database of its own."""
    with tempfile.TemporaryDirectory(prefix="socle-test-db.") as folder:
        server = Server(os.path.join(folder, "db"))
        try:
            server.run("CREATE DATABASE test CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
            return run({"SOCLE_TEST_DATABASE_URL": server.url("test")})
        finally:
            server.stop()


def http_vectors():
    site = Site(os.path.join(ROOT, ASAN))
    try:
        counts = command(sys.executable, "tests/conformance/http-vectors.py", f"127.0.0.1:{site.host.port}")
        site.host.stop()
        reports = site.host.reports()
        if reports:
            tell(reports[:20000])
            return counts[0], counts[1] + 1
        return counts
    finally:
        site.stop()


def conformance(build_folder, groups, *options):
    words = [f"--group={group}" for group in groups]
    return command(sys.executable, "tools/lib/conformance.py", "--build", build_folder, "--list-failures",
                   *words, *options)


def differential():
    """Our query strings beside those of the module that Strapi uses. Where it can't be had, nothing was shown."""
    script = os.path.join("tests", "differential", "qs.mjs")
    driver = os.path.join("tests", "differential", "qs_driver")
    said, status = output_of(["ninja", "-C", ASAN, driver])
    if status != 0:
        raise StageError(said.strip())
    said, status = output_of(["node", script, "--driver", os.path.join(ASAN, driver)])
    if status == UNAVAILABLE:
        tell(said.strip())
        return 0, 0
    found = SUMMARY.findall(said)
    if not found or status not in (0, 1):
        raise StageError(f"{script} ended with status {status}:\n{said.strip()}")
    if status:
        tell(said.strip())
    # Thousands of generated inputs are one test; what differs is counted one by one.
    return int(status == 0), int(found[-1][1])


def recorded_groups():
    with open(os.path.join(ROOT, "tests", "conformance", "groups")) as f:
        return f.read().split()


def both(*counts):
    return sum(passed for passed, _ in counts), sum(failed for _, failed in counts)


def suites(long):
    """(name, the build it stands on, what it does), in the order in which they run."""
    python = sys.executable
    yield "layers", None, lambda: both(command(python, "tests/layers.py"),
                                       command(python, "tests/layers.py", "--self-test"))
    yield "sdk", PLAIN, lambda: both(command(python, "tests/sdk/headers.py"),
                                     command(python, "tests/sdk/abi.py", os.path.join(PLAIN, "libsocle.so")))
    yield "unit-valgrind", PLAIN, lambda: meson_test(PLAIN, "unit", VALGRIND)
    yield "unit-asan", ASAN, lambda: meson_test(ASAN, "unit")
    yield "database-asan", ASAN, lambda: on_database(lambda env: meson_test(ASAN, "database", env=env))
    yield "integration", ASAN, lambda: command(python, "tests/integration/run.py", "--plain", PLAIN, "--asan", ASAN)
    yield "conformance", ASAN, lambda: conformance(ASAN, recorded_groups())
    yield "conformance-valgrind", PLAIN, lambda: conformance(PLAIN, VALGRIND_GROUPS, "--valgrind")
    yield "http", ASAN, http_vectors
    yield "differential", ASAN, differential
    if long:
        yield "database-valgrind", PLAIN, lambda: on_database(
            lambda env: meson_test(PLAIN, "database", VALGRIND, env))
        # Crashes and timing: the plain build.
        yield "chaos", PLAIN, lambda: command(python, "tests/integration/run.py", "--plain", PLAIN, "--asan", PLAIN,
                                              "test_kill", "test_writers", env={"SOCLE_TEST_LONG": "1"})
        yield "conformance-valgrind-all", PLAIN, lambda: conformance(PLAIN, recorded_groups(), "--valgrind")


def stage(name, run):
    """Runs a stage and prints its line; (passed, failed)."""
    start = time.monotonic()
    try:
        passed, failed = run()
    except (StageError, DatabaseError, HostError, OSError) as error:
        tell(str(error))
        passed, failed = 0, 1
    tell(f"{name:26} {passed:6} passed {failed:6} failed {time.monotonic() - start:8.1f} s")
    return passed, failed


def main():
    # A signal ends it as Ctrl-C does, so that what was started is stopped on the way out.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    parser = argparse.ArgumentParser(prog="tools/test", description="Builds, and runs every test.")
    parser.add_argument("--long", action="store_true", help="also what takes long: everything else under valgrind, "
                        "and ten times as many writes by many at once and while processes are killed")
    parser.add_argument("--suite", action="append", default=[], metavar="NAME",
                        help="only this one; may be repeated: " + ", ".join(name for name, _, _ in suites(True)))
    options = parser.parse_args()
    chosen = [s for s in suites(options.long or options.suite) if not options.suite or s[0] in options.suite]
    unknown = set(options.suite) - {name for name, _, _ in chosen}
    if unknown:
        parser.error(f"no suite is called {', '.join(sorted(unknown))}")

    passed = failed = 0
    broken = set()
    needed = {folder for _, folder, _ in chosen} - {None}
    if "integration" in {name for name, _, _ in chosen}:
        needed.add(PLAIN)
    for folder, build_options in ((PLAIN, ()), (ASAN, ASAN_OPTIONS)):
        if folder in needed:
            _, bad = stage(folder.replace(os.sep, "-"), lambda: build(folder, *build_options))
            failed += bad
            if bad:
                broken.add(folder)
    for name, folder, run in chosen:
        if folder in broken or (name == "integration" and broken):
            tell(f"{name:26} not run: its build failed")
            continue
        good, bad = stage(name, run)
        passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
