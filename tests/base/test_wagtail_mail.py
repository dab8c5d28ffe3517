"""What Wagtail mails of workflows and comments: in Vietnamese, comments in a draft to people of its site only."""

from datetime import timedelta

import time_machine
from django.core import mail
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.signal_handlers import task_submission_email_notifier
from wagtail.models import Comment, GroupApprovalTask, PageSubscription, TaskState

from accounts.models import User
from base.models import OutgoingMail
from sections.models import ArticlePage
from tests import factories
from tests.city import CityTestCase, publish_at_once
from tests.forms import send
from workflows.models import TakeDown
from workflows.publishing import approval, takedown

WORDS = "Xem lại số liệu ở đoạn hai"


@override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
class CommentMail(CityTestCase):
    def comment(self, page, by):
        self.client.force_login(by)
        answer = send(
            self.client,
            reverse("wagtailadmin_pages:edit", args=[page.pk]),
            ArticlePage,
            **{
                "comments-TOTAL_FORMS": "1",
                "comments-INITIAL_FORMS": "0",
                "comments-MIN_NUM_FORMS": "0",
                "comments-MAX_NUM_FORMS": "",
                "comments-0-text": WORDS,
                "comments-0-contentpath": "summary",
                "comments-0-position": "",
                "comments-0-resolved": "",
                "comments-0-id": "",
                "comments-0-replies-TOTAL_FORMS": "0",
                "comments-0-replies-INITIAL_FORMS": "0",
                "comments-0-replies-MIN_NUM_FORMS": "0",
                "comments-0-replies-MAX_NUM_FORMS": "",
            },
        )
        assert answer.status_code == 302, answer.status_code
        assert Comment.objects.get().text == WORDS

    def test_it_goes_to_the_writer_and_not_to_who_works_elsewhere_by_now(self):
        page = factories.article(
            self.city.section(self.city.my_long), by=self.cast.contributor, title="Bài có bình luận"
        )
        for person in (self.cast.contributor, self.cast.contributor_my_xuyen, self.cast.editor):
            PageSubscription.objects.create(page=page, user=person, comment_notifications=True)

        self.comment(page, by=self.cast.editor)

        row = OutgoingMail.objects.get()
        assert (row.recipient, row.subject) == (
            self.cast.contributor.email,
            "Có bình luận mới trong bài «Bài có bình luận»",
        )
        text = bytes(row.message).decode()
        assert "Content-Type: text/plain" in text


class WorkflowMail(CityTestCase):
    """What Wagtail tells of a workflow is written with the texts of this portal."""

    def submitted(self):
        page = factories.article(
            self.city.section(self.city.my_long), by=self.cast.contributor, title="Bài gửi <duyệt>"
        )
        return approval.submit(page, by=self.cast.contributor, declaration=True)

    def test_a_submission_is_told_to_superusers(self):
        User.objects.filter(pk=self.cast.superuser.pk).update(email="quan-tri@example.invalid")

        self.submitted()

        (sent,) = [one for one in mail.outbox if one.to == ["quan-tri@example.invalid"]]
        assert sent.subject == "Chờ duyệt: Bài gửi <duyệt>"
        assert "Trang «Bài gửi <duyệt>» đã được gửi: " in sent.body
        assert "/account/#tab-notifications" in sent.body
        assert sent.extra_headers["Auto-Submitted"] == "auto-generated"

    def test_a_task_of_a_group_is_told_to_its_members(self):
        state = self.submitted()
        task = GroupApprovalTask.objects.create(name="Đọc lại")
        task.groups.add(self.cast.editor.groups.first())
        mail.outbox.clear()

        task_submission_email_notifier(TaskState(workflow_state=state, task=task), user=self.cast.contributor)

        (sent,) = [one for one in mail.outbox if one.to == [self.cast.editor.email]]
        assert sent.body.startswith(
            f"Kính gửi {self.cast.editor.get_full_name()},\nTrang «Bài gửi <duyệt>» đang chờ: Đọc lại.\n"
        )

    def test_the_writer_hears_of_the_approval(self):
        state = self.submitted()
        mail.outbox.clear()

        approval.approve(state.current_task_state, by=self.cast.deputy)

        (sent,) = mail.outbox
        assert (sent.subject, sent.to) == ("Duyệt, đã đăng: Bài gửi <duyệt>", [self.cast.contributor.email])
        assert f"{self.cast.deputy} đã duyệt lúc" in sent.body
        assert "Đã đăng." in sent.body

    @time_machine.travel("2026-06-22 09:00 +0700", tick=False)
    def test_the_mail_on_an_approval_for_a_later_hour_names_it(self):
        page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor, title="Bài hẹn giờ")
        page.go_live_at = timezone.now() + timedelta(days=1)
        page.save_revision(user=self.cast.contributor)
        state = approval.submit(page, by=self.cast.contributor, declaration=True)
        mail.outbox.clear()

        approval.approve(state.current_task_state, by=self.cast.deputy)

        (sent,) = mail.outbox
        assert sent.subject == "Duyệt, sẽ đăng lúc 09:00 23/06/2026: Bài hẹn giờ"

    def test_who_proposed_a_take_down_hears_what_was_decided_and_why(self):
        for decision, words in TakeDown.Decision.choices:
            page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)
            publish_at_once(page)
            row = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.contributor, explanation="Số cũ.")[0]
            mail.outbox.clear()
            with self.subTest(decision):
                takedown.decide(row, decision, by=self.cast.head, note="Đã đối chiếu.")

                (sent,) = mail.outbox
                assert sent.subject.startswith(f"{words}: ")
                assert f"đã quyết định «{words}» lúc" in sent.body
                assert "Đã đối chiếu." in sent.body
