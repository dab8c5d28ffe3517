# ruff: noqa: E501  lists of attempts read best one a line
"""A06, A07, A11, A12: another ward's pictures and files — seen, referred to, fetched by their addresses."""

from pathlib import Path

from wagtail.test.utils.form_data import streamfield

from base.models import FileEdit, PortalFile, PortalImage, PortalRendition
from sections.models import ArticlePage, ConsultationPage, OfficialsPage
from tests.abuse import addresses
from tests.abuse.cases import case, together
from tests.abuse.editing import add_address, contentstate, edit_address, filled, new_page, several
from tests.abuse.oracle import is_refused, nothing_changes, shows_nothing
from tests.abuse.pages import EVERYTHING
from tests.abuse.people import OUTSIDERS, WARD_A, session
from tests.abuse.planting import picture_bytes
from tests.abuse.visitor import ADMIN, Visitor, text_of

MEDIA_SPACES = ("images/", "documents/")
PRIVATE = ("loose", "draft", "pending", "gone")
FOREIGN = "chưa công khai của trang khác"
# Whoever may upload gets his file into his own collection, whatever collection he names; who edits his own is noted.
OWN_UPLOADS = frozenset(
    """base_fileedit base_portalfile base_portalimage base_portalrendition wagtailcore_modellogentry
    wagtailcore_referenceindex wagtailsearch_indexentry""".split()
)


def media_patterns() -> list[str]:
    """Return the patterns of all screens about one picture or file."""
    inside = ADMIN.strip("/") + "/"
    return [
        pattern
        for pattern, _name in addresses.admin_patterns()
        if pattern.removeprefix(inside).startswith(MEDIA_SPACES) and addresses.parameters(pattern)
    ]


def addresses_of(ward) -> list[str]:
    """Return the addresses of all screens about a picture or file, with what a ward keeps private."""
    images, files = ([found[name].pk for name in PRIVATE] for found in (ward.images, ward.files))
    pictures = {"image_id": images, "pk": images, "filter_spec": ["width-400"], "uploaded_file_id": [1]}
    documents = {"document_id": files, "doc_id": files, "pk": files, "uploaded_file_id": [1]}
    result = []
    for pattern in media_patterns():
        result += addresses.filled([pattern], pictures if "/images/" in f"/{pattern}" else documents)
    return result


