"""What is proposed for a publication: the scale of its day, its authors, its pictures; what is not paid."""

from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest
from wagtail.models import Locale, ModelLogEntry

from base.models import OrganisationUnit, PortalImage, UnitAct
from legalref.models import LegalDocument
from royalties import contributors, proposing, tariffs
from royalties.models import Contributor, Royalty
from sections.models import ArticlePage
from tests import factories
from tests.base.test_files import store_image
from tests.city import publish_at_once
from tests.royalties.cast import IN_2020, IN_JULY, IN_SEPTEMBER, RoyaltyCase, at, scale_lines
from workflows.models import TakeDown


class Examples(RoyaltyCase):
    def test_an_article_is_worth_the_coefficient_times_the_unit_of_its_day(self):
        found = {day: self.item_of(day) for day in (IN_2020, IN_JULY, IN_SEPTEMBER)}

        assert [(item.rate, item.unit_value, item.amount) for item in found.values()] == [
            (1, 149_000, 149_000),
            (1, 253_000, 253_000),
            (1, 200_000, 200_000),
        ]
        assert [item.legal_source for item in found.values()] == [
            "Nghị định 18/2014/NĐ-CP",
            "Nghị định 18/2014/NĐ-CP",
            "Nghị định 287/2026/NĐ-CP",
        ]

    def test_it_stays_what_it_was_when_the_scale_changes_and_a_second_look_makes_nothing(self):
        page = self.published(IN_JULY)
        item = proposing.propose(page, on=at(IN_JULY, 10))
        later = tariffs.propose_scale(
            by=self.office, lines=scale_lines(), name="Mới", way="coefficient", valid_from=IN_JULY, legal_source="QĐ 9"
        )
        tariffs.decide(later, by=self.head, accepted=True)

        assert proposing.propose(page, on=at(IN_JULY, 11)) is None
        assert self.again(item).amount == 253_000
        assert self.again(item).legal_source == "Nghị định 18/2014/NĐ-CP"

    def test_before_any_scale_nothing_is_proposed(self):
        assert self.item_of(date(2020, 6, 14)) is None


class Authors(RoyaltyCase):
    def test_the_writer_is_the_account(self):
        item = self.item_of(IN_JULY)

        share = item.shares.get()
        assert (share.contributor.user, share.part, share.amount) == (self.cast.contributor, 100, 253_000)

    def test_co_authors_share_it_to_the_dong(self):
        item = self.item_of(IN_JULY, author="Cán bộ mẫu 01, Cán bộ mẫu 71; Cán bộ mẫu 72")

        found = [(share.contributor.byline, share.part, share.amount) for share in item.shares.all()]
        assert found == [
            ("Cán bộ mẫu 01", Decimal("33.34"), 84_350),
            ("Cán bộ mẫu 71", Decimal("33.33"), 84_325),
            ("Cán bộ mẫu 72", Decimal("33.33"), 84_325),
        ]
        assert sum(amount for _name, _part, amount in found) == item.amount

    def test_a_name_is_one_contributor_whatever_its_marks(self):
        self.item_of(IN_JULY, author="Hồng  Sơn")
        self.item_of(IN_JULY, author="hong son", title="Bài khác")

        assert Contributor.objects.filter(user=None).count() == 1

    def test_a_unit_whose_name_has_an_and_in_it_is_one_author(self):
        item = self.item_of(IN_JULY, author="Phòng Văn hóa và Thông tin")

        assert [share.contributor.byline for share in item.shares.all()] == ["Phòng Văn hóa và Thông tin"]

    def test_a_unit_that_is_named_is_one_name_and_no_payee_until_a_person_says_who_is(self):
        names = ("Trung tâm Văn hóa, Thể thao và Truyền thanh", "Phòng Tài chính - Kế hoạch")
        for place, name in enumerate(names):
            authority = f"{name} thành phố Long Xuyên"
            OrganisationUnit.objects.create(name=name, authority_name=authority, slug=f"u{place}", kind="office")
        unit = OrganisationUnit.objects.get(slug="u0")
        UnitAct.objects.create(
            kind="renamed", unit=unit, former_name="Đài, Trạm cũ", effective_on=IN_2020, legal_act="QĐ 1"
        )

        for author in (
            *names,
            "trung tâm văn hóa,  Thể thao và Truyền thanh thành phố Long Xuyên",
            "Cán bộ mẫu 71, Phòng Tài chính – Kế hoạch",
            "Đài, Trạm cũ",
        ):
            with self.subTest(author):
                item = self.item_of(IN_JULY, author=author, title=author)
                assert not item.shares.exists()
                assert (item.state, item.amount) == (Royalty.State.PROPOSED, 253_000)
                assert item.reason.startswith("Tác giả ghi là đơn vị «")
        assert not Contributor.objects.exists()

    def test_a_person_beside_part_of_a_units_name_is_paid(self):
        name = "Trung tâm Văn hóa, Thể thao và Truyền thanh"
        OrganisationUnit.objects.create(name=name, slug="u", kind="office")

        item = self.item_of(IN_JULY, author="Cán bộ mẫu 71, Cán bộ mẫu 72")

        assert item.shares.count() == 2
        assert item.reason == ""

    def test_a_name_without_account_is_known_by_its_account_once_that_is_linked(self):
        contributors.of_user(self.cast.editor)

        assert contributors.of_name(self.cast.editor.get_full_name()).user == self.cast.editor


