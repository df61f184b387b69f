#!/usr/bin/env python3
"""Whether the tables hold together as Strapi's layout demands: no half-written document, component or link.

    invariants.py --socket PATH --database NAME FOLDER...     prints what is wrong, a line each; status 1 if anything is
    invariants.check(run, models)                             the same as a list; run(sql) gives rows of strings

FOLDER holds schemas: a plugin's, with content-types/ and components/ or api/*/content-types/. What is looked at are
the types found there and no other table. KNOWN lists what Strapi itself writes against these rules, with the reason.
"""
import argparse
import glob
import hashlib
import json
import os
import re
import sys
import tomllib

LIMIT = 55
SCALARS = {"string", "text", "richtext", "email", "password", "uid", "enumeration", "integer", "biginteger", "float",
           "decimal", "boolean", "date", "time", "datetime", "timestamp"}
TO_MANY = ("oneToMany", "manyToMany")
# How many rows of each kind are shown.
SHOWN = 5


# ---- names ----

def snake(name):
    """As lodash has it, for the names that schemas have: letters, digits, - and _."""
    words = re.findall(r"[A-Z]{2,}(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    return "_".join(words).lower()


def join_name(words, suffix):
    """`words` joined, each cut where the whole would be too long; `suffix` never is."""
    whole = "_".join([*words, suffix])
    if len(whole) <= LIMIT:
        return whole
    room = LIMIT - len(suffix) - len(words)
    share, surplus = divmod(room, len(words))
    given, waiting = [], []
    for i, word in enumerate(words):
        given.append(min(len(word), share))
        if len(word) < share:
            surplus += share - len(word)
        else:
            waiting.append(i)
    while surplus and waiting:
        for i in list(waiting):
            if given[i] >= len(words[i]):
                waiting.remove(i)
            elif surplus:
                given[i] += 1
                surplus -= 1
    cut = [word if len(word) <= n else word[:n - 5] + hashlib.shake_256(word.encode()).hexdigest(3)[:5]
           for word, n in zip(words, given)]
    return "_".join([*cut, suffix])


# ---- schemas ----

class Model:
    def __init__(self, uid, schema, component):
        self.uid, self.component = uid, component
        self.table = schema["collectionName"]
        info = schema.get("info", {})
        self.singular = uid.split(".")[-1] if component else info["singularName"]
        self.attributes = schema["attributes"]
        self.single = schema.get("kind") == "singleType"
        self.drafts = bool(schema.get("options", {}).get("draftAndPublish"))
        self.localized = bool(schema.get("pluginOptions", {}).get("i18n", {}).get("localized"))

    def of_type(self, *types):
        return [(name, a) for name, a in self.attributes.items() if a["type"] in types]

    def __repr__(self):
        return self.uid


def read(path):
    with open(path, "rb") as f:
        return tomllib.load(f) if path.endswith(".toml") else json.load(f)


def models_of(folders):
    """{uid: Model} of the plugin folders."""
    found = {}
    for folder in folders:
        manifest = read(os.path.join(folder, "plugin.toml"))["plugin"]
        prefix = {"api": "api::", "admin": "admin::"}.get(manifest.get("kind"), f"plugin::{manifest['name']}.")
        for path in files(folder, "content-types/*") + files(folder, "api/*/content-types/*/schema"):
            schema = read(path)
            name = schema["info"]["singularName"]
            api = os.path.relpath(path, folder).split(os.sep)[1] if "schema." in path else schema.get("api", name)
            uid = schema.get("uid") or prefix + (f"{api}.{name}" if prefix == "api::" else name)
            found[uid] = Model(uid, schema, False)
        for path in files(folder, "components/*/*"):
            category, name = path.split(os.sep)[-2:]
            uid = f"{category}.{os.path.splitext(name)[0]}"
            found[uid] = Model(uid, read(path), True)
    return found


def files(folder, pattern):
    return sorted(path for end in (".json", ".toml") for path in glob.glob(os.path.join(folder, pattern + end)))


# ---- checking ----

# What the recorded database has against these rules, and why it is no fault of whoever writes to it later. With None in the
# place of the row: any row.
KNOWN = {
    # Strapi makes the permissions of a role side by side at its first start, and each finds itself the first.
    ("up_permissions_role_lnk: no position, or one given twice (permission_ord)", None),
    # The recorded content has one review that is published and has no draft.
    ("api::review.review: published without a draft", ("review000000000000000118", "-")),
}


class Check:
    def __init__(self, run, models):
        self.run, self.models, self.found = run, models, []
        self.columns = {}
        for table, column in run("SELECT table_name, column_name FROM information_schema.columns "
                                 "WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position"):
            self.columns.setdefault(table, []).append(column)

    def none(self, what, sql):
        """Every row of the statement is a fault."""
        rows = [row for row in self.run(f"{sql} LIMIT 1000") if not {(what, None), (what, tuple(row))} & KNOWN]
        for row in rows[:SHOWN]:
            self.found.append(f"{what}: {' '.join(row)}")
        if len(rows) > SHOWN:
            self.found.append(f"{what}: and {len(rows) - SHOWN} more")

    # -- documents

    def documents(self, model):
        table = model.table
        rows = f"FROM `{table}` GROUP BY document_id, locale"
        if "published_at" not in self.columns.get(table, ()):
            return
        show = "SELECT document_id, IFNULL(locale, '-')"
        self.none(f"{model}: a row without a documentId", f"SELECT id FROM `{table}` WHERE document_id IS NULL")
        if not model.drafts:
            self.none(f"{model}: several rows of one document and locale", f"{show} {rows} HAVING COUNT(*) > 1")
            return
        self.none(f"{model}: several drafts of one document and locale",
                  f"{show} {rows} HAVING SUM(published_at IS NULL) > 1")
        self.none(f"{model}: several published rows of one document and locale",
                  f"{show} {rows} HAVING SUM(published_at IS NOT NULL) > 1")
        self.none(f"{model}: published without a draft", f"{show} {rows} HAVING SUM(published_at IS NULL) = 0")

    def single(self, model):
        self.none(f"{model}: a single type with several documents",
                  f"SELECT COUNT(DISTINCT document_id) FROM `{model.table}` HAVING COUNT(DISTINCT document_id) > 1")

    def unique(self, model):
        for name, a in model.of_type(*SCALARS):
            if model.component or not (a.get("unique") or a["type"] == "uid"):
                continue
            column = f"`{snake(name)}`"
            locale = "locale" if model.localized else "NULL"
            self.none(f"{model}.{name}: not unique", f"SELECT {column}, COUNT(DISTINCT document_id) FROM `{model.table}` "
                      f"WHERE published_at IS NOT NULL AND {column} IS NOT NULL AND {column} <> '' "
                      f"GROUP BY {column}, {locale} HAVING COUNT(DISTINCT document_id) > 1")

    # -- components

    def owners(self):
        """(model, its table of components)"""
        return [(m, join_name([snake(m.table)], "cmps")) for m in self.models.values()
                if m.of_type("component", "dynamiczone")]

    def component_links(self, model, table):
        self.none(f"{table}: of no entity",
                  f"SELECT l.id FROM `{table}` l LEFT JOIN `{model.table}` e ON e.id = l.entity_id WHERE e.id IS NULL")
        for uid, in self.run(f"SELECT DISTINCT component_type FROM `{table}`"):
            component = self.models.get(uid)
            if component is None or not component.component:
                self.found.append(f"{table}: of a component that is none: {uid}")
                continue
            self.none(f"{table}: the component is gone",
                      f"SELECT l.id, l.component_type, l.cmp_id FROM `{table}` l LEFT JOIN `{component.table}` c "
                      f"ON c.id = l.cmp_id WHERE l.component_type = '{uid}' AND c.id IS NULL")
        several = [name for name, a in model.of_type("component", "dynamiczone")
                   if a["type"] == "dynamiczone" or a.get("repeatable")]
        single = [name for name, a in model.of_type("component") if not a.get("repeatable")]
        fields = ", ".join(f"'{f}'" for f in several + single)
        self.none(f"{table}: of a field that is none",
                  f"SELECT id, IFNULL(field, '-') FROM `{table}` WHERE field IS NULL OR field NOT IN ({fields})")
        if several:
            self.positions(table, "`entity_id`, `field`", "order", f"field IN ({', '.join(map(repr, several))})")
        if single:
            self.none(f"{table}: several in a place for one", f"SELECT entity_id, field FROM `{table}` WHERE field IN "
                      f"({', '.join(map(repr, single))}) GROUP BY entity_id, field HAVING COUNT(*) > 1")

    def orphans(self):
        """Each component hangs on one entity."""
        hung = " UNION ALL ".join(["SELECT NULL AS component_type, NULL AS cmp_id"] + [
            f"SELECT component_type, cmp_id FROM `{table}`" for _, table in self.owners()])
        for component in self.models.values():
            if not component.component:
                continue
            self.none(f"{component}: hangs on nothing, or on several",
                      f"SELECT c.id, COUNT(h.cmp_id) FROM `{component.table}` c LEFT JOIN ({hung}) h "
                      f"ON h.cmp_id = c.id AND h.component_type = '{component.uid}' GROUP BY c.id HAVING COUNT(h.cmp_id) <> 1")

    # -- relations

    def positions(self, table, owner, order, where="TRUE", joins=""):
        self.none(f"{table}: no position, or one given twice ({order})",
                  f"SELECT {owner}, IFNULL(l.`{order}`, '-') FROM `{table}` l {joins} WHERE {where} "
                  f"GROUP BY {owner}, l.`{order}` HAVING COUNT(*) > 1 OR l.`{order}` IS NULL")

    def ends(self, table, column, target):
        self.none(f"{table}: {column} leads to nothing",
                  f"SELECT l.id FROM `{table}` l LEFT JOIN `{target.table}` t ON t.id = l.`{column}` WHERE t.id IS NULL")

    def relation(self, model, name, a):
        target = self.models.get(a.get("target"))
        if target is None or a.get("mappedBy") or a.get("useJoinTable") is False:
            return
        kind = a["relation"]
        table = join_name([snake(model.table), snake(name)], "lnk")
        _, own, other, *orders = self.columns[table]
        self.ends(table, own, model)
        self.ends(table, other, target)
        self.none(f"{table}: a link twice", f"SELECT `{own}`, `{other}` FROM `{table}` GROUP BY 1, 2 HAVING COUNT(*) > 1")
        if kind in ("oneToOne", "manyToOne"):
            # A source without versions leads to both of a target's.
            self.none(f"{table}: several targets of one row ({kind})",
                      f"SELECT l.`{own}`, COUNT(*) FROM `{table}` l INNER JOIN `{target.table}` t ON t.id = l.`{other}` "
                      f"GROUP BY l.`{own}`{self.version(target, 't')} HAVING COUNT(*) > 1")
        inverse = a.get("inversedBy")
        if inverse and kind in ("oneToOne", "oneToMany"):
            self.none(f"{table}: one target of several documents ({kind})",
                      f"SELECT l.`{other}`, COUNT(DISTINCT o.document_id) FROM `{table}` l INNER JOIN `{model.table}` o "
                      f"ON o.id = l.`{own}` GROUP BY l.`{other}` HAVING COUNT(DISTINCT o.document_id) > 1")
        if kind in TO_MANY:
            self.positions(table, f"l.`{own}`" + self.version(target, "t"), orders.pop(0),
                           joins=f"INNER JOIN `{target.table}` t ON t.id = l.`{other}`")
        if orders:
            self.positions(table, f"l.`{other}`" + self.version(model, "o"), orders.pop(0),
                           joins=f"INNER JOIN `{model.table}` o ON o.id = l.`{own}`")

    @staticmethod
    def version(model, alias):
        return f", {alias}.published_at IS NULL" if model.drafts else ""

    def morph_table(self, model, name):
        table = join_name([snake(model.table), snake(name)], "mph")
        _, own, other, kind, field, order = self.columns[table]
        self.ends(table, own, model)
        self.typed(table, other, kind)
        self.none(f"{table}: a link twice", f"SELECT `{own}`, `{other}`, `{kind}`, IFNULL(`{field}`, '-') FROM `{table}` "
                  "GROUP BY 1, 2, 3, 4, `order` HAVING COUNT(*) > 1")

        # Lists are those of what the links lead to, but for a relation's own (whose field is its name, or nothing).
        self.positions(table, f"l.`{other}`, l.`{kind}`, l.`{field}`", order, f"l.`{field}` <> '{name}'")

    def typed(self, table, column, kind):
        """A column that leads to a row of the type named beside it."""
        for uid, in self.run(f"SELECT DISTINCT `{kind}` FROM `{table}` WHERE `{kind}` IS NOT NULL"):
            target = self.models.get(uid)
            if target is None:
                self.found.append(f"{table}: leads to a type that is none: {uid}")
                continue
            self.none(f"{table}: leads to nothing", f"SELECT l.id, l.`{kind}`, l.`{column}` FROM `{table}` l LEFT JOIN "
                      f"`{target.table}` t ON t.id = l.`{column}` WHERE l.`{kind}` = '{uid}' AND t.id IS NULL")
        self.none(f"{table}: half a link", f"SELECT id FROM `{table}` WHERE (`{column}` IS NULL) <> (`{kind}` IS NULL)")

    def relations(self, model):
        for name, a in model.of_type("relation"):
            kind = a["relation"]
            if kind == "morphToMany":
                self.morph_table(model, name)
            elif kind == "morphToOne":
                self.typed(model.table, "target_id", "target_type")
            elif kind in (*TO_MANY, "oneToOne", "manyToOne"):
                self.relation(model, name, a)


def check(run, models):
    """What is wrong, a line each."""
    checking = Check(run, models)
    for model in models.values():
        if model.table not in checking.columns:
            continue
        if not model.component:
            checking.documents(model)
            checking.unique(model)
            if model.single:
                checking.single(model)
        checking.relations(model)
    for model, table in checking.owners():
        checking.component_links(model, table)
    checking.orphans()
    return checking.found


def main():
    import scratchdb
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--socket", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    options = parser.parse_args()
    with scratchdb.Session(options.socket, options.database) as session:
        found = check(session.rows, models_of(options.folders))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
