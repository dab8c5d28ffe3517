"""A04–A05: another ward's legal documents, and the personal data that the portal keeps today."""

from wagtail.models import Revision

from faq.handling import assigning, classifying
from faq.models import QuestionTopic
from tests.abuse import addresses
from tests.abuse.asking import asked
from tests.abuse.cases import case, together
from tests.abuse.oracle import is_refused, nothing_changes, shows_nothing
from tests.abuse.pages import EVERYTHING
from tests.abuse.people import OUTSIDERS, session
from tests.abuse.planting import SECRET
from tests.abuse.visitor import ADMIN
from workflows.models import Contribution

REGISTER = ADMIN.strip("/") + "/van-ban/"
QUESTIONS = ADMIN.strip("/") + "/cau-hoi/"
SHARED = ("van-ban/co-quan/", "van-ban/loai/")


def document_patterns() -> list[str]:
    """Return the patterns of all screens about one document of the register."""
    return [
        pattern
        for pattern, _name in addresses.admin_patterns()
        if pattern.startswith((REGISTER, ADMIN.strip("/") + "/duyet/<str:app_label>"))
        and not any(part in pattern for part in SHARED)
        and addresses.parameters(pattern)
    ]


def addresses_of(ward) -> list[str]:
    """Return the addresses of all screens about a document, with the ids of a ward's documents."""
    keys = [document.pk for document in ward.documents.values()]
    revisions = list(Revision.objects.filter(object_id__in=map(str, keys)).values_list("pk", flat=True))
    ids = {
        "pk": keys,
        "revision_id": revisions,
        "revision_id_a": ["live", "earliest"],
        "revision_id_b": ["latest"],
        "action_name": ["approve"],
        "task_state_id": [1],
        "task_id": [1],
        "workflow_state_id": [1],
        "app_label": ["legalref"],
        "model_name": ["legaldocument"],
    }
    return list(addresses.filled(document_patterns(), ids))


@case("A04", "another ward's legal documents, in every screen of the register", roles=OUTSIDERS)
def a04(stage, check):
    """People of wards A and C, and somebody with entry only → list, search, filter, export, edit (GET and POST),
    history, compare, usage, copy, preview, unpublish, delete, choose and workflow history of ward B's documents → 404,
    no trace, no change (Điều 8.2; a document is everybody's only once it is published).
    """
    b = stage.wards["B"]
    draft, public = b.documents["draft"], b.documents["public"]
    about_b = addresses_of(b)
    many = f"id={draft.pk}&id={public.pk}"
    lists = [
        "van-ban/so/",
        "van-ban/so/results/",
        "van-ban/so/?q=trích",
        "van-ban/so/results/?q=901",
        "van-ban/so/?live=false",
        f"van-ban/so/?year={draft.issued_on.year}",
        "van-ban/so/?export=xlsx",
        "van-ban/so/?export=csv",
        "van-ban/so/?q=trích&export=xlsx",
        f"van-ban/so/?main_issuer={draft.main_issuer_id}",
        "snippets/choose/legalref/legaldocument/",
        "snippets/choose/legalref/legaldocument/results/",
        "snippets/choose/legalref/legaldocument/results/?q=trích",
        f"snippets/choose/legalref/legaldocument/chosen/{draft.pk}/",
        f"snippets/choose/legalref/legaldocument/chosen-multiple/?{many}",
        f"van-ban/so/preview/{draft.pk}/",
        f"van-ban/so/delete/{draft.pk}/",
        f"localize/submit/snippet/legalref/legaldocument/{draft.pk}/",
        f"localize/api/snippets/legalref/legaldocument/{draft.pk}/",
    ]
    bulk = [f"bulk/legalref/legaldocument/{action}/?{many}" for action in ("delete", "publish", "unpublish")]
    # A public document may be put on one's own site: its screen shows what is public, never the pending change.
    allowed = {f"{ADMIN}van-ban/dua-vao-trang/{public.pk}/"}
    data = {**EVERYTHING, "subject": "Trích yếu lạ", "symbol_as_printed": "77/2022/QĐ-UBND"}

    def attack(role):
        visitor = session(stage, role)
        for address in lists:
            shows_nothing(check, visitor.get(ADMIN + address), role, f"GET {address}")
        for address in about_b:
            answer = visitor.get(address)
            if address in allowed:
                shows_nothing(check, answer, role, f"GET {address}")
            else:
                is_refused(check, answer, role, f"GET {address}")
                is_refused(check, visitor.post(address, data), role, f"POST {address}")
        for address in bulk:
            is_refused(check, visitor.post(ADMIN + address, data), role, f"POST {address}")
        own = {**data, "owner_site": b.site.pk}
        shows_nothing(
            check, visitor.post(f"{ADMIN}van-ban/so/add/", own), role, "adding a document to ward B's register"
        )

    with nothing_changes(check, "", "a POST to ward B's documents"):
        together(attack, OUTSIDERS)
    found = session(stage, "writer A").get(f"{ADMIN}van-ban/so/")
    check.that("zaan" in found.text, "the ward's own documents are not listed", role="writer A")


