"""tools/crosscheck: the host and a real Strapi on one database, each going on with what the other wrote."""
import argparse
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import fromempty
import invariants
import recorded
import tables
from conformance import DATABASE, Site, finish, say
from host import ROOT, HostError
from recorded import CONFORMANCE, CorpusError
from scratchdb import DatabaseError
from strapi import Strapi, StrapiError, refuse_if_missing

# Strapi too deletes an entry without looking who leads to it by a morph, and takes any row's number into one.
STRAPIS_OWN = re.compile(r"comments(_mentions_mph)?: leads to nothing: ")

# They need accounts, tokens and uploads, which the host does not serve yet.
NOT_YET = ("auth", "users", "token", "upload")


class Pair:
    """The host serving the recorded database, or with `empty` its own, and Strapi (not started yet) for the same one."""

    def __init__(self, build, empty=False):
        self.strapi = None
        self.site = Site(build, empty=empty)
        try:
            self.strapi = Strapi(self.site.server.socket, DATABASE, os.path.join(CONFORMANCE, "data", "uploads"),
                                 self.site.folder)
            self.session = self.site.server.session(DATABASE)
            self.content = tables.collections(glob.glob(os.path.join(self.site.plugins, "*")))
        except BaseException:
            self.stop()
            raise

    def tables(self):
        return tables.read(self.session, DATABASE, self.content)

    def check_layout(self, tally, when):
        """Holds what the host wrote against the rules of the layout."""
        models = invariants.models_of(glob.glob(os.path.join(self.site.plugins, "*")))
        found = [line for line in invariants.check(self.session.rows, models) if not STRAPIS_OWN.match(line)]
        tally.judge(f"the layout {when}", found)

    def ask(self, mode, *more):
        """Runs crosscheck.mjs; what it counted."""
        out = os.path.join(self.site.folder, "crosscheck.json")
        command = ["node", os.path.join(CONFORMANCE, "crosscheck.mjs"), mode, "--types",
                   os.path.join(CONFORMANCE, "plugins", "oracle"), "--socle", self.site.host.url,
                   "--strapi", self.strapi.url, "--out", out, *more]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as node:
            try:
                problem = node.communicate()[1]
            except BaseException:
                node.kill()
                raise
        if node.returncode != 0:
            raise CorpusError(f"crosscheck.mjs {mode} ended with status {node.returncode}: {problem.strip()}")
        with open(out) as f:
            return json.load(f)

    def stop(self):
        if self.strapi:
            self.strapi.close()
        self.site.stop()


class Tally:
    """What passed, what failed, and how often what was done."""

    def __init__(self):
        self.passed = self.failed = 0
        self.counts, self.notes = {}, []

    def judge(self, name, problems):
        if not problems:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAIL {name}")
        for line in problems:
            print(f"     {line}")

    def add(self, result):
        self.passed += result["passed"]
        self.failed += result["total"] - result["passed"]
        self.notes += [note for note in result["notes"] if note not in self.notes]
        for what, times in result["counts"].items():
            self.counts[what] = self.counts.get(what, 0) + times

    def told(self):
        return ", ".join(f"{times} {what}" for what, times in sorted(self.counts.items()))


def check_group(pair, group, corpus):
    """Strapi is started on what the whole group left behind; then scenario after scenario from the seed."""
    tally = Tally()
    pair.strapi.stop()
    pair.site.seed.reset()
    scenarios = ["--group", group, "--corpus", corpus]
    tally.add(pair.ask("leave", *scenarios))
    pair.check_layout(tally, f"after {group}")
    before = pair.tables()
    pair.strapi.start()
    tally.judge(f"{group}: Strapi starts and changes nothing", tables.differences(before, pair.tables()))
    tally.add(pair.ask("agree"))
    tally.add(pair.ask("scenarios", *scenarios, "--reset", pair.site.resets.command))
    return tally


