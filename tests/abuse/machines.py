# ruff: noqa: E501  lists of attempts read best one a line
"""A08–A10: what machines read, what rules over a site, and what counts and reports."""

import re

from django.urls import get_resolver

from base.models import AuditEntry, PortalSite
from tests.abuse.cases import case, together
from tests.abuse.digests import changed, digest
from tests.abuse.oracle import is_refused, shows_nothing
from tests.abuse.pages import EVERYTHING
from tests.abuse.people import OUTSIDERS, session
from tests.abuse.planting import OPEN, SECRET
from tests.abuse.visitor import ADMIN, Visitor, text_of

FILTERS = (
    "",
    "?search={word}",
    "?id={pk}",
    "?fields=*",
    "?order=title",
    "?site=127.0.0.1:80",
    "?site={host}",
    "?type=sections.ArticlePage&fields=*",
    "?child_of={section}",
    "?descendant_of={section}&fields=*",
    "?slug={slug}",
    "?limit=100&offset=0",
    "?locale=vi&fields=_,title",
)
INTERFACES = tuple(
    f"/{prefix}/{kind}/"
    for prefix in ("api/v2", "api/v3", "api/v1", "api", "quan-tri/api/main", "quan-tri/api/v2beta")
    for kind in ("pages", "images", "documents", "redirects", "snippets")
) + ("/api/v3/openapi.json", "/api/v3/docs/", "/api/", "/graphql/", "/quan-tri/api/")
# The register, score sheets and open data, of what is public; dossiers, which systems push with a key (A31).
OURS = frozenset(
    {
        "api/v1/openapi.json",
        "api/v1/van-ban/",
        "api/v1/van-ban/<slug:slug>/",
        "api/cham-diem/v1/openapi.json",
        "api/cham-diem/v1/thang/",
        "api/cham-diem/v1/thang/<str:month>/",
        "api/du-lieu-mo/v1/",
        "api/ho-so/v1/openapi.json",
        "api/ho-so/v1/cap-nhat/",
        "api/ho-so/v1/ho-so/<str:code>/",
    }
)
REGISTER = ("/api/v1/openapi.json", "/api/v1/van-ban/", "/api/v1/van-ban/?q=901", "/api/v1/van-ban/?per_page=100")
OPEN_DATA = tuple(
    f"/api/du-lieu-mo/v1/{rows}" for rows in ("", "openapi.json", "danh-muc.jsonld", "trang/", "van-ban/", "don-vi/")
)
FEEDS = ("rss/", "tin-tuc/rss/", "van-ban/rss/", "chi-dao-dieu-hanh/rss/", "giai-thich/rss/", "gop-y/rss/")


@case("A08", "read what is not public through what is made for machines", roles=("anonymous", "writer A"))
def a08(stage, check):
    """Anybody, and a person of ward A with and without a token → programming interfaces with every filter, feeds,
    sitemaps, structured data → only what is public, of the site that was asked; a token opens nothing (Điều 8.2).
    """
    b = stage.wards["B"]
    draft = b.pages["draft"]
    words = {
        "word": "nhap",
        "pk": draft.pk,
        "host": b.host,
        "section": b.section.pk,
        "slug": draft.slug,
    }
    # Where nothing is mounted, filters change nothing.
    asked = [
        path + filtered.format(**words)
        for path in INTERFACES
        for filtered in (FILTERS if path.startswith(ADMIN + "api/main") else FILTERS[:2])
    ]
    details = [f"/{prefix}/pages/{draft.pk}/" for prefix in ("api/v2", "api/v3", "quan-tri/api/main")]
    for role in ("anonymous", "writer A"):
        visitor = session(stage, role)
        for address in [*asked, *details]:
            for headers in ({}, {"Authorization": "Bearer zq-khong-co-ma-nay"}):
                if role == "anonymous" and headers:
                    continue
                # Each from a new address, or the flood is turned away before it is answered.
                answer = visitor.elsewhere().get(address, headers=headers)
                shows_nothing(check, answer, role, f"GET {address}")
                if not address.startswith(ADMIN):
                    check.that(answer.status_code in (404, 410), f"GET {address}: {answer.status_code}", role=role)
                elif role == "anonymous":
                    check.that(answer.status_code in (302, 401, 403, 404), f"{address} is open", role=role)
    check.same(set(_mounted()), OURS, "the interfaces that are mounted")
    _lists(stage, check)


