"""The guide is true: each chapter's commands are run in their order on an installed Socle, its files are written, its answers compared.

A block that is no `console` begins with a comment that names the file that it is, below the project. `socle start` starts in the
background. Every block is one or the other.
"""
import glob
import os
import re
import unittest

import installed
import support
from snippets import blocks, commands, pattern

# It is installed as it is built, and sanitizers aren't installed.
BUILD = "plain"

GUIDE = os.path.join(support.ROOT, "sdk", "guide")
FILE = re.compile(r"(?:# |/\* )([\w.-]+/\S+)(?: \*/)?\n")
ADDRESS = "127.0.0.1:1337"
DATABASE = "mysql://socle:secret@127.0.0.1:3306/socle"


class Guide(support.TestCase):
    def setUp(self):
        super().setUp()
        self.socle = installed.Installation(self.folder)
        support.write_files(self.folder, {".curlrc": "silent\nshow-error\n"})

    def run_chapter(self, name):
        """`first-plugin` makes its own project; the others stand in one whose host runs."""
        database = self.database()
        first = name == "first-plugin"
        self.site = installed.Project(self, self.socle, database, None if first else "site")
        base = self.folder
        if not first:
            self.site.start()
            self.site.run("cd site")
            base = self.site.folder
        for kind, text in blocks(os.path.join(GUIDE, f"{name}.md")):
            text = text.replace(ADDRESS, f"127.0.0.1:{self.site.port}").replace(DATABASE, database.url)
            named = FILE.match(text)
            if kind == "console":
                for command, answer in commands(text):
                    self.check(command, answer)
            else:
                self.assertTrue(named, f"no file is named by this block:\n{text}")
                support.write_files(base, {named.group(1): text})

    def check(self, command, answer):
        if command == "cd site && socle start":
            self.site.folder = os.path.join(self.folder, "site")
            self.site.start()
            return
        said = self.site.shell.run(command)
        if not re.fullmatch(pattern(answer), said):
            self.fail(f"$ {command}\n{said.strip()}\n\nthe chapter has\n{answer}")

    def test_every_chapter_has_its_test_and_every_link_its_file(self):
        chapters = {os.path.basename(path)[:-3] for path in glob.glob(os.path.join(GUIDE, "*.md"))} - {"README"}
        self.assertEqual(chapters, set(CHAPTERS))
        with open(os.path.join(GUIDE, "README.md"), encoding="utf-8") as f:
            self.assertEqual({link[:-3] for link in re.findall(r"\]\(([^)]+)\)", f.read())}, chapters)


CHAPTERS = ("first-plugin", "policy", "middleware", "controller", "service", "lifecycle", "testing", "shipping")
for chapter in CHAPTERS:
    setattr(Guide, f"test_{chapter.replace('-', '_')}_answers_as_it_is_written",
            lambda self, chapter=chapter: self.run_chapter(chapter))


if __name__ == "__main__":
    unittest.main()
