"""A reference is a permission: another ward's unpublished thing comes into no form, no preview and no publication."""

import re
from datetime import timedelta
from html import unescape

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.blocks.base import get_error_json_data
from wagtail.models import Page
from wagtail.rich_text import features
from wagtail.test.utils.form_data import inline_formset, streamfield

from accounts.roles import site_collection
from base import authority
from base.admin.patches.hidden_targets import NOT_SHOWN
from base.gate import Refused
from base.models import AuditEntry, PortalFile, PortalImage, PortalRendition
from legalref.models import LegalDocument
from sections.models import ArticlePage, OfficialsPage, SectionIndexPage
from tests import factories
from tests.base.test_files import picture, store_file, store_image
from tests.city import CityTestCase, appointed, draft, person, publish
from tests.forms import send
from tests.isolation.filling import Filling
from tests.isolation.oracle import TOKENS
from tests.sections import pages
from tests.workflows.drafts import article
from workflows.models import TakeDown
from workflows.publishing import approval, takedown
from workflows.publishing.approval import publishing

# What Wagtail keeps beside a page by itself: no form has it.
INTERNAL = frozenset({"page_ptr", "alias_of", "owner_site", "owner"})


# What stands in the stream fields of an article: kind of the part, and its other values.
STREAMS = {"attachments": ("file", {"label": "Phụ lục"}), "legal_basis": ("document", {"note": ""})}

# A form's own token is 64 letters by chance: once in a while they spell the marker.
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")


