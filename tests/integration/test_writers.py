"""Several writers of one document at once: no change is lost, no position given twice, no deadlock shows."""
import crowd
import site_of_tests as site
import support
from support import MIDDLEWARES

ROUNDS = 1000 if site.LONG else 15 if support.sanitized() else 100


class Writers(support.TestCase):
    def setUp(self):
        super().setUp()
        self.db = self.database(support.RECORDED_DUMP)
        self.site = self.host(plugins=site.PLUGINS, database=self.db, workers=2,
                              config={"middlewares.toml": MIDDLEWARES})

    def make(self, path, data):
        answer = self.site.request("POST", path, {"data": data})
        self.assertEqual(answer.status, 201, answer)
        return answer.json["data"]["documentId"]

    def tags(self, count, name):
        return [self.make("/api/tags", {"name": f"{name} {i}"}) for i in range(count)]

    def listed(self, path, field, status="published"):
        answer = self.site.request("GET", f"{path}?populate={field}&status={status}")
        self.assertEqual(answer.status, 200, answer)
        return [one["documentId"] for one in answer.json["data"][field]]

    def assert_done(self, answers):
        self.assertEqual({getattr(a, "status", a) for a in answers}, {200}, answers)

    def assert_whole(self):
        self.assertEqual(site.faults(self.db), [])

    def test_connects_and_disconnects_from_both_sides_are_all_kept(self):
        restaurant, other = [self.make("/api/restaurants", {"name": n}) for n in ("first", "second")]
        here, there = f"/api/restaurants/{restaurant}", f"/api/restaurants/{other}"
        tags = self.tags(8, "both sides")
        expected = set()
        with crowd.Crowd(self.site, 7) as clients:
            for i in range(ROUNDS):
                a, b, c, d, e = (tags[(i * 3 + k) % 8] for k in range(5))
                was = b in expected
                self.assert_done(clients.at_once([
                    ("PUT", here, {"tags": {"connect": [{"documentId": a, "position": {"start": True}}]}}),
                    ("PUT", here, {"tags": {"disconnect": [b]}, "summary": f"round {i}"}),
                    ("PUT", here, {"tags": {"connect": [c, d]}}),
                    ("PUT", f"/api/tags/{e}", {"restaurants": {"connect": [restaurant]}}),
                    ("PUT", there, {"tags": {"set": [a, c, e]}}),
                    ("PUT", here, {"seats": i % 400 + 1}),
                    ("PUT", f"/api/tags/{c}", {"weight": i, "restaurants": {"connect": [other]}}),
                ]))
                expected = (expected - {b}) | {a, c, d, e}
                draft, published = self.listed(here, "tags", "draft"), self.listed(here, "tags")
                self.assertEqual(sorted(draft), sorted(expected), (i, was))
                self.assertEqual(sorted(published), sorted(expected))
                for side in (draft, published):
                    self.assertEqual(len(side), len(set(side)))
                shown = self.site.request("GET", here).json["data"]
                self.assertEqual((shown["summary"], shown["seats"]), (f"round {i}", i % 400 + 1))
                if i % 50 == 0:
                    self.assert_whole()
        self.assert_whole()

    def test_of_two_who_set_a_list_one_has_the_last_word(self):
        here = f"/api/restaurants/{self.make('/api/restaurants', {'name': 'set'})}"
        tags = self.tags(6, "set")
        lists = [tags[:4], tags[3:] + tags[:1], list(reversed(tags))]
        with crowd.Crowd(self.site, 3) as clients:
            for _ in range(ROUNDS):
                self.assert_done(clients.at_once([("PUT", here, {"tags": {"set": one}}) for one in lists]))
                draft, published = self.listed(here, "tags", "draft"), self.listed(here, "tags")
                self.assertIn(draft, lists)
                self.assertEqual(published, draft)
        self.assert_whole()

    def test_what_may_have_one_owner_has_one(self):
        restaurants = [self.make("/api/restaurants", {"name": f"owner {i}"}) for i in range(3)]
        author = self.make("/api/authors", {"name": "Ada", "email": "ada@example.test"})
        categories = [self.make("/api/categories", {"name": f"owner {i}", "slug": f"owner-{i}"}) for i in range(4)]
        child = categories[3]
        with crowd.Crowd(self.site, 7) as clients:
            for i in range(ROUNDS):
                self.assert_done(clients.at_once(
                    [("PUT", f"/api/restaurants/{one}", {"chef": {"connect": [author]}}) for one in restaurants[:2]] +
                    [("PUT", f"/api/authors/{author}", {"restaurant": {"set": [restaurants[2]]}})] +
                    [("PUT", f"/api/categories/{one}", {"children": {"connect": [child]}}) for one in categories[:2]] +
                    [("PUT", f"/api/categories/{child}", {"parent": categories[2]}),
                     ("PUT", f"/api/categories/{child}", {"position": i})]))
                self.assertEqual(self.db.rows(
                    "SELECT COUNT(DISTINCT r.document_id) FROM restaurants_chef_lnk l INNER JOIN restaurants r "
                    f"ON r.id = l.restaurant_id INNER JOIN authors a ON a.id = l.author_id WHERE a.document_id = '{author}'"),
                    [["1"]])
                self.assertEqual(self.db.rows(
                    "SELECT COUNT(*) FROM categories_parent_lnk l INNER JOIN categories c ON c.id = l.category_id "
                    f"WHERE c.document_id = '{child}'"), [["1"]])
        self.assert_whole()

    def test_places_among_those_who_come_at_once_are_all_different(self):
        tag = self.make("/api/tags", {"name": "popular"})
        restaurants = [self.make("/api/restaurants", {"name": f"place {i}"}) for i in range(8)]
        with crowd.Crowd(self.site, 8) as clients:
            for i in range(ROUNDS // 2):
                change = "disconnect" if i % 2 else "connect"
                self.assert_done(clients.at_once([
                    ("PUT", f"/api/restaurants/{one}", {"tags": {change: [tag]}}) for one in restaurants]))
                found = self.db.rows(
                    "SELECT COUNT(*), COUNT(DISTINCT restaurant_ord, r.published_at IS NULL) FROM restaurants_tags_lnk l "
                    "INNER JOIN restaurants r ON r.id = l.restaurant_id INNER JOIN tags t ON t.id = l.tag_id "
                    f"WHERE t.document_id = '{tag}'")
                self.assertEqual(found, [["0", "0"]] if i % 2 else [["16", "16"]])
        self.assert_whole()

    def test_a_link_made_while_its_target_is_published_leads_to_both_versions(self):
        category = self.make("/api/categories", {"name": "star", "slug": "star"})
        with crowd.Crowd(self.site, 2) as clients:
            for i in range(ROUNDS):
                made = self.site.request("POST", "/api/restaurants?status=draft", {"data": {"name": f"star {i}"}})
                restaurant = made.json["data"]["documentId"]
                self.assert_done(clients.at_once([
                    ("PUT", f"/api/categories/{category}", {"star": restaurant}),
                    ("PUT", f"/api/restaurants/{restaurant}", {})]))
                self.assertEqual(self.db.rows(
                    "SELECT COUNT(*), COUNT(DISTINCT r.document_id), MAX(r.published_at IS NULL), MIN(r.published_at IS NULL) "
                    "FROM categories_star_lnk l INNER JOIN restaurants r ON r.id = l.restaurant_id INNER JOIN categories c "
                    f"ON c.id = l.category_id WHERE c.document_id = '{category}'"), [["2", "1", "1", "0"]])
        self.assert_whole()

    def test_two_that_lead_to_each_other_and_are_published_at_once_do_so_in_public_too(self):
        with crowd.Crowd(self.site, 2) as clients:
            for i in range(ROUNDS):
                made = self.site.request("POST", "/api/restaurants?status=draft", {"data": {"name": f"reviewed {i}"}})
                restaurant = made.json["data"]["documentId"]
                made = self.site.request("POST", "/api/reviews?status=draft",
                                         {"data": {"title": "good", "score": 3, "restaurant": restaurant}})
                review = made.json["data"]["documentId"]
                self.assert_done(clients.at_once([("PUT", f"/api/reviews/{review}", {}),
                                                  ("PUT", f"/api/restaurants/{restaurant}", {})]))
                self.assertEqual(self.listed(f"/api/restaurants/{restaurant}", "reviews"), [review])
        self.assert_whole()

    def test_deleting_while_others_write_leaves_nothing_behind(self):
        tag = self.make("/api/tags", {"name": "left behind"})
        hours = [{"day": "mon", "opens": "10:00:00", "closes": "12:00:00"}]
        menu = [{"title": "a", "items": [{"name": "soup"}]}]
        with crowd.Crowd(self.site, 6) as clients:
            for i in range(ROUNDS):
                restaurant = self.make("/api/restaurants", {"name": f"gone {i}"})
                here = f"/api/restaurants/{restaurant}"
                answers = clients.at_once([
                    ("PUT", here, {"openingHours": hours, "menu": menu}),
                    ("PUT", here, {"seo": {"metaTitle": "t"}, "tags": {"connect": [tag]}}),
                    ("DELETE", here, None),
                    ("PUT", here, {"content": [{"__component": "section.hero", "heading": "h"}]}),
                    ("PUT", f"/api/tags/{tag}", {"restaurants": {"connect": [restaurant]}}),
                    ("DELETE", here, None)])
                statuses = [getattr(a, "status", a) for a in answers]
                for k, allowed in enumerate(({200, 404}, {200, 404}, {204}, {200, 404}, {200, 400}, {204})):
                    self.assertIn(statuses[k], allowed, (k, answers))
                self.assertEqual(self.site.request("GET", here).status, 404)
        self.assert_whole()


