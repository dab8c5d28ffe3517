"""The catalogue in the words of DCAT-AP, read by another library; and the page «Dữ liệu mở»."""

from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from base.models import PortalSite
from opendata.sets import SETS
from tests.city import CityTestCase
from tests.opendata.data import one_of_each
from tests.opendata.test_api import ROOT

# What DCAT-AP 3 demands of each class.
MANDATORY = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset),
    DCAT.Dataset: (DCTERMS.title, DCTERMS.description),
    DCAT.Distribution: (DCAT.accessURL,),
    DCAT.DataService: (DCTERMS.title, DCAT.endpointURL),
    FOAF.Agent: (FOAF.name,),
}


class ThePage(CityTestCase):
    english = True

    def test_it_stands_below_the_front_page_and_its_title_ends_in_the_name_of_the_site(self):
        city = PortalSite.objects.get(kind=PortalSite.Kind.CITY)
        for path, home, label, name in (
            ("/du-lieu-mo/", "/", "Trang chủ", city.name),
            ("/en/du-lieu-mo/", "/en/", "Home", city.name_in("en")),
        ):
            with self.subTest(path):
                answer = self.client.get(path)
                self.assertContains(answer, f'<li class="breadcrumbs__item"><a href="{home}">{label}</a></li>')
                self.assertContains(answer, f" – {name}</title>")

    def test_is_in_the_sitemap_of_the_city_in_both_languages(self):
        text = self.client.get("/sitemap.xml").text

        for path in ("/du-lieu-mo/", "/en/du-lieu-mo/"):
            self.assertRegex(text, rf"<loc>http://[^/<]+{path}</loc>")

    def test_the_sitemap_names_it_under_the_canonical_host_whatever_name_was_asked(self):
        text = self.client.get("/sitemap.xml").text

        for host in ("127.0.0.1:8443", "second.example"):
            with self.subTest(host):
                self.assertEqual(self.client.get("/sitemap.xml", headers={"host": host}).text, text)


class Catalogue(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        one_of_each(cls.city)

    def graph(self, name: str, kind: str) -> Graph:
        response = self.client.get(f"{ROOT}{name}")
        self.assertEqual(response.status_code, 200)
        return Graph().parse(data=response.content, format=kind)

    def test_both_spellings_say_the_same(self):
        turtle, json_ld = self.graph("danh-muc.ttl", "turtle"), self.graph("danh-muc.jsonld", "json-ld")

        self.assertGreater(len(turtle), 100)
        self.assertTrue(isomorphic(turtle, json_ld))

    def test_each_thing_says_what_the_profile_demands(self):
        graph = self.graph("danh-muc.ttl", "turtle")

        for kind, wanted in MANDATORY.items():
            subjects = list(graph.subjects(RDF.type, kind))
            self.assertTrue(subjects, kind)
            for subject in subjects:
                for predicate in wanted:
                    with self.subTest(subject=str(subject), predicate=str(predicate)):
                        self.assertTrue(list(graph.objects(subject, predicate)))
        self.assertEqual(len(list(graph.subjects(RDF.type, DCAT.Dataset))), len(SETS))

    def test_every_address_that_it_names_is_there(self):
        graph = self.graph("danh-muc.ttl", "turtle")
        addresses = {*graph.objects(None, DCAT.downloadURL), *graph.objects(None, DCAT.endpointDescription)}
        addresses |= {*graph.objects(None, DCAT.endpointURL), *graph.objects(None, DCAT.landingPage)}

        self.assertEqual(len(addresses), 2 * len(SETS) + 3)
        for address in addresses:
            with self.subTest(str(address)):
                self.assertIsInstance(address, URIRef)
                path = str(address).partition("//")[2].partition("/")[2]
                response = self.client.get(f"/{path}")
                self.assertEqual(response.status_code, 200)
                # Only some files are sent at once: each is read to its end.
                self.assertTrue(response.getvalue() if response.streaming else response.content)


class Page(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        one_of_each(cls.city)

    def test_it_names_each_set_with_files_dictionary_and_terms(self):
        response = self.client.get("/du-lieu-mo/")

        self.assertContains(response, "ghi rõ nguồn")
        for name, found in SETS.items():
            with self.subTest(name):
                self.assertContains(response, found.title)
                self.assertContains(response, f'href="{ROOT}tai-ve/{name}.csv"')
                self.assertContains(response, f'href="{ROOT}tai-ve/{name}.json"')
                self.assertContains(response, f"<code>{found.columns[0].name}</code>")
        self.assertContains(response, f'href="{ROOT}danh-muc.jsonld"')
        self.assertEqual(response["X-Portal-Cache"], "public")

    def test_it_is_in_english_too_and_each_names_the_other(self):
        english = self.client.get("/en/du-lieu-mo/")

        self.assertContains(english, "Legal documents")
        self.assertContains(english, "Number and symbol")
        self.assertContains(english, 'hreflang="vi"')
        self.assertContains(self.client.get("/du-lieu-mo/"), 'href="/en/du-lieu-mo/"')

    def test_every_footer_leads_to_it(self):
        for path in ("/", "/my-long/tin-tuc/"):
            with self.subTest(path):
                self.assertContains(self.client.get(path), 'href="/du-lieu-mo/"')
