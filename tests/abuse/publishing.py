"""A13, A14, A27: what was taken down, personal data in what is public, and publishing without a second person."""

import json
import re
import time
from datetime import timedelta

from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, TaskState

from base.models import OutgoingMail
from legalref.models import LegalDocument
from sections.models import ArticlePage
from tests.abuse import pages
from tests.abuse.asking import answered, asked, prepared
from tests.abuse.cases import case, together
from tests.abuse.citizens import search_for_citizens
from tests.abuse.editing import edit_address, filled
from tests.abuse.oracle import is_refused
from tests.abuse.people import session
from tests.abuse.planting import article, picture, text_file
from tests.abuse.visitor import ADMIN, Visitor, text_of
from tests.city import draft, english_locale, publish
from workflows.archive import copies, verifying
from workflows.models import ArchiveCopy, EmergencyAct, TakeDown
from workflows.publishing import approval

GONE_SECONDS = 10


def public_now() -> dict:
    """Everything that visitors can see, by what it is: live pages with their versions, documents, hidings."""
    return {
        "pages": list(Page.objects.filter(live=True).order_by("pk").values_list("pk", "live_revision_id", "url_path")),
        "documents": list(LegalDocument.objects.filter(live=True).order_by("pk").values_list("pk", "live_revision_id")),
        "hidden": list(PageViewRestriction.objects.order_by("pk").values_list("pk", flat=True)),
    }


def submit(visitor, page):
    """Submit a page over the screen."""
    return visitor.post(f"{ADMIN}duyet/wagtailcore/page/{page.pk}/gui/", {"declaration": "on", "remark": "x"})


def task_of(page) -> int:
    """The id of the task that a page waits in."""
    return approval.current_state(page).current_task_state_id


def review(visitor, task: int, decision: str = "approve", comment: str = ""):
    """Decide a review over the screen."""
    return visitor.post(f"{ADMIN}duyet/viec/{task}/", {"decision": decision, "comment": comment})


# --- A13 -------------------------------------------------------------------------------------------


