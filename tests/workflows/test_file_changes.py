"""What readers see of a picture or file changes by two persons; the address and the older content stay."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.roles import site_collection
from base.files import scans
from base.files import serving as files
from base.gate import Refused
from base.models import (
    AuditEntry,
    FileText,
    FileVersion,
    PictureText,
    PortalFile,
    PortalImage,
    PortalSite,
    SiteGeneration,
)
from base.models.files import digest_of
from tests.base.test_files import picture
from tests.base.test_recognising import found
from tests.city import CityTestCase, fresh, note_changed, publish
from tests.files import clamd
from tests.files.samples import minimal_pdf
from tests.workflows.drafts import article
from workflows.archive import verifying
from workflows.models import ArchiveCopy, FileChange
from workflows.publishing import file_changes
from workflows.upkeep import invariants

PDF, NEW_PDF = minimal_pdf(), minimal_pdf() + b"% moi\n"
REASON = "Bản cũ thiếu phụ lục"


class WithPublicFile(CityTestCase):
    """A file and a picture on a page of Mỹ Long that is public."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        site = cls.city.my_long
        collection = site_collection(site)
        cls.file = PortalFile.objects.create(title="Kế hoạch", file=ContentFile(PDF, "a.pdf"), collection=collection)
        cls.image = PortalImage.objects.create(
            title="Chợ", description="Chợ nổi", file=ContentFile(picture(), "cho.png"), collection=collection
        )
        cls.page = publish(cls.page_with_both(site, by=cls.cast.contributor), by=cls.cast.contributor)
        cls.file.refresh_from_db()
        cls.image.refresh_from_db()

    @classmethod
    def page_with_both(cls, site, *, by):
        body = [("paragraph", f'<p><a linktype="document" id="{cls.file.pk}">Tải về</a></p>')]
        return article(cls.city, site, by=by, lead_image=cls.image, lead_image_alt="Ghe trên sông", body=body)

    def propose(self, item=None, *, by=None, data: bytes | None = NEW_PDF, **fields) -> FileChange:
        item = item or self.file
        content = SimpleUploadedFile(item.address_name, data) if data is not None else None
        given = file_changes.texts_of(item) | {"reason": REASON} | fields
        return file_changes.propose(item, by=by or self.cast.contributor, content=content, **given)

    def accept(self, change: FileChange, *, by=None) -> FileChange:
        return file_changes.decide(change, by=by or self.cast.head, accepted=True, digest=change.digest)

    def read(self, url: str) -> bytes:
        self.client.logout()
        answer = self.client.get(url)
        assert answer.status_code == 200
        return b"".join(answer.streaming_content)

    def generation(self) -> int:
        return SiteGeneration.objects.filter(site=self.city.my_long).values_list("value", flat=True).first() or 0


