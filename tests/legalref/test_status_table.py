"""The documents that the Decision cites, on the day of the Decision and today; and that every place says the same.

The table is that of the legal research on the Decision. What is not verified stays "Chưa xác định"; "amended" is
"Hết hiệu lực một phần" in the words of the national database.
"""

import json
import re
from datetime import date
from io import BytesIO

import time_machine
from pypdf import PdfReader

from legalref.life import lifecycle
from legalref.life.effect import RELATIONS, StatusCode
from legalref.models import DocumentRelation, DocumentStatus, RegisterEntry
from legalref.register import document_page
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, publish_at_once

from .library import on_city_host, shipped_register

ON_ISSUE, TODAY = date(2020, 6, 5), date(2026, 11, 25)
DAYS = {ON_ISSUE: "2020-06-05 10:00 +07:00", TODAY: "2026-11-25 10:00 +07:00"}
S = StatusCode
# Document · on 05/06/2020 · now, as the research says it · both as statuses · who brought the second about, and when.
TABLE = (
    (
        "l-77-2015",
        "in force, amended by Luật 47/2019/QH14 with effect from 01/07/2020",
        "replaced by 65/2025/QH15 (01/03/2025), then 72/2025/QH15",
        S.IN_FORCE,
        S.LAPSED,
        "l-65-2025",
        "2025-03-01",
    ),
    ("l-80-2015", "in force", "replaced 01/04/2025 by 64/2025/QH15", S.IN_FORCE, S.LAPSED, "l-64-2025", "2025-04-01"),
    ("l-67-2006", "in force", "largely superseded; exact end date not verified", S.IN_FORCE, S.UNKNOWN, None, None),
    ("nd-64-2007", "in force", "repealed 01/07/2026 by NĐ 224/2026", S.IN_FORCE, S.LAPSED, "nd-224-2026", "2026-07-01"),
    (
        "nd-43-2011",
        "in force",
        "replaced 15/08/2022 by NĐ 42/2022; that one replaced 01/07/2026 by NĐ 224/2026",
        S.IN_FORCE,
        S.LAPSED,
        "nd-42-2022",
        "2022-08-15",
    ),
    (
        "nd-72-2013",
        "in force, amended by 27/2018/NĐ-CP",
        "replaced 25/12/2024 by 147/2024/NĐ-CP",
        S.PARTLY_LAPSED,
        S.LAPSED,
        "nd-147-2024",
        "2024-12-25",
    ),
    ("nd-72-2015", "in force", "not verified", S.IN_FORCE, S.UNKNOWN, None, None),
    ("qd-03-2017-ag", "in force (presumed)", "not found", S.IN_FORCE, S.UNKNOWN, None, None),
    ("qd-72-2002", "in force (presumed)", "not verified", S.IN_FORCE, S.UNKNOWN, None, None),
    (
        "tt-22-2013",
        "already replaced 01/07/2018 by 39/2017/TT-BTTTT",
        "–",
        S.LAPSED,
        S.LAPSED,
        "tt-39-2017",
        "2018-07-01",
    ),
    (
        "qd-01-2020",
        "–",
        "issuer dissolved 01/07/2025; no repealing act found",
        S.NOT_YET,
        S.IN_FORCE,
        None,
        "2020-06-15",
    ),
)
FORCE = {
    S.IN_FORCE: "InForce",
    S.PARTLY_LAPSED: "PartiallyInForce",
    S.NOT_YET: "NotInForce",
    S.LAPSED: "NotInForce",
}
BADGE = re.compile(r'<span class="status status--[\w-]+">([^<]+)</span>')


