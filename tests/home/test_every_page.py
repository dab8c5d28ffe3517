"""Every public page of the small city, walked by its links: languages, landmarks, moments, fields as standards want."""

import re
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from unittest import mock
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import time_machine
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.utils import timezone

from base.models import OrganisationUnit
from base.public.page_cache.marks import PARAMS, PUBLIC
from legalref.models import LegalDocument
from servicecatalog import models as services
from servicecatalog.dossiers import recording
from tests.alerts.standing import stand
from tests.browser.every_page import TABLE, one_of_every_type
from tests.city import CityTestCase, draft, publish_at_once
from tests.language.english import english
from tests.sections import pages
from tests.servicecatalog.dossier_cast import code, history
from vietnam.text import has_diacritics

MONDAY = datetime(2026, 7, 6, 9, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
# Answers of forms and lists that no plain link leads to.
ASKED = (
    "/tim-kiem/?q=khai+sinh",
    "/en/search/?q=khai+sinh",
    "/en/search/?q=cau",
    "/en/search/?q=birth",
    "/en/online-public-services/?q=khai+sinh",
    "/en/legal-documents/?q=khai+sinh",
    "/dich-vu-cong/tinh-hinh-ho-so/?nam=2020",
    "/en/online-public-services/tinh-hinh-ho-so/?nam=2020",
)
# Lists that repeat themselves under each filter, order and page.
AGAIN = re.compile(r"\?|/quan-tri/|/tep/|/rss/|/ical/|\.(?:csv|xlsx|docx|xml|json|pdf|ics)$")
MOST_DOCUMENTS = 4
# Where landmarks once had one name, with a name that must be there.
TWICE = (
    ("/dich-vu-cong/tinh-hinh-ho-so/?nam=2020", "theo tháng"),
    ("/dich-vu-cong/thong-ke/", "theo tháng"),
    ("/my-long/", "nước lên nhanh"),
    ("/dich-vu-cong/", "thông báo tạm ngừng dịch vụ 2"),
)
LANDMARKS = {
    "nav": "navigation",
    "aside": "complementary",
    "main": "main",
    "section": "region",
    "form": "form",
    "search": "search",
}
ROLES = frozenset({*LANDMARKS.values(), "banner", "contentinfo"})
# Regions and forms are landmarks when they have a name.
NAMED_ONLY = frozenset({"region", "form"})
# Elements that take no other inside them: of a mixed text they can say one language only.
INDIVISIBLE = frozenset("title desc text option textarea img".split())
# Foreign words of Vietnamese texts.
TAKEN_OVER = frozenset({"internet", "website", "email"})
WHOLE_SECONDS = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:\+\d\d:\d\d|Z)?)?|\d\d:\d\d")


class Page(HTMLParser):
    """What a page says: texts with their language, landmarks with their names, moments, links, forms."""

    VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.texts, self.marks, self.moments, self.links = [], [], [], [], []
        # What stands around the page itself: bars, menu, way up, footer, the title of the window.
        self.furniture = []
        self.filled_in = []
        self.texts_by_id, self.ids = {}, []
        self.feed(html)
        self.close()

    @property
    def lang(self):
        return next((given["lang"] for _tag, given in reversed(self.open) if given.get("lang")), "")

    @property
    def is_around(self):
        """Whether this is no part of the page itself. An alert in Vietnamese says so, a title names the page."""
        kinds = [(tag, given.get("class") or "") for tag, given in self.open]
        if any(tag == "title" or "alert" in css for tag, css in kinds):
            return False
        return any("breadcrumbs" in css for _tag, css in kinds) or all(tag != "main" for tag, _css in kinds)

    @property
    def landmarks(self):
        """(role, name) of each."""
        found = []
        for role, given in self.marks:
            by = " ".join(self.texts_by_id.get(key, "") for key in (given.get("aria-labelledby") or "").split())
            name = " ".join((by or given.get("aria-label") or given.get("title") or "").split())
            if name or role not in NAMED_ONLY:
                found.append((role, name.casefold()))
        return found

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in self.VOID:
            self.open.append((tag, given))
        role = given.get("role") or LANDMARKS.get(tag)
        if role in ROLES:
            self.marks.append((role, given))
        if given.get("id"):
            self.ids.append(given["id"])
            self.texts_by_id[given["id"]] = ""
        if tag == "time":
            self.moments.append(given.get("datetime"))
        if given.get("autocomplete"):
            self.filled_in.append((tag, given["autocomplete"]))
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag == "img" and given.get("alt"):
            self.texts.append(("img", given.get("lang") or self.lang, given["alt"]))

    def handle_endtag(self, tag):
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place][0] == tag:
                del self.open[place:]
                return

    def handle_data(self, data):
        if not data.strip() or any(tag in ("script", "style") for tag, _given in self.open):
            return
        self.texts.append((self.open[-1][0] if self.open else "", self.lang, " ".join(data.split())))
        if self.is_around:
            self.furniture.append(" ".join(data.split()))
        for _tag, given in self.open:
            if given.get("id"):
                self.texts_by_id[given["id"]] += f" {data}"


