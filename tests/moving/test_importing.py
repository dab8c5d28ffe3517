"""From an export to drafts in dossiers, their publication, and back: what two persons decide and what a stop leaves."""

from datetime import datetime, timedelta
from unittest import mock

from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from base.gate import Refused
from base.models import PortalFile, PortalImage, PublicItem
from legalref import seeding
from legalref.importing import batches
from moving import checking, imports, writing
from moving.models import MovedFile, SiteImport
from royalties import proposing
from sections.models import ArticlePage
from subscriptions.models import PublicChange
from tests.city import fresh, publish_at_once
from vietnam.dates import VIETNAM
from workflows.models import PublicationBundle, RecordChange
from workflows.publishing import bundles, record_changes, redirects

from . import exports
from .cases import LONG_ENOUGH, MovingCase
from .exports import wordpress_item

State = SiteImport.State


class DryRun(MovingCase):
    def test_each_item_says_what_would_become_of_it_and_nothing_is_written(self):
        before = Page.objects.count(), PublicationBundle.objects.count(), RecordChange.objects.count()
        batch = self.checked(
            exports.wordpress(
                wordpress_item(1, html="<p>Chữ</p><iframe src='https://x.example/khung'></iframe>"),
                wordpress_item(2, status="draft"),
                wordpress_item(3, title=""),
                wordpress_item(1),
            )
        )

        self.assertEqual(batch.state, State.CHECKED)
        self.assertEqual(imports.counts(batch), {"new": 1, "same": 0, "left": 1, "wrong": 2})
        one, draft, nameless, twice = batch.rows.order_by("number")
        self.assertIn("Bỏ 1 khung nhúng nội dung nơi khác: «https://x.example/khung».", one.remarks)
        self.assertEqual(draft.remarks, ["Để lại: bản nháp."])
        self.assertIn("không có tiêu đề", nameless.problems[0])
        self.assertIn("Trùng với mục 1", twice.problems[0])
        self.assertEqual(
            (Page.objects.count(), PublicationBundle.objects.count(), RecordChange.objects.count()), before
        )

    def test_categories_lead_to_sections_by_what_a_person_says_and_by_their_names(self):
        batch = self.checked(
            exports.wordpress(
                wordpress_item(1, category="Chỉ đạo"),
                wordpress_item(2, category="Không rõ"),
            ),
            sections="Chỉ đạo = chi-dao-dieu-hanh",
        )

        slugs = [row.section.slug for row in batch.rows.order_by("number")]
        self.assertEqual(slugs, ["chi-dao-dieu-hanh", "tin-tuc"])

    def test_what_is_typed_wrong_is_named_with_its_field(self):
        for more, field in (
            ({"hosts": "không phải tên"}, "hosts"),
            ({"hosts": ""}, "hosts"),
            ({"sections": "Tin cũ"}, "sections"),
            ({"sections": "Tin cũ = mục không có"}, "sections"),
            ({"places": "nội dung = div["}, "places"),
            ({"places": "chân trang = div"}, "places"),
            ({"format": "nukeviet"}, "source"),
            ({"format": "la"}, "format"),
        ):
            with self.subTest(more), self.assertRaises(ValidationError) as refusal:
                self.submit(exports.wordpress(wordpress_item(1)), **more)
            self.assertEqual(list(refusal.exception.message_dict), [field])

    def test_an_export_that_cannot_be_read_says_why(self):
        batch = self.checked(exports.wordpress("<item><title>"))

        self.assertEqual(batch.state, State.UNREADABLE)
        self.assertIn("hỏng ở dòng", batch.message)
        self.assertEqual(batch.source.name, "")

    def test_an_address_that_is_none_costs_its_link_alone(self):
        html = (
            '<p>Chữ <a href="http://[tên miền]/bai">một</a> <a href="/tep/a%00.pdf">hai</a> '
            f'<a href="http://{exports.HOST}//[ba]/bai">ba</a> <a href="mailto://[bốn]">bốn</a></p>'
        )
        batch = self.checked(exports.wordpress(wordpress_item(1, html=html)))

        self.assertEqual((batch.state, imports.counts(batch)["new"]), (State.CHECKED, 1))
        said = " ".join(batch.rows.get().remarks)
        self.assertIn("Bỏ 3 liên kết nguy hiểm hoặc sai", said)
        self.assertIn("Bỏ 1 liên kết tới trang cũ không chuyển sang", said)

    def test_an_export_that_is_left_alone_goes_with_its_rows(self):
        batch = self.checked(exports.wordpress(wordpress_item(1)))

        imports.work(on=batch.made_at + timedelta(days=59), seconds=LONG_ENOUGH)
        self.assertEqual(SiteImport.objects.get(pk=batch.pk).state, State.CHECKED)

        imports.work(on=batch.made_at + timedelta(days=61), seconds=LONG_ENOUGH)
        batch = SiteImport.objects.get(pk=batch.pk)
        self.assertEqual((batch.state, batch.source.name, batch.rows.count()), (State.DISCARDED, "", 0))

    def test_one_whose_encoding_was_chosen_is_left_alone_from_then_on(self):
        batch = self.checked(exports.wordpress(wordpress_item(1)))
        chosen = batch.made_at + timedelta(days=50)
        self.step(imports.convert(batch, checking.AS_IS, by=self.by, on=chosen))

        imports.work(on=chosen + timedelta(days=59), seconds=LONG_ENOUGH)
        self.assertEqual(SiteImport.objects.get(pk=batch.pk).state, State.CHECKED)

        imports.work(on=chosen + timedelta(days=61), seconds=LONG_ENOUGH)
        self.assertEqual(SiteImport.objects.get(pk=batch.pk).state, State.DISCARDED)

    def test_letters_before_unicode_are_asked_about_and_converted_page_by_page(self):
        old = wordpress_item(1, title="Quyết định", html="Ban hµnh Quy chÕ lµm viÖc cña ñy ban nh©n d©n thµnh phè")
        old = old.replace("Quyết định", "QuyÕt ®Þnh cña ñy ban")
        batch = self.checked(exports.wordpress(old, wordpress_item(2, title="Thông báo hôm nay")))
        self.assertEqual(batch.suspected_scheme, "tcvn3")
        with self.assertRaisesMessage(ValidationError, "bảng mã cũ"):
            imports.begin(batch, by=self.by)
        self.assertIn("Ban hành Quy chế", imports.readings(batch)[0][2])

        batch = self.step(imports.convert(batch, "tcvn3", by=self.by))

        one, two = batch.rows.order_by("number")
        self.assertEqual((one.title, two.title), ("Quyết định của ủy ban", "Thông báo hôm nay"))
        self.assertIn("Đã chuyển chữ từ bảng mã cũ sang Unicode; hãy đọc lại.", one.remarks)
        self.assertEqual(batch.suspected_scheme, "")

    def test_pictures_come_from_the_zip_alone_and_the_others_are_said(self):
        html = (
            '<p>Chữ</p><img src="/wp-content/uploads/cau-300x200.png" alt="Cầu mới hoàn thành">'
            '<img src="https://la.example/a.png" alt="Xa"><img src="/wp-content/uploads/mat.png">'
            '<img src="data:image/png;base64,AAAA"><img src="/uploads/lenh.svg">'
        )
        package = exports.packed({"uploads/cau.png": exports.picture(), "uploads/lenh.svg": b"<svg/>"})
        batch = self.checked(exports.wordpress(wordpress_item(1, html=html)), package=package)

        (row,) = batch.rows.all()
        said = " ".join(row.remarks)
        self.assertEqual(row.values["pictures"], ["uploads/cau.png"])
        for words in ("máy chủ khác", "Thiếu 1 ảnh không có trong ZIP", "nhét thẳng vào mã", "không qua kiểm tra tệp"):
            self.assertIn(words, said)


