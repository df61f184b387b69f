"""tools/conformance: the recorded database behind the host, and the recorded answers held against it."""
import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import threading

import recorded
from host import ROOT, VALGRIND, Host, HostError, ended, stage
from recorded import CONFORMANCE, CorpusError
from scratchdb import DatabaseError, Server
from seed import Seed

DATABASE = "socle_conformance"
FIRST_PARTY = ("standard", "admin", "upload", "users-permissions", "i18n", "content-type-builder")
# The secrets that the recorded answers, tokens and hashes were made with.
SECRETS = {
    "JWT_SECRET": "oracle-jwt-secret",
    "ADMIN_JWT_SECRET": "oracle-admin-jwt-secret",
    "API_TOKEN_SALT": "oracle-api-token-salt",
    "TRANSFER_TOKEN_SALT": "oracle-transfer-salt",
    "ENCRYPTION_KEY": "oracle-encryption-key-0123456789",
    "APP_KEYS": "oracle-key-a,oracle-key-b",
}


class Site:
    """The host serving the recorded database, or with `empty` one that it makes itself, with all that it needs, in one
    scratch folder."""

    def __init__(self, build, profile="default", valgrind=False, port=None, workers=1, empty=False):
        self.folder = tempfile.mkdtemp(prefix="socle-conformance.")
        self.server = self.seed = self.host = self.resets = None
        try:
            self.plugins = os.path.join(self.folder, "plugins")
            stage(build, self.plugins, [*(os.path.join(ROOT, "plugins", name) for name in FIRST_PARTY),
                                        os.path.join(CONFORMANCE, "plugins", "oracle")])
            self.server = Server(os.path.join(self.folder, "db"))
            shutil.copytree(os.path.join(CONFORMANCE, "data", "site"), os.path.join(self.folder, "site"))
            self.make_empty() if empty else self.load()
            self.host = Host(build, [self.plugins], self.config(profile), self.server.url(DATABASE),
                             os.path.join(self.folder, "site"), port=port, workers=workers, env=SECRETS,
                             wrapper=VALGRIND if valgrind else ())
            self.host.start()
            if self.seed:
                self.resets = Resets(self.seed, self.folder)
        except BaseException:
            self.stop()
            raise

    def load(self):
        data = os.path.join(CONFORMANCE, "data")
        self.seed = Seed(self.server, DATABASE, os.path.join(data, "strapi.sql.gz"),
                         os.path.join(data, "uploads"), os.path.join(self.folder, "site", "public", "uploads"))

    def make_empty(self):
        self.server.run(f"CREATE DATABASE `{DATABASE}` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")

    def config(self, profile):
        """The configuration's folder: what every profile has, and over it what this one has of its own."""
        config = os.path.join(self.folder, "config")
        shutil.copytree(os.path.join(CONFORMANCE, "config"), config)
        if profile != "default":
            own = os.path.join(CONFORMANCE, f"config-{profile}")
            if not os.path.isdir(own):
                raise CorpusError(f"there is no profile {profile} ({own})")
            shutil.copytree(own, config, dirs_exist_ok=True)
        return config

    def stop(self):
        """Stops and removes everything; the host's exit status."""
        status = self.host.stop() if self.host else None
        if self.resets:
            self.resets.close()
        if self.seed:
            self.seed.close()
        if self.server:
            self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        return status


class Resets:
    """Lets a shell command put the seed back: it writes a line to one pipe and reads the answer from another.

    A command that opened the database itself would spend most of its time on starting a client.
    """

    def __init__(self, seed, folder):
        self.seed = seed
        self.ask, self.answer = os.path.join(folder, "reset.ask"), os.path.join(folder, "reset.answer")
        for path in (self.ask, self.answer):
            os.mkfifo(path)
        self.command = (f"echo reset >'{self.ask}'; read -r answer <'{self.answer}'; "
                        'echo "$answer" >&2; [ "$answer" = done ]')
        # Open for both ways, so that there is always a writer and reading never meets an end.
        self.requests = os.fdopen(os.open(self.ask, os.O_RDWR), "r+b", buffering=0)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while self.requests.readline() == b"reset\n":
            try:
                self.seed.reset()
                said = "done"
            except DatabaseError as error:
                said = " ".join(str(error).split())
            with open(self.answer, "w") as answer:
                answer.write(said + "\n")

    def close(self):
        self.requests.write(b"end\n")
        self.thread.join(5)
        self.requests.close()


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def serve(site):
    """Serves until a signal or the host's end."""
    print(f"ready url={site.host.url} database={DATABASE} socket={site.server.socket} "
          f"plugins={site.plugins} pid={site.host.pid}", flush=True)
    status = site.host.process.wait()
    say(f"the host ended by itself, {ended(status)}:\n{site.host.log_end()}")
    return 1


