"""What is approved is what becomes public, pictures and files included."""

from datetime import timedelta

import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import site_collection
from base.files.serving import replace_file
from base.gate import Refused
from base.models import FileEdit, PortalFile, PortalImage
from home import opening
from legalref.models import DocumentFile
from servicecatalog.catalogue import batches
from servicecatalog.models import DossierComponent
from tests import factories
from tests.base.test_files import picture
from tests.city import CityTestCase, fresh, publish
from tests.files.samples import minimal_pdf
from tests.home.test_opening import NEW_WARD
from tests.servicecatalog.cast import a_procedure
from tests.workflows.drafts import article
from workflows.models import ArchiveCopy, Declaration
from workflows.publishing import approval, arrangement, declared_files, file_changes, takedown
from workflows.publishing.writing import writers
from workflows.versions import one_action

PDF, OTHER = minimal_pdf(), minimal_pdf() + b"% khac\n"
DESCRIPTION = "Ghe chở trái cây trên sông Hậu"


class WithFiles(CityTestCase):
    """A file and a picture of Mỹ Long that nobody but its people has seen, and a page that shows both."""

    def setUp(self):
        self.file = self.stored_file()
        self.image = self.stored_image()
        self.page = self.written(by=self.cast.contributor)

    def stored_file(self, site=None) -> PortalFile:
        collection = site_collection(site or self.city.my_long)
        return PortalFile.objects.create(
            title="Kế hoạch",
            file=ContentFile(PDF, "a.pdf"),
            collection=collection,
            uploaded_by_user=self.cast.contributor,
        )

    def stored_image(self, site=None) -> PortalImage:
        return PortalImage.objects.create(
            title="Chợ",
            description=DESCRIPTION,
            file=ContentFile(picture(), "cho.png"),
            collection=site_collection(site or self.city.my_long),
            uploaded_by_user=self.cast.contributor,
        )

    def written(self, *, by, site=None, **fields):
        body = [("paragraph", f'<p><a linktype="document" id="{self.file.pk}">Tải về</a></p>')]
        return article(
            self.city,
            site or self.city.my_long,
            by=by,
            lead_image=self.image,
            lead_image_alt=DESCRIPTION,
            body=body,
            **fields,
        )

    def submitted(self, page=None, *, by=None):
        state = approval.submit(page or self.page, by=by or self.cast.contributor, declaration=True, remark="Đã xem.")
        return state.current_task_state

    def approve(self, task_state, *, by=None):
        return approval.approve(task_state, by=fresh(by or self.cast.head), comment="Đã xem.")

    def scheduled(self):
        self.page.go_live_at = timezone.now() + timedelta(hours=1)
        self.page.save_revision(user=self.cast.contributor)
        self.approve(self.submitted())

    def send(self, *, by=None, item=None, data: bytes | None = OTHER, prefix="", name="", **fields):
        """Send the edit form of a picture or file, as its screen does."""
        item = item or self.file
        kind, keys = ("images", {"description": DESCRIPTION}) if item is self.image else ("docs", {})
        given = {"title": item.title, "collection": item.collection_id, "tags": "", **keys, **fields}
        if data is not None:
            given["file"] = SimpleUploadedFile(item.address_name, data)
        self.client.force_login(by or self.cast.contributor)
        address = reverse(f"wagtail{kind}:{name or 'edit'}", args=[item.pk])
        headers = {"X-Requested-With": "XMLHttpRequest"} if prefix else {}
        return self.client.post(address, {f"{prefix}{key}": value for key, value in given.items()}, headers=headers)

    def is_unchanged(self) -> bool:
        former = (self.file.digest, self.file.title, self.image.digest, self.image.description)
        file, image = PortalFile.objects.get(pk=self.file.pk), PortalImage.objects.get(pk=self.image.pk)
        return former == (file.digest, file.title, image.digest, image.description) and not image.has_focal_point()