class Writing(MovingCase):
    def test_a_page_becomes_a_draft_with_its_facts_in_a_dossier_with_its_redirects(self):
        batch = self.written(exports.wordpress(wordpress_item(1, excerpt="Tóm tắt bài."), wordpress_item(2)))

        self.assertEqual(batch.state, State.WRITTEN)
        page, row = self.page("Bài số 1"), self.rows(batch)["Bài số 1"]
        self.assertFalse(page.live)
        self.assertEqual(
            (page.author_name, page.summary, page.get_parent().pk), ("Thu Hà", "Tóm tắt bài.", self.section.pk)
        )
        self.assertEqual(page.formerly_published_at, datetime(2019, 6, 5, 8, 30, tzinfo=VIETNAM))
        self.assertEqual(page.latest_revision.user, self.by)
        changes = RecordChange.objects.filter(pk__in=row.redirects)
        self.assertEqual([change.values["old_path"] for change in changes], ["/2019/06/bai-so-1"])
        self.assertEqual(PublicationBundle.objects.get().items.count(), 4)
        self.assertFalse(Redirect.objects.exists())
        self.assertEqual((batch.source.name, row.values), ("", {}))

    def test_a_dossier_that_two_persons_publish_redirects_the_old_addresses_and_dates_the_page_as_before(self):
        batch = self.written(exports.wordpress(wordpress_item(1)))
        bundle = PublicationBundle.objects.get()
        bundle = bundles.submit(bundle, by=self.by, declaration=True, remark="Đã xem lại.")
        with self.assertRaises(Refused):
            bundles.approve(bundle, by=self.by)
        self.assertEqual(Client().get("/2019/06/bai-so-1/", HTTP_HOST="localhost").status_code, 404)

        bundles.approve(bundle, by=fresh(self.cast.head))

        page = self.page("Bài số 1")
        self.assertTrue(page.live)
        self.assertEqual(page.first_published_at, datetime(2019, 6, 5, 8, 30, tzinfo=VIETNAM))
        self.assertEqual(PublicItem.objects.get(page=page).published_at, page.first_published_at)
        for old in ("/2019/06/bai-so-1/", "/2019/06/bai-so-1"):
            answer = Client().get(old, HTTP_HOST="localhost")
            self.assertEqual((answer.status_code, answer["Location"]), (301, page.full_url), old)
        self.assertEqual(redirects.violations(), [])
        self.assertFalse(PublicChange.objects.filter(page_id=page.pk).exists(), "no news for those who follow")
        self.assertEqual(proposing.propose_due(on=timezone.now()), 0)
        self.assertTrue(batch.rows.get().bundle.state == PublicationBundle.State.PUBLISHED)

    def test_links_between_old_pages_lead_to_the_drafts_whatever_their_order(self):
        first = wordpress_item(1, html=f'<p><a href="http://www.{exports.HOST}/2019/06/bai-so-2/?x=1">trước</a></p>')
        first = first.replace("?x=1", "")
        second = wordpress_item(2, html='<p><a href="/2019/06/bai-so-1/">sau</a> <a href="/khong-chuyen/">mất</a></p>')
        batch = self.written(exports.wordpress(first, second))

        one, two = (self.page(f"Bài số {number}").get_latest_revision_as_object() for number in (1, 2))
        self.assertIn(f'<a linktype="page" id="{two.pk}">trước</a>', str(one.body.raw_data[0]["value"]))
        self.assertIn(f'<a linktype="page" id="{one.pk}">sau</a> mất', str(two.body.raw_data[0]["value"]))
        self.assertIn("Bỏ 1 liên kết tới trang cũ không chuyển sang", " ".join(self.rows(batch)["Bài số 2"].remarks))

    def test_pictures_and_files_go_through_the_checks_of_uploads_and_are_shared(self):
        html = '<p>Chữ <a href="/uploads/kh.pdf">Kế hoạch</a></p><img src="/uploads/cau.png" alt="Cầu mới hoàn thành">'
        package = exports.packed(
            {"uploads/cau.png": exports.picture(), "uploads/kh.pdf": exports.pdf(), "uploads/gia.png": b"MZ\x90"}
        )
        bad = '<p>Chữ</p><img src="/uploads/gia.png" alt="Ảnh chụp buổi lễ">'
        batch = self.written(
            exports.wordpress(wordpress_item(1, html=html), wordpress_item(2, html=html), wordpress_item(3, html=bad)),
            package=package,
        )

        image, file = PortalImage.objects.get(), PortalFile.objects.get()
        self.assertEqual((image.description, file.title), ("Cầu mới hoàn thành", "Kế hoạch"))
        for number in (1, 2):
            page = self.page(f"Bài số {number}")
            self.assertEqual([block.block_type for block in page.body], ["paragraph", "image"])
            self.assertEqual(page.attachments[0].value["file"], file)
        self.assertEqual([block.block_type for block in self.page("Bài số 3").body], ["paragraph"])
        self.assertIn("«uploads/gia.png» không qua kiểm tra tệp", " ".join(self.rows(batch)["Bài số 3"].remarks))

    def test_what_lacks_something_is_in_dossiers_of_its_own(self):
        package = exports.packed({"a.png": exports.picture()})
        lacking = wordpress_item(1, html='<p>Chữ</p><img src="/a.png">')
        self.written(exports.wordpress(lacking, wordpress_item(2)), package=package)

        self.assertEqual(
            [bundle.title.endswith("cần bổ sung") for bundle in PublicationBundle.objects.order_by("pk")], [False, True]
        )

    def test_the_same_export_again_brings_nothing_new(self):
        items = [wordpress_item(number) for number in (1, 2)]
        self.written(exports.wordpress(*items))

        batch = self.checked(exports.wordpress(*items, wordpress_item(3), name="lan-hai.xml"))

        self.assertEqual(imports.counts(batch), {"new": 1, "same": 2, "left": 0, "wrong": 0})

    def test_documents_among_the_pages_are_proposed_to_the_register_as_a_lot(self):
        seeding.seed_types()
        seeding.seed_issuers()
        title = "Quyết định số 12/2020/QĐ-UBND ngày 05/6/2020 về việc ban hành Quy chế làm việc"
        html = '<p>Xem tệp <a href="/uploads/qd.pdf">Quyết định</a></p>'
        news = wordpress_item(2, title="UBND ban hành Quyết định số 12/2020/QĐ-UBND")
        batch = self.written(
            exports.wordpress(wordpress_item(1, title=title, html=html), news),
            package=exports.packed({"uploads/qd.pdf": exports.pdf()}),
        )

        while batch.batch.state == "checking":
            batch.batch = batches.step(batch.batch)
        (row,) = batch.batch.rows.all()
        self.assertEqual((row.outcome, row.problems), ("new", []))
        self.assertIn("12/2020/QĐ-UBND", row.label)
        self.assertEqual(row.values["subject"], "Về việc ban hành Quy chế làm việc")
        self.assertEqual(row.values["signed_file"][0][0], "uploads/qd.pdf")

    def test_the_run_does_what_the_dry_run_said(self):
        items = [wordpress_item(number, html=f"<p>Chữ {number}</p>") for number in range(1, 40)]
        batch = self.checked(exports.wordpress(*items, wordpress_item(40, status="draft")))
        said = {row.title: row.values["parts"][0]["html"] for row in batch.rows.filter(outcome="new")}

        self.step(imports.begin(batch, by=self.by))

        pages = ArticlePage.objects.filter(pk__in=batch.rows.values("page"))
        self.assertEqual({page.title: page.body[0].value.source for page in pages}, said)
        self.assertEqual(PublicationBundle.objects.count(), 3)
        self.assertLessEqual(max(one.items.count() for one in PublicationBundle.objects.all()), bundles.MOST_ITEMS)


