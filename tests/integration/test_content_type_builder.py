"""What content-type-builder tells of types and components, and whom."""
import support

OPEN = '[rest]\npublic = ["plugin::content-type-builder.*"]\n'
NOTES = {
    "plugin.toml": '[plugin]\nname = "notes"\nversion = "1.0.0"\nkind = "api"\n',
    "components/shared.link.toml": '[info]\ndisplayName = "Link"\nicon = "link"\n[attributes.url]\ntype = "string"\n',
    "content-types/note.json": """{
  "kind": "collectionType", "collectionName": "notes",
  "info": {"singularName": "note", "pluralName": "notes", "displayName": "Note", "description": "A note"},
  "options": {"draftAndPublish": true, "comment": "mine"},
  "pluginOptions": {"i18n": {"localized": false}},
  "attributes": {
    "text": {"type": "string", "required": true, "maxLength": 50, "unknown": [1, null]},
    "hidden": {"type": "string", "visible": false},
    "picture": {"type": "media", "multiple": false, "allowedTypes": ["images"]},
    "parent": {"type": "relation", "relation": "manyToOne", "target": "api::note.note", "inversedBy": "children"},
    "children": {"type": "relation", "relation": "oneToMany", "target": "api::note.note", "mappedBy": "parent"},
    "links": {"type": "component", "component": "shared.link", "repeatable": true}
  }
}""",
    "content-types/front.toml": 'kind = "singleType"\ncollectionName = "fronts"\n[info]\nsingularName = "front"\n'
                                'pluralName = "fronts"\ndisplayName = "Front"\n[attributes.title]\ntype = "string"\n',
}
BASE = "/api/content-type-builder"


class ContentTypeBuilder(support.TestCase):
    def serve(self, api):
        plugins = [support.write_plugin(self.folder, "notes", NOTES),
                   *support.first_party("standard", "admin", "upload", "content-type-builder")]
        return self.host(plugins, {"api.toml": api})

    def test_it_tells_whoever_may_ask(self):
        host = self.serve(OPEN)
        self.assertEqual(host.request("GET", f"{BASE}/content-types/api::note.note").json, {"data": {
            "uid": "api::note.note", "apiID": "note",
            "schema": {
                "draftAndPublish": True, "comment": "mine", "displayName": "Note", "singularName": "note",
                "pluralName": "notes", "description": "A note", "pluginOptions": {"i18n": {"localized": False}},
                "kind": "collectionType", "collectionName": "notes",
                "attributes": {
                    "text": {"type": "string", "required": True, "maxLength": 50, "unknown": [1, None]},
                    "picture": {"type": "media", "multiple": False, "required": False, "private": False,
                                "allowedTypes": ["images"]},
                    "parent": {"type": "relation", "relation": "manyToOne", "target": "api::note.note",
                               "inversedBy": "children", "targetAttribute": "children", "private": False},
                    "children": {"type": "relation", "relation": "oneToMany", "target": "api::note.note",
                                 "mappedBy": "parent", "targetAttribute": "parent", "private": False},
                    "links": {"type": "component", "component": "shared.link", "repeatable": True},
                },
                "visible": True, "restrictRelationsTo": None,
            }}})
        self.assertEqual(host.request("GET", f"{BASE}/components/shared.link").json, {"data": {
            "uid": "shared.link", "category": "shared", "apiId": "link",
            "schema": {"displayName": "Link", "description": "", "icon": "link",
                       "collectionName": "components_shared_links", "attributes": {"url": {"type": "string"}}}}})
        self.assertEqual([c["uid"] for c in host.request("GET", f"{BASE}/components").json["data"]], ["shared.link"])
        types = {t["uid"]: t for t in host.request("GET", f"{BASE}/content-types").json["data"]}
        self.assertTrue({"api::note.note", "api::front.front", "plugin::upload.file", "admin::user"} <= types.keys())
        self.assertNotIn("shared.link", types)
        file, user = types["plugin::upload.file"], types["admin::user"]
        self.assertEqual((file["plugin"], file["schema"]["visible"], file["schema"]["restrictRelationsTo"]),
                         ("upload", False, []))
        self.assertEqual((user["plugin"], user["schema"]["restrictRelationsTo"]), ("admin", ["oneWay", "manyWay"]))
        singles = host.request("GET", f"{BASE}/content-types?kind=singleType").json["data"]
        self.assertEqual([t["uid"] for t in singles], ["api::front.front"])
        self.assertEqual(host.request("GET", f"{BASE}/content-types?kind=other").status, 400)
        for path, error in (("content-types/api::none.none", "contentType.notFound"),
                            ("content-types/shared.link", "contentType.notFound"),
                            ("components/api::note.note", "component.notFound")):
            answer = host.request("GET", f"{BASE}/{path}")
            self.assertEqual((answer.status, answer.json), (404, {"error": error}))

    def test_nobody_else_may_ask(self):
        host = self.serve('[rest]\npublic = ["api::note.note.find"]\n')
        for path in ("content-types", "content-types/api::note.note", "components", "components/shared.link"):
            answer = host.request("GET", f"{BASE}/{path}")
            self.assertEqual((answer.status, answer.json["error"]["message"]), (403, "Forbidden"), path)
