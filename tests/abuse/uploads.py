# ruff: noqa: E501  lists of attempts read best one a line
"""A16–A20: files that are not what they say, files that burst, documents that bring something along, lists that
compute, and addresses that the portal might fetch."""

import contextlib
import csv
import http.server
import io
import re
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from django.utils import timezone
from openpyxl import load_workbook
from openpyxl.cell import MergedCell

from accounts.models import User
from accounts.roles import site_collection
from base.models import AuditEntry, PortalFile, PortalImage
from base.operations import outward
from legalref import seeding
from legalref.models import DocumentType, LegalDocument
from legalref.numbers import numbering
from sections.models import ArticlePage
from tests.abuse import addresses
from tests.abuse.cases import case
from tests.abuse.editing import add_address, contentstate, edit_address, filled, new_page
from tests.abuse.media import stored_files
from tests.abuse.oracle import is_refused
from tests.abuse.people import session
from tests.abuse.planting import article
from tests.abuse.visitor import ADMIN, Visitor, text_of
from tests.city import draft
from tests.files import battery
from tests.files.samples import minimal_pdf, office, relations

SECONDS, MEGABYTES, PUBLIC_SECONDS, AT_ONCE = 2.0, 100, 1.0, 50
ADDRESSES = {"document": f"{ADMIN}documents/multiple/add/", "image": f"{ADMIN}images/multiple/add/"}
SCRIPT = {"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}


def upload(visitor, kind: str, filename: str, content: bytes, collection) -> tuple[bool, str, int | None]:
    """Upload a file as the screen for several files does; return (taken, what was said, its number)."""
    answer = visitor.post(
        ADDRESSES[kind],
        {"title": "Tệp thử", "collection": collection},
        files={"files[]": (filename, content, "application/octet-stream")},
        headers=SCRIPT,
    )
    if answer.status_code != 200:
        return False, f"{answer.status_code} {' '.join(re.findall(r'<p[^>]*>([^<]+)', answer.text))[:200]}", None
    data = answer.json()
    number = data.get("image_id") or data.get("doc_id")
    return bool(data["success"]), str(data.get("error_message", "")), number


def patience() -> float:
    """How many times longer than its work something takes now: 1 on an idle machine.

    Limits of time are those of a machine that does nothing else; the suite must not fail because others work on it.
    """
    began, work = time.perf_counter(), time.process_time()
    while time.process_time() - work < 0.05:
        pass
    return max(1.0, (time.perf_counter() - began) / 0.05)


# --- A16 -------------------------------------------------------------------------------------------


@case("A16", "upload what is not what it says", roles=("writer A", "editor"))
def a16(stage, check):
    """A person uploads the battery of files made by hand: other formats under harmless names, scripts, macros, names
    that climb, hide or break lines, cut and empty ones, the test virus → bad ones are refused in Vietnamese and leave
    nothing behind; good ones are private, without the data of their makers, and served so that no browser runs them
    (Điều 7, 8; NĐ 85/2016).
    """
    site = stage.wards["A"].site
    collection = site_collection(site).pk
    visitor = session(stage, "writer A")
    for each in battery.CASES:
        content = each.make()
        before = stored_files(stage)
        taken, said, number = upload(visitor, each.kind, each.filename, content, collection)
        check.same(
            taken, each.decision_over_http, f"{each.name} («{each.filename[:40]!r}»): {said[:160]}", role="writer A"
        )
        if taken:
            _kept_well(stage, check, each, number, visitor)
        elif not each.decision_over_http:
            check.that(each.words in said, f"{each.name} is refused with other words: «{said[:160]}»", role="writer A")
            check.that(
                re.search("[ăâđêôơưạảãàáếềệốồộớờợứừựịỉĩ]", said), f"{each.name}: not in Vietnamese", role="writer A"
            )
            check.same(stored_files(stage), before, f"{each.name} left a file behind", role="writer A")
    infected = AuditEntry.objects.filter(action="file.infected", result="refused")
    check.that(infected.exists(), "the test virus is not recorded", role="writer A")
    _one_at_a_time(stage, check, collection)
    check.figure(f"{len(battery.CASES)} files")


def _kept_well(stage, check, each, number, visitor) -> None:
    item = (PortalImage if each.kind == "image" else PortalFile).objects.get(pk=number)
    with item.file.open("rb") as handle:
        stored = handle.read()
    unpacked = stored
    if stored[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(stored)) as archive:
            unpacked = b"".join(archive.read(name) for name in archive.namelist() if not name.endswith("/"))
    for piece in each.gone:
        check.that(piece not in unpacked, f"{each.name}: {piece!r} is kept", role="writer A")
    for piece in each.kept:
        check.that(piece in unpacked, f"{each.name}: {piece!r} is lost", role="writer A")
    check.that(re.fullmatch(r"[\w-]{16,}/[\w.-]+", item.file.name), f"stored as {item.file.name}", role="writer A")
    check.that(Visitor(stage).get(item.url).status_code == 404, f"{each.name} is public", role="writer A")
    answer = visitor.get(item.url)
    check.same(answer.status_code, 200, f"{each.name} for its own people", role="writer A")
    headers = answer.headers
    check.that(
        "default-src 'none'" in headers.get("Content-Security-Policy", ""), f"{each.name}: no policy", role="writer A"
    )
    check.same(headers.get("X-Content-Type-Options"), "nosniff", each.name, role="writer A")
    said = headers.get("Content-Disposition", "")
    check.that(
        re.fullmatch(r"(?:inline|attachment); filename=\"[\w .()-]+\"(?:; filename\*=UTF-8''[\w.%~()!*-]+)?", said),
        f"{each.name}: Content-Disposition {said!r}",
        role="writer A",
    )
    check.that(
        said.startswith("attachment")
        or headers["Content-Type"].startswith(("image/", "application/pdf", "video/", "audio/")),
        f"{each.name} is shown inline as {headers['Content-Type']}",
        role="writer A",
    )


def _one_at_a_time(stage, check, collection) -> None:
    """The other forms that take a file decide alike."""
    visitor, bad = (
        session(stage, "editor"),
        (("a.pdf", battery.HTML), ("a.svg", battery.SVG), ("a.exe", battery.PROGRAM)),
    )
    forms = (
        ("documents/add/", "file", "title", "collection"),
        ("images/add/", "file", "title", "collection"),
        (
            "documents/chooser/create/",
            "document-chooser-upload-file",
            "document-chooser-upload-title",
            "document-chooser-upload-collection",
        ),
        (
            "images/chooser/create/",
            "image-chooser-upload-file",
            "image-chooser-upload-title",
            "image-chooser-upload-collection",
        ),
    )
    before = stored_files(stage)
    for address, name, title, where in forms:
        for filename, content in bad:
            answer = visitor.post(
                ADMIN + address,
                {title: "Tệp xấu", where: collection, title.replace("title", "description"): "Một ảnh xám"},
                files={name: (filename, content, "image/png")},
            )
            check.that(
                answer.status_code in (200, 404), f"{address} took {filename} ({answer.status_code})", role="editor"
            )
    check.same(stored_files(stage), before, "files left behind", role="editor")
    check.that(not PortalFile.objects.filter(title="Tệp xấu").exists(), "a bad file is kept", role="editor")


# --- A17 -------------------------------------------------------------------------------------------


@case("A17", "burst the server with small files", roles=("writer A", "anonymous"))
def a17(stage, check):
    """A person uploads pictures of gigapixels, animations, archives and documents that unpack to hundreds of megabytes,
    sends rich text nested 100,000 deep and 100,000 blocks, and fifty of them at the same moment, while readers read →
    refused in less than 2 s, the workers grow by less than 100 MB, readers wait less than 1 s at the 99th of 100
    (times as on an idle machine: what a busy one adds is measured and allowed).
    """
    site, role, visitor = stage.wards["A"].site, "writer A", session(stage, "writer A")
    collection = site_collection(site).pk
    upload(visitor, "image", "a.png", battery.picture(), collection)
    with _watched(stage) as watch:
        slowest = 0.0
        for bomb in battery.BOMBS:
            content, factor, began = bomb.make(), patience(), time.perf_counter()
            taken, said, _number = upload(visitor, bomb.kind, bomb.filename, content, collection)
            seconds = (time.perf_counter() - began) / max(factor, patience())
            slowest = max(slowest, seconds)
            check.same(taken, bomb.decision_over_http, f"{bomb.name}: {said[:160]}", role=role)
            check.that(taken or bomb.words in said, f"{bomb.name} is refused with «{said[:160]}»", role=role)
            check.that(seconds < SECONDS, f"{bomb.name} took {seconds:.1f} s of an idle machine", role=role)
        grown = [watch.growth]
        _forms(stage, check, visitor)
        grown.append(watch.growth)
        _fifty(stage, check, visitor, collection)
    check.that(
        watch.growth < MEGABYTES,
        f"a worker grew by {watch.growth:.0f} MB "
        f"({grown[0]:.0f} by one file after the other, {grown[1]:.0f} with the forms)",
        role=role,
    )
    check.that(watch.failed == 0, f"{watch.failed} readers got an error", role="anonymous")
    slow = quantiles(watch.seconds, n=100)[98] if len(watch.seconds) > 2 else 99
    check.that(slow < PUBLIC_SECONDS, f"readers waited {slow:.2f} s of an idle machine", role="anonymous")
    check.figure(
        f"slowest refusal {slowest:.1f} s, growth {watch.growth:.0f} MB, readers' p99 {slow:.2f} s, "
        f"machine busy × {watch.factor:.1f}"
    )


def _forms(stage, check, visitor) -> None:
    a = stage.wards["A"]
    page = draft(article(a, "zabom", "bom-chu"), a.section, by=stage.people["writer A"])
    data = filled(visitor, edit_address(page), ArticlePage)
    deep = {
        **data,
        "body-count": "1",
        "body-0-type": "paragraph",
        "body-0-order": "0",
        "body-0-deleted": "",
        "body-0-id": "",
        "body-0-value": battery.deep_rich_text(),
    }
    for what, sent in (("rich text nested 100,000 deep", deep), ("100,000 blocks", {**data, **battery.long_stream()})):
        # Written out beforehand: putting 400,000 fields together takes the sender seconds of his own.
        body = urlencode({"csrfmiddlewaretoken": visitor.token(), **sent}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        factor, began = patience(), time.perf_counter()
        answer = visitor.post(edit_address(page), body, headers=kind)
        seconds = (time.perf_counter() - began) / max(factor, patience())
        check.that(answer.status_code in (200, 400, 413), f"{what}: {answer.status_code}", role="writer A")
        check.that(seconds < SECONDS, f"{what} took {seconds:.1f} s of an idle machine", role="writer A")
    stored = ArticlePage.objects.get(pk=page.pk).get_latest_revision()
    check.same(stored.pk, page.latest_revision_id, "a version was saved", role="writer A")


# What stands on the page of who must come again.
BUSY = "503 Chưa gửi được"


def _fifty(stage, check, visitor, collection) -> None:
    """Fifty uploads at once, of the bombs by turns."""
    made = [(bomb, bomb.make()) for bomb in battery.BOMBS if not bomb.accepted]
    chosen = [made[number % len(made)] for number in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(
            threads.map(lambda each: upload(visitor, each[0].kind, each[0].filename, each[1], collection), chosen)
        )
    # Who finds no room is told so, on a page or, by nginx, in its stead.
    wrong = [said for taken, said, _ in found if taken or (said.startswith("5") and not said.startswith(BUSY))]
    check.that(not wrong, f"of fifty at once {len(wrong)} were not refused well: {wrong[:2]}", role="writer A")


class Watch:
    """What readers and the workers' memory did meanwhile."""

    def __init__(self):
        self.seconds: list[float] = []
        self.failed, self.growth, self.factor = 0, 0.0, 1.0


@contextlib.contextmanager
def _watched(stage):
    """Read a public page all the time, and look at the memory of the workers."""
    watch, stop = Watch(), threading.Event()
    first = {pid: _resident(pid) for pid in _workers(stage)}
    page = stage.wards["B"].pages["public"]
    path, host = stage.wards["B"].path(page), stage.wards["B"].host

    def read():
        while not stop.wait(0.3):
            factor, began = patience(), time.perf_counter()
            try:
                answer = Visitor(stage).get(path, host=host)
                watch.failed += answer.status_code != 200
            except OSError:
                watch.failed += 1
            watch.seconds.append((time.perf_counter() - began) / factor)
            watch.factor = max(watch.factor, factor)

    def weigh():
        while not stop.wait(0.05):
            for pid, before in first.items():
                watch.growth = max(watch.growth, _resident(pid) - before)

    threads = [threading.Thread(target=work, daemon=True) for work in (read, weigh)]
    for thread in threads:
        thread.start()
    try:
        yield watch
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


def _workers(stage) -> list[int]:
    """The web server's processes that answer requests: its children."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            parent = re.search(r"^PPid:\s+(\d+)", status.read_text(), re.M)
            if parent and int(parent.group(1)) == stage.server.pid:
                found.append(int(status.parent.name))
    return found


def _resident(pid: int) -> float:
    """Megabytes that a process holds in memory."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return int(re.search(r"^VmRSS:\s+(\d+)", text, re.M).group(1)) / 1024


# --- A18 -------------------------------------------------------------------------------------------

# What reads documents: the import of Word files, and that of the register.
READING = ("quan-tri/nhap-tu-word/", "quan-tri/nhap-van-ban/")


@case("A18", "documents that bring something along", roles=("writer A", "anonymous"))
def a18(stage, check):
    """A person uploads office documents with entities, pictures, templates and links from elsewhere, embedded objects,
    tracked changes, comments, makers' names, as a file, to be made a page of and as a table of the register; pastes
    hostile text of a word processor → no request leaves, nothing is kept of the makers or of what is elsewhere, what
    cannot be taken away is said to the reviewer. No other address reads a document (Điều 6, 7).
    """
    role, visitor = "writer A", session(stage, "writer A")
    collection = site_collection(stage.wards["A"].site).pk
    imports = [
        pattern
        for pattern, _name in addresses.admin_patterns()
        if re.search(r"import|docx|convert|/nhap-", pattern)
        and "redirects/" not in pattern
        and not pattern.startswith(READING)
        and "convert_alias" not in pattern
        and "convert_to_alias" not in pattern
    ]
    check.that(not imports, f"there is an import that this case does not try: {imports}", role=role)
    with sink(stage) as calls:
        base = f"http://127.0.0.1:{stage.sink_port + 1}"
        hostile = {
            "an external picture": office(
                "docx", {"word/_rels/document.xml.rels": relations("image", f"{base}/1.png")}
            ),
            "an external entity": office(
                "docx", main=f'<!DOCTYPE w [<!ENTITY x SYSTEM "{base}/x">]><w:document xmlns:w="w">&x;</w:document>'
            ),
            "a parameter entity": office(
                "docx", main=f'<!DOCTYPE w [<!ENTITY % x SYSTEM "{base}/x.dtd"> %x;]><w:document xmlns:w="w"/>'
            ),
            "a share of another machine": office(
                "docx", {"word/_rels/document.xml.rels": relations("image", "file://127.0.0.1/share/1.png")}
            ),
            "an embedded object": office("docx", {"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}),
        }
        for what, content in hostile.items():
            taken, said, _number = upload(visitor, "document", "van-ban.docx", content, collection)
            check.that(not taken and said, f"{what} is taken", role=role)
            _read_by_imports(stage, check, visitor, what, content, base)
        template = office("docx", {"word/_rels/settings.xml.rels": relations("attachedTemplate", f"{base}/a.dotm")})
        _read_by_imports(stage, check, visitor, "a template from elsewhere", template, base)
        known = office(
            "docx", {"word/comments.xml": "<w:comments xmlns:w='w'><w:comment>zqghichu</w:comment></w:comments>"}
        )
        for what, kind, name, content, gone in (
            ("a docx with its makers", "document", "a.docx", office("docx"), battery.MAKERS),
            (
                "a docx with a template from elsewhere",
                "document",
                "t.docx",
                template,
                (b"attachedTemplate", base.encode()),
            ),
            ("a PDF with its author", "document", "a.pdf", minimal_pdf(info=battery.PERSON), (b"Can bo mau",)),
            ("a photograph with its place", "image", "a.jpg", battery.photograph(), (b"NGUOI-CHUP-MAU", b"Exif")),
        ):
            taken, said, number = upload(visitor, kind, name, content, collection)
            if not check.that(taken, f"{what} is refused: {said}", role=role):
                continue
            item = (PortalImage if kind == "image" else PortalFile).objects.get(pk=number)
            stored = item.file.open("rb").read()
            if stored[:2] == b"PK":
                with zipfile.ZipFile(io.BytesIO(stored)) as archive:
                    stored = b"".join(archive.read(entry) for entry in archive.namelist())
            check.that(not any(piece in stored for piece in gone), f"{what}: that is kept", role=role)
        for what, content, word in (
            ("tracked changes", next(c.make() for c in battery.GOOD if "tracked" in c.name), "track changes"),
            ("comments", known, "nhận xét"),
        ):
            taken, said, number = upload(visitor, "document", "sua.docx", content, collection)
            notes = PortalFile.objects.get(pk=number).notes if taken else said
            check.that(word in notes.lower() or not taken, f"{what} are not told: «{notes}»", role=role)
        _pasted(stage, check, visitor, base)
        time.sleep(0.5)
        check.that(not calls, f"requests left: {calls}", role=role)


def _read_by_imports(stage, check, visitor, what: str, content: bytes, base: str) -> None:
    """The same document to be made a page of, and as a table and a package of the register."""
    a = stage.wards["A"]
    before = ArticlePage.objects.count()
    below = f"{ADMIN}nhap-tu-word/duoi/{a.section.pk}/"
    answer = visitor.post(below, files={"file": ("van-ban.docx", content, "application/octet-stream")})
    if answer.status_code == 302:
        shown = visitor.get(answer.headers["Location"])
        check.same(shown.status_code, 200, f"the preview of {what}")
        check.that(not re.search(rf"(src|href|action)=.?{base}", shown.text), f"the preview loads {what}")
        title = f"Nhập thử: {what}"
        made = visitor.post(answer.headers["Location"], {"title": title, "page_type": "sections.articlepage"})
        for page in ArticlePage.objects.filter(title=title):
            html = "".join(str(block.render()) for block in page.get_latest_revision_as_object().body)
            check.that(base not in html and "127.0.0.1" not in html, f"the page made of {what} leads elsewhere")
        check.that(made.status_code in (200, 302), f"a page of {what}: {made.status_code}")
    else:
        check.that(answer.status_code == 200 and "error" in answer.text, f"{what} as a page: {answer.status_code}")
        check.same(ArticlePage.objects.count(), before, f"pages after {what} was refused")
    documents = LegalDocument.objects.count()
    for files in (
        {"table": ("bang.xlsx", content, "application/octet-stream")},
        {"table": ("bang.csv", b"a,b\n1,2\n", "text/csv"), "package": ("goi.zip", content, "application/zip")},
    ):
        answer = visitor.post(f"{ADMIN}nhap-van-ban/moi/", {"site": a.site.pk}, files=files)
        check.that(answer.status_code in (200, 302), f"{what} as {list(files)[-1]}: {answer.status_code}")
    check.same(LegalDocument.objects.count(), documents, f"documents of the register after {what}")


def _pasted(stage, check, visitor, base: str) -> None:
    """Text as a word processor leaves it on the clipboard, sent as the editor's own format and as its markup."""
    a = stage.wards["A"]
    page = draft(article(a, "zadan", "chu-dan"), a.section, by=stage.people["writer A"])
    pasted = (
        f'<p style="display:none">zqan</p><img src="{base}/p.png"><o:OLEObject></o:OLEObject>'
        f'<link rel="stylesheet" href="{base}/a.css"><!--[if gte mso 9]><xml>zqxml</xml><![endif]-->'
        f'<a href="file:///C:/a.exe">tệp</a><a href="\\\\may\\chung">chung</a><span style="mso-hide:all">zqhide</span>'
    )
    data = filled(visitor, edit_address(page), ArticlePage)
    values = (
        contentstate(pasted),
        contentstate("tệp", "LINK", {"url": "file:///C:/a.exe"}),
        contentstate("chung", "LINK", {"url": "\\\\may\\chung"}),
        contentstate("x", "EMBED", {"url": base}),
        contentstate("x", "IMAGE", {"id": 1, "src": base, "alt": "x", "format": "left"}),
    )
    for number, value in enumerate(values):
        data |= {
            f"body-{number}-type": "paragraph",
            f"body-{number}-order": str(number),
            f"body-{number}-deleted": "",
            f"body-{number}-id": "",
            f"body-{number}-value": value,
        }
    data["body-count"] = str(len(values))
    answer = visitor.post(edit_address(page), data)
    check.that(answer.status_code in (200, 302), f"pasted text: {answer.status_code}", role="writer A")
    newest = ArticlePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    # Tags only: what was typed as text may say anything.
    html = "".join(re.findall(r"<[^>]*>", "".join(str(block.render()) for block in newest.body)))
    for hostile in ("<img", "<o:", "<link", "style=", "<xml", 'href="file:', 'href="\\\\', "<iframe", "<embed"):
        check.that(hostile not in html, f"«{hostile}» of pasted text is kept", role="anonymous")


# --- A19 -------------------------------------------------------------------------------------------

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("https://x.invalid")',
)


@case("A19", "formulas in lists made into files", roles=("writer A", "superuser", "standing office"))
def a19(stage, check):
    """Texts that begin as a formula stand in titles, subjects, numbers, names, reasons → every list that can be made
    into a file: register, number book, reports, site history, audit trail, list for the department → text cells, no
    formula, times of the local clock; CSV is not offered, or defused (Điều 7).
    """
    a, writer = stage.wards["A"], stage.people["writer A"]
    seeding.seed_types()
    for number, formula in enumerate(FORMULAS):
        page = draft(article(a, "zaso", f"cong-thuc-{number}"), a.section, by=writer)
        type(page).objects.filter(pk=page.pk).update(
            title=formula, draft_title=formula, locked=True, locked_at=timezone.now(), locked_by=writer
        )
        page.refresh_from_db()
        page.save_revision(user=writer, log_action="wagtail.edit")
        User.objects.filter(pk=stage.people["writer C"].pk).update(position=formula)
    document = LegalDocument.objects.get(pk=a.documents["draft"].pk)
    LegalDocument.objects.filter(pk=document.pk).update(subject=FORMULAS[0], signer_name=FORMULAS[3])
    book = _book(stage)
    for role, lists in (
        ("writer A", ("van-ban/so/", "reports/locked/", "nhat-ky-kiem-tra/")),
        ("standing office", (f"so-van-ban/{book.pk}/tai/", "phan-cong/gui-so/", "nhat-ky-kiem-tra/", "van-ban/so/")),
        (
            "superuser",
            (
                "reports/locked/",
                "reports/site-history/",
                "reports/workflow/",
                "reports/workflow_tasks/",
                "reports/aging-pages/",
                "reports/page-types-usage/",
                "van-ban/so/",
                "nhat-ky-kiem-tra/",
                "ban-dich/?xem=tat-ca",
                "users/",
                "redirects/",
                "van-ban/co-quan/",
            ),
        ),
    ):
        visitor, made = session(stage, role), 0
        for path in lists:
            for form in ("xlsx", "csv"):
                answer = visitor.get(f"{ADMIN}{path}?export={form}" if not path.endswith("tai/") else ADMIN + path)
                made += _defused(check, answer, f"{path} as {form}", role)
        check.that(made > 0, "no list was made into a file, so the case proves nothing", role=role)
    _department_list(stage, check)


def _book(stage):
    issuer = seeding.seed_issuers()["ubnd-thanh-pho-long-xuyen"]
    kind, by, today = DocumentType.objects.get(name="Thông báo"), stage.people["standing office"], timezone.localdate()
    book = numbering.open_book(
        by=by, on=today, site=stage.city.site, issuer=issuer, family="administrative", types=[kind], year=today.year
    )
    for formula in FORMULAS:
        numbering.take_number(book, by=by, on=today, document_type=kind, subject=formula)
    return book


def _department_list(stage, check) -> None:
    office = session(stage, "standing office")
    today = f"{timezone.localdate():%d/%m/%Y}"
    office.post(f"{ADMIN}phan-cong/gui-so/", {})
    page = office.get(f"{ADMIN}phan-cong/gui-so/").text
    found = re.findall(rf"{ADMIN}phan-cong/gui-so/(\d+)/", page)
    if not check.that(found, "no list for the department was made", role="standing office"):
        return
    office.post(f"{ADMIN}phan-cong/gui-so/{found[0]}/", {"sent_on": today, "letter": FORMULAS[0]})
    answer = office.get(f"{ADMIN}phan-cong/gui-so/{found[0]}/danh-sach.xlsx")
    check.that(
        _defused(check, answer, "the department's list", "standing office"), "it is no file", role="standing office"
    )


def _defused(check, answer, what: str, role: str) -> bool:
    """Record that a list holds no formula; return whether it is a file at all."""
    kind = answer.headers.get("Content-Type", "")
    check.that(answer.status_code < 500, f"{what}: {answer.status_code}", role=role)
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            sheets = b"".join(archive.read(name) for name in archive.namelist() if "worksheets/" in name)
        check.that(b"<f>" not in sheets and b"<f " not in sheets, f"{what} holds a formula", role=role)
        for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows():
            # Of merged cells the first alone has a content.
            for cell in (one for one in row if not isinstance(one, MergedCell)):
                check.that(cell.data_type != "f", f"{what}: {cell.coordinate} is a formula", role=role)
                if cell.is_date and getattr(cell.value, "hour", None) is not None:
                    ahead = cell.value - timezone.make_naive(timezone.now())
                    near = timedelta(minutes=-90) < ahead < timedelta(minutes=1)
                    recent = ahead > timedelta(hours=-12)
                    check.that(near or not recent, f"{what}: {cell.value} is not local time", role=role)
        return True
    if "csv" in kind:
        check.that(answer.content.startswith(b"\xef\xbb\xbf"), f"{what} has no mark of UTF-8", role=role)
        for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))):
            for value in row:
                check.that(not value.startswith(("=", "+", "-", "@", "\t", "\r")), f"{what}: «{value[:40]}»", role=role)
        return True
    return False


# --- A20 -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def sink(stage):
    """A server on this machine that writes down whoever calls; yields the list of calls."""
    calls: list[str] = []

    class Talk(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append(f"{self.command} {self.path}")
            self.send_response(200)
            self.end_headers()

        do_POST = do_HEAD = do_PUT = do_OPTIONS = do_GET

        def log_message(self, *arguments):
            pass

    class Server(http.server.ThreadingHTTPServer):
        allow_reuse_address = daemon_threads = True

    server = Server(("0.0.0.0", stage.sink_port + 1), Talk)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield calls
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@case("A20", "let the portal fetch an address", roles=("writer A", "editor", "deputy", "superuser", "anonymous"))
def a20(stage, check):
    """People give addresses of this machine, of the metadata service, in every spelling, wherever an address may be
    given: embeds, links, sources, replacements, redirects and their import, uploads, PDF lists, host headers → the
    portal calls nobody (NĐ 85/2016).
    """
    port = stage.sink_port + 1
    places = (
        f"http://127.0.0.1:{port}/",
        f"http://localhost:{port}/",
        f"http://127.1:{port}/",
        f"http://2130706433:{port}/",
        f"http://0x7f000001:{port}/",
        f"http://0177.0.0.1:{port}/",
        f"http://[::ffff:127.0.0.1]:{port}/",
        f"http://www.youtube.com@127.0.0.1:{port}/watch?v=1",
        f"http://127.0.0.1:{port}#@www.youtube.com/",
        f"https://127.0.0.1:{port}/",
        f"//127.0.0.1:{port}/",
        f"http://0.0.0.0:{port}/",
        f"http://my-long.localhost:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        f"gopher://127.0.0.1:{port}/_x",
        f"http://127.0.0.1:{port}/oembed?url=https://youtu.be/1",
    )
    with sink(stage) as calls:
        for role in ("writer A", "editor", "deputy", "superuser"):
            visitor = session(stage, role)
            for place in places:
                for address, data in _asking(stage, place):
                    answer = visitor.post(ADMIN + address, data)
                    check.that(answer.status_code < 500, f"{address} with {place}: {answer.status_code}", role=role)
                    if "embeds" in address:
                        is_refused(check, answer, role, f"POST {address}")
                visitor.get(f"{ADMIN}embeds/chooser/", params={"url": place})
                visitor.get(f"{ADMIN}choose-external-link/", params={"link_url": place})
            _page_with(stage, check, visitor, role, places)
        for place in places[:6]:
            visitor = Visitor(stage)
            for headers in (
                {"X-Forwarded-Host": f"127.0.0.1:{port}"},
                {"Referer": place},
                {"X-Original-URL": place},
                {"Forwarded": f"host=127.0.0.1:{port}"},
            ):
                answer = visitor.get("/", headers=headers)
                check.that(answer.status_code < 500, f"{headers}: {answer.status_code}", role="anonymous")
            visitor.get("/tim-kiem/", params={"q": place})
            visitor.get("/", params={"url": place, "next": place})
        _ask_outside(check, places)
        time.sleep(1)
        check.that(not calls, f"the portal called: {calls[:5]}")
    fetching = _fetching_modules()
    check.that(not fetching, f"a module of the portal can call others: {fetching}")
    check.figure(f"{len(places)} addresses")


def _asking(stage, place: str):
    """Screens that take an address."""
    b, a = stage.wards["B"], stage.wards["A"]
    yield "embeds/chooser/upload/", {"embed-chooser-url": place}
    yield "embeds/chooser/", {"embed-chooser-url": place}
    yield "choose-external-link/", {"external-link-chooser-url": place, "external-link-chooser-link_text": "x"}
    yield (
        f"go-bo/trang/{a.pages['public'].pk}/",
        {"ground": "replaced", "replacement_url": place, "replacement_label": "x", "explanation": "x"},
    )
    yield "redirects/add/", {"old_path": "/thu-goi/", "redirect_link": place, "site": a.site.wagtail_site_id}
    yield "redirects/import/", {"import_file": place}
    yield "images/add/", {"title": "x", "file": place, "collection": b.images["loose"].collection_id}


def _ask_outside(check, places) -> None:
    """The check of links to others asks for each address as a public page would name it, and at the web's own port."""
    for place in (*places, *(re.sub(r":\d{4,5}(?=[/#])", "", place) for place in places)):
        try:
            found = outward.head(place)
        except outward.Closed:
            continue
        except outward.Unreachable as failure:
            check.that(failure.kind == "name", f"the check of links tried {place}: {failure}")
        else:
            check.that(False, f"the check of links reached {found.address} by {place}")


def _page_with(stage, check, visitor, role: str, places) -> None:
    """A page whose every field for an address holds one of them."""
    a = stage.wards["A"]
    address = add_address(a.section, "articlepage")
    links = [("paragraph", contentstate("x", "LINK", {"url": place})) for place in places]
    links += [("paragraph", contentstate("x", "EMBED", {"embedtype": "media", "url": place})) for place in places[:5]]
    fields = {"source_url": places[0], "original_url": places[1], "slug": f"goi-di-{role.replace(' ', '-').lower()}"}
    from_streams = {
        f"body-{n}-{key}": value
        for n, (kind, text) in enumerate(links)
        for key, value in (("type", kind), ("order", str(n)), ("deleted", ""), ("id", ""), ("value", text))
    }
    data = {
        **new_page(visitor, address, ArticlePage, title=f"Gọi đi {role}", **fields),
        **from_streams,
        "body-count": str(len(links)),
    }
    for where in (address, address + "preview/"):
        answer = visitor.post(where, data)
        check.that(answer.status_code < 500, f"POST {where}: {answer.status_code}", role=role)
    visitor.get(address + "preview/")
    page = ArticlePage.objects.filter(title=f"Gọi đi {role}").first()
    if page is not None:
        text_of(visitor.get(f"{ADMIN}pages/{page.pk}/view_draft/"))


def _fetching_modules() -> list[str]:
    """Modules of the portal that could open a connection by themselves.

    Those of the mail, its domain, the scanner, the object store, the staff's identity provider and the process that
    reads files may; two ask for the name of the machine.
    """
    root = Path(__file__).resolve().parents[2]
    allowed = {
        "base/files/object_store.py",
        "base/files/scanner.py",
        "base/operations/mail.py",
        "base/operations/name_records.py",
        "accounts/signin/single_sign_on/client.py",
        "base/operations/outward.py",
        "base/sandbox/client.py",
        "base/sandbox/serve.py",
        "base/public/gone/journal.py",
        "base/public/page_cache/disk_cache.py",
    }
    words = re.compile(
        r"^\s*(?:import|from) (?:requests|urllib\.request|urllib3|http\.client|httpx|aiohttp|socket|ftplib|authlib|boto3|storages)\b"
        r"|import_module\(\"dns\b",
        re.M,
    )
    found = []
    for room in ("vietnam", "base", "accounts", "workflows", "legalref", "sections", "search", "home", "config"):
        for path in (root / room).rglob("*.py"):
            name = str(path.relative_to(root))
            if name not in allowed and words.search(path.read_text("utf-8")):
                found.append(name)
    return found