class TheDeclaration(WithFiles):
    def test_names_every_file_of_the_version_with_its_digest_and_what_is_shown_of_it(self):
        self.submitted()

        files = {entry["type"]: entry for entry in Declaration.objects.get().files}

        assert set(files) == {"base.PortalFile", "base.PortalImage"}
        assert (files["base.PortalFile"]["id"], files["base.PortalFile"]["digest"]) == (self.file.pk, self.file.digest)
        assert files["base.PortalFile"]["shown"] == {"title": "Kế hoạch"}
        shown = files["base.PortalImage"]["shown"]
        assert (shown["title"], shown["description"], shown["source"]) == ("Chợ", DESCRIPTION, "")
        assert shown["focal_point_x"] is None

    def test_names_what_the_draft_shows_and_not_what_is_public(self):
        publish(self.page, by=self.cast.contributor)
        other = self.stored_file()
        page = type(self.page).objects.get(pk=self.page.pk)
        page.body = [("paragraph", f'<p><a linktype="document" id="{other.pk}">Tải về</a></p>')]
        page.save_revision(user=self.cast.contributor)

        self.submitted(page)

        assert {entry["id"] for entry in Declaration.objects.last().files if entry["type"] == "base.PortalFile"} == {
            other.pk
        }


class WhileAVersionWaits(WithFiles):
    def test_its_file_is_not_replaced_and_the_page_and_the_way_out_are_named(self):
        self.submitted()

        answer = self.send()

        self.assertContains(answer, self.page.title)
        self.assertContains(answer, "Rút về để sửa")
        self.assertContains(answer, reverse("wagtailadmin_pages:edit", args=[self.page.pk]))
        assert self.is_unchanged()

    def test_neither_is_its_name_nor_the_description_nor_the_point_of_interest_of_a_picture(self):
        self.submitted()

        self.send(data=None, title="Tên khác")
        self.send(item=self.image, data=None, description="Một câu khác hẳn về ảnh này")
        self.send(item=self.image, data=None, photographer="Người khác")
        focus = dict.fromkeys(("focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height"), 5)
        self.send(item=self.image, data=None, **focus)

        assert self.is_unchanged()
        assert not PortalImage.objects.get(pk=self.image.pk).credit

    def test_nor_on_the_screen_for_several_files(self):
        self.submitted()

        file = self.send(data=None, title="Tên khác", prefix=f"doc-{self.file.pk}-", name="edit_multiple")
        image = self.send(
            item=self.image, data=None, title="Tên khác", prefix=f"image-{self.image.pk}-", name="edit_multiple"
        )

        for answer in (file, image):
            assert not answer.json()["success"]
            assert "Rút về để sửa" in answer.json()["form"]
        assert self.is_unchanged()

    def test_nor_by_code_nor_by_deletion(self):
        self.submitted()
        file = PortalFile.objects.get(pk=self.file.pk)
        content = SimpleUploadedFile("a.pdf", OTHER)

        with self.assertRaisesMessage(Refused, self.page.title):
            replace_file(file, by=self.cast.contributor, content=content, reason="Thay")
        file.title = "Tên khác"
        with self.assertRaisesMessage(Refused, "đang chờ duyệt"):
            file.save()
        with self.assertRaisesMessage(Refused, "đang chờ duyệt"), transaction.atomic():
            PortalFile.objects.filter(pk=file.pk).delete()
        assert self.is_unchanged()

    def test_that_is_so_for_a_version_that_is_approved_for_later(self):
        self.scheduled()

        answer = self.send()

        self.assertContains(answer, "Hủy lịch đăng")
        assert self.is_unchanged()

    def test_people_of_another_site_do_not_learn_its_title(self):
        publish(self.page, by=self.cast.contributor)
        secret = self.written(by=self.cast.contributor_my_xuyen, site=self.city.my_xuyen, title="Chưa ai biết")
        self.submitted(secret, by=self.cast.contributor_my_xuyen)
        change = file_changes.propose(
            PortalFile.objects.get(pk=self.file.pk), by=self.cast.contributor, title="Kế hoạch năm", reason="Rõ hơn"
        )

        approver = fresh(self.cast.ward_approver)
        self.city.my_long.approval_mode = "delegated"
        self.city.my_long.save()
        with self.assertRaises(Refused) as caught:
            file_changes.decide(change, by=approver, accepted=True, digest=change.digest)
        assert "Chưa ai biết" not in str(caught.exception)
        assert "trang khác" in str(caught.exception)

    def test_two_persons_wait_with_a_change_of_a_public_file_too(self):
        page = publish(self.page, by=self.cast.contributor)
        page.get_latest_revision_as_object().save_revision(user=self.cast.contributor)
        self.submitted(page)
        change = file_changes.propose(
            PortalFile.objects.get(pk=self.file.pk), by=self.cast.contributor, title="Kế hoạch năm", reason="Rõ hơn"
        )

        with self.assertRaisesMessage(Refused, page.title):
            file_changes.decide(change, by=fresh(self.cast.head), accepted=True, digest=change.digest)