class Stops(MovingCase):
    def items(self, count: int):
        return exports.wordpress(*(wordpress_item(number) for number in range(1, count + 1)))

    def test_a_dry_run_that_stops_reads_on_behind_the_last_stored_row(self):
        batch = self.submit(self.items(120))
        imports.check(batch, seconds=0)
        self.assertEqual(batch.rows.count(), 50)

        while not imports.check(SiteImport.objects.get(pk=batch.pk), seconds=0):
            pass

        self.assertEqual(list(batch.rows.values_list("number", flat=True)), list(range(1, 121)))
        self.assertEqual(SiteImport.objects.get(pk=batch.pk).state, State.CHECKED)

    def test_a_run_that_dies_in_the_middle_of_a_dossier_goes_on_without_loss_or_repetition(self):
        batch = imports.begin(self.checked(self.items(25)), by=self.by)
        real, calls = writing.Writer._page, []

        def dies(writer, row):
            calls.append(row.number)
            if len(calls) == 19:
                raise KeyboardInterrupt
            return real(writer, row)

        with mock.patch.object(writing.Writer, "_page", dies), self.assertRaises(KeyboardInterrupt):
            self.step(batch)
        self.assertEqual(ArticlePage.objects.filter(title__startswith="Bài số").count(), 15)

        self.step(SiteImport.objects.get(pk=batch.pk))

        titles = list(ArticlePage.objects.filter(title__startswith="Bài số").values_list("title", flat=True))
        self.assertEqual(sorted(titles), sorted(f"Bài số {number}" for number in range(1, 26)))
        self.assertEqual(batch.rows.filter(page=None).count(), 0)
        items = sum(bundle.items.count() for bundle in PublicationBundle.objects.all())
        self.assertEqual(items, 25 * 2)

    def test_a_row_that_cannot_be_written_says_why_and_the_others_go_on(self):
        batch = imports.begin(self.checked(self.items(3)), by=self.by)
        batch.rows.filter(number=2).update(section=None)

        self.step(batch)

        self.assertEqual(imports.counts(batch), {"new": 2, "same": 0, "left": 0, "wrong": 1})
        self.assertIn("không còn nhận bài", batch.rows.get(number=2).problems[0])

    def test_an_export_that_is_not_finished_is_not_begun_again(self):
        self.submit(self.items(1))

        with self.assertRaisesMessage(ValidationError, "chưa xong"):
            self.submit(self.items(1))

    def test_the_job_carries_all_on_and_one_that_fails_stops_no_other(self):
        broken, good = self.submit(self.items(1)), self.submit(self.items(2))
        broken.source.storage.delete(broken.source.name)

        with self.assertRaises(RuntimeError):
            imports.work(seconds=LONG_ENOUGH)

        self.assertEqual(SiteImport.objects.get(pk=good.pk).state, State.CHECKED)


