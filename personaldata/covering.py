"""What is covered in the text of a record, and in what the office wrote of it, when its contact goes."""

import json
from collections.abc import Iterable

from wagtail.models import ModelLogEntry, PageLogEntry, Revision

from faq import submission
from faq.handling import anonymising
from faq.models import (
    CommentContact,
    ConsultationComment,
    ContributedArticle,
    ContributorContact,
    FaqPage,
    Question,
    QuestionContact,
)
from sections.models import ArticlePage
from vietnam import text as written
from workflows.models import ArchiveCopy, Deadline, PreviewLink, Schedule

from .models import ComplaintContact, CorrectionComplaint, RetainedText

# The texts of an article in its row, but for its body.
DRAFT_FIELDS = ("title", "draft_title", "seo_title", "search_description", "summary", "source_name")


def offered_text(question: Question) -> tuple[str, str]:
    """Return title and text as the purge would leave them now: the published ones, the handler's, or covered ones."""
    page = FaqPage.objects.filter(pk=question.page_id, live=True).first() if question.page_id else None
    if page is not None:
        return page.title[:200], page.question_text
    retained = RetainedText.objects.filter(question=question).first()
    if retained is not None:
        return retained.title, retained.text
    contact = question.contact
    return without_personal_data(question.title, contact)[:200], without_personal_data(question.text, contact)


def without_personal_data(text: str, contact) -> str:
    """A citizen's text without what they gave as their own and without what looks like personal data."""
    text = anonymising.without_own(text, contact)
    return anonymising.replaced(text, anonymising.suggestions(text))


def cover_question(question: Question, contact: QuestionContact) -> None:
    question.title, question.text = (anonymising.without_own(part, contact) for part in offered_text(question))
    question.text_digest = submission.text_digest(question.text)
    question.save()
    cover_office(question, contact)
    if question.page_id is not None:
        cover_versions(question, contact)


def cover_office(question: Question, contact: QuestionContact) -> None:
    """Cover the asker's own data in what the office wrote; its words stay as they are."""
    cover_deadlines(question, contact)
    _cover_fields(question, ("scope_reason", "common_interest_reason"), contact)
    for event in question.events.all():
        _cover_fields(event, ("public_text", "note"), contact)
    for notice in question.notices.all():
        _cover_fields(notice, ("text",), contact)
    for answer in question.answers.all():
        _cover_fields(answer, ("returned_reason",), contact)
        body = anonymising.without_own_rich(answer.body, contact)
        if body != answer.body:
            answer.body = body
            answer.save(update_fields=["body"])


def cover_deadlines(record, contact) -> None:
    """Cover it in the reasons that people gave for what became of the deadlines of a record."""
    for deadline in Deadline.objects.for_subject(record):
        _cover_fields(deadline, ("title", "late_reason", "extension_reason", "cancellation_reason"), contact)
        for pause in deadline.pauses.all():
            _cover_fields(pause, ("reason",), contact)
        # Entries from before reasons stood with the deadline alone; Wagtail's log is not chained.
        for entry in ModelLogEntry.objects.for_instance(deadline):
            data = _walked(entry.data, contact)
            if data != entry.data:
                ModelLogEntry.objects.filter(pk=entry.pk).update(data=data)


def _cover_fields(row, names: Iterable[str], contact) -> None:
    changed = []
    for name in names:
        covered = anonymising.without_own(getattr(row, name), contact)
        if covered != getattr(row, name):
            setattr(row, name, covered)
            changed.append(name)
    if changed:
        row.save(update_fields=changed)


def cover_versions(question: Question, contact: QuestionContact) -> None:
    """Cover the asker's own data in versions of the page that were never public; what was public is sealed."""
    page = FaqPage.objects.filter(pk=question.page_id).first()
    if page is None:
        return
    if not page.live:
        _cover_draft_row(page, contact)
    _cover_revisions(page, contact, emptied=("asker_shown",))


def _cover_revisions(page, contact, *, emptied: Iterable[str] = ()) -> None:
    """Cover it in versions of a page that no seal covers and no reader sees; `emptied`: fields that go as a whole."""
    versions = Revision.objects.for_instance(page)
    sealed = ArchiveCopy.objects.filter(revision_id__in=versions.values("pk")).values_list("revision_id", flat=True)
    for revision in versions.exclude(pk__in={*sealed, page.live_revision_id}):
        content = _walked(revision.content, contact) | dict.fromkeys(emptied, "")
        if page.first_published_at is None:
            content |= {"slug": page.slug, "url_path": page.url_path}
        if content != revision.content:
            # Past the guard of versions that wait for approval: consent ends whatever waits.
            label = anonymising.without_own(revision.object_str, contact)
            Revision.objects.filter(pk=revision.pk).update(content=content, object_str=label)