@case("A06", "another ward's pictures and files in the administration", roles=OUTSIDERS)
def a06(stage, check):
    """People of wards A and C, and somebody with entry only → lists, filters by collection, edit, usage, preview,
    address generator, choosers and programming interface of the pictures and files of ward B; upload into its
    collection, and move own ones there → 404 or refused, no trace, no change (Điều 8.2).
    """
    a, b = stage.wards["A"], stage.wards["B"]
    about_b = addresses_of(b)
    collection = b.images["loose"].collection_id
    images, files = ([found[name].pk for name in PRIVATE] for found in (b.images, b.files))
    lists = []
    for kind, keys in (("images", images), ("documents", files)):
        many = "&".join(f"id={pk}" for pk in keys)
        lists += [
            f"{kind}/",
            f"{kind}/?collection_id={collection}",
            f"{kind}/results/?collection_id={collection}",
            f"{kind}/?q=draft",
            f"{kind}/results/?q=loose",
            f"{kind}/?tag=zq",
            f"{kind}/?ordering=title&collection_id={collection}",
            f"{kind}/chooser/",
            f"{kind}/chooser/results/?collection_id={collection}",
            f"{kind}/chooser/results/?q=draft",
            f"{kind}/chooser/chosen-multiple/?{many}",
            f"api/main/{kind}/",
            f"api/main/{kind}/?search=draft",
            *(f"api/main/{kind}/{pk}/" for pk in keys),
        ]
    uploads = [
        (
            "images/add/",
            {"title": "Ảnh lạ", "description": "Một ảnh xám", "collection": collection},
            "file",
            "a.jpg",
            picture_bytes(),
            "image/jpeg",
        ),
        (
            "images/multiple/add/",
            {"title": "Ảnh lạ", "collection": collection},
            "files[]",
            "a.jpg",
            picture_bytes(),
            "image/jpeg",
        ),
        (
            "images/chooser/create/",
            {
                "image-chooser-upload-title": "Ảnh lạ",
                "image-chooser-upload-description": "Một ảnh xám",
                "image-chooser-upload-collection": collection,
            },
            "image-chooser-upload-file",
            "a.jpg",
            picture_bytes(),
            "image/jpeg",
        ),
        ("documents/add/", {"title": "Tệp lạ", "collection": collection}, "file", "a.txt", b"tep la", "text/plain"),
        (
            "documents/multiple/add/",
            {"title": "Tệp lạ", "collection": collection},
            "files[]",
            "a.txt",
            b"tep la",
            "text/plain",
        ),
        (
            "documents/chooser/create/",
            {"document-chooser-upload-title": "Tệp lạ", "document-chooser-upload-collection": collection},
            "document-chooser-upload-file",
            "a.txt",
            b"tep la",
            "text/plain",
        ),
    ]
    moves = [
        (
            f"images/{a.images['loose'].pk}/",
            {"title": "Ảnh chuyển đi", "description": "Một ảnh xám", "collection": collection},
        ),
        (f"images/multiple/{a.images['loose'].pk}/", {f"image-{a.images['loose'].pk}-collection": collection}),
        (f"documents/edit/{a.files['loose'].pk}/", {"title": "Tệp chuyển đi", "collection": collection}),
        (f"documents/multiple/{a.files['loose'].pk}/", {f"doc-{a.files['loose'].pk}-collection": collection}),
    ]

    def attack(role):
        visitor = session(stage, role)
        for address in about_b:
            is_refused(check, visitor.get(address), role, f"GET {address}")
            is_refused(check, visitor.post(address, EVERYTHING), role, f"POST {address}")
        for address in lists:
            shows_nothing(check, visitor.get(ADMIN + address), role, f"GET {address}")
        for address, data, name, filename, content, content_type in uploads:
            files = {name: (filename, content, content_type)}
            headers = {"X-Requested-With": "XMLHttpRequest"} if "multiple" in address else {}
            answer = visitor.post(ADMIN + address, data, files=files, headers=headers)
            shows_nothing(check, answer, role, f"upload to {address}")
        for address, data in moves:
            shows_nothing(check, visitor.post(ADMIN + address, data), role, f"POST {address}")

    before = _rows(b)
    with nothing_changes(check, "", "an attack on ward B's pictures and files", but=OWN_UPLOADS):
        together(attack, OUTSIDERS)
    check.that(_rows(b) == before, "ward B's collection has changed")
    own = session(stage, "writer A").get(f"{ADMIN}images/chooser/")
    check.that(
        a.images["draft"].title in own.json()["html"],
        f"own pictures are not listed ({own.status_code})",
        role="writer A",
    )


def _rows(ward) -> list:
    """Every picture and file in a ward's collection, with all that is kept of it, and who edited it."""
    collection, found = ward.images["loose"].collection_id, []
    for model in (PortalImage, PortalFile):
        rows = list(model.objects.filter(collection=collection).order_by("pk").values())
        edits = FileEdit.objects.filter(file_type=model._meta.label, file_id__in=[row["id"] for row in rows])
        found += [rows, list(edits.values())]
    return found