class Kinds(RoyaltyCase):
    def test_dissemination_is_paid_as_commentary(self):
        item = self.item_of(IN_JULY, kind=ArticlePage.Kind.DISSEMINATION)

        assert (item.genre, item.amount) == ("Chính luận", 759_000)

    def test_a_genre_that_the_scale_does_not_know_is_proposed_without_an_amount(self):
        item = self.item_of(IN_SEPTEMBER, kind=ArticlePage.Kind.DISSEMINATION)

        assert (item.genre, item.amount, item.state) == ("", 0, "proposed")

    def test_a_translation_gets_its_portion(self):
        page = self.published(IN_JULY, site=self.city.site)
        locale, _made = Locale.objects.get_or_create(language_code="en")
        ArticlePage.objects.filter(pk=page.pk).update(locale=locale)

        item = proposing.propose(ArticlePage.objects.get(pk=page.pk), on=at(IN_JULY, 10))

        assert (item.kind, item.portion, item.amount) == ("translation", 50, 126_500)

    def test_what_is_not_paid_is_written_down_with_the_reason(self):
        cases = (
            (self.item_of(IN_JULY, make=factories.notice), "Thông báo"),
            (self.item_of(IN_JULY, original_url="https://example.invalid/a", original_on=IN_JULY), "Đăng lại"),
            (self.item_of(IN_JULY, kind=ArticlePage.Kind.DISCLOSURE), "Công khai"),
        )

        for item, begins in cases:
            with self.subTest(begins):
                assert item.state == Royalty.State.EXCLUDED
                assert item.reason.startswith(begins)

    def test_legal_documents_and_standing_pages_have_no_item(self):
        factories.document(self.city.site, by=self.cast.editor)
        page = factories.standard(self.city.section(self.city.site, "gioi-thieu"), by=self.cast.editor)
        publish_at_once(page)

        proposing.propose_due(on=at(IN_JULY, 10))

        assert LegalDocument.objects.exists()
        assert not Royalty.objects.exists()