class LetThrough(WithFiles):
    def test_files_that_no_waiting_version_shows(self):
        other = self.stored_file()
        self.submitted()

        assert self.send(item=other).status_code == 302
        assert PortalFile.objects.get(pk=other.pk).digest != other.digest

    def test_files_of_drafts_that_nobody_has_submitted(self):
        assert self.send().status_code == 302
        assert self.send(item=self.image, data=None, description="Một câu khác hẳn về ảnh này").status_code == 302
        assert not self.is_unchanged()

    def test_tags_of_a_file_that_waits(self):
        self.submitted()

        assert self.send(data=None, tags="quy-hoach").status_code == 302
        assert [tag.name for tag in PortalFile.objects.get(pk=self.file.pk).tags.all()] == ["quy-hoach"]

    def test_after_the_withdrawal_and_the_new_file_goes_with_the_next_submission(self):
        self.submitted()
        approval.current_state(self.page).cancel(user=self.cast.contributor)

        assert self.send().status_code == 302
        self.approve(self.submitted())

        self.page.refresh_from_db()
        [entry] = [one for one in ArchiveCopy.objects.get().files if one["type"] == "base.PortalFile"]
        assert self.page.live and entry["digest"] == PortalFile.objects.get(pk=self.file.pk).digest != self.file.digest

    def test_after_the_return(self):
        approval.send_back(self.submitted(), by=self.cast.head, reason="Tệp chưa đúng")

        assert self.send().status_code == 302
        self.approve(self.submitted())

        self.page.refresh_from_db()
        assert self.page.live

    def test_after_the_schedule_was_cancelled_or_another_version_was_saved(self):
        self.scheduled()
        arrangement.unschedule(self.page, by=self.cast.head)
        assert self.send().status_code == 302

        self.setUp()
        self.scheduled()
        self.page.get_latest_revision_as_object().save_revision(user=self.cast.contributor)
        assert self.send().status_code == 302

    def test_two_persons_once_the_page_is_public(self):
        publish(self.page, by=self.cast.contributor)
        change = file_changes.propose(
            PortalFile.objects.get(pk=self.file.pk), by=self.cast.contributor, title="Kế hoạch năm", reason="Rõ hơn"
        )

        file_changes.decide(change, by=fresh(self.cast.head), accepted=True, digest=change.digest)

        assert PortalFile.objects.get(pk=self.file.pk).title == "Kế hoạch năm"

    def test_an_emergency_with_files_changed_since_an_older_declaration(self):
        approval.send_back(self.submitted(), by=self.cast.deputy, reason="Tệp chưa đúng")
        self.send()

        approval.emergency_publish(self.page, by=fresh(self.cast.head), reason="Lũ về.")

        self.page.refresh_from_db()
        assert self.page.live


