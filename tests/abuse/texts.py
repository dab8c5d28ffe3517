# ruff: noqa: E501  the list of payloads reads best one a line
"""A15: hostile text in every field, looked at in a real browser, by readers and in the administration."""

import contextlib
import json
import os
import xml.etree.ElementTree as ElementTree

import debian
from playwright.sync_api import sync_playwright

from accounts.models import User
from base.models import OutgoingMail, PortalFile, PortalImage
from legalref.models import LegalDocument
from sections.models import ArticlePage
from tests.abuse.cases import case
from tests.abuse.editing import add_address, contentstate, edit_address, new_page
from tests.abuse.people import session
from tests.abuse.planting import picture_bytes
from tests.abuse.uploads import upload
from tests.abuse.visitor import ADMIN, Visitor, text_of
from workflows.publishing import approval

PAYLOADS = (
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=//127.0.0.1/x.js></script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>alert(1)//-->",
    "<img src=x onerror=alert(1)>",
    "<img src=x:x onerror=alert(1)//",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    "` onmouseover=alert(1) a=`",
    '" onmouseover="alert(1)" a="',
    "' onfocus='alert(1)' autofocus='",
    '" autofocus onfocus=alert(1) x="',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<style>@import'//127.0.0.1/x.css';*{color:red}</style>",
    "<link rel=stylesheet href=//127.0.0.1/x.css>",
    "<meta http-equiv=refresh content='0;url=//127.0.0.1/'>",
    "<base href=//127.0.0.1/>",
    "<form action=//127.0.0.1/><button>x</button>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}}",
    "{% debug %}{{ settings.SECRET_KEY }}",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<script>alert(1)</script>",
    "<xss id=x tabindex=1 onactivate=alert(1)></xss>",
    "jaVasCript:/*-/*`/*'/*\"/**/(/* */oNcliCk=alert(1) )//</stYle/</titLe/--!><sVg/<sVg/oNloAd=alert(1)//>",
)
# What the browser is told to write down before any script of the page.
LISTEN = """
window.__heard = [];
document.addEventListener('securitypolicyviolation', event => window.__heard.push(
    event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sourceFile + ':' + event.lineNumber + ' ' + event.sample));
"""


def tampered(word: str, number: int) -> dict:
    """The fields of an article with a payload in each; `number` makes its address its own."""
    cell = f"{word} ô"
    table = json.dumps(
        {
            "data": [[word, "Cột"], [cell, word]],
            "first_row_is_table_header": True,
            "first_col_is_header": False,
            "table_header_choice": "row",
            "table_caption": word,
            "cell": [{"row": 0, "col": 0, "className": word}],
            "mergeCells": [{"row": 1, "col": 0, "rowspan": '1" onmouseover="alert(1)', "colspan": 1}],
        }
    )
    blocks = [
        ("heading", {"text": word[:200], "level": "2"}),
        ("paragraph", contentstate(word)),
        ("paragraph", contentstate(word, "LINK", {"url": f"javascript:alert({number})"})),
        ("paragraph", contentstate("nối", "LINK", {"url": word})),
        ("paragraph", contentstate("nhúng", "EMBED", {"embedtype": "media", "url": word, "title": word, "html": word})),
        ("paragraph", contentstate("ảnh", "IMAGE", {"id": word, "src": word, "alt": word, "format": word})),
        ("quote", {"text": word, "attribution": word[:200]}),
        ("callout", {"kind": "info", "title": word[:100], "text": contentstate(word)}),
        ("table", {"caption": word[:200], "table": table, "note": word[:300]}),
    ]
    fields = {
        "title": f"{number:02} {word}"[:250],
        "slug": f"doc-hai-{number:02}",
        "summary": word,
        "author_name": word[:120],
        "source_name": word[:200],
        "keywords": word[:200],
        "lead_image_caption": word[:300],
        "lead_image_alt": word[:200],
    }
    data = {}
    for place, (kind, value) in enumerate(blocks):
        prefix = f"body-{place}"
        data |= {f"{prefix}-type": kind, f"{prefix}-order": str(place), f"{prefix}-deleted": "", f"{prefix}-id": ""}
        if isinstance(value, dict):
            data |= {f"{prefix}-value-{name}": part for name, part in value.items()}
        else:
            data[f"{prefix}-value"] = value
    return {**fields, **data, "body-count": str(len(blocks))}


@case("A15", "hostile text in every field, in a real browser", roles=("anonymous", "writer B", "head", "superuser"))
def a15(stage, check):
    """A writer puts 42 payloads into titles, summaries, authors, sources, keywords, headings, rich text as the editor
    sends it, links, quotes, boxes, cells and classes of tables, captions, descriptions, names of files and people,
    documents, reasons, searched words → public pages, lists, search, feeds, editor, chooser, history, comparison,
    review, mails: no dialog, no violation of the policy, no other host asked (Chromium; public policy without
    «unsafe-inline»).
    """
    made = _plant(stage, check)
    with _chromium(stage) as open_as:
        _look(check, open_as("anonymous"), _public(stage, made))
        for role in ("writer B", "head", "superuser"):
            _look(check, open_as(role), _inside(stage, made, role))
    _machine_read(stage, check)
    answer = Visitor(stage).get("/tin-tuc/", host=stage.wards["B"].host)
    policy = answer.headers["Content-Security-Policy"]
    check.that("unsafe-inline" not in policy and "script-src 'self'" in policy, f"policy {policy}", role="anonymous")
    check.figure(f"{len(PAYLOADS)} payloads, {len(made)} pages")


