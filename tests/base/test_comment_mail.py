"""Comments in a draft are told by mail, in Vietnamese, to people of its site only."""

from django.test import override_settings
from django.urls import reverse
from wagtail.models import Comment, PageSubscription

from base.models import OutgoingMail
from sections.models import ArticlePage
from tests import factories
from tests.city import CityTestCase
from tests.forms import send

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

        mail = OutgoingMail.objects.get()
        assert (mail.recipient, mail.subject) == (
            self.cast.contributor.email,
            "Có bình luận mới trong bài «Bài có bình luận»",
        )
        text = bytes(mail.message).decode()
        assert "Content-Type: text/plain" in text
