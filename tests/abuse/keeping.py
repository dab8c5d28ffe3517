# ruff: noqa: E501  lists of attempts read best one a line
"""A28, A30: two at once, and destroying what must be kept."""

import re
import threading
from hashlib import sha256

from django.core.management import get_commands
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision, TaskState

from base.models import AuditEntry, PortalFile, PortalImage
from legalref import seeding
from legalref.models import BookEntry, DocumentType, LegalDocument, NumberBook
from sections.models import ArticlePage
from tests.abuse.cases import case, together
from tests.abuse.editing import add_address, edit_address, filled, new_page, paragraphs
from tests.abuse.people import CITY, TECHNICAL, WARD_A, session
from tests.abuse.planting import article
from tests.abuse.publishing import review, submit, task_of
from tests.abuse.stage import manage
from tests.abuse.visitor import ADMIN, text_of
from tests.city import draft, publish
from workflows.archive import verifying
from workflows.models import ArchiveCopy, TakeDown
from workflows.publishing import takedown
from workflows.upkeep import invariants

CLERKS = 20


def at_once(functions: list) -> list:
    """Call functions at the same moment, each in a thread; return their results in order."""
    barrier = threading.Barrier(len(functions))

    def start(function):
        barrier.wait()
        return function()

    return together(start, functions, at_once=len(functions))


# --- A28 -------------------------------------------------------------------------------------------


@case("A28", "two at the same moment", roles=("head", "deputy", "writer A", "standing office"))
def a28(stage, check):
    """Several people at once → 20 approvals of one task; approving while somebody edits; approving while somebody
    takes down; 20 clerks at one number book; two saves of one page; the same name in an address → one effect and one
    entry each, numbers without gap and unique, the loser gets 409 or an error with his text kept (Điều 13, 20, 21).
    """
    before = set(invariants.violations())
    _approvals(stage, check)
    for turn in range(4):
        _approve_and_edit(stage, check, turn)
        _approve_and_remove(stage, check, turn)
    _numbers(stage, check)
    _two_saves(stage, check)
    _same_address(stage, check)
    violations = [fault for fault in invariants.violations() if fault not in before]
    check.that(not violations, f"invariants broken afterwards: {violations[:4]}")


def _submitted(stage, name: str):
    """A draft of ward A that waits for approval."""
    a = stage.wards["A"]
    page = draft(article(a, "zacung", name), a.section, by=stage.people["writer A"])
    submit(session(stage, "writer A"), page)
    return page


def _no_breakdown(check, answers, what: str, role: str) -> None:
    broken = sorted({answer.status_code for answer in answers if answer.status_code >= 500})
    check.that(not broken, f"{what}: answered {broken}", role=role)


