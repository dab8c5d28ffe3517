"""A01–A03: another ward's pages, read, changed or chosen."""

import json

from wagtail.models import Revision, TaskState

from tests.abuse import addresses
from tests.abuse.cases import case, together
from tests.abuse.oracle import is_refused, nothing_changes, shows_nothing
from tests.abuse.people import OUTSIDERS, session
from tests.abuse.planting import SECRET
from tests.abuse.visitor import ADMIN
from workflows.models import ArchiveCopy, EmergencyAct

PAGE_SPACES = (
    "pages/",
    "choose-page/",
    "duyet/",
    "go-bo/",
    "khan-cap/",
    "sap-xep/",
    "chuyen-trang/",
    "huy-lich/",
    "luu-tru/",
    "giai-thich/",
    "localize/",
    "editing-sessions/",
    "api/main/",
    "workflows/",
    "reports/",
)
# Parameters that name something by its number.
KEYS = frozenset(
    """pk page_id page_to_move_id parent_page_id destination_id revision_id task_state_id workflow_state_id object_id
    task_id page_pk translation_id translation_source_id session_id""".split()
)
# Whatever a form of Wagtail's or of ours may ask for, said at once.
EVERYTHING = {
    "action-publish": "1",
    "action-submit": "1",
    "action-unpublish": "1",
    "action-delete": "1",
    "confirm": "1",
    "action-restart-workflow": "1",
    "action-workflow-action": "1",
    "workflow-action-name": "approve",
    "workflow-action-extra-data": "{}",
    "include_descendants": "on",
    "publish_copies": "on",
    "alias": "on",
    "copy_subpages": "on",
    "new_title": "Bản sao",
    "new_slug": "ban-sao-la",
    "restriction_type": "login",
    "decision": "take_down",
    "accepted": "yes",
    "comment": "x",
    "note": "x",
    "reason": "x",
    "next": "/",
    "approve": "1",
    "action": "publish",
    "locales": "2",
    "declaration": "on",
    "position": "0",
    "title": "Bài lạ",
    "slug": "bai-la",
    "ground": "error",
    "explanation": "x",
    "step": "up",
}


def page_patterns() -> list[str]:
    """Return the patterns of all screens about one page, version, task, take-down or archive copy."""
    inside = ADMIN.strip("/") + "/"
    return [
        pattern
        for pattern, _name in addresses.admin_patterns()
        if pattern.removeprefix(inside).startswith(PAGE_SPACES) and KEYS.intersection(addresses.parameters(pattern))
    ]


def ids_of(ward) -> dict[str, list]:
    """Return what the parameters of page screens are filled with: the ids of one ward's things."""
    hidden = [ward.pages[name].pk for name in ("draft", "pending", "waiting", "gone")]
    pages = [*hidden, ward.section.pk, ward.site.home_page().pk]
    revisions = list(Revision.objects.filter(object_id__in=map(str, hidden[:3])).values_list("pk", flat=True))
    states = list(TaskState.objects.filter(pk__in=tasks_of(ward)).values_list("workflow_state_id", flat=True))
    return {
        "page_id": pages,
        "page_to_move_id": pages,
        "parent_page_id": pages,
        "destination_id": hidden[:1],
        "revision_id": revisions[-3:],
        "task_state_id": tasks_of(ward),
        "workflow_state_id": states,
        "object_id": pages[:2],
        "pk": pages,
        "revision_id_a": ["live"],
        "revision_id_b": ["latest", *revisions[-1:]],
        "app_label": ["wagtailcore"],
        "model_name": ["page"],
        "content_type_app_name": ["sections"],
        "content_type_model_name": ["articlepage"],
        "action_name": ["approve"],
        "task_id": tasks_of(ward)[:1],
        "session_id": [1],
        "page_pk": pages[:1],
        "workflow_pk": [1],
        "translation_id": [1],
        "translation_source_id": [1],
        "lang": ["vi"],
    }


def tasks_of(ward) -> list[int]:
    """Return the ids of the tasks that wait in a ward: an approval, and the decision of a take-down."""
    return [
        ward.others["waiting_state"].current_task_state_id,
        ward.takedowns["open"].workflow_state.current_task_state_id,
    ]