class Asked(QueryDict):
    """A query that notes which of its parameters somebody looked for."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.read = set()

    def _note(self, name):
        self.__dict__.setdefault("read", set()).add(name)

    def __getitem__(self, name):
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self._note(name)
        return super().__contains__(name)

    def get(self, name, default=None):
        self._note(name)
        return super().get(name, default)

    def getlist(self, name, default=None):
        self._note(name)
        return super().getlist(name, default)


def as_asked(request) -> Asked:
    """Return the query of a request, the same each time."""
    if not hasattr(request, "asked"):
        request.asked = Asked(request.META.get("QUERY_STRING", ""))
    return request.asked


def ask_again(request, query) -> None:
    """Take a query that was put into one spelling in the place of the first one."""
    request.asked = Asked(query.urlencode())


class EveryPage(CityTestCase):
    english = True
    # Filled by the first test that asks: pages do not change between tests.
    found: dict[str, Page] = {}
    # Address of a kept page → what it reads of its query without declaring it.
    undeclared: dict[str, set] = {}

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(MONDAY, tick=False):
            cls.start = one_of_every_type(cls.city)
            add_what_stands_twice(cls.city)

    def setUp(self):
        if not self.found:
            with time_machine.travel(MONDAY, tick=False):
                self.walk()

    def walk(self) -> None:
        """Open every page that links lead to, documents, which are all alike, a handful on each site."""
        border, seen, documents = ["/", "/en/", *ASKED, *self.start.values()], set(), {}
        while border:
            address = border.pop()
            place, _, document = address.partition("/van-ban/")
            if address in seen or document and len(documents.setdefault(place, set()) - {document}) >= MOST_DOCUMENTS:
                continue
            seen.add(address)
            documents.setdefault(place, set()).update([document] if document else [])
            with mock.patch.object(WSGIRequest, "GET", property(as_asked, ask_again)):
                response = self.client.get(address, headers={"host": "localhost"})
            if response.get(PUBLIC):
                declared = set(response.get(PARAMS, "").split(","))
                self.undeclared[address] = as_asked(response.wsgi_request).read - declared
            if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
                continue
            self.found[address] = page = Page(response.content.decode())
            for link in page.links:
                target = urlsplit(urljoin(f"http://localhost{address}", link))
                if target.hostname == "localhost" and not AGAIN.search(link):
                    border.append(target.path)

    def test_reads_no_parameter_that_it_does_not_declare(self):
        self.assertGreater(len(self.undeclared), 60)
        wrong = {address: names for address, names in self.undeclared.items() if names}

        self.assertEqual(wrong, {}, "the page cache leaves out what a page does not declare")

    def test_in_english_has_no_vietnamese_around_it_but_names_and_the_way_to_it(self):
        units = OrganisationUnit.objects.all()
        names = [
            "Tiếng Việt",
            "Trang chủ tiếng Việt",
            *(value for unit in units for value in (unit.address, unit.full_name) if value),
            # The way up from what changed in a document between two days.
            *(document.name for document in LegalDocument.objects.all()),
        ]
        for address, page in self.found.items():
            if address.startswith("/en/"):
                left = {words for words in page.furniture if has_diacritics(words)} - set(names)
                with self.subTest(address):
                    self.assertEqual({words for words in left if not any(name in words for name in names)}, set())

    def test_in_english_that_is_not_there_says_so_without_a_word_of_vietnamese_but_names(self):
        units = OrganisationUnit.objects.all()
        names = {"Tiếng Việt", "Trang chủ tiếng Việt", *(unit.address for unit in units)}
        for address in ("/en/nothing-here/", "/en/my-long/nothing-here/"):
            answer = self.client.get(address, headers={"host": "localhost"})
            page = Page(answer.content.decode())
            said = {words for _tag, _lang, words in page.texts if has_diacritics(words)} - names
            with self.subTest(address):
                self.assertEqual(answer.status_code, 404)
                self.assertEqual(said, set())

    def test_in_english_says_which_of_its_words_are_vietnamese(self):
        pages = {address: page for address, page in self.found.items() if address.startswith("/en/")}

        self.assertGreater(len(pages), 20)
        wrong = []
        for address, page in pages.items():
            for tag, lang, text in page.texts:
                foreign = [word for word in english(text) if not word.isupper() and word.lower() not in TAKEN_OVER]
                if has_diacritics(text) and lang != "vi" and not (tag in INDIVISIBLE and foreign):
                    wrong.append(f"{address} not said to be Vietnamese: {text}")
                elif lang == "vi" and foreign and tag not in INDIVISIBLE:
                    wrong.append(f"{address} English said to be Vietnamese: {text}")
        self.assertEqual(wrong, [])

    def test_has_one_landmark_of_a_kind_and_name_and_one_element_a_key(self):
        wrong = []
        for address, page in self.found.items():
            for role, name in sorted({mark for mark in page.landmarks if page.landmarks.count(mark) > 1}):
                wrong.append(f"{address} two of {role}: {name}")
            wrong += [f"{address} two ids: {key}" for key in sorted(set(page.ids)) if page.ids.count(key) > 1]

        self.assertEqual(wrong, [])
        for address, name in TWICE:
            with self.subTest(address):
                self.assertIn(name, " ".join(name for _role, name in self.found[address].landmarks))

    def test_writes_moments_in_whole_seconds(self):
        moments = [
            (address, moment) for address, page in self.found.items() for moment in page.moments if moment is not None
        ]

        self.assertGreater(len(moments), 100)
        self.assertEqual([found for found in moments if not WHOLE_SECONDS.fullmatch(found[1])], [])

    def test_asks_of_browsers_to_fill_in_what_the_field_can_hold(self):
        fields = {(tag, word) for page in self.found.values() for tag, word in page.filled_in}

        self.assertLessEqual({("input", word) for word in ("name", "email", "tel", "address-line1")}, fields)
        # A whole address has several lines.
        self.assertNotIn(("input", "street-address"), fields)


def add_what_stands_twice(city) -> None:
    """Put on pages what editors may put there twice: notes, tables and alerts of one kind, and tables of figures."""
    note = {"type": "callout", "value": {"kind": "warning", "title": "Lưu ý", "text": "<p>Mang bản chính.</p>"}}
    table = {"type": "table", "value": {"caption": "Kinh phí", "table": TABLE, "note": ""}}
    page = pages.article(title="Hai lưu ý, hai bảng")
    page.body = [note, note, table, table]
    publish_at_once(draft(page, city.section(city.site, "tin-tuc")))
    for site in (city.site, city.my_long):
        stand(title=f"Nước lên nhanh: {site.name}.", sites=[site], url="/van-ban/")
    now = timezone.now()
    outage = services.ServiceOutagePage(
        title="Bảo trì lần hai",
        starts_at=now - timedelta(hours=2),
        ends_at=now + timedelta(days=1),
        message="Hệ thống thanh toán tạm ngừng.",
        responsible_unit=city.site.unit,
    )
    publish_at_once(draft(outage, city.section(city.site, "dich-vu-cong")))
    steps = history((2, 1), (4, 1), (9, 3), code=code(1), procedure_code="1.001193", promised_on=date(2020, 6, 4))
    recording.record(steps, site=city.my_long)
    for offering in services.ServiceOffering.objects.all():
        services.UsageCount.objects.create(page=offering, day=MONDAY.date(), kind="view", count=400)
