#!/usr/bin/env python3
"""The headers of the SDK are its manual: each function and macro has a comment with an example, and each example compiles.

    headers.py [--list]

Examples are what stands behind a tab in a comment. One that is a fragment becomes the body of a function, which has the names that
prelude.h declares. In C all must compile without a warning; in C++ those that are no C alone (see ONLY_C). Ends with "N passed,
N failed".
"""
import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SDK = os.path.join(os.path.dirname(os.path.dirname(HERE)), "sdk", "include")

# What C doesn't see.
ONLY_CPP = re.compile(r"socle_find_each\(")
COMMENT = re.compile(r"/\*.*?\*/", re.S)
# What an author calls: exported functions, inline ones, and macros with parameters.
FUNCTION = re.compile(r"^(?:SOCLE_API|static inline)\b[^;{]*?\b(socle_\w+)\(", re.M)
MACRO = re.compile(r"^#define ((?:SOCLE|socle)_\w+)\(", re.M)
# Pieces that public macros are made of, and marks on declarations.
INNER = {"SOCLE_FUNCTION", "SOCLE_EMBED", "SOCLE_PRINTF"}
# Paragraphs in other languages: a manifest, a shell, a list.
FOREIGN = re.compile(r"(\[|# |- |cc |socle |[\w-]+ += [^;]*$)", re.M)
# Some line of code ends like this; tables and other prose don't.
CODE = re.compile(r"([;{}]|^SOCLE_\w+\(.*\))$", re.M)
TOP = re.compile(r"^(#include|SOCLE_(PLUGIN|ACTION|POLICY|MIDDLEWARE|QUERY|LIFECYCLE|DOCUMENT_MIDDLEWARE|SUBSCRIBER|SERVICE|CRON|TASK|USE|"
                 r"TEST|TEST_MAIN|MANIFEST|SCHEMA)\(|static |int main\(|struct \w+ \{$)")
# C++ asks for a cast where C turns void * into another pointer, and knows no compound literals of arrays.
ONLY_C = re.compile(r"socle_shared_get\(|socle_data\(|socle_alloc\(|socle_use_data\(|socle_use_alloc\(|calloc\(|= arg;|\]\)\{")
# A comment of one line may be its own example: what a call looks like.
SHORT = re.compile(r"/\* (socle_\w+\(.*?\))(?::.*| \*/)$", re.S)
FLAGS = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused-variable", "-Wno-unused-parameter",
         "-Wno-unused-but-set-variable", "-Wno-unused-function", "-Wno-unused-value", "-Wno-unused-const-variable",
         "-Wno-missing-field-initializers", f"-I{SDK}", f"-I{HERE}"]


def headers():
    return sorted(glob.glob(os.path.join(SDK, "socle", "*.h")))


def examples_of(comment):
    """The pieces of code in a comment, without what goes before them."""
    short = SHORT.match(comment)
    if short:
        return [f"{short.group(1)};"]
    pieces, lines = [], []
    for line in comment.splitlines():
        if line.startswith(" *\t"):
            lines.append(line[3:])
        elif line.strip() == "*" and lines:
            lines.append("")
        elif lines:
            pieces.append(lines)
            lines = []
    pieces.append(lines)
    return ["\n".join(lines).strip("\n") for lines in pieces if any(lines)]


def code_of(example):
    """The example without the paragraphs of it that are no C."""
    return "\n\n".join(part for part in example.split("\n\n") if not FOREIGN.match(part)) if CODE.search(example) else ""


def declarations(text):
    """[(name, its comment or None)]. What follows a documented one without an empty line shares its comment."""
    blank = COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    found = [(m.start(), m.group(1)) for pattern in (FUNCTION, MACRO) for m in pattern.finditer(blank)]
    comments = [(m.end(), m.group()) for m in COMMENT.finditer(text) if text[:m.start()].endswith("\n") or not m.start()]
    for start, name in sorted(found):
        before = [(end, comment) for end, comment in comments if end <= start]
        # A function of the group above, or the comment itself.
        between = text[before[-1][0]:start] if before else "\n\n"
        yield name, before[-1][1] if "\n\n" not in between else None


def split(example):
    """(what stands at the top of a file, what stands in a function)."""
    top, inside = [], []
    target = None
    depth = 0
    for line in example.splitlines():
        if depth == 0 and line and not line[0].isspace() and line[0] not in "{}":
            target = top if TOP.match(line) else inside
        (inside if target is None else target).append(line)
        depth += line.count("{") - line.count("}")
    return "\n".join(top), "\n".join(inside)


def source(example):
    top, inside = split(example)
    # Checks of tests return by themselves, and nothing.
    kind = "void" if "SOCLE_CHECK" in inside else "int"
    text = "#include <socle/socle.h>\n#include <socle/host.h>\n#include <socle/test.h>\n"
    own = re.findall(r"^(?:(?:SOCLE_QUERY|SOCLE_USE)\(|struct (?=\w+ \{))(\w+)", top, re.M)
    own += [name for name in re.findall(r"^static [\w ]+[ *]+(\w+)[(;]", top, re.M) if f"struct {name} " not in top]
    text += "".join(f"#define {name} {name}_of_others\n" for name in own) + '#include "prelude.h"\n'
    text += "".join(f"#undef {name}\n" for name in own) + f"{top}\n"
    if inside.strip():
        body = "\n".join(f"\t{line}" if line else "" for line in inside.splitlines())
        # "On to the next one": the fragment stands in a loop.
        if "continue;" in body:
            body = f"\tdo {{\n{body}\n\t}} while (0);"
        end = "" if kind == "void" else "\treturn 0;\n"
        text += f"{kind} example(void);\n{kind} example(void)\n{{\n{body}\n{end}}}\n"
    return text


def compiles(job):
    """(whether it does, what to say if it doesn't) of (words, compiler, ending, text, folder)."""
    words, compiler, suffix, text, folder = job
    handle, path = tempfile.mkstemp(suffix, "example", folder)
    with os.fdopen(handle, "w") as f:
        f.write(text)
    done = subprocess.run([*compiler, *FLAGS, path], capture_output=True, text=True)
    return done.returncode == 0, f"{words}\n{done.stderr}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--list", action="store_true", help="print the examples")
    options = parser.parse_args()
    passed = failed = 0

    def judge(good, words):
        nonlocal passed, failed
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(words)

    with tempfile.TemporaryDirectory(prefix="socle-headers.") as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = []
        for path in headers():
            name = os.path.basename(path)
            with open(path) as f:
                text = f.read()
            for function, comment in declarations(text):
                if function in INNER or not function.startswith(("socle_", "SOCLE_")):
                    continue
                judge(bool(comment and examples_of(comment)),
                      f"{name}: {function} has no comment with an example")
            for comment in COMMENT.findall(text):
                for example in examples_of(comment):
                    example = code_of(example)
                    if not example:
                        continue
                    if options.list:
                        print(f"---- {name}\n{example}")
                    whole = source(example)
                    if not ONLY_CPP.search(example):
                        jobs.append((f"{name}, in C:\n{example}", ["cc", "-std=gnu17"], ".c", whole, folder))
                    if not ONLY_C.search(example):
                        jobs.append((f"{name}, in C++:\n{example}", ["c++", "-std=gnu++17"], ".cc", whole, folder))
        for good, said in pool.map(compiles, jobs):
            judge(good, said)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