class Foreign(CityTestCase):
    """Mỹ Xuyên has a private picture, a private file, a draft page and a draft document; Mỹ Long has a page."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        city, writer = cls.city, cls.cast.contributor_my_xuyen
        cls.image = store_image(city.my_xuyen)
        PortalImage.objects.filter(pk=cls.image.pk).update(title="Zqx ảnh kín", description="Zqx mô tả kín")
        cls.file = store_file(city.my_xuyen, "zqx-tep-kin.pdf")
        cls.secret = article(city, city.my_xuyen, by=writer, title="Zqx bài kín", slug="zqx-bai-kin")
        cls.document = factories.document(city.my_xuyen, by=writer)
        cls.page = article(city, city.my_long, by=cls.cast.contributor, title="Bài của Mỹ Long")
        cls.edit = reverse("wagtailadmin_pages:edit", args=[cls.page.pk])

    def row(self, label):
        """The foreign thing of a model, if there is one."""
        things = {thing._meta.label: thing for thing in (self.image, self.file, self.secret, self.document)}
        return things.get(label) or (self.secret.page_ptr if label == "wagtailcore.Page" else None)


class EveryField(Foreign):
    def test_every_key_and_block_of_every_type_is_looked_at(self):
        """Walks all page types and documents by their fields: whatever can lead to a foreign thing is refused."""
        looked_at = 0
        for model in [*(m for m in apps.get_models() if issubclass(m, Page) and m is not Page), LegalDocument]:
            filling = Recording(self.row)
            made = filling.instance(model)
            rows = {
                field.name: relation.get_accessor_name()
                for relation in get_all_child_relations(model)
                for field in relation.related_model._meta.concrete_fields
                if field.name not in {own.name for own in model._meta.concrete_fields}
            }
            expected = {rows.get(name, name) for name in filling.leading} - INTERNAL
            found = {reference.field for reference in authority.foreign_references(self.cast.contributor, made)}
            with self.subTest(model._meta.label):
                assert expected <= found, expected - found
            looked_at += len(expected)
        assert looked_at > 15, looked_at

    def test_every_link_of_rich_text_that_names_a_thing_by_number_is_looked_at(self):
        links, embeds = set(features.get_link_types()), set(features.get_embed_types())
        assert links | embeds == {"page", "document", "image", "media"}, "a new kind of link must be looked at"
        text = (
            f'<p><a linktype="page" id="{self.secret.pk}">a</a><a linktype="document" id="{self.file.pk}">b</a></p>'
            f'<embed embedtype="image" id="{self.image.pk}" format="left" alt="c"/>'
        )
        self.page.body = [("paragraph", text)]
        found = {reference.target for reference in authority.foreign_references(self.cast.contributor, self.page)}
        assert found == {self.secret.page_ptr, self.file, self.image}


class Recording(Filling):
    """A filling that notes which fields of the model itself it gave a foreign thing to."""

    def __init__(self, row):
        self.leading, self.field, self.depth = set(), "", 0
        super().__init__("", self.give)
        self.row = row

    def value(self, field):
        outermost, self.field = self.field, self.field or field.name
        try:
            return super().value(field)
        finally:
            self.field = outermost

    def give(self, label):
        thing = self.row(label)
        if thing is not None and self.field:
            self.leading.add(self.field)
        return thing


class Forms(Foreign):
    def setUp(self):
        self.client.force_login(self.cast.contributor)

    def sent(self, **changes):
        return send(self.client, self.edit, ArticlePage, **changes)

    def assert_refused(self, answer, field="lead_image"):
        """Answered with the form, a word at the field, nothing of the foreign thing, nothing stored."""
        assert answer.status_code == 200
        assert "zqx" not in TOKEN.sub("", answer.content.decode()).lower()
        assert "của trang khác" in str(answer.context["form"].errors[field])
        newest = ArticlePage.objects.get(pk=self.page.pk).get_latest_revision_as_object()
        assert authority.foreign_references(self.cast.contributor, newest) == []
        assert not PortalRendition.objects.filter(image=self.image).exists()

    def test_a_private_picture_of_another_ward_is_refused_at_its_field(self):
        self.assert_refused(self.sent(lead_image=str(self.image.pk)))

    def test_a_number_that_nothing_has_is_answered_in_the_same_words(self):
        foreign = self.sent(lead_image=str(self.image.pk)).context["form"].errors["lead_image"]
        missing = self.sent(lead_image="987654321").context["form"].errors["lead_image"]
        assert str(foreign).replace(str(self.image.pk), "#") == str(missing).replace("987654321", "#")

    def test_a_mistake_elsewhere_in_the_form_does_not_tell_them_apart(self):
        wrong = {"original_url": "không phải địa chỉ", "slug": "ban-nhap", "responsible_unit": "0"}
        told = []
        for key in (str(self.image.pk), "987654321"):
            answer = self.sent(**wrong, lead_image=key)
            assert answer.status_code == 200
            form = answer.context["form"]
            told.append([(name, re.sub(r"\d+", "#", str(said))) for name, said in form.errors.items()])
            assert [name for name, _said in told[-1]].count("lead_image") == 1
            assert form["original_url"].value() == "không phải địa chỉ"
        assert told[0] == told[1]
        assert len(told[0]) == 3, told[0]

    def test_a_row_of_the_form_tells_them_apart_no_more_than_the_form_does(self):
        address = reverse(
            "wagtailadmin_pages:add", args=["sections", "officialspage", self.city.my_long.home_page().pk]
        )
        told = []
        for key in (str(self.image.pk), "987654321"):
            row = {"name": "Cán bộ mẫu 45", "portrait": key}
            answer = send(self.client, address, OfficialsPage, title="Lãnh đạo", officials=inline_formset([row]))
            assert answer.status_code == 200
            form = answer.context["form"]
            said = [form.errors, *(row.errors for row in form.formsets["officials"].forms)]
            assert "portrait" in said[1]
            assert form.formsets["officials"].forms[0]["name"].value() == "Cán bộ mẫu 45"
            told.append(re.sub(r"\d+", "#", str(said)))
        assert told[0] == told[1]

    def test_a_row_behind_a_mistaken_one_tells_them_apart_no_more(self):
        """Wagtail looks at the rows of one kind after the other, and stops behind the first with a mistake."""
        address = reverse(
            "wagtailadmin_pages:add", args=["sections", "officialspage", self.city.my_long.home_page().pk]
        )
        told = []
        for key in (str(self.image.pk), "987654321"):
            rows = {
                "comments": inline_formset([{"text": "Ghi chú", "contentpath": "khong-co", "position": ""}]),
                "officials": inline_formset([{"name": "Cán bộ mẫu 45", "portrait": key}]),
            }
            answer = send(self.client, address, OfficialsPage, title="Lãnh đạo", **rows)
            assert answer.status_code == 200
            [row] = answer.context["form"].formsets["officials"].forms
            assert "portrait" in row.errors
            assert "zqx" not in TOKEN.sub("", answer.content.decode()).lower()
            told.append(re.sub(r"\d+", "#", str(row.errors)))
        assert told[0] == told[1]

    def test_one_number_in_two_texts_is_refused_in_both_whether_it_is_there_or_not(self):
        told = []
        for key in (self.document.pk, 987_654_321):
            texts = {
                "legal_basis": streamfield([("document", {"note": "", "document": str(key)})]),
                "body": streamfield([("legal_basis", {"note": "", "document": str(key)})]),
            }
            form = self.sent(**texts).context["form"]
            told.append([(name, re.sub(r"\d+", "#", str(said))) for name, said in form.errors.items()])
        assert told[0] == told[1]
        assert {name for name, _said in told[0]} == {"legal_basis", "body"}

    def told_of_streams(self, name, key, **changes):
        """The errors of the form that names a number in its attachments, or in its legal basis, as they are shown."""
        kind, value = STREAMS[name]
        answer = self.sent(**{name: streamfield([(kind, {**value, kind: str(key)})])}, **changes)
        assert answer.status_code == 200
        form = answer.context["form"]
        error = form.errors.as_data()[name][0]
        told = [(place, re.sub(r"\d+", "#", str(said))) for place, said in form.errors.items()]
        shown = re.sub(r"\d+", "#", TOKENS.sub("", TOKEN.sub("", unescape(answer.content.decode()))))
        return told, re.sub(r"\d+", "#", str(get_error_json_data(error))), shown

    def test_a_choice_inside_a_text_tells_them_apart_no_more_than_a_field_does(self):
        for name, key in (("attachments", self.file.pk), ("legal_basis", self.document.pk)):
            for wrong in ({}, {"original_url": "không phải địa chỉ"}):
                with self.subTest(name, wrong=bool(wrong)):
                    foreign = self.told_of_streams(name, key, **wrong)
                    missing = self.told_of_streams(name, 987_654_321, **wrong)
                    assert foreign == missing
                    assert "của trang khác" in str(foreign[0])
                    assert "zqx" not in TOKEN.sub("", foreign[2]).lower()

    def test_the_same_number_in_another_field_is_not_taken_away(self):
        unit = self.city.my_long.unit
        PortalFile.objects.filter(pk=self.file.pk).update(id=unit.pk)
        wrong = {"attachments": streamfield([("file", {"file": str(unit.pk), "label": str(unit.pk)})])}
        answer = self.sent(responsible_unit=str(unit.pk), summary=str(unit.pk), **wrong)
        form = answer.context["form"]
        assert list(form.errors) == ["attachments"]
        assert form["responsible_unit"].value() == str(unit.pk)
        assert form["summary"].value() == str(unit.pk)
        assert form["attachments"].data[0].value["file"] is None

    def test_a_choice_of_ones_own_inside_a_text_is_kept(self):
        own = store_file(self.city.my_long, "cua-minh.pdf")
        self.sent(attachments=streamfield([("file", {"file": str(own.pk), "label": "Phụ lục"})]))
        newest = ArticlePage.objects.get(pk=self.page.pk).get_latest_revision_as_object()
        assert [entry.value["file"].pk for entry in newest.attachments] == [own.pk]

    def test_a_choice_of_nothing_in_a_part_that_was_removed_is_no_mistake(self):
        removed = streamfield([("file", {"file": "987654321", "label": "Phụ lục"})])
        answer = self.sent(attachments={**removed, "0": {**removed["0"], "deleted": "1"}})
        assert answer.status_code == 302

    def test_a_mistake_elsewhere_loses_no_picture_of_ones_own(self):
        own = store_image(self.city.my_long)
        form = self.sent(original_url="không phải địa chỉ", lead_image=str(own.pk)).context["form"]
        assert list(form.errors) == ["original_url"]
        assert form["lead_image"].value() == str(own.pk)

    def test_the_preview_of_it_is_refused_too(self):
        html = self.client.get(self.edit).content.decode()
        assert "zqx" not in TOKEN.sub("", html).lower()
        data = {
            "title": "Bài",
            "slug": "bai",
            "kind": "news",
            "lead_image": self.image.pk,
            "body-count": "0",
            "legal_basis-count": "0",
            "attachments-count": "0",
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
        }
        address = reverse("wagtailadmin_pages:preview_on_edit", args=[self.page.pk])
        assert not self.client.post(address, data).json()["is_valid"]
        assert "zqx" not in TOKEN.sub("", self.client.get(address).content.decode()).lower()
        assert not PortalRendition.objects.filter(image=self.image).exists()

    def test_a_refusal_at_a_field_stands_in_the_audit_trail_as_one_by_an_address_does(self):
        copy = reverse("wagtailadmin_pages:copy", args=[self.page.pk])
        place = {"new_title": "Bản sao", "new_slug": "ban-sao", "new_parent_page": self.secret.pk}
        for number, send_it in enumerate(
            (
                lambda: self.sent(lead_image=str(self.image.pk)),
                lambda: self.sent(lead_image="987654321"),
                lambda: self.client.post(copy, place),
                lambda: self.client.get(reverse("wagtailadmin_pages:edit", args=[self.secret.pk])),
            ),
            1,
        ):
            send_it()
            entries = AuditEntry.objects.filter(action="refused", actor_id=self.cast.contributor.pk)
            assert entries.count() == number
            assert "Zqx" not in str(entries.first().detail)

    def test_a_form_with_a_mere_mistake_is_no_refusal(self):
        self.sent(title="")
        assert not AuditEntry.objects.filter(action="refused").exists()

    def test_a_page_is_not_put_under_another_wards_section(self):
        section = self.city.section(self.city.my_xuyen)
        address = reverse("wagtailadmin_pages:add", args=["sections", "articlepage", section.pk])
        before = section.get_children().count()
        assert self.client.post(address, {"title": "Lạc chỗ", "slug": "lac-cho"}).status_code == 404
        assert section.get_children().count() == before

    def test_a_file_is_not_put_into_another_wards_collection(self):
        collection = site_collection(self.city.my_xuyen)
        upload = {"title": "Lạc chỗ", "description": "Mặt sông lúc sáng sớm", "collection": collection.pk}
        for name in ("wagtailimages:add", "wagtailimages_chooser:create"):
            file = ContentFile(picture(), "a.png")
            self.client.post(reverse(name), {**upload, "file": file, "image-chooser-upload-file": file})
        assert not PortalImage.objects.filter(title="Lạc chỗ", collection=collection).exists()

    def test_a_document_is_not_recorded_for_another_ward(self):
        address = reverse("wagtailsnippets_legalref_legaldocument:add")
        form = self.client.get(address).context["form"]
        assert list(form.fields["owner_site"].queryset) == [self.city.my_long]
        before = LegalDocument.objects.filter(owner_site=self.city.my_xuyen).count()
        answer = self.client.post(address, {"owner_site": self.city.my_xuyen.pk, "subject": "Lạc chỗ"})
        assert answer.status_code in (200, 400)
        assert LegalDocument.objects.filter(owner_site=self.city.my_xuyen).count() == before

    def test_what_the_city_put_there_is_not_named_to_the_ward(self):
        self.page.lead_image = self.image
        links = (
            f'<p><a linktype="page" id="{self.secret.pk}">xem</a>'
            f' <a linktype="document" id="{self.file.pk}">tệp</a></p>'
            f'<embed embedtype="image" id="{self.image.pk}" format="fullwidth" alt="ảnh" />'
        )
        self.page.body = [("paragraph", links)]
        self.page.save_revision(user=self.cast.editor)

        body = self.client.get(self.edit).content.decode()

        assert "zqx" not in TOKEN.sub("", body).lower()
        assert NOT_SHOWN in unescape(body)
        assert f'value="{self.image.pk}"' in body, "saving must not lose it"

    def test_the_people_of_the_city_see_it(self):
        self.page.lead_image = self.image
        self.page.save_revision(user=self.cast.editor)
        self.client.force_login(self.cast.editor)
        assert "Zqx ảnh kín" in unescape(self.client.get(self.edit).content.decode())


class Places(Foreign):
    """The forms that take the number of the page below which something goes: two of Wagtail's, and ours that moves."""

    MISSING = 987_654_321

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.begin = reverse("wagtailadmin_pages:choose_parent", args=["sections", "articlepage"])
        cls.copy = reverse("wagtailadmin_pages:copy", args=[cls.page.pk])
        cls.move = reverse("workflows_move", args=[cls.page.pk])
        cls.nobody = person("chi-vao-duoc", "Cán bộ mẫu 43")
        group = Group.objects.create(name="Chỉ vào được")
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        cls.nobody.groups.add(group)

    def answer(self, address, **data):
        """Status and words of an answer, without numbers and the form's own token."""
        answer = self.client.post(address, data)
        words = TOKENS.sub("", TOKEN.sub("", unescape(answer.content.decode())))
        return answer.status_code, re.sub(r"\d+", "#", words)

    def test_beginning_below_another_wards_page_is_answered_like_below_none(self):
        for user in (self.cast.contributor, self.nobody):
            self.client.force_login(user)
            for page in (self.secret, self.city.section(self.city.my_xuyen)):
                with self.subTest(user.username, page=page.title):
                    status, words = self.answer(self.begin, parent_page=page.pk)
                    assert status == 200
                    assert "zqx" not in words.lower()
                    assert "của trang khác" in words
                    assert (status, words) == self.answer(self.begin, parent_page=self.MISSING)

    def test_copying_below_another_wards_page_is_answered_like_below_none(self):
        self.client.force_login(self.cast.contributor)
        for page in (self.secret, self.city.section(self.city.my_xuyen)):
            for slug in ("zqx-bai-kin", "chua-ai-dung"):
                with self.subTest(page=page.title, slug=slug):
                    sent = {"new_title": "Bản sao", "new_slug": slug}
                    status, words = self.answer(self.copy, new_parent_page=page.pk, **sent)
                    assert status == 200
                    assert "Zqx bài kín" not in words
                    assert (status, words) == self.answer(self.copy, new_parent_page=self.MISSING, **sent)

    def test_moving_below_another_wards_page_is_answered_like_below_none(self):
        self.client.force_login(self.cast.contributor)
        for page in (self.secret, self.city.section(self.city.my_xuyen)):
            with self.subTest(page=page.title):
                status, words = self.answer(self.move, target=page.pk, reason="Lý do đã gõ")
                assert status == 200
                assert "của trang khác" in words and "Lý do đã gõ" in words
                assert (status, words) == self.answer(self.move, target=self.MISSING, reason="Lý do đã gõ")

    def test_a_role_without_content_there_makes_no_place_to_move_to(self):
        both = person("hai-vai", "Cán bộ mẫu 44", "contributor", self.city.my_long)
        appointed(both, "accountant", self.city.my_xuyen)
        self.client.force_login(both)
        status, words = self.answer(self.move, target=self.city.section(self.city.my_xuyen).pk)
        assert (status, words) == self.answer(self.move, target=self.MISSING)
        assert "của trang khác" in words

    def test_nothing_and_nonsense_are_refused_at_the_field(self):
        self.client.force_login(self.cast.contributor)
        for value in ("", "không phải số", "9" * 40):
            for address, name in (
                (self.begin, "parent_page"),
                (self.copy, "new_parent_page"),
                (self.move, "target"),
            ):
                answer = self.client.post(address, {name: value, "new_title": "Bản sao", "new_slug": "ban-sao"})
                assert answer.status_code == 200
                assert name in answer.context["form"].errors, value
        assert self.client.post(self.copy, {"new_title": "Bản sao"}).status_code == 200

    def test_ones_own_place_is_taken(self):
        self.client.force_login(self.cast.contributor)
        section = self.city.section(self.city.my_long)
        begun = self.client.post(self.begin, {"parent_page": section.pk})
        sent = {"new_title": "Bản sao", "new_slug": "ban-sao", "new_parent_page": section.pk}
        copied = self.client.post(self.copy, sent)

        expected = reverse("wagtailadmin_pages:add", args=["sections", "articlepage", section.pk])
        self.assertRedirects(begun, expected, fetch_redirect_response=False)
        assert copied.status_code == 302
        assert section.get_children().filter(slug="ban-sao", live=False).exists()

    def test_a_slug_taken_in_ones_own_place_is_still_said_with_what_was_typed(self):
        self.client.force_login(self.cast.contributor)
        section = self.city.section(self.city.my_long)
        sent = {"new_title": "Bản sao", "new_slug": self.page.slug, "new_parent_page": section.pk}
        answer = self.client.post(self.copy, sent)

        assert "new_slug" in answer.context["form"].errors
        self.assertContains(answer, "Bản sao")
        self.assertContains(answer, f'value="{section.pk}"')

    def test_a_draft_moves_to_ones_own_place(self):
        self.client.force_login(self.cast.contributor)
        place = draft(
            SectionIndexPage(title="Mục khác", slug="muc-khac", section_key="tin-tuc", **pages.responsibility()),
            self.city.my_long.home_page(),
            by=self.cast.contributor,
        )
        answer = self.client.post(self.move, {"target": place.pk})
        assert answer.status_code == 302, answer.context["form"].errors
        assert Page.objects.get(pk=self.page.pk).get_parent().pk == place.pk

    def test_the_people_of_the_city_choose_any_place(self):
        self.client.force_login(self.cast.editor)
        section = self.city.section(self.city.my_xuyen)
        assert self.client.post(self.begin, {"parent_page": section.pk}).status_code == 302


