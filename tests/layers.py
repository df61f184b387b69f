#!/usr/bin/env python3
"""Holds the #include lines against the architecture.

    layers.py [ROOT]        checks the tree, prints each line that breaks a rule, and "N passed, N failed"
    layers.py --self-test   proves on small made-up trees that each rule can be broken and is seen

A folder of core/ may use itself and those before it in ORDER. Of ours, a plugin may use <socle/...> and the
headers of its own folder.
"""
import os
import re
import sys
import tempfile

# The house, from the ground up.
ORDER = ["base", "config", "loop", "http", "db", "model", "extension", "query", "document",
         "pipeline", "rest", "api", "plugin", "server", "cli"]
SOURCES = (".c", ".h", ".cc", ".hh", ".cpp", ".hpp")
PLUGINS = ("plugins", os.path.join("tests", "conformance", "plugins"))
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def includes(root, folder):
    """Every include below a folder: (file relative to root, line number, name, whether in quotes)."""
    for path, folders, files in os.walk(os.path.join(root, folder)):
        folders.sort()
        for name in sorted(files):
            if not name.endswith(SOURCES):
                continue
            full = os.path.join(path, name)
            with open(full, encoding="utf-8", errors="replace") as source:
                for number, line in enumerate(source, 1):
                    found = INCLUDE.match(line)
                    if found:
                        yield os.path.relpath(full, root), number, found[1] or found[2], bool(found[1])


def check_core(root):
    """What is wrong with the includes of core/. Files of core/ itself (the program's main) may use all."""
    for file, number, name, quoted in includes(root, "core"):
        parts = file.split(os.sep)
        own = parts[1] if len(parts) > 2 else None
        used = name.split("/")[0]
        if own is not None and own not in ORDER:
            yield f"{file}:{number}: core/{own}/ has no place in the order of the house"
        elif not quoted:
            if os.path.exists(os.path.join(root, "core", name)):
                yield f'{file}:{number}: <{name}> is a header of core/: write "{name}"'
        elif not os.path.exists(os.path.join(root, "core", name)) or ".." in name.split("/"):
            yield f'{file}:{number}: "{name}": headers of core/ are written relative to core/'
        elif own and used in ORDER and ORDER.index(used) > ORDER.index(own):
            yield f"{file}:{number}: {own}/ must not use {used}/, which stands on it"


def check_plugins(root):
    """What is wrong with the includes of plugins: each may use the SDK and itself."""
    for base in PLUGINS:
        for file, number, name, quoted in includes(root, base):
            plugin = os.path.join(base, os.path.relpath(file, base).split(os.sep)[0])
            beside = os.path.normpath(os.path.join(os.path.dirname(file), name))
            if quoted and beside.startswith(plugin + os.sep) and os.path.exists(os.path.join(root, beside)):
                continue
            if quoted:
                yield f'{file}:{number}: "{name}" is not in the plugin\'s folder'
            elif ".." in name.split("/") or (not name.startswith("socle/") and any(
                    os.path.exists(os.path.join(root, ours, name)) for ours in ("core", os.path.join("sdk", "include")))):
                yield f"{file}:{number}: <{name}>: of ours, a plugin uses <socle/...> and nothing else"


CHECKS = {"core": check_core, "plugins": check_plugins}

# A tree, and what a check says of it: None when nothing, else a part of the message.
CASES = [
    ("core", {"core/query/a.c": '#include "db/b.h"\n', "core/db/b.h": ""}, None),
    ("core", {"core/db/b.c": '#include "db/b.h"\n#include <stdio.h>\n', "core/db/b.h": ""}, None),
    ("core", {"core/db/b.c": '#include "query/a.h"\n', "core/query/a.h": ""}, "core/db/b.c:1: db/ must not use query/"),
    ("core", {"core/base/a.h": '\n# include "cli/a.h"\n', "core/cli/a.h": ""}, "core/base/a.h:2: base/ must not use cli/"),
    ("core", {"core/rest/a.cc": '#include "api/a.h"\n', "core/api/a.h": ""}, "rest/ must not use api/"),
    ("core", {"core/db/b.c": '#include "b.h"\n', "core/db/b.h": ""}, "relative to core/"),
    ("core", {"core/db/b.c": '#include "../base/a.h"\n', "core/base/a.h": ""}, "relative to core/"),
    ("core", {"core/db/b.c": '#include "db/../query/a.h"\n', "core/query/a.h": "", "core/db/b.h": ""}, "relative to core/"),
    ("core", {"core/db/b.c": "#include <query/a.h>\n", "core/query/a.h": ""}, 'write "query/a.h"'),
    ("core", {"core/attic/b.c": '#include "base/a.h"\n', "core/base/a.h": ""}, "no place in the order"),
    ("core", {"core/main.c": '#include "cli/a.h"\n', "core/cli/a.h": ""}, None),
    ("plugins", {"plugins/x/x.c": '#include <socle/socle.h>\n#include <jansson.h>\n#include "own.h"\n',
                 "plugins/x/own.h": "", "sdk/include/socle/socle.h": ""}, None),
    ("plugins", {"plugins/x/x.c": '#include "base/arena.h"\n', "core/base/arena.h": ""}, "not in the plugin's folder"),
    ("plugins", {"plugins/x/x.c": "#include <base/arena.h>\n", "core/base/arena.h": ""}, "<socle/...> and nothing else"),
    ("plugins", {"plugins/x/x.c": '#include "../y/y.h"\n', "plugins/y/y.h": ""}, "not in the plugin's folder"),
    ("plugins", {"plugins/x/x.c": "#include <socle/../../core/db/b.h>\n"}, "<socle/...> and nothing else"),
    ("plugins", {"plugins/x/sub/x.c": '\n\n#include "../../../core/db/b.h"\n', "core/db/b.h": ""}, "x.c:3:"),
    ("plugins", {"tests/conformance/plugins/x/x.c": "#include <db/b.h>\n", "core/db/b.h": ""}, "nothing else"),
]


def self_test():
    passed = failed = 0
    for check, tree, wanted in CASES:
        with tempfile.TemporaryDirectory() as root:
            for name, text in tree.items():
                os.makedirs(os.path.join(root, os.path.dirname(name)), exist_ok=True)
                with open(os.path.join(root, name), "w") as f:
                    f.write(text)
            said = list(CHECKS[check](root))
        if (wanted is None and not said) or (wanted and len(said) == 1 and wanted in said[0]):
            passed += 1
        else:
            failed += 1
            print(f"{check} of {tree}: wanted {wanted!r}, got {said}")
    return passed, failed


def check_tree(root):
    passed = failed = 0
    for check in CHECKS.values():
        said = list(check(root))
        print(*said, sep="\n", end="\n" if said else "")
        failed += 1 if said else 0
        passed += 0 if said else 1
    return passed, failed


def main():
    arguments = sys.argv[1:]
    if arguments == ["--self-test"]:
        passed, failed = self_test()
    else:
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        passed, failed = check_tree(arguments[0] if arguments else here)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