@case("A05", "another ward's personal data", roles=OUTSIDERS)
def a05(stage, check):
    """People of wards A and C, and somebody with entry only → look for personal data of ward B in every screen that
    keeps some → 404, no trace, no change (Điều 6; Luật Bảo vệ dữ liệu cá nhân).

    Citizens' questions in every screen about one (inbox, contact, steps, answer, files, exports), contacts of outside
    contributors, of consultations and of officials, all unpublished.
    """
    b = stage.wards["B"]
    _questions_of(stage, check, b)
    kept = Contribution.objects.get(page_id=b.pages["waiting"].pk)
    holders = [b.pages[name].pk for name in ("waiting", "officials", "consultation", "clarification")]
    tried = [
        *(f"pages/{pk}/{screen}" for pk in holders for screen in ("edit/", "view_draft/", "history/", "usage/")),
        *(f"duyet/wagtailcore/page/{pk}/gui/" for pk in holders),
        f"duyet/viec/{b.others['waiting_state'].current_task_state_id}/",
        f"giai-thich/{b.pages['clarification'].pk}/gui-len-thanh-pho/",
        f"documents/edit/{kept.declaration_file_id}/",
        f"documents/usage/{kept.declaration_file_id}/",
        f"forms/submissions/{b.pages['consultation'].pk}/",
        "forms/",
    ]
    searched = ["pages/search/?q=cán+bộ", "documents/?q=tệp", "luu-tru/?q=bài", "luu-tru/", ""]

    def look(role):
        visitor = session(stage, role)
        for address in tried:
            is_refused(check, visitor.get(ADMIN + address), role, f"GET {address}")
            is_refused(check, visitor.post(ADMIN + address, EVERYTHING), role, f"POST {address}")
        for address in searched:
            shows_nothing(check, visitor.get(ADMIN + address), role, f"GET {address}")
        is_refused(check, visitor.get(kept.declaration_file.url), role, "GET the contributor's signed statement")

    with nothing_changes(check, "", "an attempt on personal data"):
        together(look, OUTSIDERS)
    anonymous = session(stage, "anonymous")
    for address in (kept.declaration_file.url, b.path(b.pages["consultation"]), b.path(b.pages["officials"])):
        is_refused(check, anonymous.get(address, host=b.host), "anonymous", f"GET {address}", statuses=(404,))


def _questions_of(stage, check, b) -> None:
    """A question of ward B, in every screen that takes its key, and in the lists and exports of all others."""
    question = asked(b.site, SECRET, files=True)
    office, head = stage.people["standing office"], stage.people["head"]
    classifying.classify(question, topic=QuestionTopic.objects.first(), in_scope=True, by=office)
    assigning.assign(question, unit=b.site.unit, by=head)
    kept = question.files.get()
    keys = {"pk": [question.pk], "question_pk": [question.pk]}
    patterns = [
        pattern
        for pattern, _name in addresses.admin_patterns()
        if pattern.startswith(QUESTIONS) and addresses.parameters(pattern) and "tep/" not in pattern
    ]
    check.that(len(patterns) > 15, f"only {len(patterns)} screens of a question were found")
    about = [*addresses.filled(patterns, keys), *(f"{ADMIN}cau-hoi/tep/{kept.pk}/{end}" for end in ("", "ban-che/"))]
    lists = [
        f"{ADMIN}{path}"
        for path in (
            "cau-hoi/",
            f"cau-hoi/?q={question.number}",
            "cau-hoi/?tinh-trang=assigned",
            "cau-hoi/xuat/",
            "cau-hoi/nhap/",
            "cau-hoi/bang-tra-loi/",
            "cau-hoi/bang-tra-loi/tai/",
            "han/",
            "",
        )
    ]

    def look(role):
        visitor = session(stage, role)
        for address in about:
            is_refused(check, visitor.get(address), role, f"GET {address}")
            is_refused(check, visitor.post(address, EVERYTHING), role, f"POST {address}")
        for address in lists:
            shows_nothing(check, visitor.get(address), role, f"GET {address}")

    with nothing_changes(check, "", "an attempt on a question of ward B"):
        together(look, OUTSIDERS)
    own = session(stage, "approver B").get(f"{ADMIN}cau-hoi/{question.pk}/")
    check.that(own.status_code == 200 and SECRET in own.text, f"ward B cannot read its own ({own.status_code})")
    check.that(f"{SECRET}.rieng" not in own.text, "contact data are shown without being asked for")
