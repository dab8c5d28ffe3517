"""Shared records that readers see: one person proposes, another confirms, until then readers see what is."""

from datetime import date

from django.test import Client
from django.urls import reverse
from wagtail.test.utils import WagtailTestUtils
from wagtail.test.utils.form_data import querydict_from_html

from base.gate import Refused
from base.models import SiteGeneration
from faq.models import QuestionTopic
from legalref.models import DocumentType, IssuingBody
from servicecatalog.models import Sector
from tests.city import CityTestCase, fresh, person
from tests.legalref.library import on_city_host, public_document, register
from workflows.models import RecordChange
from workflows.publishing import record_changes


def form_of(client, url) -> dict:
    """The edit form of a record as a browser sends it back: a ticked box says "on", lines end in two signs."""
    html = client.get(url).content.decode()
    forms = [at for at in range(html.count("<form")) if "name" in _form(html, at)]
    data = _form(html, forms[0]).copy()
    for box in WagtailTestUtils.get_soup(html).find_all("input", type="checkbox", checked=True):
        if data.get(box.get("name")) == "":
            data[box["name"]] = "on"
    for name, value in data.items():
        data[name] = value.replace("\r\n", "\n").replace("\n", "\r\n")
    return data


def _form(html, place):
    try:
        return querydict_from_html(html, form_index=place)
    except (ValueError, IndexError):
        return {}


class RecordCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.other = person("thuong-truc.2", "Cán bộ mẫu 45", "standing_office", cls.city.site)

    def generations(self):
        return dict(SiteGeneration.objects.values_list("site__slug", "value"))

    def send(self, record, who, **values):
        """Send the edit form of a record with some other values; return the answer."""
        self.client.force_login(who)
        url = reverse(type(record).snippet_viewset.get_url_name("edit"), args=[record.pk])
        data = form_of(self.client, url)
        data.update(values)
        return self.client.post(url, data)

    def decide(self, change, who, accepted="yes", note="", digest=None):
        self.client.force_login(who)
        return self.client.post(
            reverse("workflows_record_change", args=[change.pk]),
            {"accepted": accepted, "note": note, "digest": digest or change.digest},
        )


class Names(RecordCase):
    def setUp(self):
        self.register = register(self.city.my_long)
        self.document = public_document(self.city.my_long, by=self.cast.contributor, symbol="3/2021/QĐ-UBND")
        self.body = self.document.main_issuer
        self.former = self.body.name

    def read(self):
        address = on_city_host(self.city, self.register) + self.document.slug + "/"
        return Client().get(address, HTTP_HOST="localhost").content.decode()

    def test_a_name_by_one_person_reaches_no_reader(self):
        before = self.generations()

        answer = self.send(self.body, self.cast.standing_office, name="CƠ QUAN ĐỔI TÊN MỘT MÌNH")

        change = RecordChange.objects.get()
        assert answer.status_code == 302 and change.is_open
        assert "ĐỔI TÊN MỘT MÌNH" not in self.read() and self.former in self.read()
        assert self.generations() == before

    def test_a_second_person_lets_it_come_true_at_once(self):
        self.send(self.body, self.cast.standing_office, name="Ủy ban nhân dân đổi tên đúng")
        change, before = RecordChange.objects.get(), self.generations()
        shown = Client().get("/", HTTP_HOST="localhost")

        assert self.decide(change, self.other).status_code == 302

        assert shown.status_code == 200 and "Ủy ban nhân dân đổi tên đúng" in self.read()
        assert all(self.generations()[site] > value for site, value in before.items())
        assert IssuingBody.objects.get(pk=self.body.pk).slug == self.body.slug
        assert RecordChange.objects.get().decided_by == self.other

    def test_neither_the_proposer_nor_somebody_without_the_right_confirms(self):
        self.send(self.body, self.cast.standing_office, name="Tên khác")
        change = RecordChange.objects.get()

        for who in (self.cast.standing_office, self.cast.contributor, self.cast.technical_admin, self.cast.superuser):
            with self.subTest(who=who.username), self.assertRaises(Refused):
                record_changes.confirm(change, by=fresh(who), digest=change.digest)
        for who in (self.other, self.cast.head, self.cast.deputy):
            assert record_changes.may_decide(fresh(who), change)

    def test_a_superuser_proposes_like_anybody(self):
        self.send(self.body, self.cast.superuser, name="Tên của siêu quản trị")
        assert IssuingBody.objects.get(pk=self.body.pk).name == self.former
        assert RecordChange.objects.get().is_open

    def test_what_was_seen_is_what_is_confirmed(self):
        self.send(self.body, self.cast.standing_office, name="Tên khác")
        change = RecordChange.objects.get()

        answer = self.decide(change, self.other, digest="0" * 64)

        assert "khác với nội dung bạn đã xem" in answer.content.decode()
        RecordChange.objects.filter(pk=change.pk).update(values={**change.values, "name": "Tên sửa lén"})
        assert "khác với nội dung" in self.decide(change, self.other).content.decode()
        assert IssuingBody.objects.get(pk=self.body.pk).name == self.former

    def test_a_record_that_changed_meanwhile_is_not_overwritten(self):
        self.send(self.body, self.cast.standing_office, name="Tên khác")
        IssuingBody.objects.filter(pk=self.body.pk).update(symbol="UBNDTP")

        answer = self.decide(RecordChange.objects.get(), self.other)

        assert "đã thay đổi từ lúc đề nghị" in answer.content.decode()

    def test_the_periods_of_a_body_come_along(self):
        values = {
            "competences-TOTAL_FORMS": "1",
            "competences-INITIAL_FORMS": "0",
            "competences-0-legal_source": "Luật thử",
            "competences-0-valid_from": "2020-01-01",
            "competences-0-ORDER": "0",
            "competences-0-DELETE": "",
        }
        self.send(self.body, self.cast.standing_office, **values)

        self.decide(RecordChange.objects.get(), self.other)

        assert [row.legal_source for row in IssuingBody.objects.get(pk=self.body.pk).competences.all()] == ["Luật thử"]

    def test_refused_with_a_word_it_stays_as_it_was(self):
        self.send(self.body, self.cast.standing_office, name="Tên khác")
        change = RecordChange.objects.get()

        assert "Hãy ghi lý do" in self.decide(change, self.other, accepted="no").content.decode()
        self.decide(change, self.other, accepted="no", note="Sai tên")

        assert IssuingBody.objects.get(pk=self.body.pk).name == self.former
        assert not record_changes.open_change(self.body)

    def test_what_waits_is_shown_beside_the_record_and_in_the_queue(self):
        self.send(self.body, self.cast.standing_office, name="Tên khác")
        self.client.force_login(self.other)

        url = reverse(IssuingBody.snippet_viewset.get_url_name("edit"), args=[self.body.pk])
        assert "đã đề nghị sửa mục này" in self.client.get(url).content.decode()
        assert "Tên khác" in self.client.get(reverse("workflows_queue")).content.decode()
        shown = self.client.get(reverse("workflows_record_change", args=[RecordChange.objects.get().pk]))
        assert self.former in shown.content.decode() and "Tên khác" in shown.content.decode()

    def test_the_proposer_takes_it_back(self):
        self.send(self.body, self.cast.standing_office, name="Tên khác")
        change = RecordChange.objects.get()
        self.client.post(reverse("workflows_withdraw_record_change", args=[change.pk]), {})
        assert not RecordChange.objects.get().is_open