class Undoing(MovingCase):
    def test_an_import_goes_with_all_that_it_brought_as_long_as_nothing_was_public(self):
        before = Page.objects.count()
        html = '<p>Chữ</p><img src="/a.png" alt="Cầu mới hoàn thành"><p><a href="/k.pdf">Kế hoạch</a></p>'
        package = exports.packed({"a.png": exports.picture(), "k.pdf": exports.pdf()})
        batch = self.written(exports.wordpress(wordpress_item(1, html=html), wordpress_item(2)), package=package)

        batch = self.step(imports.undo(batch, by=fresh(self.cast.head), reason="Chọn nhầm tệp"))

        self.assertEqual(batch.state, State.UNDONE)
        self.assertEqual(Page.objects.count(), before)
        self.assertFalse(PortalImage.objects.exists() or PortalFile.objects.exists() or MovedFile.objects.exists())
        self.assertEqual({bundle.state for bundle in PublicationBundle.objects.all()}, {"dropped"})
        self.assertFalse(RecordChange.objects.filter(decided_at=None).exists())
        again = self.checked(exports.wordpress(wordpress_item(1), name="lai.xml"))
        self.assertEqual(imports.counts(again)["new"], 1)

    def test_a_draft_that_was_edited_since_stays(self):
        batch = self.written(exports.wordpress(wordpress_item(1), wordpress_item(2)))
        self.page("Bài số 1").save_revision(user=self.cast.editor)

        self.step(imports.undo(batch, by=self.by, reason="Thử"))

        self.assertEqual([page.title for page in ArticlePage.objects.filter(title__startswith="Bài số")], ["Bài số 1"])
        self.assertIn("đã được sửa", " ".join(batch.rows.get(number=1).remarks))

    def test_a_dossier_that_was_submitted_meanwhile_stays_for_its_approver(self):
        batch = imports.undo(self.written(exports.wordpress(wordpress_item(1))), by=self.by, reason="Thử")
        bundles.submit(PublicationBundle.objects.get(), by=self.by, declaration=True, remark="Đã xem lại.")

        batch = self.step(batch)

        self.assertEqual(batch.state, State.UNDONE)
        self.assertEqual(PublicationBundle.objects.get().state, PublicationBundle.State.SUBMITTED)
        self.assertTrue(ArticlePage.objects.filter(title="Bài số 1").exists())
        self.assertIn("đã được gửi duyệt", " ".join(batch.rows.get().remarks))

    def test_once_something_was_public_or_is_submitted_it_is_refused_by_name(self):
        batch = self.written(exports.wordpress(wordpress_item(1)))
        bundle = bundles.submit(PublicationBundle.objects.get(), by=self.by, declaration=True, remark="Đã xem.")
        with self.assertRaisesMessage(Refused, "đã gửi duyệt"):
            imports.undo(batch, by=self.by, reason="Thử")

        bundles.approve(bundle, by=fresh(self.cast.head))

        with self.assertRaisesMessage(Refused, "«Bài số 1» đã được đăng"):
            imports.undo(batch, by=self.by, reason="Thử")

    def test_a_reason_is_asked(self):
        batch = self.written(exports.wordpress(wordpress_item(1)))

        with self.assertRaises(ValidationError) as refusal:
            imports.undo(batch, by=self.by, reason=" ")
        self.assertEqual(list(refusal.exception.message_dict), ["reason"])


