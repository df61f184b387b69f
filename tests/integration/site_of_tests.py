"""The recorded site with its content types, for tests that write to it."""
import os

import support
import scratchdb  # support.py says where it is
import invariants

PLUGINS = [*support.first_party("standard", "admin", "upload", "users-permissions", "i18n"),
           os.path.join(support.ROOT, "tests", "conformance", "plugins", "oracle")]
MODELS = invariants.models_of([folder for folder in PLUGINS if not folder.endswith("standard")])
# With this in the environment tests that can be longer are.
LONG = bool(os.environ.get("SOCLE_TEST_LONG"))


def faults(database):
    """What the checker of the tables' layout finds."""
    with scratchdb.Session(database.socket, database.name) as session:
        return invariants.check(session.rows, MODELS)
