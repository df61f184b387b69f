"""The program under test: starting it, asking it, stopping it.

    host = Host(build="build", plugins=[folder], config=folder, database_url=url, folder=scratch)
    host.start()                     returns once GET /_health answers 204
    answer = host.request("GET", "/api/articles")
    host.stop()                      SIGTERM, and every process of it is gone

`folder` is where it runs: its state, its log and public/uploads lie there.
"""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# A report of a sanitizer, or of valgrind, which with --quiet writes nothing else.
REPORT = re.compile(r"(ERROR|WARNING): \w*Sanitizer|runtime error:|^==\d+== ", re.M)
# The client library runs statements on a stack of its own, which valgrind takes for a huge frame.
VALGRIND = ["valgrind", "--quiet", "--max-stackframe=32768", "--error-exitcode=99", "--leak-check=full",
            "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite", "--trace-children=yes",
            f"--suppressions={os.path.join(ROOT, 'tests', 'valgrind.supp')}"]


class HostError(Exception):
    pass


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def stage(build, out, folders):
    """Makes complete plugin folders in `out` of these source folders; see plugins.sh."""
    script = 'set -euo pipefail; . "$1/plugins.sh"; shift; plugins_stage "$@"'
    done = subprocess.run(["bash", "-c", script, "_", HERE, os.path.abspath(build), out, *folders],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=ROOT)
    if done.returncode != 0:
        raise HostError(f"staging the plugins failed: {(done.stderr + done.stdout).strip()}")


class Answer:
    """A response: status, headers (names in lower case), body (bytes), json."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Host:
    def __init__(self, build, plugins, config, database_url, folder, port=None, workers=1, env=None,
                 wrapper=()):
        self.build = os.path.abspath(build)
        self.folder = os.path.abspath(folder)
        self.port = port or free_port()
        self.wrapper = list(wrapper)
        self.log_path = os.path.join(self.folder, "host.log")
        self.process = None
        self.status = None
        os.makedirs(os.path.join(self.folder, "public", "uploads"), exist_ok=True)
        self.env = {
            **os.environ,
            "SOCLE_HOST": "127.0.0.1", "SOCLE_PORT": str(self.port), "SOCLE_WORKERS": str(workers),
            "SOCLE_DATABASE_URL": database_url, "SOCLE_PLUGINS": ":".join(plugins),
            "SOCLE_CONFIG": os.path.abspath(config), "SOCLE_STATE": os.path.join(self.folder, "state"),
            "TZ": "UTC", **(env or {}),
        }

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    def start(self, wait=120):
        """Starts it; with wait=0 returns at once, else when it is healthy, within that many seconds."""
        with open(self.log_path, "ab") as log:
            # A session of its own: Ctrl-C goes to the test, which then stops this in good order.
            self.process = subprocess.Popen([*self.wrapper, os.path.join(self.build, "socle"), "start"],
                                            cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)
        if wait:
            self.wait_healthy(wait)
        return self

    def wait_healthy(self, wait=120):
        deadline = time.monotonic() + wait
        while not self.healthy():
            if self.process.poll() is not None:
                raise HostError(f"the host ended while starting, {ended(self.process.returncode)}:\n"
                                f"{self.log_end()}")
            if time.monotonic() > deadline:
                raise HostError(f"the host is not healthy after {wait} s:\n{self.log_end()}")
            time.sleep(0.02)

    def healthy(self):
        try:
            return self.request("GET", "/_health", timeout=5).status == 204
        except (OSError, http.client.HTTPException):
            return False

    def request(self, method, path, body=None, headers=None, timeout=60):
        """One request on a connection of its own. A body that is not text or bytes goes as JSON."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def command(self, *arguments, timeout=60):
        """Runs another `socle` command beside the running host; the finished process."""
        return subprocess.run([os.path.join(self.build, "socle"), *arguments], cwd=self.folder, env=self.env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)

    def status_json(self):
        done = self.command("status", "--json")
        if done.returncode != 0:
            raise HostError(f"socle status, {ended(done.returncode)}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def worker_pids(self):
        return [worker["pid"] for worker in self.status_json()["workers"]]

    def kill_workers(self, choose=lambda pids: pids):
        """SIGKILL to the workers, or to those that are chosen of them; one that ended meanwhile is as good as killed."""
        pids = choose(self.worker_pids())
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return pids

    def signal(self, number):
        os.kill(self.process.pid, number)

    def stop(self, wait=60):
        """SIGTERM, then waits; the exit status. What has not ended by then is killed."""
        if self.process is None:
            return self.status
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(wait)
            except subprocess.TimeoutExpired:
                pass
        try:
            # Also after a regular end: a worker that outlived its supervisor must not stay.
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.status = self.process.wait()
        self.process = None
        return self.status

    def log(self):
        try:
            with open(self.log_path, errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def log_end(self, lines=40):
        return "\n".join(self.log().splitlines()[-lines:])

    def reports(self):
        """The log from the first report of a sanitizer or of valgrind on; empty if there is none."""
        log = self.log()
        found = REPORT.search(log)
        return log[log.rfind("\n", 0, found.start()) + 1:] if found else ""


def ended(status):
    if status is not None and status < 0:
        return f"by {signal.Signals(-status).name}"
    return f"with status {status}"