def addresses_of(ward) -> list[str]:
    """Return the addresses of all page screens with a ward's ids, each screen with the ids it is about."""
    ids, found = ids_of(ward), []
    copies = ArchiveCopy.objects.filter(site_slug=ward.site.slug).values_list("pk", flat=True)
    about = {
        "duyet/viec/": tasks_of(ward),
        "go-bo/": [row.pk for row in ward.takedowns.values()],
        "luu-tru/": copies[:2],
        "khan-cap/": EmergencyAct.objects.filter(site=ward.site).values_list("pk", flat=True),
        "chuyen-trang/de-nghi/": [ward.others["move"].pk],
    }
    for pattern in page_patterns():
        own = next((list(keys) for start, keys in about.items() if f"/{start}<int:pk>" in f"/{pattern}"), None)
        found += addresses.filled([pattern], {**ids, "pk": own} if own else ids)
    return found


@case("A01", "read another ward's pages through every page screen", roles=OUTSIDERS)
def a01(stage, check):
    """People of wards A and C, and somebody with entry only → GET every screen about a page, version, task, take-down
    or archive copy with ward B's ids → 302, 403 or 404 and no trace (Điều 8.2, 20; one ward sees another's work only
    when it is public).
    """
    patterns, about_b = page_patterns(), addresses_of(stage.wards["B"])
    lists = ("pages/", "pages/search/?q=nhap", "reports/locked/", "duyet/", "go-bo/", "luu-tru/", "")

    def look(role):
        visitor = session(stage, role)
        for address in about_b:
            is_refused(check, visitor.get(address), role, f"GET {address}")
        for address in lists:
            shows_nothing(check, visitor.get(ADMIN + address), role, f"GET {address}")

    together(look, OUTSIDERS)
    check.that(len(patterns) >= 26, f"only {len(patterns)} kinds of screens were tried")
    check.figure(f"{len(OUTSIDERS) * (len(about_b) + len(lists))} requests, {len(patterns)} screens")


@case("A02", "change another ward's pages through every page screen", roles=OUTSIDERS)
def a02(stage, check):
    """People of wards A and C, and somebody with entry only → POST to every screen about a page and every bulk action
    with ward B's ids: edit, add under, preview, publish, unpublish, move in and out, copy, alias, delete, lock,
    privacy, decide → refused, and the database is what it was (Điều 8.2, 20).
    """
    a, b = stage.wards["A"], stage.wards["B"]
    many = "&".join(f"id={pk}" for pk in ids_of(b)["page_id"])
    bulk = [
        f"{ADMIN}bulk/wagtailcore/page/{action}/?next=/&{many}"
        for action in ("publish", "unpublish", "move", "delete", "privacy")
    ]
    about_b, crafted = [*addresses_of(b), *bulk], list(_crafted(a, b))
    data = {**EVERYTHING, "rows": [str(b.takedowns["open"].pk)], "id": str(b.pages["draft"].pk)}

    def attack(role):
        visitor = session(stage, role)
        for address in about_b:
            # Everybody may let go of his own editing session, and is answered alike whatever number he sends.
            demand = shows_nothing if "editing-sessions/release" in address else is_refused
            demand(check, visitor.post(address, data), role, f"POST {address}")
        for address, values in crafted:
            shows_nothing(check, visitor.post(address, values), role, f"POST {address}")

    with nothing_changes(check, "", "a POST to ward B's page screens"):
        together(attack, OUTSIDERS)
    check.figure(f"{len(OUTSIDERS) * (len(about_b) + len(crafted))} requests")


