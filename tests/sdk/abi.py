#!/usr/bin/env python3
"""What libsocle.so exports to plugins, held against a baseline: nothing may go, nothing may change its shape. More is fine.

    abi.py LIBRARY              compares it with socle.abi
    abi.py --update LIBRARY     makes socle.abi anew: for a new function at leisure, for anything else with a new major version

Ends with "N passed, N failed".
"""
import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BASELINE = os.path.join(HERE, "socle.abi")
HEADERS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "sdk", "include")
# A function that the comparison with itself taken away must miss.
KNOWN = "socle_throw"


def write_baseline(library):
    # Types that only the host sees inside of are left out, and so is every path.
    subprocess.run(["abidw", "--no-comp-dir-path", "--no-corpus-path", "--no-show-locs", "--no-elf-needed", "--exported-interfaces-only",
                    "--headers-dir", HEADERS,
                    "--drop-private-types", "--drop-undefined-syms", "--out-file", BASELINE, library], check=True)


def compare(baseline, library):
    """(whether all that was there is there, what was said)."""
    done = subprocess.run(["abidiff", "--no-added-syms", "--headers-dir2", HEADERS, "--drop-private-types",
                           "--no-show-locs", baseline, library], capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--update", action="store_true")
    parser.add_argument("library")
    options = parser.parse_args()
    if options.update:
        write_baseline(options.library)
        return 0
    failed = 0
    good, said = compare(BASELINE, options.library)
    if not good:
        failed += 1
        print(f"plugins that were built with the SDK of tests/sdk/socle.abi no longer fit:\n{said}"
              "Bring back what they use; only what they can't notice, like a member at the end of a struct that says its size, "
              "is a reason for tests/sdk/abi.py --update.")
    with tempfile.TemporaryDirectory(prefix="socle-abi.") as folder:
        altered = os.path.join(folder, "altered.abi")
        with open(BASELINE) as source, open(altered, "w") as target:
            target.write(source.read().replace(KNOWN, f"{KNOWN}_of_before"))
        if compare(altered, options.library)[0]:
            failed += 1
            print(f"a baseline with another name for {KNOWN}() was found to be no different")
    print(f"{2 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