@case("A07", "publish another ward's private things by referring to them", roles=(*WARD_A, "editor"))
def a07(stage, check):
    """A person of ward A saves a page or a document that refers to a private picture, file, draft page or draft
    document of ward B: by key, in blocks, nested lists, rich text, inline rows, also in a preview → the form says what
    is wrong and where, nothing is stored, no rendition is made. The city's editor, who may see ward B's things, cannot
    get them approved on ward A's page (Điều 8.2).
    """
    a, b = stage.wards["A"], stage.wards["B"]
    # The form shows their own picture small, which is made when it is first shown.
    own = PortalRendition.objects.filter(image__collection=a.images["draft"].collection)
    renditions, own_before = PortalRendition.objects.count() - own.count(), own.count()
    stored = stored_files(stage)
    for role in WARD_A:
        visitor = session(stage, role)
        for what, address, model, changes in _references(a, b):
            data = filled(visitor, address, model, **changes)
            check.that("csrfmiddlewaretoken" in data, f"{what}: there is no form to fill in", role=role)
            with nothing_changes(check, role, what):
                answer = visitor.post(address, data)
            text = text_of(answer)
            said = FOREIGN in text or "hợp lệ" in text or "không nằm trong" in text
            check.that(answer.status_code == 200 and said, f"{what} got {answer.status_code}, no error", role=role)
            shows_nothing(check, answer, role, what)
            preview = address + "preview/"
            visitor.post(preview, data)
            shows_nothing(check, visitor.get(preview), role, f"preview: {what}")
        for what, data in _documents(visitor, a, b):
            with nothing_changes(check, role, what):
                answer = visitor.post(f"{ADMIN}van-ban/so/edit/{a.documents['draft'].pk}/", data)
            check.that(
                answer.status_code in (200, 302) and not _refers(a.documents["draft"], b),
                f"{what} was stored",
                role=role,
            )
            shows_nothing(check, answer, role, what)
    check.same(PortalRendition.objects.count() - own.count(), renditions, "renditions made of what is not their own")
    check.same(stored_files(stage) - (own.count() - own_before), stored, "files stored")
    _city_editor(stage, check, a, b)


def _references(a, b):
    """Yield (what, address, page type, changed fields) of every way to refer to ward B's private things."""
    image, file = b.images["draft"].pk, b.files["draft"].pk
    page, document = b.pages["draft"].pk, b.documents["draft"].pk
    draft = edit_address(a.pages["draft"])
    add = add_address(a.section, "articlepage")

    def body(*blocks):
        return {"body": streamfield(list(blocks))}

    def text(kind, data):
        return contentstate("Xem thêm", kind, data)

    figure = {"picture": {"image": image, "alt_text": "x"}, "caption": "", "credit": ""}
    linked = {"id": file, "url": "/x", "filename": "x"}
    steps = several({"title": "Một", "text": text("DOCUMENT", linked)}, {"title": "Hai", "text": contentstate("x")})
    blocks = {
        "a picture by key": {"lead_image": image, "lead_image_alt": "x"},
        "a picture in a block": body(("image", figure)),
        "a file in a nested list": body(("files", {"title": "", "files": several({"file": file, "label": ""})})),
        "a file in the attachments": {"attachments": streamfield([("file", {"file": file, "label": ""})])},
        "a file in rich text": body(("paragraph", text("DOCUMENT", linked))),
        "a draft page in rich text": body(("paragraph", text("LINK", {"id": page, "url": "/x", "parentId": 1}))),
        "a file in rich text in a list": body(("steps", steps)),
        "a draft page in a callout": body(
            ("callout", {"kind": "info", "title": "x", "text": text("LINK", {"id": page, "url": "/x"})})
        ),
        "a draft document in the legal basis": {
            "legal_basis": streamfield([("document", {"document": document, "provision": "", "role": "basis"})])
        },
    }
    for what, changes in blocks.items():
        yield f"{what}, edit", draft, ArticlePage, changes
    yield "a picture by key, new page", add, ArticlePage, {"title": "Bài lạ", "lead_image": image}
    consultation = edit_address(a.pages["consultation"])
    for name in ("draft_file", "explanation_file", "outcome_file"):
        yield f"a file as {name}", consultation, ConsultationPage, {name: file}
    portrait = {"officials-0-portrait": image}
    yield "a portrait in an inline row", edit_address(a.pages["officials"]), OfficialsPage, portrait