class TheJob(RoyaltyCase):
    def test_makes_each_item_once_and_looks_back_a_hundred_days(self):
        old = self.published(IN_JULY - timedelta(days=101))
        self.published(IN_JULY)
        self.travel(IN_JULY, 10)

        made = [proposing.propose_due(on=at(IN_JULY, 10)) for _time in range(2)]

        assert made == [1, 0]
        assert not Royalty.objects.filter(page_id=old.pk).exists()

    def test_pages_of_days_without_a_scale_do_not_keep_others_from_their_item(self):
        first = date(2020, 6, 15)
        for place in range(2):
            self.published(first - timedelta(days=1), title=f"Trước ngày có biểu mức {place}")
        page = self.published(first)
        self.travel(first, 10)

        with patch.object(proposing, "MOST_AT_ONCE", 2):
            assert proposing.propose_due(on=at(first, 10)) == 1

        assert Royalty.objects.get().page_id == page.pk

    def test_a_scale_that_ended_holds_for_pages_of_its_last_evening(self):
        late = self.published(date(2026, 8, 31))
        ArticlePage.objects.filter(pk=late.pk).update(first_published_at=at(date(2026, 8, 31), 23))
        self.travel(IN_SEPTEMBER)

        assert proposing.propose_due(on=at(IN_SEPTEMBER)) == 1
        assert Royalty.objects.get().legal_source == "Nghị định 18/2014/NĐ-CP"

    def test_a_page_that_fails_stops_no_other_and_is_named(self):
        bad, good = self.published(IN_JULY, author="Lỗi"), self.published(IN_JULY, title="Bài sau")
        of_name = contributors.of_name
        self.travel(IN_JULY, 10)

        def failing(name, **more):
            if name == "Lỗi":
                raise ValueError("hỏng")
            return of_name(name, **more)

        with patch.object(contributors, "of_name", failing), pytest.raises(RuntimeError, match=f"trang {bad.pk}: hỏng"):
            proposing.propose_due(on=at(IN_JULY, 10))

        assert Royalty.objects.get().page_id == good.pk

    def test_costs_a_handful_of_queries_when_there_is_nothing_new(self):
        self.published(IN_JULY)
        self.travel(IN_JULY, 10)
        proposing.propose_due(on=at(IN_JULY, 10))

        with self.assertNumQueries(8):
            proposing.propose_due(on=at(IN_JULY, 11))

    def test_excludes_what_was_taken_down_for_a_mistake_and_nothing_else(self):
        items = {ground: self.item_of(IN_JULY, title=ground) for ground in ("error", "expired")}
        for ground, item in items.items():
            TakeDown.objects.create(
                page_id=item.page_id,
                site=item.site,
                title=item.title,
                ground=ground,
                state=TakeDown.State.TAKEN_DOWN,
                group="12345678123456781234567812345678",
                proposed_by=self.office,
                proposed_at=at(IN_JULY, 11),
                decided_by=self.head,
                decided_at=at(IN_JULY, 12),
            )

        proposing.exclude_taken_down()

        states = {ground: self.again(item).state for ground, item in items.items()}
        assert states == {"error": "excluded", "expired": "proposed"}
        assert self.again(items["error"]).reason == "Đã gỡ vì sai sót ngày 15/07/2026."
        entry = ModelLogEntry.objects.get(action="portal.royalty.item")
        assert (entry.object_id, entry.user, entry.data["royalty_state"]) == (
            str(items["error"].pk),
            None,
            "excluded",
        )


class Pictures(RoyaltyCase):
    def article_with(self, image, title="Bài có ảnh"):
        fields = {"title": title, "picture": image}
        return proposing.propose(self.published(IN_JULY, **fields), on=at(IN_JULY, 10))

    def items_of_pictures(self):
        return Royalty.objects.filter(kind=Royalty.Kind.PICTURE)

    def test_the_photographer_of_a_picture_of_ours_is_paid_once(self):
        image = store_image(self.city.my_long, photographer="Cán bộ mẫu 75", licence=PortalImage.Licence.OWN)

        self.article_with(image)
        self.article_with(image, "Bài dùng lại ảnh")

        item = self.items_of_pictures().get()
        assert (item.title, item.amount) == ("Ảnh «Chợ»", 126_500)
        assert item.shares.get().contributor.byline == "Cán bộ mẫu 75"

    def test_pictures_of_others_and_without_a_photographer_are_not(self):
        credits = ({"photographer": "Người khác", "licence": "open"}, {"source": "Báo An Giang"}, {"licence": "own"})
        for place, credit in enumerate(credits):
            self.article_with(store_image(self.city.my_long, **credit), f"Bài {place}")

        assert not self.items_of_pictures().exists()