def run(site, options):
    deviations = recorded.read_deviations(os.path.join(CONFORMANCE, "deviations.json"))
    corpus, otherwise, left_out = recorded.prepare(options.corpus, deviations, os.path.join(site.folder, "corpus"))
    details = [f"--{name}" for name in ("diff", "list-failures") if getattr(options, name.replace("-", "_"))]
    results, told = recorded.replay(site.host.url, corpus, site.resets.command, site.folder, options.group,
                                    options.state, options.profile, details)
    for line in told:
        print(line)
    if not results:
        raise CorpusError("no case fits: see the groups with --list")
    for group, (passed, total) in sorted(results.items()):
        print(f"{group} {passed}/{total}")
    if otherwise or left_out:
        print(f"tests/conformance/deviations.json: {len(otherwise)} cases compared with the answer given there, "
              f"{len(left_out)} left out")
    passed = sum(p for p, _ in results.values())
    failed = sum(t - p for p, t in results.values())
    return results, passed, failed


def finish(site):
    """Stops the site; how many things went wrong beside the answers: its exit, reports of sanitizers."""
    alive, pid = site.host.process.poll() is None, site.host.pid
    site.host.stop()
    wrong = 0
    reports = site.host.reports()
    if reports:
        wrong += 1
        say(f"reports in the host's log:\n{reports[:20000]}")
    if not alive or site.host.status != 0:
        wrong += 1
        when = "when told to stop" if alive else "before it was told to"
        say(f"the host (process {pid}) ended {when}, {ended(site.host.status)}; the end of its log:\n"
            f"{site.host.log_end()}")
    return wrong


def arguments():
    parser = argparse.ArgumentParser(prog="tools/conformance", description=__doc__.split(": ", 1)[1])
    parser.add_argument("--corpus", default=os.path.join(CONFORMANCE, "corpus"), metavar="DIR",
                        help="another folder with fixtures.json and shared/ or holdout/")
    parser.add_argument("--group", action="append", default=[], metavar="NAME", help="only this group; may be repeated")
    parser.add_argument("--state", choices=("read", "write"), help="only cases of this kind")
    parser.add_argument("--profile", default="default", metavar="NAME",
                        help="only the cases recorded with these settings, served with them (strict)")
    parser.add_argument("--json", metavar="FILE", help="write the result there as well")
    parser.add_argument("--build", default=os.path.join(ROOT, "build"), metavar="DIR",
                        help="the build to test, as it stands (default: build, brought up to date)")
    parser.add_argument("--valgrind", action="store_true", help="run the host under valgrind")
    parser.add_argument("--diff", action="store_true", help="say of each failed case what differs")
    parser.add_argument("--list-failures", action="store_true", help="name the failed cases")
    parser.add_argument("--list", action="store_true", help="name the groups and run nothing")
    parser.add_argument("--serve", action="store_true",
                        help="serve the recorded database (on SOCLE_PORT, if set) until a signal comes")
    options = parser.parse_args()
    options.group = [name for value in options.group for name in value.split(",") if name]
    return options


def main():
    options = arguments()
    if options.list:
        for half in recorded.HALVES:
            folder = os.path.join(options.corpus, half)
            for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
                print(name.rsplit(".", 1)[0])
        return 0
    # A signal ends it as an exception does, so that everything is stopped on the way out.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0 if options.serve else 130))
    site = None
    try:
        port = int(os.environ.get("SOCLE_PORT") or 0) if options.serve else None
        site = Site(options.build, options.profile, options.valgrind, port, os.environ.get("SOCLE_WORKERS") or 1)
        if options.serve:
            return serve(site)
        results, passed, failed = run(site, options)
        failed += finish(site)
    except (CorpusError, DatabaseError, HostError) as error:
        say(error)
        if not options.serve:
            print("0 passed, 1 failed")
        return 1
    finally:
        # A second signal must not cut the stopping short.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if site:
            site.stop()
    if options.json:
        with open(options.json, "w") as f:
            json.dump({"groups": {g: {"passed": p, "total": t} for g, (p, t) in results.items()},
                       "passed": passed, "failed": failed}, f, indent=1)
            f.write("\n")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