class Replacing(WithPublicFile):
    def test_the_address_stays_and_the_older_content_leaves_its_record(self):
        url, path, before = self.file.url, self.file.file.name, self.generation()
        change = self.propose()
        assert self.read(url) == PDF

        self.accept(change)

        self.file.refresh_from_db()
        assert self.file.url == url
        assert self.read(url) == NEW_PDF
        [version] = files.versions_of(self.file)
        assert (version.number, version.title, version.was_public) == (1, "Kế hoạch", True)
        assert version.next_digest == self.file.digest == change.content_digest
        assert version.by_name.endswith(f"({self.cast.contributor.username})")
        assert version.approved_by_name.endswith(f"({self.cast.head.username})")
        with default_storage.open(path) as older:
            assert digest_of(older) == version.digest
        assert self.generation() > before
        assert AuditEntry.objects.filter(action="portal.file.replace").count() == 1

    def test_a_picture_is_made_anew_in_all_sizes(self):
        former = self.image.get_rendition("width-20")
        change = self.propose(self.image, data=picture(60, 60))

        with self.captureOnCommitCallbacks(execute=True):
            self.accept(change)

        image = PortalImage.objects.get(pk=self.image.pk)
        assert (image.width, image.height) == (60, 60)
        assert image.get_rendition("width-20").url != former.url
        assert self.client.get(former.url).status_code == 404

    def test_a_page_is_found_by_the_words_of_the_older_content_no_more(self):
        FileText.objects.create(file=self.file, digest=self.file.digest, text="phụ lục thu hồi", read_at=timezone.now())
        PictureText.objects.create(
            picture=self.image, digest=self.image.digest, text="giấy khai sinh mẫu", read_at=timezone.now()
        )
        note_changed(self.page)
        for words in ("phụ lục thu hồi", "giấy khai sinh"):
            assert len(found(self.city, words)) == 1, words

        self.accept(self.propose())
        self.accept(self.propose(self.image, data=picture(60, 60)))

        for words in ("phụ lục thu hồi", "giấy khai sinh"):
            assert found(self.city, words) == [], words

    def test_every_page_that_shows_it_is_sealed_anew(self):
        [first] = ArchiveCopy.objects.filter(object_id=str(self.page.pk))
        known = set(invariants.violations())

        self.accept(self.propose())

        kept, second = ArchiveCopy.objects.filter(object_id=str(self.page.pk)).order_by("pk")
        assert kept == first and kept.files != second.files
        assert self.file.digest in {item["digest"] for item in kept.files}
        assert FileChange.objects.get().content_digest in {item["digest"] for item in second.files}
        assert second.ground == f"Thay tệp «Kế hoạch»: {REASON}"
        assert verifying.verify() == []
        assert set(invariants.violations()) == known

    def test_the_copy_of_the_proposal_is_gone_after_the_decision(self):
        change = self.propose()
        path = change.file.name
        assert default_storage.exists(path)
        assert path not in scans.orphans(older_than_seconds=-1)

        with self.captureOnCommitCallbacks(execute=True):
            self.accept(change)

        assert not default_storage.exists(path)
        assert not FileChange.objects.get().file

    def test_nobody_reaches_the_older_content_by_its_place(self):
        path = self.file.file.name
        self.accept(self.propose())
        self.accept(self.propose(PortalFile.objects.get(pk=self.file.pk), data=PDF + b"% ba\n"))
        second = FileVersion.objects.get(number=2).path

        assert second != path
        assert self.client.get(f"/tep/{second}").status_code == 404
        assert self.read(f"/tep/{path}") == PDF + b"% ba\n"


class Texts(WithPublicFile):
    def test_title_description_and_credit_change_by_two_persons_too(self):
        change = self.propose(
            self.image, data=None, title="Chợ sớm", description="Ghe chở trái cây", photographer="Tư liệu"
        )
        self.image.refresh_from_db()
        assert self.image.description == "Chợ nổi"

        self.accept(change)

        self.image.refresh_from_db()
        assert file_changes.texts_of(self.image) == {
            "title": "Chợ sớm",
            "description": "Ghe chở trái cây",
            "photographer": "Tư liệu",
            "source": "",
            "licence": "",
        }
        assert (change.former_title, change.former_description) == ("Chợ", "Chợ nổi")
        assert files.versions_of(self.image) == []

    def test_a_proposal_that_changes_nothing_is_refused(self):
        for item, data in ((self.file, None), (self.file, PDF), (self.image, None)):
            with self.subTest(item=item, content=data is not None), pytest.raises(ValidationError, match="tệp"):
                self.propose(item, data=data)

    def test_title_and_reason_are_named_when_they_are_missing(self):
        for name in ("title", "reason"):
            with self.subTest(name), pytest.raises(ValidationError) as raised:
                self.propose(**{name: " "})
            assert list(raised.value.message_dict) == [name]

    def test_another_kind_of_file_is_refused(self):
        content = SimpleUploadedFile("a.docx", b"PK")
        with pytest.raises(ValidationError, match=r"cùng loại «\.pdf»"):
            file_changes.propose(self.file, by=self.cast.contributor, title="Kế hoạch", content=content, reason=REASON)