@case("A13", "read what was taken down", roles=("anonymous", "writer B", "head"))
def a13(stage, check):
    """Anybody → the old address of a page that was taken down, its English address, search, completion, feeds,
    sitemaps, lists, the page cache, its picture and file → 410 without a word of the text, in no list within ten
    seconds; the archive holds exactly the last public version (Điều 21).
    """
    b, word = stage.wards["B"], "zqgobo"
    attached = text_file(b.site, f"{word} tệp", f"{word}.txt", f"{word} chữ")
    files = {
        "lead_image": picture(b.site, f"{word} ảnh", f"{word}-anh.jpg", word),
        "lead_image_alt": f"{word} mô tả",
        "attachments": [("file", {"file": attached, "label": "x"})],
    }
    page = publish(draft(article(b, word, "se-go", **files), b.section, by=stage.people["writer B"]))
    last = article(b, word, "lan-cuoi", slug=page.slug)
    newer = page.get_latest_revision_as_object()
    newer.title, newer.summary, newer.body = last.title, last.summary, last.body
    newer.save_revision(user=stage.people["writer B"])
    page = publish(ArticlePage.objects.get(pk=page.pk), by=stage.people["writer B"])
    english = _english(page, stage)
    own, city = b.path(page), "/my-xuyen" + b.path(page)
    image, file = page.lead_image, page.attachments[0].value["file"]
    renditions = re.findall(r'/tep/[^"\s]+', Visitor(stage).get(own, host=b.host).text)
    places = [(own, b.host), (city, "localhost")]
    if english is not None:
        places.append((english.get_url(), "localhost"))
    lists = [
        ("/", b.host),
        ("/tin-tuc/", b.host),
        ("/rss/", b.host),
        ("/tin-tuc/rss/", b.host),
        ("/sitemap.xml", b.host),
        (f"/tim-kiem/?q={word}", b.host),
        (f"/tim-kiem/?q={word}&pham-vi=toan-thanh-pho", b.host),
        ("/", "localhost"),
        (f"/tim-kiem/?q={word}", "localhost"),
        ("/sitemap.xml", "localhost"),
        (f"/en/search/?q={word}", "localhost"),
        (b.path(b.pages["public"]), b.host),
        ("/my-xuyen/tin-tuc/", "localhost"),
        ("/my-xuyen/rss/", "localhost"),
    ]
    seen = 0
    for path, host in [*places, *lists]:
        answer = Visitor(stage).get(path, host=host, allow_redirects=True)
        seen += word in answer.text
    check.that(seen >= len(places) + 4, f"the page shows in {seen} places only, so the case proves little")
    check.that(renditions and Visitor(stage).get(renditions[0], host=b.host).ok, "its picture is not public before")

    answer = session(stage, "writer B").post(
        f"{ADMIN}go-bo/trang/{page.pk}/", {"ground": "personal_data", "explanation": "Nội dung được gỡ."}
    )
    check.same(answer.status_code, 302, "proposing", role="writer B")
    row = TakeDown.objects.filter(page_id=page.pk).latest("pk")
    answer = session(stage, "writer B").post(f"{ADMIN}go-bo/{row.pk}/", {"decision": "take_down", "comment": "x"})
    row.refresh_from_db()
    check.that(row.state != TakeDown.State.TAKEN_DOWN, "the proposer decides himself", role="writer B")
    began = time.monotonic()
    for each in TakeDown.objects.filter(group=row.group):
        answer = session(stage, "head").post(f"{ADMIN}go-bo/{each.pk}/", {"decision": "take_down", "comment": ""})
        check.same(answer.status_code, 302, "deciding", role="head")
    _is_gone(stage, check, word, places, lists, began)
    for address in (*renditions, image.url, file.url):
        for method, headers in (
            ("GET", {}),
            ("HEAD", {}),
            ("GET", {"Range": "bytes=0-9"}),
            ("GET", {"If-Modified-Since": "Wed, 01 Jan 2031 00:00:00 GMT"}),
        ):
            answer = Visitor(stage).ask(method, address, headers=headers, host=b.host)
            is_refused(check, answer, "anonymous", f"{method} {address}", statuses=(404,))
    copy = ArchiveCopy.objects.filter(object_type="sections.ArticlePage", object_id=str(page.pk)).latest("pk")
    content = copies.archived_content(copy)
    public = page.get_latest_revision().content
    for name in ("title", "summary", "body", "author_name", "source_name", "keywords", "attachments"):
        check.same(_plain(content.get(name)), _plain(public.get(name)), f"{name} in the archive")
    check.same(copy.pk, TakeDown.objects.filter(page_id=page.pk).latest("pk").archive_copy_id, "the copy of the row")
    check.that(word.encode() in copies.read(copy.html_digest), "the archived page lacks its text")
    check.that(len(copy.files) >= 2 and not verifying.verify([copy]), "the archived copy does not verify")


def _plain(value):
    """A field's value as data: stream fields are kept as JSON, which may be spaced in two ways."""
    return json.loads(value) if isinstance(value, str) and value.startswith(("[", "{")) else value


def _english(page, stage):
    """The page's English version, made public; None where the ward's sections have no English."""
    try:
        made = page.copy_for_translation(english_locale(), copy_parents=True, alias=False)
    except Exception:  # noqa: BLE001  without English parents there is no translation to be removed
        return None
    made.save_revision(user=stage.people["writer B"])
    return publish(ArticlePage.objects.get(pk=made.pk), by=stage.people["writer B"])


def _is_gone(stage, check, word, places, lists, began) -> None:
    """Record that every place answers 410 and no list names the page, within the time."""
    left = [*places, *lists]
    while left and time.monotonic() - began < GONE_SECONDS:
        left = [
            (path, host)
            for path, host in left
            if (path, host) in places
            and Visitor(stage).get(path, host=host).status_code != 410
            or (path, host) in lists
            and _named(Visitor(stage).get(path, host=host), word, path)
        ]
    check.that(not left, f"still there after {time.monotonic() - began:.0f} s: {left}", role="anonymous")
    check.figure(f"gone everywhere after {time.monotonic() - began:.1f} s")
    for path, host in places:
        for method, headers in (
            ("GET", {}),
            ("HEAD", {}),
            ("GET", {"If-None-Match": "*"}),
            ("GET", {"Range": "bytes=0-"}),
            ("GET", {"Cache-Control": "no-cache"}),
        ):
            answer = Visitor(stage).ask(method, path, host=host, headers=headers)
            check.same(answer.status_code, 410, f"{method} {path} {headers}", role="anonymous")
            text = text_of(answer).replace(path, "")
            for said in ("đoạn văn", "lời trích", "tóm tắt", "mô tả", "nguồn", "tác giả", "từ khóa"):
                check.that(f"{word} {said}" not in text, f"{method} {path} shows the {said}", role="anonymous")


