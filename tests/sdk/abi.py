#!/usr/bin/env python3
"""What libsocle.so exports to plugins, held against a baseline: nothing may go, nothing may change its shape. More is fine.

    abi.py LIBRARY              compares it with socle.abi
    abi.py --update LIBRARY     makes socle.abi anew: for a new function at leisure, for anything else with a new
                                major version

Ends with "N passed, N failed".
"""
import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BASELINE = os.path.join(HERE, "socle.abi")
HEADERS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "sdk", "include")
# A function that the comparison with itself taken away must miss.
KNOWN = "socle_throw"


def suppressions(folder):
    """Structs that the headers only declare are the host's own: their insides are left out."""
    opaque = set()
    for name in glob.glob(os.path.join(HEADERS, "socle", "*.h")):
        with open(name) as f:
            opaque |= set(re.findall(r"^typedef struct (\w+) \w+;", f.read(), re.M))
    path = os.path.join(folder, "suppressions")
    with open(path, "w") as f:
        f.write(f"[suppress_type]\n  name_regexp = ^({'|'.join(sorted(opaque))})$\n")
    return path


def write_baseline(library, folder):
    # Every path is left out.
    subprocess.run(["abidw", "--suppressions", suppressions(folder), "--no-comp-dir-path", "--no-corpus-path",
                    "--no-show-locs", "--no-elf-needed", "--exported-interfaces-only", "--drop-undefined-syms",
                    "--out-file", BASELINE, library], check=True)


def compare(baseline, library, folder):
    """(whether all that was there is there, what was said)."""
    done = subprocess.run(["abidiff", "--no-added-syms", "--suppressions", suppressions(folder), baseline, library],
                          capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--update", action="store_true")
    parser.add_argument("library")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="socle-abi.") as folder:
        if options.update:
            write_baseline(options.library, folder)
            return 0
        good, said = compare(BASELINE, options.library, folder)
        if not good:
            failed += 1
            print(f"plugins that were built with the SDK of tests/sdk/socle.abi no longer fit:\n{said}"
                  "Bring back what they use; only what they can't notice, like a member at the end of a struct that says "
                  "its size, is a reason for tests/sdk/abi.py --update.")
        altered = os.path.join(folder, "altered.abi")
        with open(BASELINE) as source, open(altered, "w") as target:
            target.write(source.read().replace(KNOWN, f"{KNOWN}_of_before"))
        if compare(altered, options.library, folder)[0]:
            failed += 1
            print(f"a baseline with another name for {KNOWN}() was found to be no different")
    print(f"{2 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