def _mounted() -> list[str]:
    """The patterns of programming interfaces outside of the administration."""
    found = []
    for item in get_resolver().url_patterns:
        pattern = str(item.pattern)
        if re.search(r"\bapi\b|graphql|openapi", pattern):
            found.append(pattern)
    return found


def _lists(stage, check) -> None:
    """Feeds, sitemaps and pages of every site: nothing hidden of B, and on A's hosts nothing of B."""
    a, b = stage.wards["A"], stage.wards["B"]
    visitor = Visitor(stage)
    for host in (b.host, a.host, "localhost"):
        prefix = "/my-xuyen/" if host == "localhost" else "/"
        for path in (*FEEDS, "", "tin-tuc/", "van-ban/", "tim-kiem/?q=nhap"):
            answer = visitor.get(prefix + path, host=host)
            shows_nothing(check, answer, "anonymous", f"GET {prefix + path} on {host}")
        hidden = f"/api/v1/van-ban/{b.documents['draft'].slug}/"
        is_refused(check, visitor.get(hidden, host=host), "anonymous", f"GET {hidden} on {host}", statuses=(404,))
        for path in (
            "/sitemap.xml",
            "/sitemap-1.xml",
            "/robots.txt",
            "/.well-known/security.txt",
            *REGISTER,
            *OPEN_DATA,
        ):
            shows_nothing(check, visitor.get(path, host=host), "anonymous", f"GET {path} on {host}")
    theirs, own = visitor.get("/sitemap.xml", host=a.host).text, visitor.get("/sitemap.xml", host=b.host).text
    check.that(OPEN not in theirs and b.host not in theirs, "A's sitemap names pages of B", role="anonymous")
    check.that(f"{OPEN}-bai-cong-khai" in own, "B's sitemap does not name its public page", role="anonymous")
    for name in ("draft", "waiting", "returned", "locked", "scheduled", "gone"):
        check.that(b.pages[name].slug not in own, f"B's sitemap names its {name} page", role="anonymous")
    for path in ("/rss/", "/tin-tuc/rss/"):
        feed = visitor.get(path, host=a.host)
        check.that(OPEN not in feed.text, f"{path} of A shows pages of B", role="anonymous")
    public = visitor.get(b.path(b.pages["public"]), host=b.host)
    check.same(public.status_code, 200, "B's public page", role="anonymous")
    shows_nothing(check, public, "anonymous", "B's public page with its structured data")
    pending = visitor.get(b.path(b.pages["pending"]), host=b.host)
    check.same(pending.status_code, 200, "B's page with a pending change", role="anonymous")
    shows_nothing(check, pending, "anonymous", "B's page with a pending change")
    for name in ("draft", "waiting", "returned", "locked", "scheduled", "officials", "consultation"):
        answer = visitor.get(b.path(b.pages[name]), host=b.host)
        is_refused(check, answer, "anonymous", f"B's {name} page", statuses=(404,))


RULERS = (*OUTSIDERS, "editor", "technical admin", "accountant")