def _named(answer, word: str, path: str) -> bool:
    text = answer.text
    if "?q=" in path:
        text = re.sub(r"<(input|title|form)[^>]*>|" + rf"[«\"“]{word}[»\"”]|q={word}", "", text)
        return f"{word} bài" in text or f"{word}-bai" in text
    return word in text


# --- A14 -------------------------------------------------------------------------------------------


def _question_in_public(stage, check) -> None:
    """Two citizens ask by name; both answers are published, one of them agreed to be named."""
    a, word, named = stage.wards["A"], "zqhoi", "zqnhan"
    questions = {
        key: answered(stage, asked(a.site, key, files=True, may_show_name=key == named)) for key in (word, named)
    }
    page = prepared(stage, questions[word], title="Xây nhà trong hẻm cần giấy tờ gì")
    other = prepared(stage, questions[named], title="Xây nhà trong hẻm nộp ở đâu")
    for draft_page in (page, other):
        publish(draft_page, by=stage.people["standing office"], approver=stage.people["head"])
    page.refresh_from_db()
    other.refresh_from_db()
    shown = Visitor(stage).get(a.path(other), host=a.host)
    check.that(f"{named} họ tên" in shown.text, "who agreed to be named is not named", role="anonymous")
    questions[word].refresh_from_db()
    mark = questions[word]
    places = [
        (a.path(page), a.host),
        ("/my-long" + a.path(page), "localhost"),
        ("/hoi-dap/", a.host),
        ("/hoi-dap/rss/", a.host),
        ("/hoi-dap/thong-ke/", a.host),
        ("/hoi-dap/tra-cuu/", a.host),
        ("/", a.host),
        ("/rss/", a.host),
        ("/sitemap.xml", a.host),
        ("/tim-kiem/?q=hẻm", a.host),
        (f"/tim-kiem/?q={word}", a.host),
        ("/tim-kiem/?q=0987654321", a.host),
        (f"/hoi-dap/?q={word}", a.host),
        ("/hoi-dap/", "localhost"),
        (f"/hoi-dap/tra-cuu/?number={mark.number}&secret={mark.secret}", a.host),
        ("/khong-co/", a.host),
    ]
    secrets = [word, f"{named}.rieng", "0987 654 321", "0987654321", f"{named} số 12", mark.secret]
    for _time in ("first", "from the cache"):
        for place, host in places:
            text = text_of(Visitor(stage).get(place, host=host)).replace(place, "")
            text = re.sub(
                r"<input[^>]*>|<title>.*?</title>|(q|secret)=[\w.-]+|[«“\"][\w .-]+[»”\"]", "", text, flags=re.S
            )
            for secret in secrets:
                check.that(secret not in text, f"GET {place} ({_time}) shows «{secret}» of who asked", role="anonymous")
    kept = questions[word].files.get()
    answer = Visitor(stage).get(f"/tep/{kept.file.name}", host=a.host)
    is_refused(check, answer, "anonymous", "the asker's file by its name", statuses=(404,))
    copy = ArchiveCopy.objects.filter(object_id=str(page.pk), object_type="faq.FaqPage").latest("pk")
    html = copies.read(copy.html_digest).decode()
    check.that(word not in html, "the archived answer names who asked")
    elsewhere = OutgoingMail.objects.exclude(recipient__startswith=word).exclude(recipient__startswith=named)
    mails = b"".join(bytes(row.message) for row in elsewhere if bytes(row.message))
    check.that(word.encode() not in mails, "a third person was mailed who asked")
    check.that(word not in stage.log and mark.secret not in stage.log, "the log names who asked")