def _plant(stage, check) -> list[ArticlePage]:
    """Save one article a payload over the form, and publish what the form took; hostile people, files, documents."""
    b, writer = stage.wards["B"], session(stage, "writer B")
    address = add_address(b.section, "articlepage")
    made, refused = [], []
    for number, word in enumerate(PAYLOADS):
        fields = tampered(word, number)
        base = new_page(writer, address, ArticlePage, responsible_unit=b.site.unit_id)
        answer = writer.post(address, {**base, **fields})
        page = ArticlePage.objects.filter(slug=fields["slug"]).first()
        if page is None:
            # The form may refuse a value; what it does not refuse must be harmless. Without the table it goes on.
            reduced = {key: value for key, value in fields.items() if not key.startswith("body-8-")}
            answer = writer.post(address, {**base, **reduced, "body-count": "8"})
            page = ArticlePage.objects.filter(slug=fields["slug"]).first()
        check.that(answer.status_code < 500, f"saving «{word[:40]}»: {answer.status_code}", role="writer B")
        if page is None:
            refused.append(word)
            continue
        made.append(page)
    check.that(len(made) >= 30, f"only {len(made)} could be saved, refused: {refused[:3]}", role="writer B")
    for page in made:
        with contextlib.suppress(Exception):
            # What the preflight stops is seen in the administration only.
            state = approval.submit(page, by=stage.people["writer B"], declaration=True, remark="Đã xem lại.")
            if page.pk % 5:
                approval.approve(state.current_task_state, by=stage.people["head"])
    public = ArticlePage.objects.filter(pk__in=[page.pk for page in made], live=True).count()
    check.that(public >= 20, f"only {public} could be published", role="anonymous")
    collection = b.images["loose"].collection_id
    for number, word in enumerate(PAYLOADS[:12]):
        for kind, name, content in (
            ("image", f"{word[:40]}{number}.jpg", picture_bytes(number)),
            ("document", f"{word[:40]}{number}.txt", word.encode()),
        ):
            taken, _said, pk = upload(writer, kind, name, content, collection)
            if taken:
                model = PortalImage if kind == "image" else PortalFile
                model.objects.filter(pk=pk).update(title=word[:200])
                if kind == "image":
                    PortalImage.objects.filter(pk=pk).update(description=word[:200], source=word[:100])
    User.objects.filter(pk=stage.people["writer B"].pk).update(
        full_name='<img src=x onerror=alert(1)>"', position="<svg onload=alert(1)>"
    )
    document = b.documents["draft"]
    LegalDocument.objects.filter(pk=document.pk).update(
        subject="<script>alert(1)</script>",
        signer_name='"><img src=x onerror=alert(1)>',
        status_note="<svg onload=alert(1)>",
    )
    return made


@contextlib.contextmanager
def _chromium(stage):
    """Yield a function that opens the browser as a role; certificates of the stage are taken."""
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    # The browser's own loop runs in this thread; the database is asked between its steps.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=debian.browser(),
            env=own,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        try:

            def open_as(role: str):
                context = browser.new_context(ignore_https_errors=True, locale="vi-VN")
                context.add_init_script(LISTEN)
                if role != "anonymous":
                    cookies = session(stage, role).cookies()
                    context.add_cookies(
                        [
                            {"name": name, "value": value, "url": f"https://localhost:{stage.port}", "secure": True}
                            for name, value in cookies.items()
                        ]
                    )
                return role, context, stage

            yield open_as
        finally:
            browser.close()


def _look(check, opened, addresses) -> None:
    """Visit addresses and record dialogs, violations and requests to other hosts."""
    role, context, stage = opened
    page = context.new_page()
    heard: list[str] = []

    def on_dialog(dialog):
        heard.append(f"a dialog «{dialog.message}»")
        dialog.dismiss()

    def on_request(request):
        own = (".localhost", "//localhost", "//127.0.0.1")
        if request.url.startswith("http") and not any(
            part in request.url.split("/", 3)[2] or part in request.url[:40] for part in own
        ):
            heard.append(f"a request to {request.url[:80]}")

    page.on("dialog", on_dialog)
    page.on("request", on_request)
    for number, (host, path) in enumerate(addresses):
        heard.clear()
        url = f"https://{host}:{stage.port}{path}"
        try:
            answer = page.goto(url, wait_until="load", timeout=90_000)
            page.wait_for_timeout(150)
            if number % 6 == 0:
                # Handlers that wait for the pointer or the keyboard.
                page.mouse.move(200, 200)
                page.mouse.move(600, 400)
                page.keyboard.press("Tab")
            violations = page.evaluate("window.__heard || []")
        except Exception as error:  # noqa: BLE001  a page that does not open is a finding
            check.that(False, f"{path} does not open: {str(error)[:120]}", role=role)
            continue
        check.that(answer is not None and answer.status < 500, f"{path}: {answer and answer.status}", role=role)
        check.that(not heard, f"{path}: {heard[:2]}", role=role)
        check.that(not violations, f"{path} breaks the policy: {violations[:2]}", role=role)
        check.that(page.evaluate("typeof window.__stolen === 'undefined'"), f"{path} ran a script", role=role)
    context.close()


