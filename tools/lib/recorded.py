"""The recorded answers: which cases there are, and how a server does on them.

`prepare` applies tests/conformance/deviations.json to a corpus, `replay` runs replay.mjs on it.
"""
import collections
import json
import os
import re
import subprocess
import xml.etree.ElementTree

from host import ROOT

CONFORMANCE = os.path.join(ROOT, "tests", "conformance")
HALVES = ("shared", "holdout")
# With --diff or --list-failures: a failed case, and what is wrong with it. (A group's line has no [group].)
TOLD = re.compile(r"FAIL .* \[[\w-]+\] |     ")


class CorpusError(Exception):
    pass


def read_deviations(path):
    """The list by case id; every entry has an id and a reason."""
    with open(path) as f:
        entries = json.load(f)
    found = {}
    for entry in entries:
        if not entry.get("id") or not entry.get("reason"):
            raise CorpusError(f"{path}: every entry has an id and a reason: {json.dumps(entry)}")
        if entry["id"] in found:
            raise CorpusError(f"{path}: {entry['id']} stands in it twice")
        found[entry["id"]] = entry
    return found


def prepare(corpus, deviations, out):
    """Writes to `out` the corpus as this host is to answer it: (folder, answered otherwise, left out)."""
    otherwise, left_out = [], []
    halves = [half for half in HALVES if os.path.isdir(os.path.join(corpus, half))]
    if not halves or not os.path.isfile(os.path.join(corpus, "fixtures.json")):
        raise CorpusError(f"{corpus} is no corpus: it lacks fixtures.json, or both of shared/ and holdout/")
    if not deviations:
        return corpus, otherwise, left_out
    for half in halves:
        os.makedirs(os.path.join(out, half))
        for name in sorted(os.listdir(os.path.join(corpus, half))):
            with open(os.path.join(corpus, half, name)) as source, \
                    open(os.path.join(out, half, name), "w") as target:
                for line in source:
                    case = json.loads(line) if line.strip() else {}
                    entry = deviations.get(case.get("id"))
                    if entry is None:
                        target.write(line)
                    elif entry.get("answer") is None:
                        left_out.append(case["id"])
                    else:
                        target.write(json.dumps(answered(case, entry)) + "\n")
                        otherwise.append(case["id"])
    with open(os.path.join(corpus, "fixtures.json")) as source, \
            open(os.path.join(out, "fixtures.json"), "w") as target:
        target.write(source.read())
    return out, otherwise, left_out


def answered(case, entry):
    """The case with the answer that the entry gives in place of the recorded one."""
    steps = case["steps"] if case["state"] == "write" else [case]
    answers = entry["answer"] if isinstance(entry["answer"], list) else [entry["answer"]]
    if len(answers) != len(steps):
        raise CorpusError(f"deviation {entry['id']}: {len(steps)} steps and {len(answers)} answers")
    for step, answer in zip(steps, answers):
        unknown = set(answer or {}) - {"status", "response", "response_headers"}
        if unknown:
            raise CorpusError(f"deviation {entry['id']}: an answer has no {', '.join(sorted(unknown))}")
        step.update(answer or {})  # null: as recorded
    return case


def replay(url, corpus, reset, scratch, groups=(), state=None, profile="default", options=()):
    """Runs the cases; ({group: [passed, total]}, what replay.mjs said of those that failed)."""
    junit = os.path.join(scratch, "replay.xml")
    command = ["node", os.path.join(CONFORMANCE, "replay.mjs"), "--base", url, "--corpus", corpus,
               "--reset", reset, "--profile", profile, "--junit", junit, *options]
    if groups:
        command += ["--group", ",".join(groups)]
    if state:
        command += ["--state", state]
    if os.path.exists(junit):
        os.unlink(junit)
    # The script resets with bash and a socket as its input, which bash takes for a remote login unless another shell is around
    # it: it would run the user's start file for every case.
    env = {**os.environ, "SHLVL": "2"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as node:
        try:
            said, problem = node.communicate()
        except BaseException:
            node.kill()
            raise
    # It answers 1 when a case failed; when it could not do its work there is no report either.
    if node.returncode not in (0, 1) or not os.path.exists(junit):
        raise CorpusError(f"replay.mjs ended with status {node.returncode}: {(problem or said).strip()}")
    results = collections.OrderedDict()
    for suite in xml.etree.ElementTree.parse(junit).getroot():
        total, failures = int(suite.get("tests")), int(suite.get("failures"))
        results[suite.get("name")] = [total - failures, total]
    return results, [line for line in said.splitlines() if TOLD.match(line)]