class Compared(WithFiles):
    """A file that changed all the same, by whatever way: as written into the database."""

    def tampered(self):
        PortalFile.objects.filter(pk=self.file.pk).update(digest="0" * 64)

    def test_at_the_approval(self):
        task_state = self.submitted()
        self.tampered()

        with self.assertRaisesMessage(Refused, "Tệp «Kế hoạch» đã đổi sau khi gửi duyệt"):
            self.approve(task_state)

    def test_at_the_approval_by_wagtails_own_screen(self):
        task_state = self.submitted()
        self.tampered()

        with self.assertRaises(Refused):
            task_state.task.specific.on_action(task_state, fresh(self.cast.head), "approve", comment="Đã xem.")
        self.page.refresh_from_db()
        assert not self.page.live

    def test_descriptions_too(self):
        task_state = self.submitted()
        PortalImage.objects.filter(pk=self.image.pk).update(description="Khác")

        with self.assertRaisesMessage(Refused, "«Chợ»"):
            self.approve(task_state)

    def test_at_the_publication_of_what_was_approved_for_later(self):
        self.scheduled()
        self.tampered()

        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            assert approval.publish_due() == []

        self.page.refresh_from_db()
        assert not self.page.live

    def test_what_was_approved_for_later_is_published_with_the_files_that_it_had(self):
        self.scheduled()

        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            assert [page.pk for page in approval.publish_due()] == [self.page.pk]

    def test_what_was_declared_before_files_belonged_to_it_is_compared_by_the_record_of_replacements(self):
        task_state = self.submitted()
        files = Declaration.objects.get()
        files.pk, files.files = None, None
        files.save()

        assert [version.title for version in declared_files.waiting_versions(self.file)] == [self.page.title]
        self.client.force_login(self.cast.contributor)
        form = self.client.get(reverse("wagtaildocs:edit", args=[self.file.pk])).content.decode()
        assert f"đi cùng «{self.page.title}»" in form and "sửa trực tiếp được" not in form
        self.approve(task_state)
        self.page.refresh_from_db()
        assert self.page.live


class WhoeverChangedAFile(WithFiles):
    def setUp(self):
        city = self.city.site
        self.file, self.image = self.stored_file(city), self.stored_image(city)
        self.page = self.written(by=self.cast.editor, site=city)

    def test_is_a_writer_of_the_page_that_shows_it(self):
        assert self.send(by=self.cast.head).status_code == 302
        task_state = self.submitted(by=self.cast.editor)

        assert FileEdit.objects.get().by_id == self.cast.head.pk
        assert self.cast.head.pk in writers(self.page)
        with self.assertRaises(Refused):
            self.approve(task_state)
        self.approve(task_state, by=self.cast.deputy)
        self.page.refresh_from_db()
        assert self.page.live

    def test_so_is_whoever_changed_only_its_name(self):
        self.send(by=self.cast.head, data=None, title="Tên khác")

        assert self.cast.head.pk in writers(self.page)

    def test_tags_make_nobody_a_writer(self):
        self.send(by=self.cast.head, data=None, tags="ke hoach")

        assert self.cast.head.pk not in writers(self.page)

    def test_neither_does_a_change_before_the_page_was_begun_nor_one_of_another_file(self):
        self.send(by=self.cast.head)
        other = self.stored_file(self.city.site)
        self.send(by=self.cast.deputy, item=other)
        later = self.written(by=self.cast.editor, site=self.city.site, title="Viết sau")

        assert writers(later) == {self.cast.editor.pk}

    def test_nor_a_change_that_two_persons_made_of_what_is_public(self):
        page = publish(self.page, by=self.cast.editor, approver=self.cast.deputy)
        page.get_latest_revision_as_object().save_revision(user=self.cast.editor)
        file = PortalFile.objects.get(pk=self.file.pk)
        change = file_changes.propose(file, by=self.cast.editor, title="Kế hoạch năm", reason="Rõ hơn")
        file_changes.decide(change, by=fresh(self.cast.head), accepted=True, digest=change.digest)

        assert writers(page) == {self.cast.editor.pk}


