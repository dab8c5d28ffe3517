"""Writing: some rows a transaction become drafts, each time with a dossier; what is killed on the way repeats nothing.

1. The next rows without a draft, those that lack nothing before those that lack something, as many as a dossier holds
with the redirects of their old addresses. 2. Each becomes a page with one version; a row that cannot be written says
why, and the others go on. 3. A redirect is proposed for each old address. 4. All of it becomes a dossier
(`workflows/publishing/bundles/`), which is not submitted yet. 5. `join_links`: texts that lead to pages that had no
draft at that moment get another version.
"""

import contextlib
import json
import re
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import Page, Site

from base.gate import Refused
from base.locking import hold
from base.operations.steps import is_still, sentences_of
from sections.models import ArticlePage, SectionIndexPage
from sections.word_import.drafting import block_of
from workflows.models import AddressRedirect, RecordChange
from workflows.publishing import bundles, record_changes

from . import drafts
from .checking import known_paths
from .models import MovedRow, SiteImport
from .pages.addresses import OldSite
from .pages.given import Given
from .pages.storing import Store

LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
DRAFTS_AT_ONCE = 20
NOT_JOINED = "Chưa nối liên kết tới các bài chuyển sau bài này, chỉ giữ chữ: {why}."
Outcome = MovedRow.Outcome


@dataclass
class Writer:
    """What rows are written with: who writes, the files given along, the old addresses, and where pages stand now."""

    batch: SiteImport
    given: Given
    on: datetime

    def __post_init__(self):
        self.by, self.old = self.batch.begun_by, OldSite(tuple(self.batch.hosts))
        self.store = Store(self.batch, self.given)
        self._behind = {True: 0, False: 0}
        self.rows_by_path = known_paths(self.batch)
        pages = MovedRow.objects.filter(batch__site=self.batch.site_id).exclude(page=None)
        self.page_of_row = dict(pages.values_list("pk", "page_id"))
        self.host = self.batch.site.wagtail_site or Site.objects.get(is_default_site=True)

    # --- 1. The next dossier ------------------------------------------------------------------------------

    def next_rows(self) -> list[MovedRow]:
        """Return the rows that the next dossier is made of; none once all are written."""
        waiting = self.batch.rows.filter(outcome=Outcome.NEW, page=None).order_by("number")
        for is_complete in (True, False):
            # Behind the last one: the rows before are long, and would be read again for each dossier.
            rows = waiting.filter(is_complete=is_complete, number__gt=self._behind[is_complete])
            found, size = [], 0
            for row in rows[: bundles.MOST_ITEMS]:
                size += 1 + len(row.addresses)
                if found and size > bundles.MOST_ITEMS:
                    break
                found.append(row)
            if found:
                self._behind[is_complete] = found[-1].number
                return found
        return []

    def write(self, rows: list[MovedRow]) -> bool:
        """Make the drafts, redirects and the dossier of some rows in one transaction; nothing stays when it fails.

        Tell whether the import is still being written; one that is taken back meanwhile gets nothing more.
        """
        self.store.stored.clear()
        try:
            with transaction.atomic():
                if not is_still(self.batch, SiteImport.State.WRITING):
                    return False
                written = [row for row in rows if self._row(row)]
                if written:
                    self._gather(written)
        except BaseException:
            for name in self.store.stored:
                with contextlib.suppress(OSError):
                    default_storage.delete(name)
            raise
        return True

    def _gather(self, rows: list[MovedRow]) -> None:
        """Put what was made of some rows into a dossier."""
        keys = [key for row in rows for key in row.redirects]
        things = [*Page.objects.filter(pk__in=[row.page_id for row in rows]).specific()]
        things += RecordChange.objects.filter(pk__in=keys)
        lacking = "" if rows[0].is_complete else ", cần bổ sung"
        title = f"Chuyển từ cổng cũ, đợt {self.batch.pk}: mục {rows[0].number}–{rows[-1].number}{lacking}"
        bundle = bundles.make(title, things, by=self.by, on=self.on)
        MovedRow.objects.filter(pk__in=[row.pk for row in rows]).update(bundle=bundle)

    # --- 2. A draft ---------------------------------------------------------------------------------------

    def _row(self, row: MovedRow) -> bool:
        """Write one row; tell whether it became a draft. One that cannot be written says why."""
        before = len(self.store.stored)
        try:
            with transaction.atomic():
                page = self._page(row)
                row.redirects = self._redirects(row, page)
        except (ValidationError, Refused) as error:
            for name in self.store.stored[before:]:
                with contextlib.suppress(OSError):
                    default_storage.delete(name)
            del self.store.stored[before:]
            problems = [*row.problems, sentences_of(error)]
            MovedRow.objects.filter(pk=row.pk).update(outcome=Outcome.WRONG, problems=problems)
            return False
        row.save(update_fields=["page", "revision", "remarks", "has_open_links", "redirects"])
        self.page_of_row[row.pk] = row.page_id
        return True

    def _page(self, row: MovedRow) -> ArticlePage:
        section = SectionIndexPage.objects.filter(pk=row.section_id).first()
        if section is None or not ArticlePage.can_create_at(section):
            raise ValidationError("Chuyên mục đã chọn không còn nhận bài; hãy chuyển mục này ở một đợt khác.")
        section, values = hold(section), row.values
        known = ArticlePage.defaults_for(self.batch.site, self.by)
        known |= {"author_name": row.author or known.get("source_name", "")[:120]}
        known |= {"source_name": values["source"]} if values.get("source") else {}
        page = ArticlePage(
            **{**known, "title": row.title, "live": False, "owner": self.by, "locale": section.locale},
            summary=values.get("summary", ""),
            formerly_published_at=row.published_at,
        )
        if lead := values.get("lead"):
            page.lead_image = self.store.image(*lead, by=self.by)
            page.lead_image_alt = lead[1] if page.lead_image else ""
        page.attachments = self._attachments(values)
        page.body = self.body(row)
        for path in (*values.get("pictures", []), *(path for path, _label in values.get("files", []))):
            if path in self.store.refused:
                row.remarks = [*row.remarks, self.store.refused[path]]
        section.add_child(instance=page)
        log(instance=page, action="wagtail.create", user=self.by, content_changed=True, timestamp=self.on)
        revision = page.save_revision(user=self.by, log_action=False)
        data = {"batch": self.batch.pk, "row": row.number, "address": next(iter(row.addresses), "")}
        log(instance=page, action="portal.moving.draft", user=self.by, revision=revision, data=data)
        row.page_id, row.revision = page.pk, revision.pk
        return page

    def _attachments(self, values: dict):
        found = [(self.store.file(path, label, by=self.by), label) for path, label in values.get("files", [])]
        blocks = [{"type": "file", "value": {"file": file.pk, "label": label}} for file, label in found if file]
        return ArticlePage._meta.get_field("attachments").to_python(json.dumps(blocks))

    def body(self, row: MovedRow):
        """Return the text of a row; whether links are left that lead to pages without a draft is noted in it."""
        row.has_open_links, blocks, pictures = False, [], row.values.get("pictures", [])
        for part in row.values["parts"]:
            if part["type"] == "picture":
                block = self._picture(pictures[part["picture"]], part)
            elif part["type"] == "paragraph":
                block = block_of(part | {"html": LINK.sub(lambda found: self._link(found, row), part["html"])})
            else:
                block = block_of(part)
            if block is not None:
                blocks.append({**block, "id": str(uuid.uuid4())})
        return ArticlePage._meta.get_field("body").to_python(json.dumps(blocks))

    def _picture(self, path: str, part: dict) -> dict | None:
        image = self.store.image(path, part["alt"], by=self.by)
        if image is None:
            return None
        value = {"image": image.pk, "decorative": part["decorative"], "alt_text": part["alt"]}
        return {"type": "image", "value": {"picture": value, "caption": part["caption"], "credit": ""}}

    def _link(self, found: re.Match, row: MovedRow) -> str:
        """Return a link of an old text as it is from now on: to the draft of a page, to others, or its words alone."""
        address = unescape(found[1])
        path = self.old.path_of(address) if address.startswith(("http://", "https://")) else ""
        if not path:
            return found[0]
        target = self.rows_by_path.get(path)
        if target is None:
            return found[2]
        if target not in self.page_of_row and target != row.pk:
            row.has_open_links = True
            return found[2]
        return f'<a linktype="page" id="{self.page_of_row[target]}">{found[2]}</a>' if target != row.pk else found[2]

    # --- 3. Redirects -------------------------------------------------------------------------------------

    def _redirects(self, row: MovedRow, page: ArticlePage) -> list[int]:
        """Propose that the old addresses of a row lead to its page; return the keys of the proposals."""
        made, here = [], f"/{page.url_path.removeprefix(self.host.root_page.url_path)}".rstrip("/")
        there = Redirect.objects.filter(site=self.host, old_path__in=row.addresses)
        there = set(there.values_list("old_path", flat=True))
        for path in row.addresses:
            if path == here or self.rows_by_path.get(path) != row.pk:
                continue
            if path in there:
                row.remarks = [*row.remarks, f"Địa chỉ cũ {path} đã có chuyển hướng khác, giữ nguyên."]
                continue
            redirect = AddressRedirect(site=self.host, old_path=path, redirect_page=page.page_ptr, is_permanent=True)
            reason = f"Chuyển từ cổng cũ, đợt {self.batch.pk}"
            made.append(record_changes.propose(redirect, by=self.by, on=self.on, reason=reason).pk)
        return made