@case("A09", "another ward's settings, menus, redirects, workflow", roles=RULERS)
def a09(stage, check):
    """People of wards, the city's editor, the technical administrator → settings of ward B, its host, language,
    workflow, collection, menu, a redirect that shadows its address on the own site, on its own or for all sites →
    refused, nothing changed (Điều 8.2, 20; only the Board's leaders and the standing office change a site).
    """
    a, b = stage.wards["A"], stage.wards["B"]
    site, wagtail_site = b.site, b.site.wagtail_site_id
    collection = b.images["loose"].collection_id
    workflow = b.others["waiting_state"].workflow_id
    contacts = {
        "approval_mode": "delegated",
        "address": "Nơi khác",
        "phone": "0296 111 1111",
        "fax": "",
        "reception_hours": "",
        "email": "khac@example.invalid",
        "responsible_person": "Người khác",
    }
    shadow = {"old_path": b.path(b.pages["public"]), "is_permanent": "on", "redirect_link": "https://example.invalid/"}
    posts = [
        (f"trang-thanh-phan/{site.pk}/cai-dat/", contacts),
        ("trang-thanh-phan/mo/", {**EVERYTHING, "name": "Phường lạ"}),
        ("trang-thanh-phan/dong/", {"site": site.pk, "legal_act": "x", "effective_on": "01/01/2030"}),
        (
            "trang-thanh-phan/sap-nhap/",
            {"predecessors": [site.pk], "successor": a.site.pk, "legal_act": "x", "effective_on": "01/01/2030"},
        ),
        *(("redirects/add/", {**shadow, "site": number}) for number in (a.site.wagtail_site_id, wagtail_site, "")),
        ("redirects/import/", EVERYTHING),
        ("redirects/import/process/", EVERYTHING),
        (f"sites/edit/{wagtail_site}/", {"hostname": "khac.localhost", "port": "443", "root_page": a.section.pk}),
        (f"sites/delete/{wagtail_site}/", {}),
        ("sites/new/", {"hostname": "la.localhost", "port": "443"}),
        ("locales/new/", {"language_code": "en"}),
        ("locales/delete/1/", {}),
        (f"workflows/edit/{workflow}/", EVERYTHING),
        (f"workflows/disable/{workflow}/", {}),
        (f"workflows/remove/{site.home_page().pk}/{workflow}/", {}),
        ("workflows/tasks/add/wagtailcore/groupapprovaltask/", {}),
        (f"collections/{collection}/", {"name": "Tên khác"}),
        (f"collections/{collection}/delete/", {}),
        (f"collections/{collection}/privacy/", {"restriction_type": "login"}),
        ("settings/base/portalsite/", EVERYTHING),
        (f"settings/base/portalsite/{wagtail_site}/", EVERYTHING),
        (f"settings/wagtailcore/site/{wagtail_site}/", EVERYTHING),
        ("searchpicks/add/", {"query_string": "x"}),
        ("promotions/", {}),
        (f"sap-xep/{site.home_page().pk}/", {"page": b.section.pk, "step": "up"}),
    ]
    screens = [path for path, _data in posts] + ["redirects/", "sites/", "workflows/list/", "collections/", "groups/"]

    def attack(role):
        visitor = session(stage, role)
        for path in screens:
            is_refused(check, visitor.get(ADMIN + path), role, f"GET {path}")
        for path, data in posts:
            is_refused(check, visitor.post(ADMIN + path, data), role, f"POST {path}")

    # The city's editor arranges all sites by his office; the last two are his.
    def attack_as_editor(role):
        visitor = session(stage, role)
        for path, data in posts[:-1]:
            is_refused(check, visitor.get(ADMIN + path), role, f"GET {path}")
            is_refused(check, visitor.post(ADMIN + path, data), role, f"POST {path}")

    before = digest()
    together(attack, [role for role in RULERS if role != "editor"])
    attack_as_editor("editor")
    found = changed(before, digest())
    check.that(not found, f"changed: {found}")
    check.that(PortalSite.objects.get(pk=site.pk).approval_mode == b.site.approval_mode, "who approves on B changed")
    answer = Visitor(stage).get(b.path(b.pages["public"]), host=b.host)
    check.same(answer.status_code, 200, "B's public page afterwards")


