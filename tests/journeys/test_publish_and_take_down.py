"""The journey of one article of Mỹ Long, through the screens its people use, from the first draft to 410.

Written → submitted → cannot be published by its writer → returned with a reason → submitted again → approved →
public on both addresses → the decision it speaks of is replaced → one task → decided by a second person → 410 that
points to the new decision → the sealed copy verifies.
"""

from datetime import date

from django.urls import reverse
from wagtail.test.utils.form_data import streamfield

from legalref.citations.citing_pages import ABOUT
from legalref.models import DocumentRelation
from sections.models import ArticlePage
from tests.city import CityTestCase
from tests.forms import send
from tests.legalref.library import public_document, register
from workflows.archive import copies, verifying
from workflows.models import ArchiveCopy, TakeDown
from workflows.publishing import approval

CITY, WARD = "localhost", "my-long.localhost:8000"


PARAGRAPH = '{"blocks":[{"key":"a","text":"Tiểu thương nộp hồ sơ tại Bộ phận một cửa.","type":"unstyled","depth":0,\
"inlineStyleRanges":[],"entityRanges":[]}],"entityMap":{}}'
BODY = streamfield([("paragraph", PARAGRAPH)])


class FromDraftToGone(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        by = cls.cast.standing_office
        register(cls.city.site)
        cls.old = public_document(cls.city.site, by=by, symbol="12/2021/QĐ-UBND", subject="Quy định hỗ trợ tiểu thương")
        cls.new = public_document(
            cls.city.site,
            by=by,
            symbol="07/2022/QĐ-UBND",
            subject="Quy định hỗ trợ tiểu thương (mới)",
            issued_on=date(2022, 4, 1),
            effective_from=date(2022, 4, 15),
        )

    def sign_in(self, user):
        self.client.force_login(user)

    def post(self, name, *args, **data):
        answer = self.client.post(reverse(name, args=args), data, HTTP_HOST=CITY)
        self.assertEqual(answer.status_code, 302, answer.content.decode()[:2000] if answer.status_code == 200 else "")
        return answer

    def send_form(self, address, **changes):
        return send(self.client, address, ArticlePage, **{"body": BODY, "legal_basis": self.basis(), **changes})

    def basis(self):
        return streamfield([("document", {"document": str(self.old.pk), "provision": "Điều 1", "role": ABOUT})])

    def article(self):
        return ArticlePage.objects.get(slug="my-long-ho-tro-tieu-thuong")

    def waiting_review(self):
        return approval.current_state(self.article()).current_task_state

    def test_the_whole_road(self):
        # 1. The contributor of Mỹ Long writes, citing the decision, and submits with the declaration.
        self.sign_in(self.cast.contributor)
        section = self.city.section(self.city.my_long)
        add = reverse("wagtailadmin_pages:add", args=["sections", "articlepage", section.pk])
        answer = self.send_form(
            add,
            title="Mỹ Long hỗ trợ tiểu thương",
            slug="my-long-ho-tro-tieu-thuong",
            summary="Phường hướng dẫn tiểu thương nhận hỗ trợ theo quyết định của thành phố.",
            author_name="Cán bộ mẫu 01",
            source_name="",
            responsible_unit=str(self.city.my_long.unit_id),
            **{"action-portal-submit": "1"},
        )
        page = self.article()
        self.assertRedirects(
            answer, reverse("workflows_submit", args=["wagtailcore", "page", page.pk]), fetch_redirect_response=False
        )

        # 2. The preflight names the missing source with a link to its field; nothing typed is lost.
        shown = self.client.get(answer.url, HTTP_HOST=CITY)
        self.assertContains(shown, "Thiếu nguồn")
        self.assertContains(shown, "#:w:contentpath=source_name")
        edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
        self.send_form(edit, source_name="Ủy ban nhân dân phường Mỹ Long")
        self.post("workflows_submit", "wagtailcore", "page", page.pk, declaration="on")

        # 3. The writer cannot publish it.
        task = self.waiting_review()
        answer = self.client.post(reverse("workflows_review", args=[task.pk]), {"decision": "approve"}, HTTP_HOST=CITY)
        self.assertContains(answer, "không duyệt được")
        self.assertFalse(self.article().live)

        # 4. A board member returns it with a reason; the writer amends and submits again.
        self.sign_in(self.cast.editor)
        self.post("workflows_review", task.pk, decision="return", comment="Nêu rõ nơi nhận hồ sơ.")
        self.sign_in(self.cast.contributor)
        self.assertContains(self.client.get(edit, HTTP_HOST=CITY), "Mỹ Long hỗ trợ tiểu thương")
        self.send_form(edit, summary="Phường hướng dẫn tiểu thương nộp hồ sơ tại Bộ phận một cửa.")
        self.post("workflows_submit", "wagtailcore", "page", page.pk, declaration="on")

        # 5. The deputy head approves: public on the ward's host and under the city's.
        self.sign_in(self.cast.deputy)
        self.assertContains(self.client.get(reverse("workflows_queue"), HTTP_HOST=CITY), "Mỹ Long hỗ trợ tiểu thương")
        self.post("workflows_review", self.waiting_review().pk, decision="approve", comment="")
        self.client.logout()
        for host, address in ((WARD, "/tin-tuc/"), (CITY, "/my-long/tin-tuc/")):
            shown = self.client.get(f"{address}my-long-ho-tro-tieu-thuong/", HTTP_HOST=host)
            self.assertContains(shown, "Bộ phận một cửa")
            self.assertContains(shown, "12/2021/QĐ-UBND")

        # 6. The decision is replaced: shown first what that reaches, then confirmed; a second person
        # agrees, then there is one task for the article.
        self.sign_in(self.cast.deputy)
        repeal = {
            "code": "12",
            "by_document": str(self.new.pk),
            "reason": "",
            "effective_on": "15/04/2022",
            "scope": "",
            "stated_in": "Điều 3 Quyết định 07/2022/QĐ-UBND",
            "is_verified": "on",
        }
        preview = self.client.post(reverse("legalref_repeal", args=[self.old.pk]), repeal, HTTP_HOST=CITY)
        self.assertContains(preview, "Mỹ Long hỗ trợ tiểu thương")
        self.assertEqual(TakeDown.objects.count(), 0)
        self.post("legalref_repeal", self.old.pk, step="confirm", **repeal)
        self.assertEqual(TakeDown.objects.count(), 0)
        self.sign_in(self.cast.head)
        noted = DocumentRelation.objects.waiting().get(target=self.old)
        self.post("legalref_agree_relation", noted.pk, decision="agree")
        row = TakeDown.objects.get(page_id=page.pk)
        self.assertTrue(self.article().live)

        # 7. He who recorded it cannot decide; the head does.
        self.sign_in(self.cast.deputy)
        answer = self.client.post(
            reverse("workflows_takedown", args=[row.pk]), {"decision": "take_down"}, HTTP_HOST=CITY
        )
        self.assertContains(answer, "không phải người đề nghị")
        self.sign_in(self.cast.head)
        self.post("workflows_takedown", row.pk, decision="take_down", behaviour="gone", comment="")
        self.client.logout()

        # 8. The old addresses say why, and where the new decision is.
        for host, address in ((WARD, "/tin-tuc/"), (CITY, "/my-long/tin-tuc/")):
            gone = self.client.get(f"{address}my-long-ho-tro-tieu-thuong/", HTTP_HOST=host)
            self.assertEqual(gone.status_code, 410)
            self.assertContains(gone, "07/2022/QĐ-UBND", status_code=410)
        self.assertNotContains(self.client.get("/my-long/tin-tuc/", HTTP_HOST=CITY), "Mỹ Long hỗ trợ tiểu thương")

        # 9. The sealed copy stays and verifies.
        row.refresh_from_db()
        copy = ArchiveCopy.objects.get(pk=row.archive_copy_id)
        self.assertEqual(verifying.verify(), [])
        self.assertIn("Bộ phận một cửa", copies.read(copy.content_digest).decode())