class StatusTable(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.register, cls.documents = shipped_register(cls.city)
        with time_machine.travel("2026-11-25 09:00 +07:00"):
            cls.slugs = {key: document.slug for key, document in cls.documents.items()}
            page = ArticlePage(
                title="Bài dẫn các văn bản",
                summary="Tóm tắt.",
                author_name="Phòng mẫu",
                source_name="Phòng mẫu",
                responsible_unit=cls.city.site.unit,
                body=[("paragraph", "<p>Nội dung.</p>")],
                legal_basis=[
                    ("document", {"document": cls.documents[row[0]], "provision": "", "role": "basis"}) for row in TABLE
                ],
            )
            cls.article = publish_at_once(draft(page, cls.city.section(cls.city.site)))

    def expected(self, day):
        return {row[0]: row[3] if day == ON_ISSUE else row[4] for row in TABLE}

    # --- The table ------------------------------------------------------------------------------------

    def test_each_document_on_both_days(self):
        for key, then, now, code_then, code_now, by, since in TABLE:
            for day, words, code in ((ON_ISSUE, then, code_then), (TODAY, now, code_now)):
                with self.subTest(key, day=day, research=words):
                    self.assertEqual(lifecycle.status(self.documents[key], day).code, code)
            with self.subTest(key, research=now):
                status = lifecycle.status(self.documents[key], TODAY)
                self.assertEqual(status.by_document, self.documents[by] if by else None)
                self.assertEqual(status.since, date.fromisoformat(since) if since else None)

    def test_follows_from_the_dates_and_relations_alone(self):
        acting = DocumentRelation.objects.filter(code__in=[code for code, kind in RELATIONS.items() if kind.effect])
        acting.update(revoked_at="2026-11-25T00:00:00+07:00")

        changed = {
            key for key, *_rest, now, _by, _since in TABLE if lifecycle.status(self.documents[key], TODAY).code != now
        }

        self.assertEqual(changed, {row[0] for row in TABLE if row[4] == S.LAPSED})

    def test_decision_shows_its_lapsed_bases_and_is_not_called_repealed(self):
        with time_machine.travel(DAYS[TODAY]):
            shown = self.html(f"{self.slugs['qd-01-2020']}/")

        self.assertIn('<span class="badge badge--warning">Căn cứ đã hết hiệu lực</span>', shown)
        self.assertIn("5 căn cứ ban hành đã hết hiệu lực:", shown)
        self.assertIn("Điều đó không tự làm văn bản này hết hiệu lực.", shown)
        self.assertEqual(self.banner(shown), "Còn hiệu lực")
        self.assertNotIn("Bị bãi bỏ", shown)

    def test_decision_has_no_such_badge_on_its_own_day(self):
        self.assertNotIn("badge--warning", self.html(f"{self.slugs['qd-01-2020']}/", ngay="2020-06-05"))

    # --- That all places agree ------------------------------------------------------------------------

    def test_every_place_says_the_same_on_both_days(self):
        for day, moment in DAYS.items():
            with time_machine.travel(moment):
                lifecycle.refresh_status(on=day)
                expected = {key: str(code.label) for key, code in self.expected(day).items()}
                for place, said in self.places(day).items():
                    with self.subTest(place, day=day):
                        self.assertEqual({key: said.get(key) for key in expected}, expected)

    def places(self, day):
        other = ON_ISSUE if day == TODAY else TODAY
        keys = {slug: key for key, slug in self.slugs.items()}
        keys_by_pk = {document.pk: key for key, document in self.documents.items()}
        labels = {str(code): str(code.label) for code in S}
        pages = {key: self.html(f"{self.slugs[key]}/") for key, *_row in TABLE}
        data = {key: self.data(f"{self.slugs[key]}/") for key, *_row in TABLE}
        article = self.client.get(on_city_host(self.city, self.article)).content.decode()
        listed = self.data()["documents"] + self.data(trang=2)["documents"]
        found = {
            "stored": {keys_by_pk[row.document_id]: row.get_code_display() for row in DocumentStatus.objects.all()},
            "entry of the list": {
                keys_by_pk[row.document_id]: labels[row.status] for row in RegisterEntry.objects.all()
            },
            "badge in the list": self.badges(self.html() + self.html(trang=2), keys),
            "filter": self.filtered(day, keys),
            "banner": {key: self.banner(html) for key, html in pages.items()},
            "last turn that came": {key: self.turn(html) for key, html in pages.items()},
            "banner as of the day": self.as_of(day, other),
            "list of the API": {keys[row["slug"]]: row["status"]["label"] for row in listed},
            "answer of the API": {key: row["status"]["label"] for key, row in data.items()},
            "last turn of the API": {
                key: [turn for turn in row["timeline"] if turn["date"] <= row["date"]][-1]["status"]["label"]
                for key, row in data.items()
                if [turn for turn in row["timeline"] if turn["date"] <= row["date"]]
            },
            "search": self.searched(day, keys),
            "block in an article": self.badges(article, keys),
            "related documents of the decision": {"qd-01-2020": self.banner(pages["qd-01-2020"])}
            | self.badges(pages["qd-01-2020"].split('id="van-ban-lien-quan"')[1], keys),
            "cover sheet": self.covers(day),
            "for machines": {
                key: self.banner(html) if self.force(html) == FORCE.get(self.code(html)) else self.force(html)
                for key, html in pages.items()
            },
        }
        return found

    def html(self, path="", **parameters):
        return self.client.get(f"{on_city_host(self.city, self.register)}{path}", parameters).content.decode()

    def data(self, path="", **parameters):
        response = self.client.get(f"/api/v1/van-ban/{path}", parameters)
        self.assertEqual(response.status_code, 200, response.content)
        return response.json()

    @staticmethod
    def banner(html):
        return BADGE.search(html, html.index('aria-label="Tình trạng hiệu lực"'))[1]

    def code(self, html):
        return next(code for code in S if str(code.label) == self.banner(html))

    @staticmethod
    def turn(html):
        return BADGE.search(html, html.index("timeline__item--now"))[1]

    @staticmethod
    def force(html):
        data = json.loads(re.search(r'<script type="application/ld\+json">(.+?)</script>', html)[1])
        return data.get("legalForce", data.get("legislationLegalForce", "")).rpartition("/")[2] or None

    @staticmethod
    def badges(html, keys):
        """The badge after the first link to each document."""
        found = {}
        for match in re.finditer(r'href="[^"]*/van-ban/([\w-]+)/"', html):
            if match[1] in keys and (badge := BADGE.search(html, match.end())):
                found.setdefault(keys[match[1]], badge[1])
        return found

    def filtered(self, day, keys):
        return {
            keys[slug]: str(code.label)
            for code in set(self.expected(day).values())
            for slug in re.findall(r'href="/van-ban/([\w-]+)/"', self.html(**{"tinh-trang": code.replace("_", "-")}))
            if slug in keys
        }

    def some(self, day):
        """What is expected of all, and one document of each status, of which the place is really asked."""
        expected = self.expected(day)
        said = {key: str(code.label) for key, code in expected.items()}
        return said, {code: key for key, code in expected.items()}.values()

    def as_of(self, day, other):
        said, some = self.some(day)
        with time_machine.travel(DAYS[other]):
            return said | {key: self.banner(self.html(f"{self.slugs[key]}/", ngay=day.isoformat())) for key in some}

    def searched(self, day, keys):
        said, some = self.some(day)
        for key in some:
            html = self.client.get("/tim-kiem/", {"q": self.documents[key].symbol}).content.decode()
            said[key] = self.badges(html, keys).get(key)
        return said

    def covers(self, day):
        said, some = self.some(day)
        for key in some:
            document = type(self.documents[key]).objects.get(pk=self.documents[key].pk)
            sheet = PdfReader(BytesIO(document_page.cover(document, None, self.register))).pages[0].extract_text()
            words = " ".join(sheet.split())
            said[key] = re.search(r"Tình trạng ngày \d\d/\d\d/\d{4}: ([^.]+)\.", words)[1]
        return said
