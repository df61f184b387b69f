"""tools/bench --writes: creates and updates per second, beside a program that runs the same statements and nothing else.

The statements are captured: a request of each kind is made once with the database's general log on, and what it ran becomes
the plan of tests/bench/limit_writes.c. Then wrk drives both, in turns, on the same database.
"""
import argparse
import os
import re
import signal
import subprocess
import sys
import time

from conformance import DATABASE, Site
from host import ROOT, free_port

TICK = os.sysconf("SC_CLK_TCK")
# Documents that the updates go round.
DOCUMENTS = 64
# Name, method, path, body (%s: a text of the request's own), whether it is of a document that is there.
WORKLOADS = (
    ("create, no drafts", "POST", "/api/comments", '{"body":"%s","likes":1}', False),
    ("update, no drafts", "PUT", "/api/comments", '{"body":"%s","likes":2}', True),
    ("create and publish", "POST", "/api/reviews", '{"title":"%s","score":4,"verified":true}', False),
    ("update and publish", "PUT", "/api/reviews", '{"title":"%s","score":3}', True),
    # The look whether a value is taken goes through the whole table, which grows: its column has no index in Strapi's layout.
    ("create, a unique value", "POST", "/api/tags", '{"name":"%s","color":"red","weight":1.5}', False),
)
TABLES = {"/api/comments": "comments", "/api/reviews": "reviews", "/api/tags": "tags"}
LUA = """
local threads = 0
function setup(thread) threads = threads + 1; thread:set("number", threads) end
local documents = { %s }
function init() count = 0; prefix = string.format("b%%d %%d ", os.time(), number) end
function request()
  count = count + 1
  local path = "%s"
  if #documents > 0 then path = path .. "/" .. documents[(count * 7 + number * 31) %% #documents + 1] end
  return wrk.format("%s", path, { ["Content-Type"] = "application/json" },
    '{"data":' .. string.format('%s', prefix .. count) .. '}')
end
"""


# ---- capturing ----

LITERAL = r"('(?:[^'\\]|\\.|'')*'|NULL|-?[0-9.eE+-]+)"


def parameter(text, known):
    """How the plan names a value of the log."""
    plain = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith("'") else text
    if plain in known:
        return known[plain]
    if text == "NULL":
        return "n"
    if text.startswith("'"):
        return "t" + plain
    return ("i" if re.fullmatch(r"-?\d+", text) else "d") + text


def match(executed, templates):
    """(the statement as it was prepared, the values it ran with)"""
    for sql, pattern in templates.items():
        found = pattern.fullmatch(executed)
        if found:
            return sql, found.groups()
    raise RuntimeError(f"no prepared statement is like {executed}")


def log_rows(session):
    return session.rows("SELECT command_type, REPLACE(REPLACE(argument, '\\n', ' '), '\\t', ' ') FROM mysql.general_log "
                        "WHERE user_host LIKE 'root%' AND command_type IN ('Prepare', 'Execute', 'Query') AND "
                        "argument NOT LIKE '%general_log%' AND argument NOT LIKE '%end-of-answer%'")


def capture(site, session, templates, method, path, body, existing):
    """The plan's lines of one request."""
    table = TABLES[path]
    name = f"captured {time.monotonic_ns()}"

    def ask(text, document):
        answer = site.host.request(method, path + (f"/{document}" if document else ""),
                                   '{"data":' + body % text + "}", {"Content-Type": "application/json"})
        if answer.status // 100 != 2:
            raise RuntimeError(f"{method} {path} answers {answer}")
        return answer.json["data"]["documentId"]
    document = existing
    session.rows("TRUNCATE mysql.general_log")
    ask(f"{name} warm", document)  # prepares what isn't yet
    warm = log_rows(session)
    session.rows("TRUNCATE mysql.general_log")
    document = ask(name, document)
    rows = log_rows(session)
    for kind, text in warm + rows:
        if kind == "Prepare":
            templates[text] = re.compile("".join(LITERAL if part == "?" else re.escape(part)
                                                 for part in re.split(r"(\?)", text)))
    ids = [row[0] for row in session.rows(f"SELECT id FROM `{DATABASE}`.`{table}` WHERE document_id = '{document}' ORDER BY id")]
    return [f"route {method} {path}"] + lines_of(
        rows, templates, table, {name: "$name", document: "$doc"}, ids, existing is None)


def capture_all(site, session):
    """A statement is logged with its values when the log was on as it was prepared; then it is slower for good, so that the host
    gets new connections before it and behind it."""
    templates, lines = {}, []
    session.rows("SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON")
    restart(site.host)
    for _, method, path, body, updates in WORKLOADS:
        lines += capture(site, session, templates, method, path, body, documents(site, path, 1)[0] if updates else None)
    session.rows("SET GLOBAL general_log = OFF")
    restart(site.host)
    return lines