class HandedInTogether(CityTestCase):
    """What a batch or a dossier will publish waits with its files too."""

    def tampered(self, item) -> None:
        type(item).objects.filter(pk=item.pk).update(title="Mẫu khác")

    def test_the_form_of_a_procedure_waits_with_its_batch(self):
        form = factories.file(self.city.site, title="Mẫu đơn")
        procedure = a_procedure(self.city, by=self.cast.editor, public=False)
        procedure.components = [DossierComponent(name="Tờ khai theo mẫu", originals=1, form_file=form)]
        procedure.save_revision(user=self.cast.editor)
        self.assertEqual(form.waiting_versions(), [])

        batch = batches.hand_in("Lô thử", procedures=[procedure], by=self.cast.editor, declaration=True)

        self.assertEqual([one.subject for one in form.waiting_versions()], [procedure])
        form.title = "Mẫu khác"
        with self.assertRaises(Refused):
            form.save()
        batches.carry_on(batches.approve(batch, by=fresh(self.cast.head)))
        procedure.refresh_from_db()
        self.assertTrue(procedure.live)
        self.assertEqual(form.waiting_versions(), [])

    def test_a_batch_whose_file_changed_all_the_same_is_not_approved(self):
        form = factories.file(self.city.site, title="Mẫu đơn")
        procedure = a_procedure(self.city, by=self.cast.editor, public=False)
        procedure.components = [DossierComponent(name="Tờ khai theo mẫu", originals=1, form_file=form)]
        procedure.save_revision(user=self.cast.editor)
        batch = batches.hand_in("Lô thử", procedures=[procedure], by=self.cast.editor, declaration=True)
        self.tampered(form)

        with self.assertRaisesMessage(Refused, "«Mẫu đơn» đã đổi sau khi gửi duyệt"):
            batches.approve(batch, by=fresh(self.cast.head))
        batches.send_back(batch, by=fresh(self.cast.head), reason="Tệp đã đổi")
        self.assertEqual(form.waiting_versions(), [])

    def write_over(self, procedure) -> None:
        """What the automatic saving of an open form does; it is refused."""
        newest = type(procedure).objects.get(pk=procedure.pk).get_latest_revision_as_object()
        newest.name = "Thủ tục không ai duyệt"
        with self.assertRaises(Refused), transaction.atomic():
            newest.save_revision(user=self.cast.editor, overwrite_revision=newest.latest_revision, clean=False)

    def test_a_version_that_was_handed_in_is_not_written_over_before_or_after_the_approval(self):
        procedure = a_procedure(self.city, by=self.cast.editor, public=False)
        procedure.save_revision(user=self.cast.editor)
        batch = batches.hand_in("Lô thử", procedures=[procedure], by=self.cast.editor, declaration=True)

        self.write_over(procedure)
        batch = batches.approve(batch, by=fresh(self.cast.head))
        self.write_over(procedure)
        batches.carry_on(batch)

        procedure.refresh_from_db()
        self.assertTrue(procedure.live)
        self.assertNotEqual(procedure.name, "Thủ tục không ai duyệt")

    def test_a_draft_that_nobody_declared_may_be_written_over(self):
        procedure = a_procedure(self.city, by=self.cast.editor, public=False)
        newest = procedure.save_revision(user=self.cast.editor).as_object()
        newest.name = "Tên đang soạn"

        newest.save_revision(user=self.cast.editor, overwrite_revision=newest.latest_revision, clean=False)

        self.assertEqual(procedure.get_latest_revision_as_object().name, "Tên đang soạn")

    def test_the_signed_file_of_a_document_waits_with_the_document(self):
        signed = factories.file(self.city.my_long, title="Bản ký số")
        document = factories.document(self.city.my_long, by=self.cast.contributor)
        document.document_files = [DocumentFile(file=signed)]
        document.save_revision(user=self.cast.contributor)
        state = approval.submit(document, by=self.cast.contributor, declaration=True, remark="Đã xem.")

        self.assertEqual([one.subject for one in signed.waiting_versions()], [document])
        signed.title = "Bản khác"
        with self.assertRaises(Refused):
            signed.save()
        self.tampered(signed)
        with self.assertRaisesMessage(Refused, "«Bản ký số»"):
            approval.approve(state.current_task_state, by=fresh(self.cast.head), comment="Đã xem.")

    def test_the_pictures_of_a_site_that_opens_wait_with_its_dossier(self):
        picture = factories.picture(self.city.site, description="Trụ sở phường nhìn từ đường lớn")
        dossier = opening.open_ward(by=self.cast.standing_office, **NEW_WARD)
        home = dossier.pages().first().specific
        home.lead_image, home.lead_image_alt = picture, "Trụ sở phường"
        home.save_revision(user=self.cast.standing_office)

        opening.submit_opening(dossier, by=self.cast.standing_office)

        self.assertEqual([one.subject.pk for one in picture.waiting_versions()], [home.pk])
        opening.reject_opening(dossier, by=self.cast.head, reason="Ảnh chưa đúng")
        self.assertEqual(picture.waiting_versions(), [])


