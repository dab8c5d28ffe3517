"""Beside each rule its article: every article named is in the Regulation, every note has its page of the guide."""

import re

from django.test import SimpleTestCase
from django.urls import reverse

from base.admin import guide, rule_notes
from home import first_steps
from legalref import seeding
from legalref.life import structure
from legalref.register import regulation
from tests import factories
from tests.city import CityTestCase, publish_at_once
from tests.legalref.library import register, seed_public
from workflows.publishing import takedown

TEXT = (seeding.DATA / seeding.DECISION_TEXT).read_text(encoding="utf-8")


def anchors() -> set[str]:
    """The anchors of all articles and clauses of the Decision and of the Regulation issued with it."""
    found = set()
    for node in structure.parse(TEXT):
        found.add(node.anchor)
        if node.kind == structure.ARTICLE:
            found |= {line.anchor for line in structure.lines_of("\n".join(node.lines), node.anchor) if line.anchor}
    return found


class Table(SimpleTestCase):
    def test_every_article_named_is_in_the_regulation(self):
        known = anchors()
        named = {article for rule in rule_notes.RULES.values() for article in rule.articles}
        named |= {step.article for step in first_steps.STEPS if step.article}
        self.assertGreater(len(named), 8)
        for article in named:
            with self.subTest(article):
                self.assertIn(regulation.anchor(article), known)
                self.assertRegex(TEXT, rf"(?m)^Điều {article.split('.')[0]}\. ")

    def test_every_note_has_its_page_of_the_guide(self):
        for rule in rule_notes.RULES.values():
            with self.subTest(rule.key):
                self.assertIsNotNone(guide.page(rule.guide))
                self.assertTrue(rule.text.endswith("."))


class Notes(CityTestCase):
    def get(self, who, name, *args):
        self.client.force_login(getattr(self.cast, who))
        return self.client.get(reverse(name, args=args))

    def test_the_screens_name_the_article_and_lead_to_the_guide(self):
        draft = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)
        for who, name, args, rule in (
            ("contributor", "workflows_submit", ("wagtailcore", "page", draft.pk), "submit"),
            ("head", "workflows_emergency_publish", (draft.pk,), "emergency"),
            ("head", "workflows_queue", (), "review"),
            ("head", "workflows_takedowns", (), "takedown"),
            ("contributor", "faq_inbox", (), "question"),
            ("contributor", "workflows_deadlines", (), "deadline"),
            ("technical_admin", "accounts_appointments", (), "appointment"),
            ("technical_admin", "accounts_record", (), "appointment"),
            ("head", "home_open_ward", (), "open_ward"),
            ("standing_office", "legalref_duty", (), "document"),
            ("standing_office", "faq_personal_data", (), "personal"),
            ("standing_office", "faq_complaints", (), "complaint"),
            ("standing_office", "faq_consultations", (), "comment"),
        ):
            with self.subTest(name):
                answer = self.get(who, name, *args)
                known = rule_notes.RULES[rule]
                self.assertContains(answer, 'class="rule-note"', count=1)
                self.assertContains(answer, f"Điều {known.articles[0]}")
                self.assertContains(answer, reverse("base_guide_page", args=[known.guide]))

    def test_the_article_leads_to_the_register_once_the_decision_is_public_there(self):
        before = self.get("head", "workflows_takedowns").content.decode()
        self.assertNotIn("quy-che-dieu-21", before)
        self.assertRedirects(self.get("head", "legalref_regulation", "21"), reverse("base_guide"))
        register(self.city.site)
        seed_public(self.cast.head)

        after = self.get("head", "workflows_takedowns").content.decode()

        address = re.search(r'href="([^"]*)#quy-che-dieu-21-khoan-2"', after)[1]
        self.assertRegex(address, r"/van-ban/[^/]*01-2020[^/]*/$")
        page = self.client.get(address)
        self.assertContains(page, 'id="quy-che-dieu-21-khoan-2"')
        self.assertTrue(self.get("head", "legalref_regulation", "21")["Location"].endswith("#quy-che-dieu-21"))

    def test_what_is_no_article_has_no_address(self):
        for article in ("0", "abc", "1.2.3", "x.1"):
            with self.subTest(article):
                self.assertEqual(self.get("head", "legalref_regulation", article).status_code, 404)

    def test_a_take_down_shows_it_beside_the_decision(self):
        page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)
        page = publish_at_once(page)
        row = takedown.propose(page, "error", by=self.cast.contributor, explanation="Sai.")[0]
        self.assertContains(self.get("head", "workflows_takedown", row.pk), "Điều 21.2")