def _approvals(stage, check) -> None:
    page = _submitted(stage, "duyet-cung-luc")
    task = task_of(page)
    visitors = [session(stage, role) for role in ("head", "deputy")] * (CLERKS // 2)
    answers = at_once([lambda visitor=visitor: review(visitor, task) for visitor in visitors])
    for role in ("head", "deputy"):
        _no_breakdown(check, answers, "20 approvals", role)
    check.same(sum(answer.status_code == 302 for answer in answers), 1, "approvals that counted", role="head")
    check.that(Page.objects.get(pk=page.pk).live, "nothing was published")
    check.same(ArchiveCopy.objects.filter(object_id=str(page.pk)).count(), 1, "sealed copies")
    published = PageLogEntry.objects.filter(page_id=page.pk, action__contains="publish")
    check.same(published.values("action").distinct().count(), published.count(), "entries of each action")
    trail = AuditEntry.objects.filter(object_id=str(page.pk), action="portal.publish", result="ok")
    check.same(trail.count(), 1, "entries in the audit trail")
    states = TaskState.objects.filter(workflow_state__object_id=str(page.pk), status=TaskState.STATUS_APPROVED)
    check.same(states.count(), 1, "approved task states")


def _approve_and_edit(stage, check, turn: int) -> None:
    page = _submitted(stage, f"duyet-va-sua-{turn}")
    task, submitted = task_of(page), page.get_latest_revision().pk
    editor = session(stage, "editor")
    data = filled(editor, edit_address(page), ArticlePage, title="Sửa đúng lúc duyệt")
    answers = at_once([lambda: review(session(stage, "head"), task), lambda: editor.post(edit_address(page), data)])
    _no_breakdown(check, answers, "approving while somebody edits", "head")
    page = ArticlePage.objects.get(pk=page.pk)
    if page.live:
        check.same(page.live_revision_id, submitted, "the version that became public", role="head")
        check.that(page.title != "Sửa đúng lúc duyệt", "an unapproved text became public", role="head")
    else:
        check.that(page.latest_revision_id != submitted, "neither happened", role="head")


def _approve_and_remove(stage, check, turn: int) -> None:
    a, writer = stage.wards["A"], stage.people["writer A"]
    page = publish(draft(article(a, "zacung", f"dang-va-go-{turn}"), a.section, by=writer))
    row = takedown.propose(page, TakeDown.Ground.ERROR, by=writer, explanation="Sai số.")[0]
    task = row.workflow_state.current_task_state_id
    answers = at_once(
        [
            lambda: session(stage, "head").post(f"{ADMIN}go-bo/{row.pk}/", {"decision": "take_down", "comment": ""}),
            lambda: session(stage, "deputy").post(f"{ADMIN}go-bo/{row.pk}/", {"decision": "keep", "comment": "Giữ."}),
            lambda: session(stage, "editor").post(edit_address(page), {"title": "x"}),
        ]
    )
    _no_breakdown(check, answers, "taking down while somebody keeps", "deputy")
    check.same(sum(answer.status_code == 302 for answer in answers[:2]), 1, "decisions that counted", role="deputy")
    row.refresh_from_db()
    live = Page.objects.get(pk=page.pk).live
    check.that((row.state == TakeDown.State.TAKEN_DOWN) != live, f"row {row.state}, live {live}", role="deputy")
    check.same(TaskState.objects.get(pk=task).status, TaskState.STATUS_APPROVED, "the task")


def _numbers(stage, check) -> None:
    role, office = "standing office", session(stage, "standing office")
    today = timezone.localdate()
    issuer = seeding.seed_issuers()["ubnd-thanh-pho-long-xuyen"]
    kind = DocumentType.objects.get(name="Kế hoạch")
    answer = office.post(
        f"{ADMIN}so-van-ban/mo-so/",
        {
            "site": stage.city.site.pk,
            "issuer": issuer.pk,
            "family": "administrative",
            "types": [kind.pk],
            "year": today.year,
            "first_number": 7,
        },
    )
    book = NumberBook.objects.filter(year=today.year, types=kind).first()
    if not check.that(book is not None, f"no book was opened ({answer.status_code})", role=role):
        return
    data = {"document": "", "document_type": kind.pk, "drafting_unit": "", "on": f"{today:%d/%m/%Y}"}
    address = f"{ADMIN}so-van-ban/{book.pk}/lay-so/"
    visitors = [session(stage, name) for name in (role, "editor", "deputy", "head")] * (CLERKS // 4)
    answers = at_once(
        [
            lambda visitor=visitor, n=n: visitor.post(address, {**data, "subject": f"Kế hoạch {n}"})
            for n, visitor in enumerate(visitors)
        ]
    )
    _no_breakdown(check, answers, "20 clerks", role)
    check.same(sum(answer.status_code == 302 for answer in answers), CLERKS, "clerks served", role=role)
    entries = BookEntry.objects.filter(book=book)
    numbers = sorted(entries.values_list("number", flat=True))
    check.same(numbers, list(range(7, 7 + CLERKS)), "numbers", role=role)
    check.same(entries.values("symbol").distinct().count(), CLERKS, "different symbols", role=role)
    check.same(entries.values("subject").distinct().count(), CLERKS, "different subjects", role=role)
    crafted = office.post(f"{ADMIN}so-van-ban/{book.pk}/huy/7/", {"reason": ""})
    check.that(crafted.status_code == 200, "a number is cancelled without a reason", role=role)


def _two_saves(stage, check) -> None:
    role, a = "writer A", stage.wards["A"]
    page = draft(article(a, "zacung", "hai-nguoi-luu"), a.section, by=stage.people["writer A"])
    first, second = session(stage, "writer A"), session(stage, "unit head A")
    mine = filled(first, edit_address(page), ArticlePage, title="Người thứ nhất", summary="Tóm tắt thứ nhất")
    theirs = filled(second, edit_address(page), ArticlePage, title="Người thứ hai", summary="Tóm tắt thứ hai")
    answers = at_once([lambda: first.post(edit_address(page), mine), lambda: second.post(edit_address(page), theirs)])
    _no_breakdown(check, answers, "two saves", role)
    check.same(sorted(answer.status_code for answer in answers), [302, 409], "two saves", role=role)
    lost = next((answer for answer in answers if answer.status_code == 409), None)
    if lost is not None:
        words = ("Người thứ nhất", "Tóm tắt thứ nhất") if lost is answers[0] else ("Người thứ hai", "Tóm tắt thứ hai")
        for word in words:
            check.that(word in text_of(lost), f"the loser's «{word}» is lost", role=role)
    titles = [revision.as_object().title for revision in Revision.objects.for_instance(page).order_by("pk")]
    check.same(len([title for title in titles if title.startswith("Người thứ")]), 1, "versions saved", role=role)
    document = a.documents["draft"]
    address = f"{ADMIN}van-ban/so/edit/{document.pk}/"
    forms = [visitor.form(address, "", subject=f"Trích yếu {n}") for n, visitor in enumerate((first, second))]
    answers = at_once([lambda: first.post(address, forms[0]), lambda: second.post(address, forms[1])])
    _no_breakdown(check, answers, "two saves of a document", role)
    check.that(
        409 in [answer.status_code for answer in answers],
        f"two saves of a document: no 409 ({[answer.status_code for answer in answers]})",
        role=role,
    )


def _same_address(stage, check) -> None:
    role, a = "writer A", stage.wards["A"]
    address = add_address(a.section, "articlepage")
    visitors = [session(stage, name) for name in ("writer A", "unit head A", "editor", "head")]
    forms = [
        new_page(
            visitor,
            address,
            ArticlePage,
            title=f"Cùng địa chỉ {number}",
            slug="cung-mot-dia-chi",
            responsible_unit=a.site.unit_id,
            body=paragraphs(f"Chu cua nguoi {number}."),
        )
        for number, visitor in enumerate(visitors)
    ]
    answers = at_once([lambda v=v, d=d: v.post(address, d) for v, d in zip(visitors, forms, strict=True)])
    _no_breakdown(check, answers, "four pages of one name", role)
    paths = list(Page.objects.filter(title__startswith="Cùng địa chỉ").values_list("url_path", flat=True))
    check.same(len(paths), len(set(paths)), "addresses given twice", role=role)
    check.that(paths, "no page was made", role=role)
    for number, answer in enumerate(answers):
        if answer.status_code != 302:
            kept = f"Chu cua nguoi {number}." in text_of(answer)
            check.that(kept, f"the loser's text is lost ({answer.status_code})", role=role)


# --- A30 -------------------------------------------------------------------------------------------

DESTROYERS = (*WARD_A, "writer B", "approver B", *CITY, *TECHNICAL, "superuser")
# Tables of which no row may go or change; None: whole rows, else the columns that must stay.
KEPT = {
    "workflows_archivecopy": None,
    "workflows_takedown": None,
    "workflows_declaration": None,
    "workflows_emergencyact": None,
    "base_auditentry": None,
    "wagtailcore_pagelogentry": None,
    "wagtailcore_modellogentry": None,
    "wagtailcore_revision": ("id", "object_id", "content"),
    "legalref_legaldocument": ("id", "symbol_as_printed", "owner_site_id"),
    "accounts_appointment": None,
    "accounts_appointmentdecision": None,
    "base_portalsite": ("id", "slug", "state"),
    "base_portalimage": ("id", "file", "title"),
    "base_portalfile": ("id", "file", "title"),
    "wagtailcore_page": ("id",),
    "accounts_user": ("id", "username"),
}


def kept_rows() -> dict[str, dict]:
    """The rows of the tables that must be kept: their keys with a digest of what must stay."""
    found = {}
    with connection.cursor() as cursor:
        for table, columns in KEPT.items():
            parts = ", ".join(f"x.{column}" for column in columns or ())
            what = f"jsonb_build_array({parts})" if parts else "to_jsonb(x)"
            cursor.execute(f'SELECT id::text, md5(({what})::text) FROM "{table}" x')
            found[table] = dict(cursor.fetchall())
    return found


def lost_rows(before: dict, after: dict) -> list[str]:
    """What went or changed of the rows that were there."""
    found = []
    for table, rows in before.items():
        gone = [key for key in rows if key not in after[table]]
        changed = [key for key, digest in rows.items() if key in after[table] and after[table][key] != digest]
        if gone or changed:
            found.append(f"{table}: gone {gone[:5]}, changed {changed[:5]}")
    return found


def files_digest(folder) -> dict[str, str]:
    """Every file under a folder with its digest."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@case("A30", "destroy what must be kept", roles=DESTROYERS)
def a30(stage, check):
    """Every role, superusers too → delete removed and public pages, documents, pictures, files, versions, log entries,
    collections, accounts, sites, a ward's whole tree: by screens, bulk actions, programming interface, commands and
    the database itself → refused, or turned into a removal with its reason; archive, trail and files as before
    (Điều 21.1).
    """
    b, city = stage.wards["B"], stage.city
    files = {name: files_digest(stage.var / name) for name in ("archive", "media")}
    before = kept_rows()
    targets = list(_targets(stage, b))

    def attack(role):
        visitor = session(stage, role)
        for address in targets:
            answer = visitor.post(ADMIN + address, {"confirm": "1", "reassignment": "", "next": "/", "delete": "1"})
            check.that(answer.status_code < 500, f"POST {address}: {answer.status_code}", role=role)

    for role in DESTROYERS:
        attack(role)
        lost = lost_rows(before, kept_rows())
        check.that(not lost, f"destroyed: {lost[:4]}", role=role)
        before = kept_rows()
    for folder, digests in files.items():
        now = files_digest(stage.var / folder)
        missing = [name for name, digest in digests.items() if now.get(name) != digest]
        check.that(not missing, f"files of {folder} are gone or changed: {missing[:4]}")
    _commands(stage, check)
    _database(check)
    check.that(not verifying.verify(), f"the archive does not verify: {verifying.verify()[:2]}")
    manage(stage, "seal_audit", check=False)
    answer = manage(stage, "verify_audit", check=False)
    check.that(answer.returncode == 0, f"the trail does not verify: {answer.stdout[-300:]}{answer.stderr[-300:]}")
    check.that(Page.objects.filter(pk=city.my_xuyen.home_page().pk, live=True).exists(), "the ward's tree is gone")
    check.figure(f"{len(DESTROYERS)} roles × {len(targets)} addresses")


def _targets(stage, b):
    """Addresses that would destroy something of ward B, or of the whole portal."""
    public = [b.pages[name].pk for name in ("public", "pending", "gone", "doubted", "moving", "emergency")]
    homes = [b.site.home_page().pk, b.section.pk, stage.city.home.pk]
    for pk in [*public, *homes]:
        yield from (f"pages/{pk}/delete/", f"pages/{pk}/unpublish/", f"pages/{pk}/privacy/")
        yield f"api/main/pages/{pk}/action/delete/"
    many = "&".join(f"id={pk}" for pk in [*public, *homes])
    yield from (f"bulk/wagtailcore/page/{action}/?next=/&{many}" for action in ("delete", "unpublish", "move"))
    for document in [b.documents["public"]]:
        yield from (f"van-ban/so/delete/{document.pk}/", f"van-ban/so/unpublish/{document.pk}/")
        yield f"bulk/legalref/legaldocument/delete/?id={document.pk}"
    for kind, found in (("images", b.images), ("documents", b.files)):
        for name in ("public", "gone"):
            pk = found[name].pk
            yield f"{kind}/{pk}/delete/" if kind == "images" else f"{kind}/delete/{pk}/"
            yield f"{kind}/multiple/{pk}/delete/"
            yield f"bulk/base/{'portalimage' if kind == 'images' else 'portalfile'}/delete/?id={pk}"
    collection = b.images["loose"].collection_id
    users = [stage.people[name].pk for name in ("writer B", "approver B", "head", "superuser")]
    yield from (f"collections/{collection}/delete/", f"sites/delete/{b.site.wagtail_site_id}/", "locales/delete/1/")
    yield from (f"users/delete/{pk}/" for pk in users)
    yield "bulk/accounts/user/delete/?" + "&".join(f"id={pk}" for pk in users)
    for copy in ArchiveCopy.objects.filter(site_slug=b.site.slug)[:2]:
        yield from (f"luu-tru/{copy.pk}/", f"luu-tru/{copy.pk}/xoa/", f"luu-tru/{copy.pk}/trang/")
    for entry in AuditEntry.objects.order_by("pk")[:2]:
        yield from (f"nhat-ky-kiem-tra/{entry.pk}/", f"nhat-ky-kiem-tra/{entry.pk}/delete/")
    for revision in Revision.objects.for_instance(b.pages["gone"])[:2]:
        yield f"pages/{b.pages['gone'].pk}/revisions/{revision.pk}/unschedule/"
    types = DocumentType.objects.order_by("pk")[:1]
    yield from (f"van-ban/loai/delete/{kind.pk}/" for kind in types)


def _commands(stage, check) -> None:
    """What an operator might run by mistake: commands that clean up."""
    before = kept_rows()
    for command in (
        ("purge_revisions",),
        ("purge_revisions", "--days", "0"),
        ("purge_revisions", "--pages"),
        ("fixtree",),
        ("publish_scheduled",),
        ("purge_embeds",),
        ("remove_stale_contenttypes", "--noinput"),
        ("clearsessions",),
    ):
        if command[0] in get_commands():
            answer = manage(stage, *command, check=False, data="")
            check.that("Traceback" not in answer.stderr, f"{command[0]} breaks: {answer.stderr[-200:]}")
    lost = lost_rows(before, kept_rows())
    check.that(not lost, f"commands destroyed: {lost[:4]}")
    answer = manage(stage, "flush", "--noinput", check=False)
    check.that(kept_rows().keys() and ArchiveCopy.objects.exists(), f"flush emptied the archive {answer.stderr[-100:]}")


def _database(check) -> None:
    """The portal's own database user tries to change and delete what only grows."""
    tables = ["workflows_archivecopy", "base_auditentry", "base_auditseal", "workflows_disposal"]
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
            column = next(name for (name,) in cursor.fetchall() if re.search("title|action|seal|name", name))
        for statement in (
            f'DELETE FROM "{table}"',
            f'TRUNCATE "{table}" CASCADE',
            f'UPDATE "{table}" SET "{column}" = \'x\'',
        ):
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                rows = cursor.fetchone()[0]
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement)
                    touched = cursor.rowcount
                    transaction.set_rollback(True)
                check.that(rows == 0 or touched == 0, f"the database allows «{statement}»")
            except DatabaseError:
                check.that(True, f"«{statement}» is refused")
    for thing in (PortalImage, PortalFile, LegalDocument):
        kept = (
            thing.objects.filter(first_public_at__isnull=False).first()
            if hasattr(thing, "first_public_at")
            else (thing.objects.filter(live=True).first())
        )
        if kept is None:
            continue
        try:
            with transaction.atomic():
                thing.objects.filter(pk=kept.pk).delete()
            refused = False
        except Exception:  # noqa: BLE001  whatever refuses it
            refused = True
        check.that(refused and thing.objects.filter(pk=kept.pk).exists(), f"a public {thing.__name__} can be deleted")