def _documents(visitor, a, b):
    """Yield (what, form data) of documents of ward A that refer to ward B's private things, or move there."""
    data = visitor.form(f"{ADMIN}van-ban/so/edit/{a.documents['draft'].pk}/", "")
    yield "a file as the signed file", {**data, "signed_file": b.files["draft"].pk}
    rows = {
        "document_files-TOTAL_FORMS": "1",
        "document_files-0-id": "",
        "document_files-0-ORDER": "1",
        "document_files-0-file": b.files["draft"].pk,
        "document_files-0-label": "x",
        "document_files-0-DELETE": "",
    }
    yield "a file in an inline row of a document", {**data, **rows}
    yield "ward B as the owner", {**data, "owner_site": b.site.pk}


def _refers(document, b) -> bool:
    stored = type(document).objects.get(pk=document.pk)
    newest = stored.get_latest_revision_as_object()
    files = [version.signed_file_id for version in (stored, newest)]
    files += [row.file_id for row in newest.document_files.all()]
    return b.files["draft"].pk in files or b.site.pk in (stored.owner_site_id, newest.owner_site_id)


def stored_files(stage) -> int:
    return sum(1 for path in Path(stage.var / "media").rglob("*") if path.is_file())


def _city_editor(stage, check, a, b) -> None:
    """The city's editor may choose ward B's picture, but ward A's page with it does not pass the preflight."""
    role, visitor = "editor", session(stage, "editor")
    address = add_address(a.section, "articlepage")
    data = new_page(
        visitor,
        address,
        ArticlePage,
        title="Bài có ảnh của phường khác",
        slug="bai-co-anh-phuong-khac",
        lead_image=b.images["draft"].pk,
        lead_image_alt="Một ảnh xám",
        responsible_unit=a.site.unit_id,
        body=streamfield([("paragraph", contentstate("Nội dung."))]),
    )
    answer = visitor.post(address, data)
    page = ArticlePage.objects.filter(slug="bai-co-anh-phuong-khac").first()
    if not check.that(page is not None, f"the editor could not save the draft ({answer.status_code})", role=role):
        return
    answer = visitor.post(f"{ADMIN}duyet/wagtailcore/page/{page.pk}/gui/", {"declaration": "on", "remark": "x"})
    page.refresh_from_db()
    check.that(FOREIGN in text_of(answer), "the preflight does not name the foreign picture", role=role)
    check.that(not page.workflow_in_progress and not page.live, "the page went into review", role=role)