@case("A14", "personal data in what is public", roles=("anonymous", "writer A", "approver"))
def a14(stage, check):
    """A published text whose contributor's name, contact and signed statement, whose writer's and approver's account
    and mail address are known to the portal → page, source, structured data, feed, search, sitemap, cached copy, 404
    and 410 pages, archived page, mails to third persons → none of it; telephone numbers, mail addresses and identity
    numbers in a text are shown to writer and approver before publication (Điều 6; Luật Bảo vệ dữ liệu cá nhân).

    Likewise a citizen's question, published with its answer: nothing of who asked, but for the name with his consent;
    and 208 citizens with everything they can send, in every state, searched for in every output (`citizens.py`, S20).
    """
    _question_in_public(stage, check)
    search_for_citizens(stage, check)
    a, word = stage.wards["A"], "zpnguoi"
    writer = stage.people["writer A"]
    telephone, mail, number = "0912 345 678", f"{word}.rieng@gmail.com", "089012345678"
    page = draft(article(a, "zaben", "nguoi-ngoai"), a.section, by=writer)
    body = [*page.body.raw_data, {"type": "paragraph", "value": f"<p>Gọi {telephone} hoặc {mail}, CCCD {number}.</p>"}]
    page.body = json.loads(json.dumps(list(body)))
    page.save_revision(user=writer)
    office = session(stage, "standing office")
    statement = text_file(a.site, f"{word} cam kết", f"{word}-cam-ket.txt", f"{word} chữ ký")
    shown = session(stage, "writer A").get(f"{ADMIN}duyet/wagtailcore/page/{page.pk}/gui/").text
    for said in ("số điện thoại", "thư điện tử", "căn cước"):
        check.that(said in shown.lower(), f"the writer is not told of the {said} in his text", role="writer A")
    data = {
        "declaration": "on",
        "remark": "x",
        "contributor_name": f"{word} họ tên",
        "organisation": f"{word} tổ chức",
        "contact": f"{word} 0987 654 321",
        "received_on": f"{timezone.localdate():%d/%m/%Y}",
        "declaration_file": statement.pk,
    }
    answer = office.post(f"{ADMIN}duyet/wagtailcore/page/{page.pk}/gui/", data)
    if not check.same(answer.status_code, 302, "submitting with an outside contributor"):
        return
    head = session(stage, "head")
    shown = head.get(f"{ADMIN}duyet/viec/{task_of(page)}/").text
    for said in ("số điện thoại", "thư điện tử", "căn cước"):
        check.that(said in shown.lower(), f"the approver is not told of the {said}", role="approver")
    clean = page.get_latest_revision_as_object()
    review(head, task_of(page), "return", "Bỏ số điện thoại.")
    clean.body = [block for block in clean.body.raw_data if "CCCD" not in str(block["value"])]
    clean.save_revision(user=writer)
    office.post(f"{ADMIN}duyet/wagtailcore/page/{page.pk}/gui/", {"declaration": "on", "remark": "x"})
    answer = review(head, task_of(page))
    page = ArticlePage.objects.get(pk=page.pk)
    check.that(answer.status_code == 302 and page.live, f"it did not go public ({answer.status_code})", role="approver")
    path = a.path(page)
    places = [
        (path, a.host),
        ("/my-long" + path, "localhost"),
        ("/", a.host),
        ("/tin-tuc/", a.host),
        ("/rss/", a.host),
        ("/tin-tuc/rss/", a.host),
        ("/sitemap.xml", a.host),
        ("/tim-kiem/?q=zaben", a.host),
        ("/", "localhost"),
        (f"/tim-kiem/?q={word}", a.host),
        (f"/tim-kiem/?q={writer.username}", a.host),
        ("/khong-co-trang/", a.host),
        ("/tim-kiem/?q=0987654321", a.host),
        (statement.url, a.host),
        ("/lien-he/", a.host),
    ]
    people = [writer, stage.people["standing office"], stage.people["head"]]
    secrets = [word, telephone, "0912345678", "0987", *(user.email for user in people)]
    secrets += [user.username for user in people]
    for _time in ("first", "from the cache"):
        for place, host in places:
            answer = Visitor(stage).get(place, host=host)
            text = text_of(answer).replace(place, "")
            text = re.sub(r"<input[^>]*>|<title>.*?</title>|q=[\w.-]+|[«“\"][\w .-]+[»”\"]", "", text, flags=re.S)
            for secret in secrets:
                check.that(secret not in text, f"GET {place} ({_time}) shows «{secret}»", role="anonymous")
    check.same(Visitor(stage).get(path, host=a.host).status_code, 200, "the page", role="anonymous")
    copy = ArchiveCopy.objects.filter(object_id=str(page.pk), object_type="sections.ArticlePage").latest("pk")
    html = copies.read(copy.html_digest).decode()
    check.that(not any(secret in html for secret in secrets), "the archived page holds personal data")
    told = OutgoingMail.objects.exclude(recipient__in=[user.email for user in people])
    mails = b"".join(bytes(row.message) for row in told if bytes(row.message))
    check.that(word.encode() not in mails, "a third person was mailed a contributor's data")
    written = stage.log.replace(statement.url.rsplit("/", 1)[-1], "")
    check.that(word not in written and "654 321" not in written, "personal data stand in the server's log")
    for role in ("writer C", "approver B"):
        answer = session(stage, role).get(f"{ADMIN}duyet/wagtailcore/page/{page.pk}/gui/")
        is_refused(check, answer, "", f"{role} on the contributor's screen")


