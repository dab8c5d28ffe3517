"""What a new page begins with: its defaults, and templates that editors keep themselves."""

import json
from datetime import date

import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.admin.icons import get_icons
from wagtail.models import get_page_models

from base.gate import Refused
from sections.models import ConsultationPage, NoticePage, WorkSchedulePage
from tests import factories
from tests.city import CityTestCase, publish_at_once
from workflows.drafts import page_templates
from workflows.models import PageTemplate
from workflows.publishing import approval

NAME = "Thông báo họp tổ dân phố"


class PageTypes(CityTestCase):
    def creatable(self):
        return [model for model in get_page_models() if model.is_creatable]

    def test_each_says_in_vietnamese_what_it_is_for_and_has_an_icon_of_its_own(self):
        icons = str(get_icons())
        for model in self.creatable():
            with self.subTest(model._meta.label):
                description = str(model.get_page_description())
                assert 10 < len(description) < 140 and any(ord(letter) > 127 for letter in description)
                assert "icon_name" in vars(model) and f'id="icon-{model.icon_name}"' in icons

    def test_front_pages_are_opened_by_a_dossier_and_never_added(self):
        assert not any(model._meta.label.endswith("HomePage") for model in self.creatable())

    def test_a_section_offers_only_the_types_that_may_live_there(self):
        self.client.force_login(self.cast.contributor)
        section = self.city.section(self.city.my_long, "giai-thich")
        below = reverse("wagtailadmin_pages:add", args=["sections", "clarificationpage", section.pk])
        answer = self.client.get(reverse("wagtailadmin_pages:add_subpage", args=[section.pk]), follow=True)
        self.assertContains(answer, below.rpartition("/")[0])
        schedule = reverse("wagtailadmin_pages:add", args=["sections", "workschedulepage", section.pk])
        assert self.client.get(schedule).status_code in (302, 403, 404)

    def test_the_screen_shows_icon_description_and_templates(self):
        self.client.force_login(self.cast.contributor)
        section = self.city.section(self.city.my_long, "tin-tuc")
        answer = self.client.get(reverse("wagtailadmin_pages:add_subpage", args=[section.pk]))
        self.assertContains(answer, 'href="#icon-warning"')
        self.assertContains(answer, "Tin, bài; ý kiến chỉ đạo")
        self.assertContains(answer, "Tin hội nghị, cuộc họp")


class Defaults(CityTestCase):
    def test_a_form_begins_with_the_writer_his_unit_and_its_name_as_source(self):
        self.client.force_login(self.cast.contributor)
        section = self.city.section(self.city.my_long)
        form = self.client.get(reverse("wagtailadmin_pages:add", args=["sections", "articlepage", section.pk])).context[
            "form"
        ]
        unit = self.city.my_long.unit
        assert form.initial["author_name"] == self.cast.contributor.get_full_name()
        assert (form.initial["responsible_unit"], form.initial["source_name"]) == (unit.pk, unit.full_name)

    def test_a_consultation_takes_comments_at_the_authority_of_its_site_and_a_schedule_begins_next_monday(self):
        unit = self.city.my_long.unit
        defaults = ConsultationPage.defaults_for(self.city.my_long, self.cast.contributor)
        assert (defaults["receiving_body"], defaults["receiving_email"]) == (unit.full_name, unit.email)
        with time_machine.travel(date(2020, 9, 2)):
            assert WorkSchedulePage.defaults_for(self.city.my_long, None)["week_start"] == date(2020, 9, 7)

    def test_what_was_typed_is_never_replaced(self):
        page = factories.article(
            self.city.section(self.city.my_long), by=self.cast.contributor, author_name="Cán bộ mẫu 77"
        )
        self.client.force_login(self.cast.contributor)
        form = self.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).context["form"]
        assert form.initial["author_name"] == "Cán bộ mẫu 77"


