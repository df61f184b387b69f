"""What content lies in a database: the rows and definitions of the tables that content types and components have.

    before = tables.read(session, "database", collections)
    ...
    for line in tables.differences(before, tables.read(session, "database", collections)):
        print(line)
"""
import glob
import json
import os
import re
import tomllib

LINKING = re.compile(r"_(lnk|cmps|mph)$")
# Accounts, roles, permissions and tokens are no content: Strapi fills these tables when it starts.
ACCOUNTS = re.compile(r"^(admin|up|strapi)_")


def collections(folders):
    """The tables that the content types and components in these plugin folders name."""
    found = set()
    for folder in folders:
        for path in glob.glob(os.path.join(folder, "**"), recursive=True):
            schema = read_schema(path)
            if isinstance(schema.get("collectionName"), str):
                found.add(schema["collectionName"])
    return found


def read_schema(path):
    if path.endswith(".json"):
        with open(path) as f:
            schema = json.load(f)
        return schema if isinstance(schema, dict) else {}
    if path.endswith(".toml"):
        with open(path, "rb") as f:
            return tomllib.load(f)
    return {}


def names(session, database, content):
    """The content's own tables, and all that link something to it or hold its components."""
    rows = session.rows("SELECT table_name FROM information_schema.tables WHERE "
                        f"table_schema = '{database}' AND table_type = 'BASE TABLE' ORDER BY 1")
    return [name for (name,) in rows
            if (name in content or LINKING.search(name)) and not ACCOUNTS.match(name)]


def read(session, database, content):
    """{table: (definition, rows)}; the rows by id, each a list of strings."""
    found = {}
    for name in names(session, database, content):
        definition = session.rows(f"SHOW CREATE TABLE `{database}`.`{name}`")[0][1]
        definition = re.sub(r" AUTO_INCREMENT=\d+", "", definition)
        found[name] = (definition, session.rows(f"SELECT * FROM `{database}`.`{name}` ORDER BY id"))
    return found


def count(found):
    return sum(len(rows) for _, rows in found.values())


def differences(before, after, most=5):
    """What has changed, a line each."""
    lines = [f"{name}: the table is gone" for name in before if name not in after]
    lines += [f"{name}: a new table" for name in after if name not in before]
    for name in before.keys() & after.keys():
        lines += compare_rows(name, before[name][1], after[name][1], most)
        if before[name][0] != after[name][0]:
            lines.append(f"{name}: its definition was\n{before[name][0]}\nand is\n{after[name][0]}")
    return sorted(lines)


def compare_rows(name, before, after, most):
    lines = []
    if len(before) != len(after):
        lines.append(f"{name}: {len(before)} rows before, {len(after)} after")
    was = {row[0]: row for row in before}
    now = {row[0]: row for row in after}
    for key in [key for key in {**was, **now} if was.get(key) != now.get(key)][:most]:
        lines.append(f"{name}: row {key} was {was.get(key)} and is {now.get(key)}")
    return lines