def check_groups(pair, groups):
    deviations = recorded.read_deviations(os.path.join(CONFORMANCE, "deviations.json"))
    corpus, otherwise, left_out = recorded.prepare(os.path.join(CONFORMANCE, "corpus"), deviations,
                                                   os.path.join(pair.site.folder, "corpus"))
    passed = failed = 0
    notes = []
    for group in groups:
        tally = check_group(pair, group, corpus)
        print(f"{group} {tally.passed}/{tally.passed + tally.failed}: {tally.told()}", flush=True)
        passed, failed = passed + tally.passed, failed + tally.failed
        notes += [note for note in tally.notes if note not in notes]
    if notes:
        print("refused by Strapi and, in the same words, by the host:")
        for note in sorted(notes):
            print(f"     {note}")
    if otherwise or left_out:
        print(f"tests/conformance/deviations.json: {len(otherwise)} cases of all groups compared with the answer given "
              f"there, {len(left_out)} left out")
    return passed, failed


def write_groups():
    """Groups with write scenarios: those to check, and those that can't be yet."""
    found = []
    for path in sorted(glob.glob(os.path.join(CONFORMANCE, "corpus", "shared", "*.jsonl"))):
        with open(path) as f:
            if any(json.loads(line)["state"] == "write" for line in f if line.strip()):
                found.append(os.path.basename(path).rsplit(".", 1)[0])
    later = [name for name in found if name.startswith(NOT_YET)]
    return [name for name in found if name not in later], later


def keep(pair, folder):
    """The logs, and the content's tables as they are at the end."""
    os.makedirs(folder, exist_ok=True)
    for log in (pair.site.host.log_path, pair.strapi.log_path):
        if os.path.exists(log):
            shutil.copy(log, folder)
    with open(os.path.join(folder, "tables.json"), "w") as out:
        json.dump({name: rows for name, (_, rows) in pair.tables().items()}, out, indent=1)


def arguments():
    parser = argparse.ArgumentParser(prog="tools/crosscheck", description=__doc__.split(": ", 1)[1])
    parser.add_argument("--group", action="append", default=[], metavar="NAME", help="only this group; may be repeated")
    parser.add_argument("--from-empty", action="store_true", help="on a database that the host made, instead")
    parser.add_argument("--build", default=os.path.join(ROOT, "build"), metavar="DIR",
                        help="the build to test, as it stands (default: build, brought up to date)")
    parser.add_argument("--keep", metavar="DIR", help="put the logs and the rows of all content there at the end")
    parser.add_argument("--list", action="store_true", help="name the groups and run nothing")
    options = parser.parse_args()
    options.group = [name for value in options.group for name in value.split(",") if name]
    return options


def run(options, groups):
    pair = None
    try:
        pair = Pair(options.build, empty=options.from_empty)
        passed, failed = fromempty.check(pair, Tally()) if options.from_empty else check_groups(pair, groups)
        if failed and pair.strapi.log_end():
            say(f"the end of Strapi's log:\n{pair.strapi.log_end()}")
        return passed, failed + finish(pair.site)
    finally:
        # A second signal must not cut the stopping short.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if pair and options.keep:
            keep(pair, options.keep)
        if pair:
            pair.stop()


def main():
    options = arguments()
    groups, later = write_groups()
    if options.list:
        print("\n".join(groups))
        return 0
    # A signal ends it as an exception does, so that everything is stopped on the way out.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    try:
        unknown = [name for name in options.group if name not in groups]
        if unknown:
            raise CorpusError(f"no group to check: {', '.join(unknown)}; see --list")
        refuse_if_missing()
        passed, failed = run(options, options.group or groups)
    except (CorpusError, DatabaseError, HostError, StrapiError) as error:
        say(error)
        print("0 passed, 1 failed")
        return 1
    if not options.from_empty and not options.group:
        print(f"not checked, they need accounts, tokens or uploads: {', '.join(later)}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