def _public(stage, made):
    b = stage.wards["B"]
    for page in made:
        if ArticlePage.objects.get(pk=page.pk).live:
            yield b.host, b.path(page)
    for path in ("/", "/tin-tuc/", "/tim-kiem/?q=alert", "/tim-kiem/?q=script", "/tim-kiem/?q=onerror"):
        yield b.host, path
    yield "localhost", "/"
    yield "localhost", "/tim-kiem/?q=alert&pham-vi=toan-thanh-pho"
    for word in PAYLOADS[::3]:
        yield "localhost", "/tim-kiem/?q=" + "".join(f"%{byte:02x}" for byte in word.encode())
    for word in PAYLOADS[1::6]:
        quoted = "".join(f"%{byte:02x}" for byte in word.encode())
        yield "localhost", f"/tin-tuc/?nam={quoted}&loai={quoted}"
        yield "localhost", f"/khong-co/{quoted}/"


def _inside(stage, made, role: str):
    b = stage.wards["B"]
    first, waiting = made[0], [page for page in made if approval.current_state(page)]
    paths = [
        "",
        f"pages/{b.section.pk}/",
        "pages/search/?q=alert",
        "choose-page/",
        f"choose-page/{b.section.pk}/",
        "images/",
        "documents/",
        "images/chooser/",
        "documents/chooser/",
        "duyet/",
        "go-bo/",
        "luu-tru/",
        "account/",
        "reports/locked/",
        "van-ban/so/",
        f"van-ban/so/edit/{b.documents['draft'].pk}/",
        f"van-ban/so/history/{b.documents['draft'].pk}/",
        "snippets/choose/legalref/legaldocument/",
    ]
    chosen = made[:: 9 if role == "writer B" else 20]
    for page in chosen:
        paths += [
            f"pages/{page.pk}/edit/",
            f"pages/{page.pk}/history/",
            f"pages/{page.pk}/usage/",
            f"pages/{page.pk}/revisions/compare/earliest...latest/",
            f"pages/{page.pk}/view_draft/",
        ]
    paths += [
        f"pages/{first.pk}/delete/",
        f"pages/{first.pk}/copy/",
        f"go-bo/trang/{first.pk}/",
        f"pages/{first.pk}/workflow_history/",
        f"duyet/wagtailcore/page/{made[1].pk}/gui/",
    ]
    paths += [f"duyet/viec/{approval.current_state(page).current_task_state_id}/" for page in waiting[:4]]
    if role == "superuser":
        paths += [
            "reports/site-history/",
            "users/",
            f"users/edit/{stage.people['writer B'].pk}/",
            "nhat-ky-kiem-tra/",
            "phan-cong/",
            f"phan-cong/nguoi/{stage.people['writer B'].pk}/",
            "thu-gui-di/",
        ]
    for image in PortalImage.objects.filter(collection_id=b.images["loose"].collection_id).order_by("-pk")[:2]:
        paths.append(f"images/{image.pk}/")
    for path in paths:
        yield "localhost", ADMIN + path


def _machine_read(stage, check) -> None:
    """Feeds stay well-formed; mails hold no markup of a text; no page runs template code."""
    b = stage.wards["B"]
    for path in ("/rss/", "/tin-tuc/rss/", "/sitemap.xml"):
        answer = Visitor(stage).get(path, host=b.host)
        try:
            ElementTree.fromstring(answer.content)  # noqa: S314  our own feed
            fine = True
        except ElementTree.ParseError:
            fine = False
        check.that(fine, f"{path} is no XML any more", role="anonymous")
    for mail in OutgoingMail.objects.order_by("-pk")[:200]:
        check.that(b"Content-Type: text/html" not in bytes(mail.message), "a mail is HTML", role="head")
    key = stage.environment["SECRET_KEY"]
    for page in ArticlePage.objects.filter(slug__startswith="doc-hai-", live=True):
        text = text_of(Visitor(stage).get(b.path(page), host=b.host))
        check.that(key not in text and "49" not in text.split("7*7")[-1][:3], "template code ran", role="anonymous")
    preview = session(stage, "writer B").get(
        edit_address(ArticlePage.objects.filter(slug__startswith="doc-hai-").first())
    )
    check.that(preview.status_code == 200, "the editor does not open a hostile text", role="writer B")