def _crafted(a, b):
    """Posts to screens of ward A that name ward B's pages as the place or the thing."""
    own, theirs, draft = a.pages["draft"].pk, b.section.pk, b.pages["draft"].pk
    copy = {"new_title": "Bản sao lạ", "new_slug": "ban-sao-la", "new_parent_page": theirs, "publish_copies": "on"}
    yield f"{ADMIN}pages/{own}/copy/", copy
    yield f"{ADMIN}pages/{own}/copy/", {**copy, "alias": "on"}
    yield f"{ADMIN}chuyen-trang/{own}/", {"target": theirs, "reason": "x"}
    yield f"{ADMIN}chuyen-trang/{a.pages['public'].pk}/", {"target": theirs, "reason": "x"}
    yield f"{ADMIN}pages/{own}/move/?destination={theirs}", {}
    yield f"{ADMIN}sap-xep/{a.section.pk}/", {"page": draft, "step": "up"}
    yield f"{ADMIN}go-bo/{b.takedowns['open'].pk}/chung/", {"decision": "keep", "comment": "x", "rows": [draft]}
    yield f"{ADMIN}pages/workflow/action/{own}/approve/{b.others['waiting_state'].current_task_state_id}/", {}
    yield f"{ADMIN}api/main/pages/{draft}/action/publish/", {}
    for kind in ("articlepage", "noticepage"):
        yield f"{ADMIN}pages/add/sections/{kind}/{theirs}/", EVERYTHING
        yield f"{ADMIN}pages/add/sections/{kind}/{theirs}/preview/", EVERYTHING


@case("A03", "find another ward's drafts through the page choosers", roles=OUTSIDERS)
def a03(stage, check):
    """People of wards A and C, and somebody with entry only → browse, search and ask the page choosers (links of an
    editor, move, translate), `chosen-multiple` and the administration's own page list by ids, tree place and words of
    ward B's drafts → own pages and what is public, never a draft's or a pending title (Điều 8.2, 20).
    """
    b = stage.wards["B"]
    hidden = [b.pages[name] for name in ("draft", "pending", "waiting", "returned", "locked", "scheduled", "gone")]
    numbers = [page.pk for page in hidden]
    many = "&".join(f"id={pk}" for pk in numbers)
    tree = [b.site.home_page().pk, b.section.pk, *numbers]
    asked = [
        "choose-page/",
        "choose-page/?page_type=sections.articlepage",
        "choose-page/?allow_external_link=true",
        "choose-page/?user_perms=move_to",
        "choose-page/?user_perms=copy_to",
        "choose-page/?can_choose_root=true",
        *(f"choose-page/{pk}/" for pk in tree),
        *(f"choose-page/{pk}/?page_type=sections.articlepage" for pk in tree),
        *(f"choose-page/search/?q={word}" for word in ("nhap", "bài", "sua-cho", "đoạn+văn")),
        "choose-page/search/?q=nhap&page_type=sections.articlepage",
        f"choose-page/chosen-multiple/?{many}",
        "choose-external-link/?link_url=" + str(numbers[0]),
        "choose-email-link/",
        "choose-anchor-link/",
        "choose-phone-link/",
        "api/main/pages/?search=nhap",
        f"api/main/pages/?title={SECRET}",
        "api/main/pages/?limit=50",
        *(f"api/main/pages/?child_of={pk}" for pk in tree[:3]),
        *(f"api/main/pages/?descendant_of={pk}" for pk in tree[:2]),
        *(f"api/main/pages/{pk}/" for pk in numbers),
        *(f"api/main/pages/?for_explorer=1&child_of={pk}&fields=_,id,title,status,parent" for pk in tree[:2]),
        f"api/main/pages/find/?html_path={b.path(hidden[0])}",
        "tag-autocomplete/?term=zq",
    ]

    def choose(role):
        visitor = session(stage, role)
        for address in asked:
            answer = visitor.get(ADMIN + address)
            shows_nothing(check, answer, role, f"GET {address}")
            if answer.status_code == 200 and "json" in answer.headers["Content-Type"]:
                found = {str(number) for number in _ids_in(json.loads(answer.text))}
                check.that(not found & {str(pk) for pk in numbers}, f"GET {address} names ids of B's drafts", role=role)

    together(choose, OUTSIDERS)
    own = session(stage, "writer A").get(f"{ADMIN}choose-page/{stage.wards['A'].section.pk}/")
    check.that("zaan" in own.text, "the chooser does not offer the ward's own drafts", role="writer A")


def _ids_in(value):
    """Yield every number under a key "id" of a JSON value."""
    if isinstance(value, dict):
        for key, child in value.items():
            if key == "id":
                yield child
            yield from _ids_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from _ids_in(child)
