"""The recorded database, and putting it back after something has written to it.

Beside the database that is served lies an untouched copy, <name>_seed. Of each table a checksum and
the AUTO_INCREMENT counter are known; a reset compares these and copies back only what differs, so
that it takes milliseconds.
"""
import os
import shutil


class Seed:
    def __init__(self, server, database, dump, uploads=None, site_uploads=None):
        """Loads the dump twice. The files of `uploads`, if given, are copied to `site_uploads`."""
        self.database = database
        self.copy = f"{database}_seed"
        for name in (self.database, self.copy):
            server.load(dump, name)
        self.session = server.session()
        # A transaction that the server under test forgot to end is an error, not a long silence.
        self.session.rows("SET SESSION foreign_key_checks = 0, unique_checks = 0, "
                          "sql_mode = 'NO_AUTO_VALUE_ON_ZERO', "
                          "lock_wait_timeout = 10, innodb_lock_wait_timeout = 10")
        names = self.session.rows("SELECT table_name FROM information_schema.tables WHERE "
                                  f"table_schema = '{self.copy}' AND table_type = 'BASE TABLE'")
        self.tables = [row[0] for row in names]
        self.state = self._state(self.copy)
        self.uploads = uploads
        self.site_uploads = site_uploads
        if uploads:
            self._copy_uploads()

    def reset(self):
        """Puts back what has changed; the names of the tables that had."""
        now = self._state(self.database)
        changed = [t for t in self.tables if now.get(t) != self.state[t]]
        for table in changed:
            # Deleting and not truncating: a truncated table's counter and file are made anew, which
            # takes longer than the few rows here.
            self.session.rows(f"DELETE FROM `{self.database}`.`{table}`;\n"
                              f"INSERT INTO `{self.database}`.`{table}` "
                              f"SELECT * FROM `{self.copy}`.`{table}`")
            counter = self.state[table][1]
            if counter != now.get(table, (None, None))[1]:
                self.session.rows(f"ALTER TABLE `{self.database}`.`{table}` AUTO_INCREMENT = {counter}")
        if self.uploads and listing(self.uploads) != listing(self.site_uploads):
            self._copy_uploads()
        return changed

    def close(self):
        self.session.close()

    def _state(self, database):
        """Of each table its checksum and the next number that it will give out."""
        names = ", ".join(f"`{database}`.`{t}`" for t in self.tables)
        sums = {row[0].split(".", 1)[1]: row[1] for row in self.session.rows(f"CHECKSUM TABLE {names}")}
        counters = dict(self.session.rows(
            "SELECT table_name, IFNULL(auto_increment, 0) FROM information_schema.tables "
            f"WHERE table_schema = '{database}'"))
        return {t: (sums.get(t), counters.get(t)) for t in self.tables}

    def _copy_uploads(self):
        if os.path.isdir(self.site_uploads):
            shutil.rmtree(self.site_uploads)
        shutil.copytree(self.uploads, self.site_uploads)


def listing(folder):
    """Name, size and time of change of every file below a folder (copytree keeps the time)."""
    found = set()
    for path, _, files in os.walk(folder):
        for name in files:
            full = os.path.join(path, name)
            stat = os.stat(full)
            found.add((os.path.relpath(full, folder), stat.st_size, stat.st_mtime_ns))
    return found
