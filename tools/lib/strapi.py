"""A real Strapi on a database of ours: the application of `../shared/oracle` (or $SOCLE_ORACLE) in a scratch folder.

    strapi = Strapi(socket, "database", uploads, scratch)
    strapi.start()                   returns once it serves
    strapi.url, strapi.request("GET", "/api/tags")
    strapi.stop()

Its packages come from npm, once: they stay in $ORACLE_DIR (`.socle/oracle`), which is git-ignored. A run holds a lock on that
folder from `Strapi(...)` until `close()`, which also stops it.
"""
import contextlib
import fcntl
import hashlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import time

from host import ROOT, Answer, ended, free_port

ORACLE = os.environ.get("SOCLE_ORACLE") or os.path.join(os.path.dirname(ROOT), "shared", "oracle")
CACHE = os.environ.get("ORACLE_DIR") or os.path.join(ROOT, ".socle", "oracle")
NODE = 20

# In place of the application's own: the private server has a socket and no network.
DATABASE_JS = """module.exports = ({ env }) => ({
  connection: {
    client: 'mysql',
    connection: { socketPath: env('DATABASE_SOCKET'), database: env('DATABASE_NAME'), user: 'root' },
    pool: { min: 0, max: 10 },
  },
});
"""


class StrapiError(Exception):
    pass


def refuse_if_missing():
    """Raises with what is missing before anything has been started."""
    if not os.path.isfile(os.path.join(ORACLE, "build-app.mjs")):
        raise StrapiError(f"there is no Strapi application to check with in {ORACLE}: put one there, or name its "
                          "folder in SOCLE_ORACLE")
    for program in ("node", "npm"):
        if not shutil.which(program):
            raise StrapiError(f"{program} is missing: Strapi needs Node {NODE} or newer, with npm (Debian 12 has 18)")
    version = subprocess.run(["node", "-p", "process.versions.node"], capture_output=True, text=True).stdout.strip()
    if not version or int(version.split(".")[0]) < NODE:
        raise StrapiError(f"Strapi needs Node {NODE} or newer, and this is {version or 'none'} (Debian 12 has 18)")


class Strapi:
    def __init__(self, socket, database, uploads, folder):
        """`uploads` are files that it serves; `folder` is where its log is written."""
        refuse_if_missing()
        self.app = os.path.join(CACHE, "oracle-app")
        self.log_path = os.path.join(folder, "strapi.log")
        self.process = None
        self.port = free_port()
        os.makedirs(self.app, exist_ok=True)
        self.lock = open(os.path.join(CACHE, "lock"), "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.lock.close()
            raise StrapiError(f"another run is using {CACHE}; wait for it, or name another folder in ORACLE_DIR")
        self.env = {
            **os.environ, "NODE_ENV": "production", "TZ": "UTC", "HOST": "127.0.0.1", "PORT": str(self.port),
            "ORACLE_APP_DIR": self.app, "DATABASE_SOCKET": socket, "DATABASE_NAME": database,
            "STRAPI_TELEMETRY_DISABLED": "true", "STRAPI_DISABLE_UPDATE_NOTIFICATION": "true",
        }
        self.install()
        self.lay_out(uploads)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def install(self):
        """Its packages, unless the same ones are there."""
        wanted = hashlib.sha256()
        for name in ("package.json", "package-lock.json"):
            source = os.path.join(ORACLE, "app", name)
            with open(source, "rb") as f:
                wanted.update(f.read())
            shutil.copyfile(source, os.path.join(self.app, name))
        mark = os.path.join(CACHE, "installed")
        with contextlib.suppress(FileNotFoundError), open(mark) as f:
            if f.read().strip() == wanted.hexdigest():
                return
        env = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
        # Not `npm ci`: the application's lock file lacks packages for systems other than its author's.
        self.run("npm install", ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], env)
        with open(mark, "w") as f:
            f.write(wanted.hexdigest() + "\n")

    def lay_out(self, uploads):
        self.run("build-app.mjs", ["node", os.path.join(ORACLE, "build-app.mjs")], self.env)
        with open(os.path.join(self.app, "config", "database.js"), "w") as f:
            f.write(DATABASE_JS)
        public = os.path.join(self.app, "public", "uploads")
        shutil.rmtree(public, ignore_errors=True)
        shutil.copytree(uploads, public)

    def run(self, what, command, env):
        # A session of its own, ended whole: npm starts processes that outlive it when it is cut short.
        process = subprocess.Popen(command, cwd=self.app, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, start_new_session=True)
        try:
            said = process.communicate()[0]
        except BaseException:
            kill_all(process)
            raise
        if process.returncode != 0:
            raise StrapiError(f"{what}, {ended(process.returncode)}: {said.strip()[-4000:]}")

    def start(self, wait=240):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(["node", "node_modules/@strapi/strapi/bin/strapi.js", "start"], cwd=self.app,
                                            env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        deadline = time.monotonic() + wait
        while not self.serves():
            if self.process.poll() is not None:
                raise StrapiError(f"Strapi ended while starting, {ended(self.process.returncode)}:\n{self.log_end()}")
            if time.monotonic() > deadline:
                raise StrapiError(f"Strapi does not serve after {wait} s:\n{self.log_end()}")
            time.sleep(0.05)
        return self

    def serves(self):
        try:
            return self.request("GET", "/_health", timeout=5).status == 204
        except (OSError, http.client.HTTPException):
            return False

    def request(self, method, path, body=None, timeout=60):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def stop(self, wait=20):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(wait)
            except subprocess.TimeoutExpired:
                pass
        kill_all(self.process)
        self.process = None

    def close(self):
        self.stop()
        self.lock.close()

    def log_end(self, lines=30):
        try:
            with open(self.log_path, errors="replace") as f:
                return "\n".join(f.read().splitlines()[-lines:])
        except FileNotFoundError:
            return ""


def kill_all(process):
    """Ends what is left of a process's session, the process too."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
