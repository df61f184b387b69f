"""A MariaDB server for tests, and clients for it. The server itself is mariadb.sh's.

    server = Server(folder)          started at once; stop() ends it, its data is gone then
    server.run("CREATE DATABASE x")
    server.load("dump.sql.gz", "x")
    server.url("x")                  for SOCLE_DATABASE_URL
    with server.session() as db:     one connection kept open, for statement after statement
        rows = db.rows("SELECT 1")
"""
import gzip
import os
import shutil
import subprocess
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENT = ["mariadb", "--no-defaults", "--user=root", "--default-character-set=utf8mb4"]


class DatabaseError(Exception):
    pass


def shell(function, *arguments, env=None):
    """Calls a function of mariadb.sh; raises with what it said when it fails. `env` is added to the environment."""
    script = 'set -euo pipefail; . "$1/mariadb.sh"; shift; "$@"'
    # To a file, not a pipe: the server that is started inherits it and would keep a pipe open.
    with open(os.path.join(arguments[-1], "shell.log"), "w+") as log:
        done = subprocess.run(["bash", "-c", script, "_", HERE, function, *arguments],
                              stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **(env or {})})
        log.seek(0)
        if done.returncode != 0:
            raise DatabaseError(f"{function} failed: {log.read().strip()}")


class Server:
    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        os.makedirs(self.folder, exist_ok=True)
        shell("mariadb_start", "--fast", self.folder)
        with open(os.path.join(self.folder, "socket.path")) as f:
            self.socket = f.read().strip()

    def stop(self):
        if os.path.isdir(self.folder):
            shell("mariadb_stop", self.folder)
            shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database):
        return url(self.socket, database)

    def run(self, sql, database=""):
        return run(self.socket, sql, database)

    def load(self, dump, database):
        return load(self.socket, dump, database)

    def session(self, database=""):
        return Session(self.socket, database)


def url(socket, database):
    quoted = urllib.parse.quote(socket, safe="/")
    return f"mysql://root@localhost/{urllib.parse.quote(database, safe='')}?socket={quoted}"


def run(socket, sql, database=""):
    """Runs statements and returns what the client printed: lines, with a tab between columns."""
    done = subprocess.run([*CLIENT, f"--socket={socket}", "--batch", "--skip-column-names", database],
                          input=sql, capture_output=True, text=True)
    if done.returncode != 0:
        raise DatabaseError(done.stderr.strip())
    return done.stdout


def load(socket, dump, database):
    """Makes the database anew and fills it from a dump, packed with gzip or not."""
    name = database.replace("`", "``")
    run(socket, f"DROP DATABASE IF EXISTS `{name}`; CREATE DATABASE `{name}` "
                "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    opened = gzip.open(dump, "rb") if dump.endswith(".gz") else open(dump, "rb")
    with opened as source:
        client = subprocess.Popen([*CLIENT, f"--socket={socket}", database], stdin=subprocess.PIPE,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            shutil.copyfileobj(source, client.stdin)
        except BrokenPipeError:
            pass  # the client ended early, and says why
        message = client.communicate()[1].decode(errors="replace")
    if client.returncode != 0:
        raise DatabaseError(f"loading {dump}: {message.strip()}")


class Session:
    """One client process, hence one connection, that takes statement after statement.

    Starting a client costs ten times what a small statement costs. A statement that fails ends the
    client; the next call then raises too.
    """
    END = "--end-of-answer--"

    def __init__(self, socket, database=""):
        self.client = subprocess.Popen(
            [*CLIENT, f"--socket={socket}", "--batch", "--skip-column-names", "--unbuffered", database],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def rows(self, sql):
        """Runs statements; all their rows, each a list of strings as the client's batch mode writes them."""
        answer = []
        try:
            self.client.stdin.write(f"{sql};\nSELECT '{self.END}';\n")
            self.client.stdin.flush()
            for line in self.client.stdout:
                line = line.rstrip("\n")
                if line == self.END:
                    return answer
                answer.append(line.split("\t"))
        except BrokenPipeError:
            pass
        raise DatabaseError(self.client.stderr.read().strip() or "the client ended")

    def close(self):
        self.client.stdin.close()
        self.client.wait()
        self.client.stdout.close()
        self.client.stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
