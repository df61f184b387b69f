"""The checker of the tables' layout finds what is wrong, and nothing where all is well."""
import os

import support
import scratchdb  # support.py says where it is
import invariants

# One damage each: what is done, and what is said of it.
DAMAGES = (
    ("UPDATE tags SET document_id = NULL WHERE id = 1", "api::tag.tag: a row without a documentId: 1"),
    ("UPDATE tags SET document_id = (SELECT document_id FROM (SELECT * FROM tags) t WHERE id = 2) WHERE id = 3",
     "api::tag.tag: several rows of one document and locale: "),
    ("INSERT INTO reviews (document_id, title) SELECT document_id, 'twin' FROM reviews WHERE id = 1",
     "api::review.review: several drafts of one document and locale: "),
    ("INSERT INTO reviews (document_id, title, published_at) SELECT document_id, 'twin', NOW() FROM reviews "
     "WHERE published_at IS NOT NULL AND id < 20 LIMIT 1",
     "api::review.review: several published rows of one document and locale: "),
    ("DELETE FROM reviews WHERE id = (SELECT d.id FROM (SELECT * FROM reviews) d INNER JOIN (SELECT * FROM reviews) p "
     "USING (document_id) WHERE d.published_at IS NULL AND p.published_at IS NOT NULL AND d.id > 50 LIMIT 1)",
     "api::review.review: published without a draft: "),
    ("INSERT INTO abouts (document_id, published_at) VALUES ('another', NOW())",
     "api::about.about: a single type with several documents: 2"),
    ("UPDATE tags SET name = (SELECT UPPER(name) FROM (SELECT * FROM tags) t WHERE id = 4) WHERE id = 5",
     "api::tag.tag.name: not unique: "),
    ("INSERT INTO components_shared_seos (meta_title) VALUES ('alone')",
     "shared.seo: hangs on nothing, or on several: "),
    ("INSERT INTO articles_cmps (entity_id, cmp_id, component_type, field) VALUES (99999, 1, 'shared.link', 'sources')",
     "articles_cmps: of no entity: "),
    ("INSERT INTO articles_cmps (entity_id, cmp_id, component_type, field, `order`) "
     "VALUES (1, 99999, 'shared.link', 'sources', 77)", "articles_cmps: the component is gone: "),
    ("INSERT INTO articles_cmps (entity_id, cmp_id, component_type, field) VALUES (2, 1, 'shared.none', 'sources')",
     "articles_cmps: of a component that is none: shared.none"),
    ("UPDATE articles_cmps SET field = 'nothing' WHERE id = 1", "articles_cmps: of a field that is none: 1 nothing"),
    ("UPDATE articles_cmps SET `order` = 1 WHERE entity_id = (SELECT entity_id FROM (SELECT * FROM articles_cmps) c "
     "WHERE field = 'sources' GROUP BY entity_id HAVING COUNT(*) > 1 LIMIT 1) AND field = 'sources'",
     "articles_cmps: no position, or one given twice (order): "),
    ("INSERT INTO articles_cmps (entity_id, cmp_id, component_type, field) SELECT entity_id, cmp_id + 1, component_type, "
     "field FROM articles_cmps WHERE field = 'seo' LIMIT 1", "articles_cmps: several in a place for one: "),
    ("INSERT INTO articles_tags_lnk (article_id, tag_id, tag_ord, article_ord) VALUES (99999, 6, 1, 999)",
     "articles_tags_lnk: article_id leads to nothing: "),
    ("ALTER TABLE restaurants_tags_lnk DROP KEY restaurants_tags_lnk_uq; INSERT INTO restaurants_tags_lnk "
     "(restaurant_id, tag_id, tag_ord, restaurant_ord) SELECT restaurant_id, tag_id, 800, 800 FROM restaurants_tags_lnk "
     "LIMIT 1", "restaurants_tags_lnk: a link twice: "),
    ("UPDATE restaurants_tags_lnk SET tag_ord = NULL WHERE id = 9",
     "restaurants_tags_lnk: no position, or one given twice (tag_ord): "),
    ("UPDATE articles_tags_lnk SET article_ord = 5 WHERE tag_id = 7",
     "articles_tags_lnk: no position, or one given twice (article_ord): "),
    ("INSERT INTO articles_author_lnk (article_id, author_id, article_ord) SELECT article_id, IF(author_id = 1, 2, 1), 900 "
     "FROM articles_author_lnk LIMIT 1", "articles_author_lnk: several targets of one row (manyToOne): "),
    ("UPDATE restaurants_chef_lnk SET author_id = 1 LIMIT 6",
     "restaurants_chef_lnk: one target of several documents (oneToOne): "),
    ("INSERT INTO files_related_mph (file_id, related_id, related_type, field) VALUES (1, 99999, 'api::tag.tag', 'icon')",
     "files_related_mph: leads to nothing: "),
    ("INSERT INTO files_related_mph (file_id, related_id, related_type, field) VALUES (1, 1, 'api::tag.none', 'icon')",
     "files_related_mph: leads to a type that is none: api::tag.none"),
    ("INSERT INTO files_related_mph (file_id, related_id) VALUES (1, 1)", "files_related_mph: half a link: "),
    ("INSERT INTO files_related_mph (file_id, related_id, related_type, field, `order`) SELECT file_id, related_id, "
     "related_type, field, `order` FROM files_related_mph LIMIT 1", "files_related_mph: a link twice: "),
    ("INSERT INTO files_related_mph (file_id, related_id, related_type, field, `order`) SELECT IF(file_id = 1, 2, 1), "
     "related_id, related_type, field, `order` FROM files_related_mph WHERE field = 'gallery' LIMIT 1",
     "files_related_mph: no position, or one given twice (order): "),
    ("UPDATE comments SET target_id = 99999 WHERE target_id IS NOT NULL LIMIT 1", "comments: leads to nothing: "),
)


def recorded_models():
    return invariants.models_of([*support.first_party("admin", "upload", "users-permissions", "i18n"),
                                 os.path.join(support.ROOT, "tests", "conformance", "plugins", "oracle")])


class Invariants(support.TestCase):
    def check(self, database):
        with scratchdb.Session(database.socket, database.name) as session:
            return invariants.check(session.rows, recorded_models())

    def test_nothing_is_said_of_what_strapi_wrote(self):
        self.assertEqual(self.check(self.database(support.RECORDED_DUMP)), [])

    def test_every_kind_of_damage_is_found(self):
        database = self.database(support.RECORDED_DUMP)
        # Damages build on one another's rows as little as they can; each must be told in so many words.
        for sql, _ in DAMAGES:
            database.run(f"SET foreign_key_checks = 0; {sql}")
        found = self.check(database)
        for sql, expected in DAMAGES:
            with self.subTest(expected):
                self.assertTrue(any(line.startswith(expected) for line in found), f"after {sql}: {found}")

    def test_names_are_shortened_as_strapi_shortens_them(self):
        for words, name in (
                (["a_very_long_collection_name_for_testing_things", "an_attribute_name_that_is_long_too"],
                 "a_very_long_collecti784e3_an_attribute_name_th9da68_lnk"),
                (["short", "an_attribute_name_that_is_long_too_and_even_longer_than_expected_really"],
                 "short_an_attribute_name_that_is_long_too_and_e19361_lnk")):
            self.assertEqual(invariants.join_name(words, "lnk"), name)
        self.assertEqual([invariants.snake(n) for n in ("myField", "address1", "SEOTitle", "URL", "HTMLParser2", "a-b")],
                         ["my_field", "address_1", "seo_title", "url", "html_parser_2", "a_b"])