class Publication(Foreign):
    """Asked again when it becomes public: what was public at submission may have been taken down since."""

    def setUp(self):
        writer = self.cast.contributor_my_xuyen
        self.shown = publish(article(self.city, self.city.my_xuyen, by=writer, title="Bài sẽ bị gỡ"))
        link = [("paragraph", f'<p><a linktype="page" id="{self.shown.pk}">xem bài</a></p>')]
        self.leading = article(self.city, self.city.my_long, by=self.cast.contributor, title="Bài dẫn", body=link)

    def take_down(self):
        row = takedown.propose(self.shown, TakeDown.Ground.ERROR, by=self.cast.contributor_my_xuyen)[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)

    def test_it_is_published_while_what_it_leads_to_is_public(self):
        assert publish(self.leading).live

    def test_it_is_not_published_when_that_was_taken_down_after_submission(self):
        state = approval.submit(self.leading, by=self.cast.contributor, declaration=True, remark="Đã xem lại.")
        self.take_down()
        with self.assertRaisesMessage(Exception, "của trang khác"):
            approval.approve(state.current_task_state, by=self.cast.head)
        assert not ArticlePage.objects.get(pk=self.leading.pk).live

    def test_the_one_road_to_publication_asks_by_itself(self):
        self.take_down()
        revision = self.leading.get_latest_revision()
        with self.assertRaises(Refused):
            publishing.publish_version(
                self.leading,
                revision,
                approved_by=self.cast.head,
                submitted_by=self.cast.contributor,
                on=timezone.now(),
            )
        assert not ArticlePage.objects.get(pk=self.leading.pk).live

    def test_a_schedule_is_void_when_that_was_taken_down_before_its_time(self):
        moment = timezone.now() + timedelta(days=2)
        self.leading.go_live_at = moment
        self.leading.save_revision(user=self.cast.contributor)
        publish(self.leading)
        self.take_down()

        published = approval.publish_due(on=moment + timedelta(minutes=1))

        assert published == []
        page = ArticlePage.objects.get(pk=self.leading.pk)
        assert not page.live
        assert page.get_latest_revision().approved_go_live_at is None
