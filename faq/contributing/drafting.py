"""A draft of an article that a person without an account sent: its text, or its Word file, below a section of the site.

The draft goes the way of every draft: it is edited, submitted and approved by two persons.
"""

import json
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.html import escape
from wagtail.log_actions import log
from wagtail.models import Page

from base.files.checks.common import extension_of
from base.gate import Refused
from sections.models import ArticlePage, SectionIndexPage
from sections.word_import import drafting as word_drafting
from sections.word_import import uploads
from vietnam import text as written

from ..models import ContributedArticle, ContributedFile
from . import handling

FIRST_SECTION = "tin-tuc"
SOURCE = "Bài gửi cộng tác"


def sections_of(article: ContributedArticle) -> list[SectionIndexPage]:
    """Return the sections of the article's site that take articles, news first."""
    home = article.owner_site.home_page()
    if home is None:
        return []
    found = SectionIndexPage.objects.child_of(home).live().order_by("path")
    taking = [section for section in found if ArticlePage.can_create_at(section)]
    return sorted(taking, key=lambda section: section.slug != FIRST_SECTION)


def word_files(article: ContributedArticle) -> list[ContributedFile]:
    """Return the Word files of an article that can become its text."""
    files = article.files.filter(removed_at=None)
    return [file for file in files if extension_of(file.name) == "docx" and file.is_servable()]


@transaction.atomic
def make_draft(
    article: ContributedArticle,
    *,
    section: SectionIndexPage,
    file: ContributedFile | None = None,
    scheme: str = "",
    by,
    on: datetime | None = None,
) -> Page:
    """Make a draft of an article below a section of its site; return it with its first version.

    `file`: the Word file whose text is taken instead of the typed one; `scheme`: what is done with letters of an old
    encoding in it (`word_import.drafting.make_draft`). Raises Refused without the right or when there is a draft
    already; ValidationError for a section of another site, a file that is none of these, or one that is not readable.
    """
    article = handling.hold(article, by, handling.WORKED_ON)
    if section.pk not in {found.pk for found in sections_of(article)}:
        raise ValidationError({"section": "Hãy chọn một chuyên mục nhận bài của trang này."})
    if file is not None and file.pk not in {found.pk for found in word_files(article)}:
        raise ValidationError({"file": "Hãy chọn một tệp Word của bài gửi này."})
    on = on or timezone.now()
    page = _of_file(article, section, file, scheme, by, on) if file else _of_text(article, section, by, on)
    handling.note_drafted(article, page, by=by)
    return page


def _of_file(article: ContributedArticle, section, file: ContributedFile, scheme: str, by, on) -> Page:
    with file.file.open("rb") as handle:
        # Not under the name that its sender gave it: the import writes the name into the log.
        upload = uploads.take_in(section, ContentFile(handle.read(), name=f"{article.number}.docx"), by=by, on=on)
    page = word_drafting.make_draft(upload, by=by, page_type=ArticlePage, title=article.title, scheme=scheme, on=on)
    _name_author(page, article)
    page.save_revision(user=by, log_action=False)
    return page


def _of_text(article: ContributedArticle, section, by, on) -> Page:
    if not article.text.strip():
        raise Refused("Bài gửi này chỉ có tệp; hãy chọn tệp Word, hoặc mở tệp rồi soạn bài ở mục «Viết tin».")
    site = article.owner_site
    page = ArticlePage(
        title=article.title, live=False, owner=by, locale=section.locale, **ArticlePage.defaults_for(site, by)
    )
    page.body = ArticlePage._meta.get_field("body").to_python(json.dumps(_blocks(article.text)))
    _name_author(page, article)
    section.add_child(instance=page)
    log(instance=page, action="wagtail.create", user=by, content_changed=True, timestamp=on)
    page.save_revision(user=by, log_action=False)
    return page


def _name_author(page: ArticlePage, article: ContributedArticle) -> None:
    page.author_name, page.source_name = article.author_line, SOURCE


def _blocks(text: str) -> list[dict]:
    """A paragraph for each part of a text between empty lines; its markup is text."""
    parts = [part.strip() for part in written.normalise_letters(text).replace("\r\n", "\n").split("\n\n")]
    return [
        {"type": "paragraph", "value": f"<p>{'<br/>'.join(escape(line) for line in part.splitlines())}</p>"}
        for part in parts
        if part
    ]