class Restoring(CityTestCase):
    def test_whoever_wrote_of_it_before_it_was_taken_down_may_approve_its_return(self):
        cast = self.cast
        page = publish(article(self.city, self.city.site, by=cast.editor), by=cast.editor, approver=cast.head)
        for who, other in ((cast.deputy, cast.head), (cast.head, cast.deputy)):
            draft = page.get_latest_revision_as_object()
            draft.summary = f"Sửa bởi {who.username}."
            draft.save_revision(user=who)
            page = publish(type(page).objects.get(pk=page.pk), by=cast.editor, approver=other)
        [row] = takedown.propose(page, "no_longer_suitable", by=cast.editor, explanation="Thôi.")
        takedown.decide(row, "take_down", by=fresh(cast.head))
        row.refresh_from_db()
        takedown.restore(row, by=cast.editor, reason="Gỡ nhầm")
        page = type(page).objects.get(pk=page.pk)
        state = approval.submit(page, by=cast.editor, declaration=True, remark="Đã xem.")

        assert writers(page) == {cast.editor.pk}
        approval.approve(state.current_task_state, by=fresh(cast.head), comment="Đã xem.")
        page.refresh_from_db()
        assert page.live

    def test_whoever_brought_it_back_or_corrected_it_since_may_not(self):
        cast = self.cast
        page = publish(article(self.city, self.city.site, by=cast.editor), by=cast.editor, approver=cast.head)
        [row] = takedown.propose(page, "no_longer_suitable", by=cast.editor, explanation="Thôi.")
        takedown.decide(row, "take_down", by=fresh(cast.head))
        row.refresh_from_db()
        takedown.restore(row, by=cast.editor, reason="Gỡ nhầm")
        page = type(page).objects.get(pk=page.pk)
        page.get_latest_revision_as_object().save_revision(user=cast.deputy)

        assert writers(page) == {cast.editor.pk, cast.deputy.pk}
        state = approval.submit(page, by=cast.editor, declaration=True, remark="Đã xem.")
        with self.assertRaises(Refused):
            approval.approve(state.current_task_state, by=fresh(cast.deputy), comment="Đã xem.")


def test_a_list_of_files_is_compared_by_the_fields_that_it_has():
    now = {
        "type": "base.PortalFile",
        "id": 3,
        "name": "Kế hoạch",
        "path": "x/a.pdf",
        "digest": "1",
        "shown": {"title": "Kế hoạch", "later": "mới"},
    }
    old = {"name": "Kế hoạch", "path": "x/a.pdf", "digest": "1", "size": 3}
    kept = {**now, "shown": {"title": "Kế hoạch"}}

    assert declared_files.differing([old], [now]) == declared_files.differing([kept], [now]) == []
    assert declared_files.differing([{**old, "digest": "2"}], [now]) == ["Kế hoạch"]
    assert declared_files.differing([{**kept, "shown": {"title": "Khác"}}], [now]) == ["Kế hoạch"]
    assert declared_files.differing([], [now]) == declared_files.differing([kept], []) == ["Kế hoạch"]


class ReadOnce(CityTestCase):
    def test_what_a_version_shows_is_read_once_in_an_act_and_again_when_it_is_locked(self):
        shown = factories.picture(self.city.site)
        page = factories.article(self.city.section(self.city.site), by=self.cast.standing_office, picture=shown)

        def names():
            return [entry["name"] for entry in declared_files.files_of(page)]

        with one_action():
            before = names()
            type(shown).objects.filter(pk=shown.pk).update(title="Đổi lúc chờ")
            self.assertEqual(names(), before)
            held = [entry["name"] for entry in declared_files._held(page)]

            self.assertEqual((held, names()), (["Đổi lúc chờ"], ["Đổi lúc chờ"]))
