"""The site of a host is the one that Wagtail finds."""

from itertools import product

from django.test import TestCase
from wagtail.models import Page, Site, sites

from base.queries import known_hosts

# (host, port, whether it is the default one) of the sites that there are.
PLACES = (
    (),
    (("a.example", 80, True),),
    (("a.example", 80, False),),
    (("a.example", 80, True), ("b.example", 80, False)),
    (("a.example", 80, True), ("b.example", 80, False), ("b.example", 443, False)),
    (("a.example", 80, True), ("a.example", 443, False), ("b.example", 8000, False)),
    (("b.example", 80, False), ("b.example", 443, False)),
    (("a.example", 80, False), ("b.example", 443, True)),
)


class KnownHosts(TestCase):
    def answer(self, find, host, port):
        try:
            return find(host, port).pk
        except Site.DoesNotExist:
            return None

    def test_are_those_that_wagtail_finds_whatever_sites_there_are(self):
        root = Page.objects.get(depth=1)
        answers = set()
        for places in PLACES:
            Site.objects.all().delete()
            for host, port, is_default in places:
                Site.objects.create(hostname=host, port=port, is_default_site=is_default, root_page=root)
            for host, port in product(("a.example", "A.example", "b.example", "c.example"), ("80", "443", 443, 8000)):
                with self.subTest(places=places, host=host, port=port):
                    found = self.answer(sites.get_site_for_hostname, host, port)
                    self.assertEqual(found, self.answer(known_hosts._find, host, port))
                    answers.add(found)

        self.assertIn(None, answers)
        self.assertGreater(len(answers), 8)

    def test_come_with_their_root_page_by_one_query(self):
        Site.objects.all().delete()
        Site.objects.create(hostname="a.example", port=80, is_default_site=True, root_page=Page.objects.get(depth=1))

        with self.assertNumQueries(1):
            self.assertEqual(sites.get_site_for_hostname("a.example", "80").root_page.depth, 1)