def write_some(batch: SiteImport, given: Given, *, seconds: float, on: datetime | None = None) -> bool:
    """Write rows for a bounded time; tell whether all rows of an import are written and their links joined."""
    writer, ends = Writer(batch, given, on or timezone.now()), time.monotonic() + seconds
    while rows := writer.next_rows():
        if not writer.write(rows) or time.monotonic() > ends:
            return False
    return join_links(writer, ends)


def join_links(writer: Writer, ends: float) -> bool:
    """Let texts lead to the drafts that were made after them, unless people touched them; tell whether none is left."""
    while rows := list(writer.batch.rows.filter(has_open_links=True).order_by("number")[:DRAFTS_AT_ONCE]):
        for row in rows:
            with transaction.atomic():
                if not is_still(writer.batch, SiteImport.State.WRITING):
                    return False
                _join(writer, row)
            if time.monotonic() > ends:
                return False
    return True


def _join(writer: Writer, row: MovedRow) -> None:
    page, whose = drafts.held(row)
    if whose:
        row.remarks = [*row.remarks, NOT_JOINED.format(why=whose)]
    elif page is not None:
        page = page.get_latest_revision_as_object()
        page.body = writer.body(row)
        row.revision = page.save_revision(user=writer.by, log_action=False).pk
    row.has_open_links = False
    row.save(update_fields=["revision", "remarks", "has_open_links"])