@case("A11", "fetch private files by their addresses", roles=("anonymous", *OUTSIDERS))
def a11(stage, check):
    """Anybody, and people of other wards → ask for originals, renditions and documents of ward B that nothing public
    shows: by their own addresses, by guessed names, by the folder of the web server, by HEAD, Range and conditional
    requests → 404, the same as for a file that does not exist (Điều 8.2; NĐ 13/2023).
    """
    b = stage.wards["B"]
    rendition = b.images["draft"].get_rendition("width-400")
    public = b.files["public"]
    private = [*(b.images[name].url for name in PRIVATE), *(b.files[name].url for name in PRIVATE), rendition.url]
    missing = "/tep/" + "a" * 20 + "/khong-co.txt"
    guessed = [
        *(
            prefix + item.file.name
            for item in (b.images["draft"], b.files["draft"], rendition)
            for prefix in ("/media/", "/tep-noi-bo/", "/tep/../tep-noi-bo/", "/tep-noi-bo//", "/static/../media/")
        ),
        *(f"/tep/{b.files['draft'].token}/{name}" for name in ("tep.txt", "", "..%2f", "khac.pdf")),
        f"/tep/{public.token}/..%2f..%2f{b.files['draft'].file.name}",
        f"/tep//{b.files['draft'].file.name}",
        "/tep/",
        "/media/",
        "/tep-noi-bo/",
        "/original_images/",
        "/images/",
    ]
    asked = [
        ("GET", {}),
        ("HEAD", {}),
        ("GET", {"Range": "bytes=0-9"}),
        ("GET", {"If-None-Match": "*"}),
        ("GET", {"If-None-Match": f'"{b.files["draft"].token}"'}),
        ("GET", {"X-Accel-Redirect": "/tep-noi-bo/x"}),
        ("GET", {"If-Modified-Since": "Wed, 01 Jan 2030 00:00:00 GMT"}),
        ("GET", {"X-Original-URL": private[0]}),
    ]
    for method, headers in asked:
        model = Visitor(stage).ask(method, missing, headers=headers, host=b.host)
        check.same(model.status_code, 404, f"{method} of a file that does not exist", role="anonymous")
        visitor = Visitor(stage)
        for address in private:
            answer = visitor.ask(method, address, headers=headers, host=b.host)
            what = f"{method} {address} {headers or ''}"
            is_refused(check, answer, "anonymous", what, statuses=(404,))
            check.same(
                _shape(answer, address), _shape(model, missing), f"{what} differs from a missing file", role="anonymous"
            )
        check.that(
            Visitor(stage).ask(method, private[0], headers=headers).status_code == 404,
            f"{method} on the city's host",
            role="anonymous",
        )
    visitor = Visitor(stage)
    for address in guessed:
        is_refused(check, visitor.get(address, host=b.host), "anonymous", f"GET {address}", statuses=(301, 400, 404))
    for role in OUTSIDERS:
        visitor = session(stage, role)
        for address in private:
            is_refused(check, visitor.get(address), role, f"GET {address}", statuses=(404,))
    answer = Visitor(stage).get(public.url, host=b.host)
    check.same(answer.status_code, 200, "a public file", role="anonymous")
    with public.file.open("rb") as handle:
        check.that(answer.content == handle.read(), "nginx did not send the public file's bytes", role="anonymous")
    check.that("X-Accel-Redirect" not in answer.headers, "the internal location is told", role="anonymous")
    own = session(stage, "writer B").get(b.files["draft"].url)
    check.same(own.status_code, 200, "the ward's own draft file for its own people")


def _shape(answer, address: str) -> tuple:
    """What can be told of an answer, without what differs by request: its own address, date and number."""
    told = {"date", "content-length", "x-request-id", "etag", "server-timing"}
    headers = sorted((name.lower(), value) for name, value in answer.headers.items() if name.lower() not in told)
    return answer.status_code, headers, answer.text.replace(address, "")


@case("A12", "fetch documents by number, and files of what was never approved", roles=("anonymous",))
def a12(stage, check):
    """Anybody → `/documents/<number>/<name>` for every number and known names, and the addresses of files that only a
    draft, a pending change, a returned or a removed page shows → 404 (Điều 8.2, 20).
    """
    b, role = stage.wards["B"], "anonymous"
    numbers = [*range(1, 12), *(item.pk for item in b.files.values()), *(item.pk for item in b.images.values())]
    names = [Path(b.files[name].file.name).name for name in PRIVATE]
    for number in numbers:
        visitor = Visitor(stage)
        for form in ("/documents/{}/{}", "/documents/authenticate_with_password/{}/", "/images/x/{}/width-400/{}"):
            address = form.format(number, names[number % len(names)])
            is_refused(check, visitor.get(address, host=b.host), role, f"GET {address}", statuses=(404,))
    for name, why in (
        ("draft", "a draft and a returned page"),
        ("pending", "a pending change"),
        ("gone", "a removed page"),
        ("loose", "nothing"),
    ):
        for item in (b.files[name], b.images[name]):
            answer = Visitor(stage).get(item.url, host=b.host)
            is_refused(check, answer, role, f"a file that only {why} shows", statuses=(404,))
    answer = Visitor(stage).get(b.files["public"].url, host=b.host)
    check.same(answer.status_code, 200, "a file that a public page shows", role=role)
    for name, wanted in (
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'"),
        ("Content-Disposition", "attachment"),
    ):
        check.that(wanted in answer.headers.get(name, ""), f"{name} of a file: {answer.headers.get(name)}", role=role)