def restart(host):
    host.stop()
    host.start()


def lines_of(rows, templates, table, known, ids, creating):
    """Row ids become the numbers of the statements that tell them: the draft's, then the published row's."""
    telling = [f"INSERT INTO `{table}`"] if creating else ["SELECT `id`, `published_at` IS NULL", "SELECT o.`id`"]
    lines, left = [], list(ids)
    for kind, text in rows:
        if kind == "Prepare":
            continue
        if kind == "Query":
            lines.append(text)
            continue
        sql, values = match(text, templates)
        lines.append("\t".join([sql, *(parameter(value, known) for value in values)]))
        if left and sql.startswith(tuple(telling)):
            known[left.pop(0)] = f"${len(lines) - 1}"
    return lines


# ---- measuring ----

def cpu_of(pids):
    """Seconds that the processes have used."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def drive(url, script, connections, seconds, pids, database):
    """(requests a second, microseconds of the program and of the database for each, failed)"""
    words = ["wrk", f"-t{min(2, connections)}", f"-c{connections}", "-s", script]
    subprocess.run([*words, "-d1s", url], check=True, stdout=subprocess.DEVNULL)
    before, database_before = cpu_of(pids), cpu_of([database])
    said = subprocess.run([*words, f"-d{seconds}s", url], check=True, capture_output=True, text=True).stdout
    used, database_used = cpu_of(pids) - before, cpu_of([database]) - database_before
    count = int(re.search(r"(\d+) requests in", said)[1])
    rate = float(re.search(r"Requests/sec: +([\d.]+)", said)[1])
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return rate, used / count * 1e6, database_used / count * 1e6, int(failed[1]) if failed else 0


def documents(site, path, count=DOCUMENTS):
    """The ids of new ones."""
    body = next(body for _, method, of, body, _ in WORKLOADS if method == "POST" and of == path)
    return [site.host.request("POST", path, '{"data":' + body % f"bench document {i}" + "}",
                              {"Content-Type": "application/json"}).json["data"]["documentId"] for i in range(count)]


def fresh(site, path, method, body, updates):
    """Puts the recorded database back, and writes wrk's script for one run on it."""
    site.seed.reset()
    script = os.path.join(site.folder, "writes.lua")
    with open(script, "w") as f:
        f.write(LUA % (", ".join(f'"{d}"' for d in documents(site, path)) if updates else "", path, method, body))
    return script


def measure(site, session, options, limit_program):
    plan = os.path.join(site.folder, "plan")
    lines = capture_all(site, session)
    with open(plan, "w") as f:
        f.write("\n".join(lines) + "\n")
    if options.plan:
        print("\n".join(lines))
    port = free_port()
    with open(os.path.join(site.server.folder, "mariadbd.pid")) as f:
        database = int(f.read())
    limit = subprocess.Popen([limit_program, str(port), site.server.socket, DATABASE, plan], stdout=subprocess.PIPE, text=True)
    try:
        limit.stdout.readline()
        print("| workload | statements | connections | Socle/s | limit/s | share | Socle CPU us | limit CPU us "
              "| MariaDB CPU us (Socle, limit) | failed |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for name, method, path, body, updates in WORKLOADS:
            start = lines.index(f"route {method} {path}")
            statements = next((i for i, line in enumerate(lines[start + 1:]) if line.startswith("route ")),
                              len(lines) - start - 1)
            for connections in options.connections:
                ours, theirs = (
                    drive(url, fresh(site, path, method, body, updates), connections, options.duration, pids, database)
                    for url, pids in ((site.host.url, site.host.worker_pids()), (f"http://127.0.0.1:{port}", [limit.pid])))
                print(f"| {name} | {statements} | {connections} | {ours[0]:.0f} | {theirs[0]:.0f} | {ours[0] / theirs[0]:.0%} "
                      f"| {ours[1]:.0f} | {theirs[1]:.0f} | {ours[2]:.0f}, {theirs[2]:.0f} | {ours[3] + theirs[3]} |", flush=True)
    finally:
        limit.terminate()
        limit.wait()
        limit.stdout.close()


def main():
    # A signal ends it as Ctrl-C does, so that what was started is stopped on the way out.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    parser = argparse.ArgumentParser(prog="tools/bench --writes", description=__doc__.split("\n")[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--duration", type=int, default=10)
    parser.add_argument("--connections", type=lambda text: [int(n) for n in text.split()], default=[1, 16])
    parser.add_argument("--plan", action="store_true", help="also shows the statements")
    options = parser.parse_args()
    program = os.path.join("tests", "bench", "limit_writes")
    subprocess.run(["ninja", "-C", options.build, program], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    site = Site(options.build)
    try:
        with site.server.session() as session:
            measure(site, session, options, os.path.join(options.build, program))
    finally:
        site.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