class Templates(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.my_long)

    def page(self, **fields) -> NoticePage:
        return factories.notice(self.section, by=self.cast.contributor, **fields)

    def saved(self, page=None, by=None, **fields) -> PageTemplate:
        return page_templates.save_as_template(
            page or self.page(), by=by or self.cast.contributor, **{"name": NAME, **fields}
        )

    def start(self, template, parent=None, by=None, title="Họp tổ dân phố tháng 9"):
        return page_templates.start_from_template(
            template, parent or self.section, by=by or self.cast.contributor, title=title
        )

    def test_a_page_started_from_a_template_has_its_texts_a_title_of_its_own_and_the_defaults(self):
        template = self.saved(self.page(body=[("paragraph", "<p>Thời gian: […]</p>")], summary="Họp tổ."))
        page = self.start(template)

        page = NoticePage.objects.get(pk=page.pk)
        assert (page.title, page.slug, page.live) == ("Họp tổ dân phố tháng 9", "hop-to-dan-pho-thang-9", False)
        assert (page.summary, str(page.body[0].value.source)) == ("Họp tổ.", "<p>Thời gian: […]</p>")
        assert page.author_name == self.cast.contributor.get_full_name()
        assert page.responsible_unit == self.city.my_long.unit and page.get_latest_revision() is not None

    def test_places_left_open_stop_its_submission(self):
        page = self.start(self.saved(self.page(body=[("paragraph", "<p>Thời gian: […]</p>")])))
        with self.assertRaises(ValidationError) as raised:
            approval.submit(page, by=self.cast.contributor, declaration=True)
        assert list(raised.exception.message_dict) == ["body"]

    def test_pictures_files_links_and_citations_are_left_out_and_words_stay(self):
        picture, file = factories.picture(self.city.my_long), factories.file(self.city.my_long)
        page = factories.article(self.section, by=self.cast.contributor, picture=picture)
        linked = f'<p>Xem <a linktype="page" id="{self.section.pk}">mục này</a>.</p>'
        page.body = page.body.stream_block.to_python(
            [
                {"type": "image", "value": {"picture": {"image": picture.pk, "alt_text": "Ảnh", "decorative": False}}},
                {"type": "paragraph", "value": linked},
                {"type": "files", "value": {"title": "", "files": [{"file": file.pk}]}},
                {"type": "steps", "value": [{"title": "Bước một", "text": linked}]},
            ]
        )
        page.save_revision(user=self.cast.contributor)

        template = self.saved(page)

        stored = json.dumps(template.content, ensure_ascii=False)
        assert [child["type"] for child in json.loads(template.content["body"])] == ["paragraph", "steps"]
        assert "Xem mục này" in stored and "linktype" not in stored
        assert not {"lead_image", "title", "slug", "author_name", "attachments", "legal_basis"} & set(template.content)
        assert self.start(template).body[1].value[0]["title"] == "Bước một"

    def test_a_ward_uses_its_own_and_those_of_all_and_never_another_wards(self):
        own, foreign_section = self.saved(), self.city.section(self.city.my_xuyen)
        with self.assertRaises(Refused):
            self.start(own, foreign_section, by=self.cast.contributor_my_xuyen)
        with self.assertRaises(Refused):
            self.start(own, foreign_section)
        public = publish_at_once(self.page())
        everybodys = self.saved(public, by=self.cast.editor, for_all_sites=True, name="Mẫu chung")
        assert self.start(everybodys, foreign_section, by=self.cast.contributor_my_xuyen).pk
        with self.assertRaises(Refused):
            self.saved(for_all_sites=True, name="Của phường cho mọi nơi")
        with self.assertRaises(Refused):
            self.saved(by=self.cast.contributor_my_xuyen, name="Từ trang của người khác")

    def test_it_is_offered_only_where_its_type_may_live(self):
        template = self.saved()
        elsewhere = self.city.section(self.city.my_long, "giai-thich")
        assert template in page_templates.templates_below(self.section, self.cast.contributor)
        assert template not in page_templates.templates_below(elsewhere, self.cast.contributor)

    def test_name_and_title_are_asked_for_and_a_name_serves_once(self):
        template = self.saved()
        with self.assertRaises(ValidationError):
            self.saved()
        with self.assertRaises(ValidationError):
            self.saved(name=" ")
        with self.assertRaises(ValidationError):
            self.start(template, title=" ")

    def test_what_is_retired_is_offered_no_more_and_what_was_made_stays(self):
        template = self.saved()
        made = self.start(template)
        with self.assertRaises(Refused):
            page_templates.retire(template, by=self.cast.contributor_my_xuyen)
        page_templates.retire(template, by=self.cast.unit_head)
        assert template not in page_templates.templates_below(self.section, self.cast.contributor)
        assert NoticePage.objects.filter(pk=made.pk).exists()

    def test_the_first_templates_start_pages_that_lack_only_what_is_to_be_filled_in(self):
        seeded = PageTemplate.objects.filter(owner_site=None, made_by=None)
        assert seeded.count() == 5
        for template in seeded:
            with self.subTest(template.name):
                key = "gioi-thieu" if template.page_type == "sections.StandardPage" else "tin-tuc"
                parent = self.city.section(self.city.site, key)
                page = self.start(template, parent, by=self.cast.editor, title=f"Thử {template.name}")
                left = {
                    f.message.split("«")[0] for f in page.preflight() if f.is_blocker and "chưa điền" not in f.message
                }
                assert left <= {"Bài tuyên truyền phải dẫn văn bản được nói đến; hãy thêm một văn bản "}, left
                assert any("chưa điền" in finding.message for finding in page.preflight())

    def test_the_screens_lead_from_a_page_to_a_template_and_back_to_a_new_page(self):
        self.client.force_login(self.cast.contributor)
        page = self.page(title="Họp tổ dân phố tháng 8")
        self.assertContains(
            self.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])),
            reverse("workflows_template_save", args=[page.pk]),
        )
        answer = self.client.post(reverse("workflows_template_save", args=[page.pk]), {"name": NAME}, follow=True)
        self.assertContains(answer, NAME)
        template = PageTemplate.objects.get(name=NAME)

        listed = self.client.get(reverse("workflows_templates"))
        places = reverse("workflows_template_places", args=[template.pk])
        self.assertContains(listed, places)
        self.assertContains(
            self.client.get(places), reverse("workflows_template_start", args=[self.section.pk, template.pk])
        )
        below = self.client.get(reverse("workflows_templates_below", args=[self.section.pk]))
        start = reverse("workflows_template_start", args=[self.section.pk, template.pk])
        self.assertContains(below, start)
        self.assertContains(self.client.get(start), NAME)
        made = self.client.post(start, {"title": "Họp tổ dân phố tháng 9"})
        page = NoticePage.objects.get(title="Họp tổ dân phố tháng 9")
        self.assertRedirects(made, reverse("wagtailadmin_pages:edit", args=[page.pk]))
        self.client.post(reverse("workflows_template_retire", args=[template.pk]))
        template.refresh_from_db()
        assert template.retired_by == self.cast.contributor

    def test_a_ward_s_draft_is_no_template_for_others(self):
        page = factories.notice(self.section, by=self.cast.contributor, title="Chưa đăng")

        with self.assertRaises(ValidationError) as caught:
            page_templates.save_as_template(page, by=self.cast.standing_office, name="Chung", for_all_sites=True)

        self.assertIn("for_all_sites", caught.exception.error_dict)

    def test_a_template_of_a_section_is_used_right_below_the_front_page_and_one_of_no_type_nowhere(self):
        template = self.saved()
        home = self.city.my_long.home_page()
        PageTemplate.objects.filter(pk=template.pk).update(page_type="sections.SectionIndexPage")
        template.refresh_from_db()
        self.assertIn(home.pk, [page.pk for page in page_templates.places_for(template, self.cast.contributor)])

        PageTemplate.objects.filter(pk=template.pk).update(page_type="sections.KhongCon")
        self.client.force_login(self.cast.contributor)
        answer = self.client.get(reverse("workflows_template_places", args=[template.pk]))
        self.assertContains(answer, "không có mục nào nhận bài loại này")

    def test_another_ward_finds_none_of_them(self):
        template = self.saved()
        self.client.force_login(self.cast.contributor_my_xuyen)
        own = self.city.section(self.city.my_xuyen)
        for name, args in (
            ("workflows_templates_below", [self.section.pk]),
            ("workflows_template_save", [self.section.pk]),
            ("workflows_template_start", [own.pk, template.pk]),
            ("workflows_template_retire", [template.pk]),
            ("workflows_template_places", [template.pk]),
        ):
            with self.subTest(name):
                assert self.client.get(reverse(name, args=args)).status_code == 404
        self.assertNotContains(self.client.get(reverse("workflows_templates")), NAME)