class TwoPersons(WithPublicFile):
    def test_who_proposed_does_not_decide(self):
        change = self.propose(by=self.cast.head)
        with pytest.raises(Refused):
            self.accept(change)
        self.accept(change, by=self.cast.deputy)

    def test_only_the_approving_body_of_every_site_that_shows_it_decides(self):
        change = self.propose()
        for name in (
            "contributor",
            "contributor_my_xuyen",
            "unit_head",
            "ward_approver",
            "editor",
            "standing_office",
            "technical_admin",
            "superuser",
        ):
            with self.subTest(name), pytest.raises(Refused):
                self.accept(change, by=getattr(self.cast, name))

    def test_a_delegated_approver_decides_until_another_site_shows_it(self):
        PortalSite.objects.filter(pk=self.city.my_long.pk).update(approval_mode=PortalSite.Approval.DELEGATED)
        change = self.propose()
        assert file_changes.may_decide(fresh(self.cast.ward_approver), change)
        publish(self.page_with_both(self.city.site, by=self.cast.standing_office))

        assert not file_changes.may_decide(fresh(self.cast.ward_approver), change)
        assert file_changes.may_decide(self.cast.head, change)

    def test_people_of_another_site_do_not_propose(self):
        for name in ("contributor_my_xuyen", "technical_admin", "superuser"):
            with self.subTest(name), pytest.raises(Refused):
                self.propose(by=getattr(self.cast, name))

    def test_a_file_nobody_saw_is_changed_directly(self):
        unseen = PortalFile.objects.create(
            title="Nháp", file=ContentFile(PDF, "b.pdf"), collection=site_collection(self.city.my_long)
        )
        with pytest.raises(Refused, match="sửa trực tiếp"):
            self.propose(unseen)

    def test_only_one_proposal_at_a_time(self):
        self.propose()
        with pytest.raises(Refused, match="đang chờ duyệt"):
            self.propose()

    def test_a_decision_is_made_once(self):
        change = self.propose()
        self.accept(change)
        with pytest.raises(Refused, match="đã được quyết định"):
            self.accept(change, by=self.cast.deputy)

    def test_a_refusal_needs_a_reason_and_leaves_the_file_as_it_is(self):
        change = self.propose()
        with pytest.raises(ValidationError, match="Hãy ghi lý do"):
            file_changes.decide(change, by=self.cast.head, accepted=False)

        file_changes.decide(change, by=self.cast.head, accepted=False, note="Chưa ký")

        assert self.read(self.file.url) == PDF
        assert file_changes.open_change(self.file) is None

    def test_the_proposer_takes_it_back_and_nobody_else(self):
        change = self.propose()
        with pytest.raises(Refused):
            file_changes.withdraw(change, by=self.cast.head)
        file_changes.withdraw(change, by=self.cast.contributor)
        assert file_changes.open_change(self.file) is None


class ExactlyWhatWasSeen(WithPublicFile):
    def test_an_approval_names_the_digest_of_what_was_shown(self):
        shown = self.propose()
        file_changes.withdraw(shown, by=self.cast.contributor)
        change = self.propose(data=PDF + b"% khac\n")

        with pytest.raises(Refused, match="khác với nội dung bạn đã xem"):
            file_changes.decide(change, by=self.cast.head, accepted=True, digest=shown.digest)

    def test_a_proposal_altered_in_the_store_or_in_the_table_is_not_carried_out(self):
        def on_disk(change):
            with open(default_storage.path(change.file.name), "ab") as handle:
                handle.write(b"% them")

        def in_table(change):
            FileChange.objects.filter(pk=change.pk).update(title="Khác")

        def gone(change):
            default_storage.delete(change.file.name)

        for alter in (on_disk, in_table, gone):
            with self.subTest(alter.__name__):
                change = self.propose()
                alter(change)
                with pytest.raises(Refused, match="không còn khớp mã băm"):
                    self.accept(change)
                file_changes.withdraw(change, by=self.cast.contributor)
                assert self.read(self.file.url) == PDF

    def test_a_file_that_changed_meanwhile_stays(self):
        change = self.propose()
        PortalFile.objects.filter(pk=self.file.pk).update(title="Tên khác")

        with pytest.raises(Refused, match="đã thay đổi từ lúc đề nghị"):
            self.accept(change)

    def test_the_scanner_looks_again_at_the_decision(self):
        with clamd.running() as scanner, override_settings(PORTAL_CLAMAV=scanner.address):
            PortalFile.objects.update(scan_state="clean")
            change = self.propose()
            scanner.known[NEW_PDF[-8:]] = "Mau.Thu-2"
            with pytest.raises(ValidationError, match="mã độc"):
                self.accept(change)
            scanner.known.clear()
            scanner.broken = True
            with pytest.raises(ValidationError, match="không trả lời"):
                self.accept(change)
            scanner.broken = False

            self.accept(change)

            self.file.refresh_from_db()
            assert (self.file.digest, self.file.scan_state) == (change.content_digest, "clean")