class Rights(MovingCase):
    def test_who_keeps_accounts_may_try_an_export_and_the_board_lets_it_be_written(self):
        batch = self.checked(exports.wordpress(wordpress_item(1)), by=self.cast.technical_admin)

        with self.assertRaises(Refused):
            imports.begin(batch, by=self.cast.technical_admin)
        self.assertEqual(imports.begin(batch, by=self.by).state, State.WRITING)

    def test_who_arranges_nothing_there_submits_nothing(self):
        for who in (self.cast.contributor, self.cast.accountant, self.cast.ward_approver):
            with self.subTest(who.username), self.assertRaises(Refused):
                self.submit(exports.wordpress(wordpress_item(1)), by=who)

    def test_a_ward_moves_in_by_itself(self):
        section = self.city.section(self.city.my_long)
        batch = self.checked(exports.wordpress(wordpress_item(1)), by=self.cast.ward_approver, section=section)
        self.by = self.cast.ward_approver
        self.step(imports.begin(batch, by=self.by))

        self.assertEqual(PublicationBundle.objects.get().site, self.city.my_long)
        self.assertEqual({change.site for change in RecordChange.objects.all()}, {self.city.my_long})


class RedirectsInDossiers(MovingCase):
    def test_a_redirect_of_a_page_that_is_only_a_draft_does_not_come_true_alone(self):
        batch = self.written(exports.wordpress(wordpress_item(1)))
        bundles.drop(PublicationBundle.objects.get(), by=self.by)
        change = RecordChange.objects.get(pk=batch.rows.get().redirects[0])
        self.assertIn("«Bài số 1», khi được đăng", str(change))

        with self.assertRaisesMessage(ValidationError, "không đang đăng"):
            record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

    def test_an_address_that_redirects_already_stays_as_it_is(self):
        page = publish_at_once(self.section)
        Redirect.objects.create(
            old_path="/2019/06/bai-so-1", site=self.city.site.wagtail_site, redirect_page=page, is_permanent=True
        )
        batch = self.written(exports.wordpress(wordpress_item(1)))

        self.assertEqual(batch.rows.get().redirects, [])
        self.assertIn("đã có chuyển hướng khác", " ".join(batch.rows.get().remarks))
