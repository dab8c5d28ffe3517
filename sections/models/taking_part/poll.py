"""Polls: one question with a few choices, counted without a trace of who chose what."""

from dataclasses import dataclass, replace

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Revision

from base.figures import about, share
from base.models import BasePage
from base.preflight import Finding
from workflows.archive import copies

from ...blocks import PollChoiceBlock
from ..item import SectionItem, WithBody, body_panels, missing
from .open_days import OpenFromTo, Stage

FEWEST_CHOICES, MOST_CHOICES = 2, 12


@dataclass(frozen=True)
class Choice:
    """One choice: `key` of its block; about how many votes and their `share` in per cent, None where not shown."""

    key: str
    text: str
    about: int | None = None
    share: int | None = None


class PollPage(OpenFromTo, WithBody, SectionItem):
    """A question that readers answer by one press from `opens_on` to the end of `closes_on`.

    `shows_results`: to who has pressed, or to all once it is over. What was voted on stays as it was: the question and
    the choices cannot change any more, by way of a take-down neither.
    """

    class Results(models.TextChoices):
        AFTER_VOTE = "after_vote", "Sau khi bình chọn, và cho mọi người khi kết thúc"
        AT_END = "at_end", "Chỉ khi kết thúc"

    question = models.CharField("câu hỏi", max_length=300, blank=True)
    choices = StreamField(
        [("choice", PollChoiceBlock(max_length=200))],
        verbose_name="các phương án",
        blank=True,
        max_num=MOST_CHOICES,
    )
    opens_on = models.DateField("từ ngày", null=True, blank=True)
    closes_on = models.DateField("đến hết ngày", null=True, blank=True)
    shows_results = models.CharField("hiện kết quả", max_length=12, choices=Results.choices, default=Results.AFTER_VOTE)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel([FieldPanel("question"), FieldPanel("choices")], heading="Câu hỏi"),
        FieldRowPanel([FieldPanel("opens_on"), FieldPanel("closes_on")]),
        FieldPanel("shows_results"),
        *body_panels,
        *BasePage.responsibility_panels,
    ]
    search_fields = [*BasePage.search_fields]

    wrong_days = "Ngày kết thúc phải từ ngày mở trở đi; hãy sửa một trong hai ngày."
    stage_labels = {Stage.UPCOMING: _("Sắp mở"), Stage.OPEN: _("Đang thăm dò"), Stage.CLOSED: _("Đã kết thúc")}
    template = "sections/poll_page.html"
    is_news = True
    icon_name = "list-ul"
    review_rule = ""
    page_description = "Thăm dò ý kiến: một câu hỏi, vài phương án; tự mở, tự đóng theo ngày; không lưu ai đã chọn gì."
    retention_class = "notice"

    class Meta:
        verbose_name = "thăm dò ý kiến"
        verbose_name_plural = "thăm dò ý kiến"

    @classmethod
    def labels(cls, own, on):
        return _("Thăm dò ý kiến"), cls.stage_label(own, on)

    # --- Showing ----------------------------------------------------------------------------------

    def subjects(self):
        return [str(_("Thăm dò ý kiến"))]

    def offered(self) -> list[Choice]:
        """Return the choices, without figures."""
        return [Choice(str(block.id), block.value) for block in self.choices]

    def counted(self) -> list[Choice]:
        """Return the choices with their figures, in their order: one query."""
        votes = dict(PollVotes.objects.filter(poll=self.translation_key).values_list("choice", "votes"))
        total = sum(votes.values())
        return [
            replace(choice, about=about(votes.get(choice.key, 0)), share=share(votes.get(choice.key, 0), total) or 0)
            for choice in self.offered()
        ]

    def get_context(self, request, *args, **kwargs):
        """Add `stage`, its `stage_label`, and `choices`: with figures for all readers once the poll is over."""
        context = super().get_context(request, *args, **kwargs)
        stage = self.stage(timezone.localdate())
        choices = self.counted() if stage == Stage.CLOSED else self.offered()
        return {**context, "stage": stage, "stage_label": self.stage_labels[stage], "choices": choices}

    # --- Preflight --------------------------------------------------------------------------------

    def preflight(self):
        wanted = {
            "question": "Thiếu câu hỏi; hãy viết một câu.",
            "opens_on": "Thiếu ngày mở thăm dò.",
            "closes_on": "Thiếu ngày kết thúc thăm dò.",
        }
        findings = super().preflight() + missing(self, wanted)
        texts = [choice.text.strip() for choice in self.offered()]
        if len({text for text in texts if text}) < FEWEST_CHOICES or len(set(texts)) < len(texts):
            findings.append(Finding("blocker", "choices", "Cần ít nhất hai phương án khác nhau; hãy thêm hoặc sửa."))
        if self._asks_otherwise():
            message = "Đã có người bình chọn nên không đổi được câu hỏi, phương án; hãy lập cuộc thăm dò khác."
            findings.append(Finding("blocker", "choices", message))
        return findings

    def _asks_otherwise(self) -> bool:
        """Whether it asks something else than what was voted on; a translation only says it in another language."""
        if self.pk is None or not PollVotes.objects.filter(poll=self.translation_key).exists():
            return False
        public = self._seen_by_readers()
        return public is not None and (public.question, public.offered()) != (self.question, self.offered())

    def _seen_by_readers(self) -> "PollPage | None":
        """Return the version that is public, or was before it was taken down; None before the first one."""
        stored = PollPage.objects.filter(pk=self.pk).first()
        if stored is None or stored.live:
            return stored
        [version] = copies.last_public_versions([stored])
        revision = Revision.objects.filter(pk=version).first()
        return revision.as_object() if revision is not None else None


class PollVotes(models.Model):
    """How many chose one choice of a poll; nothing about any of them, and written by `sections.polls.voting` only.

    `poll`: the key that the page shares with its translations; `choice`: that of the block; `text`: as it was read.
    """

    poll = models.UUIDField("thăm dò")
    choice = models.CharField("phương án", max_length=40)
    text = models.CharField("nội dung phương án", max_length=200)
    votes = models.PositiveIntegerField("số lượt", default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "kết quả thăm dò"
        verbose_name_plural = "kết quả thăm dò"
        constraints = [models.UniqueConstraint(fields=["poll", "choice"], name="one_row_a_choice")]

    def __str__(self):
        return f"{self.text}: {self.votes}"