class NewAndGone(RecordCase):
    def test_a_new_record_is_there_once_confirmed(self):
        self.client.force_login(self.cast.standing_office)
        url = reverse(Sector.snippet_viewset.get_url_name("add"))
        data = {"name": "Ngành thử", "name_en": "Trial", "slug": "nganh-thu", "sort_order": "7"}

        assert self.client.post(url, data).status_code == 302
        assert not Sector.objects.filter(slug="nganh-thu").exists()
        self.decide(RecordChange.objects.get(), self.other)

        assert Sector.objects.get(slug="nganh-thu").name == "Ngành thử"

    def test_a_contributor_proposes_an_issuing_body_and_a_topic(self):
        for model, data in (
            (
                IssuingBody,
                {
                    "name": "Bộ thử nghiệm",
                    "slug": "bo-thu-nghiem",
                    "symbol": "BTN",
                    "competences-TOTAL_FORMS": "0",
                    "competences-INITIAL_FORMS": "0",
                },
            ),
            (
                QuestionTopic,
                {
                    "name": "Lĩnh vực thử",
                    "name_en": "Trial",
                    "slug": "linh-vuc-thu",
                    "is_active": "on",
                    "kind": QuestionTopic._meta.get_field("kind").choices[0][0],
                    "sort_order": "9",
                },
            ),
        ):
            with self.subTest(model=model.__name__):
                self.client.force_login(self.cast.contributor)
                answer = self.client.post(reverse(model.snippet_viewset.get_url_name("add")), data)
                assert answer.status_code == 302, answer.content.decode()[:500]
                assert not model.objects.filter(slug=data["slug"]).exists()

                self.decide(RecordChange.objects.latest("pk"), self.cast.head)

                assert model.objects.filter(slug=data["slug"]).exists()

    def test_a_record_in_use_is_not_removed(self):
        sector = Sector.objects.create(name="Ngành bỏ", slug="nganh-bo", sort_order=9)
        change = record_changes.propose_removal(sector, by=self.cast.superuser)
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)
        assert not Sector.objects.filter(pk=sector.pk).exists()

        body = public_document(self.city.site, by=self.cast.standing_office).main_issuer
        change = record_changes.propose_removal(body, by=self.cast.superuser)
        with self.assertRaisesMessage(Refused, "đang được dùng"):
            record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)


class WithoutASecond(RecordCase):
    def test_what_no_reader_sees_is_saved_at_once_and_raises_the_generations(self):
        topic, before = QuestionTopic.objects.first(), self.generations()

        self.send(topic, self.cast.standing_office, keywords="từ khóa mới")

        assert QuestionTopic.objects.get(pk=topic.pk).keywords == "từ khóa mới"
        assert not RecordChange.objects.exists() and self.generations() != before

    def test_a_form_sent_back_as_it_came_proposes_nothing(self):
        body = public_document(self.city.site, by=self.cast.standing_office).main_issuer
        body.competences.add(body.competences.model(legal_source="Luật thử", valid_from=date(2020, 1, 1)))
        body.save()
        kind = DocumentType.objects.first()
        sector = Sector.objects.create(name="Ngành thử", slug="nganh-thu", sort_order=9)
        topic = QuestionTopic.objects.first()
        assert "\n" in topic.keywords and topic.is_active and kind.is_published

        for record in (body, kind, sector, topic):
            with self.subTest(record=type(record).__name__):
                before = record_changes.data_of(record)
                assert self.send(record, self.cast.standing_office).status_code == 302
                assert record_changes.data_of(type(record).objects.get(pk=record.pk)) == before
                assert not RecordChange.objects.exists()

    def test_a_word_beside_a_hidden_one_waits_with_it(self):
        topic = QuestionTopic.objects.first()

        self.send(topic, self.cast.standing_office, keywords="từ khóa mới", name="Lĩnh vực đổi tên")

        stored = QuestionTopic.objects.get(pk=topic.pk)
        assert (stored.keywords, stored.name) == (topic.keywords, topic.name)
        assert set(RecordChange.objects.get().values) >= {"keywords", "name"}
