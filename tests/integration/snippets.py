"""Snippets of Markdown files, and a shell that runs them.

A block of kind `console` holds commands behind "$ ", each with the answer below it; "…" stands for anything, and where
a line breaks doesn't count.
"""
import re
import subprocess

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def blocks(path):
    """[(kind, text)] of a file."""
    with open(path, encoding="utf-8") as f:
        return BLOCK.findall(f.read())


def commands(text):
    """[(command, answer)] of a console block."""
    parts = re.split(r"^\$ ", text, flags=re.M)
    if parts[0]:
        raise ValueError(f"a console block begins with an answer: {parts[0]}")
    return [tuple(part.split("\n", 1)) for part in parts[1:]]


def pattern(answer):
    """The regular expression of an answer as it is written."""
    words = [[re.escape(word) for word in piece.split()] for piece in answer.split("…")]
    return r"\s*" + r"[\s\S]*".join(r"\s*".join(piece) for piece in words) + r"\s*"


class Shell:
    """One bash for all commands, so that what a command sets is there for the next."""
    END = "--end-of-answer--"

    def __init__(self, folder, env):
        self.bash = subprocess.Popen(["bash"], cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, text=True, encoding="utf-8")

    def run(self, command):
        self.bash.stdin.write(f"{command}\nprintf '\\n%s\\n' {self.END}\n")
        self.bash.stdin.flush()
        lines = []
        for line in self.bash.stdout:
            if line == f"{self.END}\n":
                break
            lines.append(line)
        return "".join(lines)

    def environment(self):
        """The variables that are exported now."""
        lines = self.run("env").splitlines()
        return dict(line.split("=", 1) for line in lines if re.match(r"\w+=", line))

    def close(self):
        self.bash.stdin.close()
        self.bash.wait()
        self.bash.stdout.close()