REPORTS = (
    "",
    "reports/site-history/",
    "reports/site-history/?export=xlsx",
    "reports/site-history/results/",
    "reports/workflow/",
    "reports/workflow/results/",
    "reports/workflow/?export=csv",
    "reports/workflow_tasks/",
    "reports/workflow_tasks/?export=xlsx",
    "reports/locked/",
    "reports/locked/results/",
    "reports/locked/?export=xlsx",
    "reports/aging-pages/",
    "reports/aging-pages/?export=csv",
    "reports/page-types-usage/",
    "pages/usage/sections/articlepage/",
    "pages/usage/sections/articlepage/results/",
    "localize/reports/translations/",
    "localize/reports/translations/?export=xlsx",
    "nhat-ky-kiem-tra/",
    "nhat-ky-kiem-tra/?export=xlsx",
    "nhat-ky-kiem-tra/?site=my-xuyen",
    "nhat-ky-kiem-tra/?site=my-xuyen&export=xlsx",
    "nhat-ky-kiem-tra/?action=wagtail.create",
    "thu-gui-di/",
    "duyet/",
    "go-bo/",
    "go-bo/?tinh-trang=taken_down",
    "luu-tru/",
    "luu-tru/?q=bài",
    "trang-thanh-phan/",
    "phan-cong/",
    "phan-cong/?state=all",
    "phan-cong/gui-so/",
    "phan-cong/ai-giu-quyen-gi/",
    "phan-cong/ai-giu-quyen-gi/?in=pdf",
    "van-ban-giu-lai/",
    "so-van-ban/",
    "pages/search/?q=nhap",
    "images/?q=anh",
    "documents/?q=tep",
    "account/",
    "van-ban/so/?export=xlsx",
    "van-ban/co-quan/",
    "van-ban/loai/",
    "snippets/",
    "users/",
    "groups/",
    "workflows/tasks/index/",
    "forms/",
    "redirects/",
    "tag-autocomplete/?term=a",
    "tieu-huy/",
    "luu-tru/tieu-huy/",
    "thong-ke/",
)


@case("A10", "reports, dashboards and the trail of another ward", roles=OUTSIDERS)
def a10(stage, check):
    """People of wards A and C, and somebody with entry only → site history, workflow, tasks, locked and aging pages,
    home panels, the audit trail and its entries, the lists of appointments, mails, numbers, and all their exports →
    the own ward's rows only, no foreign title or name (Điều 8.2; NĐ 85/2016).
    """
    b = stage.wards["B"]
    entries = list(AuditEntry.objects.filter(site_slug=b.site.slug).values_list("pk", flat=True)[:6])
    check.that(len(entries) == 6, "ward B has no trail to be read")
    single = [f"nhat-ky-kiem-tra/{pk}/" for pk in entries]

    def look(role):
        visitor = session(stage, role)
        for address in REPORTS:
            answer = visitor.get(ADMIN + address)
            shows_nothing(check, answer, role, f"GET {address}")
            if address == "nhat-ky-kiem-tra/" and answer.status_code == 200:
                # But for the filter, which offers the sites by name to whoever works for several.
                named = b.site.slug in text_of(answer)
                check.that(not named, f"GET {address} names ward B", role=role)
        for address in single:
            is_refused(check, visitor.get(ADMIN + address), role, f"GET {address}")

    together(look, OUTSIDERS)
    own = session(stage, "unit head A").get(ADMIN + "nhat-ky-kiem-tra/")
    check.that(
        own.status_code == 200 and "my-long" in own.text.lower() or "Mỹ Long" in own.text,
        f"the head of ward A does not see his ward's trail ({own.status_code})",
        role="unit head A",
    )
    theirs = session(stage, "head").get(ADMIN + "nhat-ky-kiem-tra/?site=my-xuyen")
    check.that(SECRET in text_of(theirs), "the trail holds nothing of ward B at all, so the case proves nothing")
    check.figure(f"{len(OUTSIDERS) * (len(REPORTS) + len(single))} requests")