def _cover_draft_row(page: FaqPage, contact: QuestionContact) -> None:
    """Cover the asker's own data in the row of a page that is not public, where Wagtail keeps the draft's fields too.

    Its search entry follows; logs and the audit trail call it by its number (`FaqPage.named_in_logs`).
    """
    _cover_fields(page, ("title", "draft_title", "question_text"), contact)
    _cover_named_by_title(page, contact)
    if page.first_published_at is None and (name := written.slug(contact.name)) and f"-{name}-" in f"-{page.slug}-":
        # The address is made from the title; the page was never public, so no reader knows it.
        _move_to(page, f"cau-hoi-{page.pk}")
    if page.asker_shown:
        page.asker_shown = ""
        page.save(update_fields=["asker_shown"])


def _move_to(page, slug: str) -> None:
    page.slug = slug
    page.set_url_path(page.get_parent())
    page.save(update_fields=["slug", "url_path"])


def _cover_named_by_title(page, contact) -> None:
    """Cover it in what is called by the title of a page that is not public."""
    schedules = Schedule.objects.filter(revision__in=page.revisions.all())
    deadline_rows = Deadline.objects.for_subject(page)
    for row in (*PreviewLink.objects.filter(page_id=page.pk), *schedules, *deadline_rows):
        _cover_fields(row, ("title",), contact)
    # What hindered a publication may name it by its title.
    schedules.update(failure="", ended_reason="")
    # Log entries from before these deadlines were called by the page's number; Wagtail's log is not chained.
    for deadline in deadline_rows:
        for entry in ModelLogEntry.objects.for_instance(deadline):
            _cover_fields(entry, ("label",), contact)


def _walked(value, contact):
    """The content of a version with every text covered; texts that are JSON themselves are opened."""
    if isinstance(value, dict):
        return {key: _walked(item, contact) for key, item in value.items()}
    if isinstance(value, list):
        return [_walked(item, contact) for item in value]
    if not isinstance(value, str) or not value:
        return value
    if value[0] in "[{":
        try:
            inner = json.loads(value)
        except ValueError:
            inner = None
        if isinstance(inner, list | dict):
            covered = _walked(inner, contact)
            return value if covered == inner else json.dumps(covered)
    return anonymising.without_own_rich(value, contact) if "<" in value else anonymising.without_own(value, contact)


def cover_comment(comment: ConsultationComment, contact: CommentContact) -> None:
    cover_deadlines(comment, contact)
    comment.text = anonymising.without_own(comment.public_text or without_personal_data(comment.text, contact), contact)
    comment.part = anonymising.without_own(comment.part, contact)
    comment.save(update_fields=["text", "part"])
    _cover_fields(comment, ("public_text", "refusal_reason", "reply"), contact)


def cover_complaint(complaint: CorrectionComplaint, contact: ComplaintContact) -> None:
    cover_deadlines(complaint, contact)
    complaint.text = without_personal_data(complaint.text, contact)
    complaint.save(update_fields=["text"])
    _cover_fields(complaint, ("reply",), contact)


def cover_contribution(article: ContributedArticle, contact: ContributorContact) -> None:
    """Cover it in what was sent and asked; of one that was published, the name that readers see stays with it."""
    title, text = (without_personal_data(part, contact) for part in (article.title, article.text))
    article.title, article.text = title[:200], text
    if article.state != ContributedArticle.State.PUBLISHED:
        article.author_line = "(đã xóa)"
    article.save(update_fields=["title", "text", "author_line"])
    _cover_fields(article, ("reply",), contact)
    for message in article.messages.all():
        _cover_fields(message, ("text",), contact)
    cover_draft(article, contact)


def cover_draft(article: ContributedArticle, contact: ContributorContact) -> None:
    """Cover it in the draft that was made of an article, as in a question's: never in what is or was public."""
    page = ArticlePage.objects.filter(pk=article.page_id).first()
    if page is None:
        return
    was_never_public = page.first_published_at is None
    if was_never_public:
        _cover_fields(page, DRAFT_FIELDS, contact)
        body = page._meta.get_field("body")
        before = body.value_to_string(page)
        covered = _walked(before, contact)
        page.author_name, page.body = "", body.to_python(covered)
        page.save()
        _cover_named_by_title(page, contact)
        for entry in PageLogEntry.objects.filter(page_id=page.pk):
            # Entries from before drafts were called by the article's number.
            label, data = anonymising.without_own(entry.label, contact), _walked(entry.data, contact)
            PageLogEntry.objects.filter(pk=entry.pk).update(label=label, data=data)
        # The address is made from the title; no reader knows it.
        _move_to(page, f"bai-gui-{page.pk}")
    _cover_revisions(page, contact, emptied=("author_name",) if was_never_public else ())