class Screens(WithPublicFile):
    def propose_address(self, item=None) -> str:
        item = item or self.file
        return reverse("workflows_propose_file_change", args=["anh" if item == self.image else "tai-lieu", item.pk])

    def test_the_page_of_a_public_file_leads_to_the_proposal(self):
        for item, name in ((self.file, "wagtaildocs:edit"), (self.image, "wagtailimages:edit")):
            self.client.force_login(self.cast.ward_approver)
            answer = self.client.get(reverse(name, args=[item.pk]))
            self.assertContains(answer, self.propose_address(item))

    def test_a_contributor_proposes_and_the_head_decides(self):
        self.client.force_login(self.cast.contributor)
        answer = self.client.post(
            self.propose_address(),
            {"title": "Kế hoạch", "reason": REASON, "content": SimpleUploadedFile("moi.pdf", NEW_PDF)},
        )
        change = FileChange.objects.get()
        address = reverse("workflows_file_change", args=[change.pk])
        self.assertRedirects(answer, address)
        self.assertContains(self.client.get(address), "Đang chờ người thứ hai quyết định")
        self.assertRedirects(self.client.get(self.propose_address()), address)

        self.client.force_login(self.cast.head)
        self.assertContains(self.client.get(reverse("workflows_queue")), address)
        shown = self.client.get(address)
        self.assertContains(shown, change.digest)
        content = self.client.get(reverse("workflows_file_change_content", args=[change.pk]))
        assert b"".join(content.streaming_content) == NEW_PDF
        assert "no-store" in content["Cache-Control"] and "public" not in content["Cache-Control"]
        answer = self.client.post(address, {"accepted": "yes", "digest": change.digest, "note": ""})

        self.assertRedirects(answer, address)
        assert self.read(self.file.url) == NEW_PDF
        assert AuditEntry.objects.filter(action="file.downloaded", object_id=str(change.pk)).exists()

    def test_a_bad_content_is_refused_in_words_that_name_the_mend(self):
        self.client.force_login(self.cast.contributor)

        answer = self.client.post(
            self.propose_address(),
            {"title": "Kế hoạch mới", "reason": REASON, "content": SimpleUploadedFile("a.pdf", b"<html>")},
        )

        self.assertContains(answer, "không phải là «.pdf»")
        self.assertContains(answer, "Kế hoạch mới")
        assert not FileChange.objects.exists()

    def test_another_digest_than_the_one_shown_is_refused_on_the_screen(self):
        change = self.propose()
        self.client.force_login(self.cast.head)

        answer = self.client.post(
            reverse("workflows_file_change", args=[change.pk]), {"accepted": "yes", "digest": "0" * 64, "note": ""}
        )

        self.assertContains(answer, "khác với nội dung bạn đã xem")
        assert self.read(self.file.url) == PDF

    def test_people_of_another_ward_find_nothing(self):
        change = self.propose()
        self.client.force_login(self.cast.contributor_my_xuyen)
        for address in (
            self.propose_address(),
            reverse("workflows_file_change", args=[change.pk]),
            reverse("workflows_file_change_content", args=[change.pk]),
            reverse("workflows_withdraw_file_change", args=[change.pk]),
        ):
            with self.subTest(address):
                assert self.client.get(address).status_code == 404

    def test_nobody_gets_the_proposed_content_without_signing_in(self):
        change = self.propose()
        assert self.client.get(f"/tep/{change.file.name}").status_code == 404
        answer = self.client.get(reverse("workflows_file_change_content", args=[change.pk]))
        assert answer.status_code == 302

    def test_the_proposer_takes_it_back_on_the_screen(self):
        change = self.propose()
        self.client.force_login(self.cast.contributor)

        self.client.post(reverse("workflows_withdraw_file_change", args=[change.pk]))

        change.refresh_from_db()
        assert change.accepted is False and isinstance(change.decided_at, datetime)
        assert change.decided_at <= timezone.now()