# --- A27 -------------------------------------------------------------------------------------------

ACTORS = (
    "writer A",
    "unit head A",
    "approver A",
    "approver B",
    "editor",
    "standing office",
    "deputy",
    "head",
    "technical admin",
    "superuser",
)


@case("A27", "publish without a second person", roles=ACTORS)
def a27(stage, check):
    """Each role alone → approves his own work, publishes by bulk action, schedule, programming interface, revert,
    copy, alias, move, setting, privacy; approves an older version, a version edited since, another ward's, one he
    edited himself, with a task that is over → nothing becomes public, changes or vanishes (Điều 13, 20).
    """
    a = stage.wards["A"]
    _own_work(stage, check)
    _other_versions(stage, check)
    own = pages.addresses_of(a)
    # The head's emergency is his alone, and approving another's work is a second person's: both are tried apart.
    apart = ("khan-cap/", "chuyen-trang/de-nghi", "pages/workflow/action/", "duyet/viec/", "go-bo/")
    ids = [f"/{a.pages[name].pk}/" for name in ("draft", "pending", "gone")]
    roads = [address for address in own if not any(part in address for part in apart)]
    roads = [address for address in roads if any(number in address for number in ids)]
    many = "&".join(f"id={a.pages[name].pk}" for name in ("draft", "public", "pending", "waiting"))
    roads += [
        f"{ADMIN}bulk/wagtailcore/page/{action}/?next=/&{many}"
        for action in ("publish", "unpublish", "move", "delete", "privacy")
    ]
    roads += [
        f"{ADMIN}api/main/pages/{a.pages[name].pk}/action/{action}/"
        for name in ("draft", "pending")
        for action in ("publish", "unpublish", "copy", "revert_to_page_revision", "convert_alias")
    ]
    before = public_now()

    def attack(role):
        visitor = session(stage, role)
        for address in roads:
            answer = visitor.post(address, pages.EVERYTHING)
            check.that(answer.status_code < 500, f"POST {address}: {answer.status_code}", role=role)

    for role in ACTORS:
        attack(role)
        after = public_now()
        check.that(after == before, f"alone he changed what is public: {_difference(before, after)}", role=role)
        before = after
    _emergency(stage, check)
    check.figure(f"{len(ACTORS) * len(roads)} requests")


def _difference(before: dict, after: dict) -> str:
    found = {name: set(before[name]) ^ set(after[name]) for name in before if before[name] != after[name]}
    return str(found)[:300]


def _own_work(stage, check) -> None:
    """Somebody who may approve writes, submits and approves; directly, scheduled, and what he only edited."""
    a = stage.wards["A"]
    for role in ("approver A", "deputy", "head"):
        user, visitor = stage.people[role], session(stage, role)
        page = draft(article(a, "zatu", f"tu-duyet-{user.pk}"), a.section, by=user)
        check.same(submit(visitor, page).status_code, 302, "submitting his own", role=role)
        task = task_of(page)
        answer = review(visitor, task)
        check.that(answer.status_code in (200, 403) and _is_draft(page), "he approved his own", role=role)
        for address in (f"pages/workflow/action/{page.pk}/approve/{task}/", f"pages/{page.pk}/edit/"):
            data = {
                **pages.EVERYTHING,
                **filled(visitor, edit_address(page), ArticlePage),
                "action-workflow-action": "approve",
                "workflow-action-name": "approve",
            }
            visitor.post(ADMIN + address, data)
            check.that(_is_draft(page), f"he approved his own by {address}", role=role)
        scheduled = draft(article(a, "zatu", f"hen-gio-{user.pk}"), a.section, by=user)
        soon = timezone.localtime(timezone.now() - timedelta(minutes=5))
        data = filled(visitor, edit_address(scheduled), ArticlePage, go_live_at=f"{soon:%d/%m/%Y %H:%M}")
        visitor.post(edit_address(scheduled), {**data, "action-publish": "action-publish"})
        approval.publish_due(on=timezone.now() + timedelta(days=1))
        check.that(_is_draft(scheduled), "he published by a schedule", role=role)
    role = "writer A"
    for name in ("editor", "standing office", "technical admin", "superuser", "unit head A", "approver B", role):
        page = draft(article(a, "zatu", f"cho-{stage.people[name].pk}"), a.section, by=stage.people["writer A"])
        submit(session(stage, "writer A"), page)
        answer = review(session(stage, name), task_of(page))
        check.that(_is_draft(page), f"he approved without the right ({answer.status_code})", role=name)
    edited = draft(article(a, "zatu", "da-sua"), a.section, by=stage.people["writer A"])
    version = edited.get_latest_revision_as_object()
    version.title = "Phó ban đã sửa"
    version.save_revision(user=stage.people["deputy"])
    submit(session(stage, "writer A"), edited)
    review(session(stage, "deputy"), task_of(edited))
    check.that(_is_draft(edited), "he approved what he had edited", role="deputy")


