#!/usr/bin/env python3
"""Runs the integration tests, each file in a process of its own, on one MariaDB server.

    run.py --plain DIR --asan DIR [--json FILE] [NAME...]

A file is run on the build with sanitizers, or on the plain one when it has the line BUILD = "plain". NAME
picks files: test_reload, or any part of it. With SOCLE_TEST_LONG in the environment tests that can do more do so.
Prints a line per file and ends with "N passed, N failed"; tests that were skipped are named apart and count as
neither.
"""
import argparse
import concurrent.futures
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

AT_ONCE = 2
# No file may take longer; one that does hangs.
LIMIT = 7200 if os.environ.get("SOCLE_TEST_LONG") else 900


def run_file(path, result_path):
    """In the child: runs one file's tests and writes how they went."""
    module = importlib.import_module(os.path.basename(path)[:-3])
    tests = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=0).run(tests)
    # One test can fail in its body, in parts of it and in its cleanup; it is one failure.
    failed = {str(getattr(test, "test_case", test)) for test, _ in result.failures + result.errors}
    failed |= {str(test) for test in result.unexpectedSuccesses}
    with open(result_path, "w") as f:
        json.dump({"run": result.testsRun, "failed": len(failed), "skipped": [str(t) for t, _ in result.skipped]}, f)


def plain(path):
    with open(path) as f:
        return re.search(r'^BUILD = "plain"', f.read(), re.M) is not None


def run_in_child(path, build, scratch):
    """(passed, failed, skipped names). A file that can't be loaded, dies or hangs is one failure."""
    os.makedirs(scratch)
    result_path = os.path.join(scratch, "result.json")
    command = [sys.executable, os.path.abspath(__file__), "--one", path, result_path]
    with subprocess.Popen(command, env={**os.environ, "SOCLE_BUILD": os.path.abspath(build)},
                          stdin=subprocess.DEVNULL) as child:
        try:
            child.wait(LIMIT)
        except subprocess.TimeoutExpired:
            print(f"{os.path.basename(path)} has not ended after {LIMIT} s", file=sys.stderr)
            child.terminate()
        except BaseException:
            child.terminate()
            raise
    try:
        with open(result_path) as f:
            result = json.load(f)
    except FileNotFoundError:
        return 0, 1, []
    return result["run"] - result["failed"] - len(result["skipped"]), result["failed"], result["skipped"]


def main():
    if sys.argv[1:2] == ["--one"]:
        # As on Ctrl-C: what the tests have started is stopped on the way out.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        run_file(*sys.argv[2:4])
        return 0
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--plain", default="build")
    parser.add_argument("--asan", default=os.path.join("build", "asan"))
    parser.add_argument("--json")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    import support  # starts the server that all files share
    support.mariadb_socket()
    passed = failed = 0
    skipped = []
    files = sorted(name for name in os.listdir(HERE) if name.startswith("test_") and name.endswith(".py")
                   and (not options.names or any(wanted in name for wanted in options.names)))

    def run(name):
        path, start = os.path.join(HERE, name), time.monotonic()
        counts = run_in_child(path, options.plain if plain(path) else options.asan, os.path.join(scratch, name))
        return name, counts, time.monotonic() - start

    # They wait more than they work, so two at a time.
    with tempfile.TemporaryDirectory(prefix="socle-test-run.") as scratch, \
            concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run, name) for name in files]):
            name, (good, bad, left_out), took = done.result()
            passed, failed, skipped = passed + good, failed + bad, skipped + left_out
            print(f"  {name[:-3]:32} {good} passed, {bad} failed  {took:.1f} s", flush=True)
    for name in skipped:
        print(f"  not run: {name}")
    if options.json:
        with open(options.json, "w") as f:
            json.dump({"passed": passed, "failed": failed, "skipped": skipped}, f)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