def _other_versions(stage, check) -> None:
    """Versions saved after the submission, tasks that are over, declarations that are missing."""
    a, head, writer = stage.wards["A"], session(stage, "head"), session(stage, "writer A")
    page = draft(article(a, "zatu", "sua-sau"), a.section, by=stage.people["writer A"])
    submit(writer, page)
    task = task_of(page)
    submitted = page.get_latest_revision().pk
    data = filled(session(stage, "editor"), edit_address(page), ArticlePage, title="Sửa sau khi gửi")
    session(stage, "editor").post(edit_address(page), data)
    newest = Page.objects.get(pk=page.pk).latest_revision_id
    check.that(newest != submitted, "the editor could not take the page over", role="editor")
    answer = review(head, task)
    check.that(answer.status_code == 200 and _is_draft(page), "a version saved since was approved", role="head")
    for name in ("writer A", "unit head A"):
        visitor = session(stage, name)
        data = filled(visitor, edit_address(page), ArticlePage, title="Người soạn sửa lén")
        visitor.post(edit_address(page), {**data, "action-submit": "1", "action-restart-workflow": "1"})
        review(head, task)
        check.that(_is_draft(page), "his late version was approved", role=name)
    over = draft(article(a, "zatu", "viec-cu"), a.section, by=stage.people["writer A"])
    submit(writer, over)
    old = task_of(over)
    review(head, old, "return", "Sửa lại.")
    answer = review(head, old)
    check.that(_is_draft(over), f"a returned task was approved ({answer.status_code})", role="head")
    submit(writer, over)
    review(head, old)
    check.that(_is_draft(over), "the old task approved the new version", role="head")
    check.that(TaskState.objects.get(pk=old).status == TaskState.STATUS_REJECTED, "the old task changed", role="head")
    undeclared = draft(article(a, "zatu", "khong-cam-ket"), a.section, by=stage.people["writer A"])
    answer = writer.post(f"{ADMIN}duyet/wagtailcore/page/{undeclared.pk}/gui/", {"remark": "x"})
    check.that(approval.current_state(undeclared) is None, "submitted without the declaration", role="writer A")
    data = filled(writer, edit_address(undeclared), ArticlePage)
    writer.post(edit_address(undeclared), {**data, "action-submit": "1"})
    check.that(approval.current_state(undeclared) is None, "Wagtail's button submitted it", role="writer A")


def _emergency(stage, check) -> None:
    """The head's emergency is the head's, and its second look another's."""
    a = stage.wards["A"]
    page = draft(article(a, "zatu", "khan-khong-quyen"), a.section, by=stage.people["writer A"])
    live = a.pages["public"]

    def attack(role):
        visitor = session(stage, role)
        visitor.post(f"{ADMIN}khan-cap/dang/{page.pk}/", {"reason": "khẩn"})
        visitor.post(f"{ADMIN}khan-cap/go/{live.pk}/", {"reason": "khẩn"})
        check.that(_is_draft(page), "he published in an emergency", role=role)
        check.that(Page.objects.get(pk=live.pk).live, "he removed in an emergency", role=role)

    together(attack, [role for role in ACTORS if role != "head"])
    act = EmergencyAct.objects.filter(site=a.site, looked_at=None).first()
    for role in ("head", "writer A", "approver B", "technical admin", "superuser"):
        session(stage, role).post(f"{ADMIN}khan-cap/{act.pk}/", {"accepted": "yes", "note": ""})
        act.refresh_from_db()
        check.that(act.looked_at is None, "he closed the head's act", role=role)


def _is_draft(page) -> bool:
    return not Page.objects.get(pk=page.pk).live
