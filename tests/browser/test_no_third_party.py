"""No page of the portal, public or of the administration, asks another host for anything or breaks its own policy.

The administration runs without inline scripts: date pickers, choosers and panels are tried out, not only looked at.
"""

import contextlib
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from wagtail.models import Locale, Page, Task, Workflow

from accounts.models import User
from base.models import PortalFile, PortalImage
from legalref.models import LegalDocument
from sections.models import ArticlePage, OfficialsPage, WorkSchedulePage
from tests.browser.test_public_pages import PATHS, TYPES, portal  # noqa: F401  the same city
from tests.city import USERNAMES, CityClient

pytestmark = pytest.mark.django_db

LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


class Visit:
    """A browser window that notes foreign requests, script errors and what the policy refused."""

    def __init__(self, browser, address, cookies=()):
        self.address = address
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
        self.context.add_cookies(list(cookies))
        self.context.add_init_script(LISTEN)
        self.context.on("request", self._note_request)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("pageerror", lambda error: self.trouble.append(f"lỗi script: {error}"))
        self.page.on("console", self._note_console)
        self.trouble = []

    def _note_request(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.trouble.append(f"ra ngoài: {request.url}")

    def _note_console(self, message):
        if "Content Security Policy" in message.text:
            self.trouble.append(message.text)

    def open(self, path):
        """Open a page and let its scripts and previews come to rest; return the response."""
        response = self.page.goto(self.address + path)
        with contextlib.suppress(PlaywrightTimeout):
            self.page.wait_for_load_state("networkidle", timeout=5_000)
        return response

    def noted(self) -> list[str]:
        """Return what was noted since the last time, in all frames."""
        for frame in self.page.frames:
            # The frame of a PDF belongs to the viewer of the browser; where there is none it never answers.
            if urlsplit(frame.url).path.startswith("/tep/") or frame.url in ("", "about:blank"):
                continue
            self.trouble += frame.evaluate("window.violations ? window.violations.splice(0) : []")
        noted, self.trouble = self.trouble, []
        return noted


@contextlib.contextmanager
def visit(browser, address, cookies=()):
    """A window that is closed afterwards."""
    window = Visit(browser, address, cookies)
    try:
        yield window
    finally:
        window.context.close()


def cookies_of(user, address) -> list[dict]:
    """The cookies of a session of `user`."""
    client = CityClient(HTTP_HOST="localhost")
    client.force_login(user)
    return [{"name": name, "value": morsel.value, "url": address} for name, morsel in client.cookies.items()]


@pytest.fixture(scope="module")
def superuser(portal):  # noqa: F811
    return User.objects.get(username=USERNAMES["superuser"])


def screens() -> dict[str, str]:
    """Paths of the administration by name: lists, forms of every kind, choosers, reports, previews."""
    article = ArticlePage.objects.order_by("pk").first()
    section, city = article.get_parent(), Page.objects.get(depth=2, locale=Locale.objects.get(language_code="vi"))
    revisions = list(article.revisions.order_by("pk").values_list("pk", flat=True))
    image, file, document = PortalImage.objects.first(), PortalFile.objects.first(), LegalDocument.objects.first()
    names = {
        "home": reverse("wagtailadmin_home"),
        "explorer": reverse("wagtailadmin_explore", args=[city.pk]),
        "search": reverse("wagtailadmin_pages:search") + "?q=cau",
        "choose the type": reverse("wagtailadmin_pages:add_subpage", args=[section.pk]),
        "add an article": reverse("wagtailadmin_pages:add", args=["sections", "articlepage", section.pk]),
        "edit an article": reverse("wagtailadmin_pages:edit", args=[article.pk]),
        "edit officials": reverse("wagtailadmin_pages:edit", args=[OfficialsPage.objects.first().pk]),
        "edit a schedule": reverse("wagtailadmin_pages:edit", args=[WorkSchedulePage.objects.first().pk]),
        "history": reverse("wagtailadmin_pages:history", args=[article.pk]),
        "draft": reverse("wagtailadmin_pages:view_draft", args=[article.pk]),
        "version": reverse("wagtailadmin_pages:revisions_view", args=[article.pk, revisions[0]]),
        "usage": reverse("wagtailadmin_pages:usage", args=[article.pk]),
        "copy": reverse("wagtailadmin_pages:copy", args=[article.pk]),
        "pictures": reverse("wagtailimages:index"),
        "add pictures": reverse("wagtailimages:add_multiple"),
        "a picture": reverse("wagtailimages:edit", args=[image.pk]),
        "files": reverse("wagtaildocs:index"),
        "a file": reverse("wagtaildocs:edit", args=[file.pk]),
        "documents": reverse(LegalDocument.snippet_viewset.get_url_name("list")),
        "add a document": reverse(LegalDocument.snippet_viewset.get_url_name("add")),
        "a document": reverse(LegalDocument.snippet_viewset.get_url_name("edit"), args=[document.pk]),
        "users": reverse("wagtailusers_users:index"),
        "groups": reverse("wagtailusers_groups:index"),
        "collections": reverse("wagtailadmin_collections:index"),
        "workflow": reverse("wagtailadmin_workflows:edit", args=[Workflow.objects.first().pk]),
        "task": reverse("wagtailadmin_workflows:edit_task", args=[Task.objects.first().pk]),
        "workflow report": reverse("wagtailadmin_reports:workflow"),
        "site history": reverse("wagtailadmin_reports:site_history"),
        "ageing pages": reverse("wagtailadmin_reports:aging_pages"),
        "translations": reverse("workflows_translations"),
        "own account": reverse("wagtailadmin_account"),
    }
    return names


def screens_of_the_board() -> dict[str, str]:
    """Paths of the screens that ask for a role, which the superuser has not."""
    return {
        "queue": reverse("workflows_queue"),
        "take-downs": reverse("workflows_takedowns"),
        "archive": reverse("workflows_archive"),
        "component sites": reverse("home_sites"),
        "open a ward": reverse("home_open_ward"),
        "repeal": reverse("legalref_repeal", args=[LegalDocument.objects.first().pk]),
    }


@pytest.fixture
def window(browser, portal, superuser):  # noqa: F811
    """The superuser's window: he meets every screen there is."""
    address, _paths = portal
    with visit(browser, address, cookies_of(superuser, address)) as opened:
        yield opened


class TestAdministration:
    def test_every_screen_stays_at_home_and_within_its_policy(self, window):
        paths = screens()
        self.look_at(window, paths)
        assert len(paths) >= 25

    def test_every_screen_of_the_board_does_too(self, browser, portal):  # noqa: F811
        address, _paths = portal
        head = User.objects.get(username=USERNAMES["head"])
        with visit(browser, address, cookies_of(head, address)) as window:
            self.look_at(window, screens_of_the_board())

    def look_at(self, window, paths):
        found = {}
        for name, path in paths.items():
            response = window.open(path)
            assert response.status == 200, (name, path, response.status)
            assert urlsplit(window.page.url).path == urlsplit(path).path, (name, window.page.url)
            assert "'unsafe-inline'" not in response.headers["content-security-policy"].split("style-src")[0], name
            if noted := window.noted():
                found[name] = noted
        assert not found

    def test_date_pickers_and_panels_start_without_inline_scripts(self, window):
        window.open(screens()["edit a schedule"])
        page = window.page
        page.click("#id_week_start")
        page.wait_for_selector(".xdsoft_datetimepicker:visible td.xdsoft_date")
        page.keyboard.press("Escape")
        rows = page.locator("#id_items-FORMS > [data-inline-panel-child]")
        before = rows.count()
        page.click("#id_items-ADD")
        assert rows.count() == before + 1
        # What a panel puts into the page later starts as well.
        page.click(f"#id_items-{before}-on")
        page.wait_for_selector(".xdsoft_datetimepicker:visible td.xdsoft_date")
        assert window.noted() == []

    def test_choosers_of_pictures_files_and_documents_open_and_choose(self, window):
        window.open(screens()["add an article"])
        page = window.page
        page.wait_for_selector("[data-contentpath=body] .c-sf-add-button")
        page.locator("#id_lead_image-chooser button[data-chooser-action-choose]").first.click()
        page.locator(".modal-body .chooser__image, .modal-body [data-chooser-modal-choice]").first.click()
        page.wait_for_selector(".modal-body", state="detached")
        assert page.input_value("#id_lead_image")
        page.locator("[data-contentpath=legal_basis] .c-sf-add-button").first.click()
        page.locator("[data-contentpath=legal_basis] button[data-chooser-action-choose]").first.click()
        page.locator(".modal-body a[data-chooser-modal-choice]").first.click()
        page.wait_for_selector(".modal-body", state="detached")
        assert window.noted() == []

    def test_the_policy_refuses_a_script_in_the_page(self, window):
        window.open(screens()["home"])
        window.page.evaluate("""
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            const picture = document.createElement("div");
            picture.innerHTML = '<img src="data:," onerror="window.ran = true">';
            document.body.append(picture);
        """)
        window.page.wait_for_timeout(300)
        assert window.page.evaluate("window.ran") is None
        assert len([noted for noted in window.noted() if noted.startswith("script-src")]) == 2


class TestPublicPages:
    def test_every_page_stays_at_home_and_within_its_policy(self, browser, portal):  # noqa: F811
        address, paths = portal
        found = {}
        with visit(browser, address) as window:
            for name in (*PATHS, *TYPES):
                window.open(paths[name])
                if noted := window.noted():
                    found[name] = noted
            window.open("/.well-known/security-policy/")
            found |= {"policy": noted} if (noted := window.noted()) else {}
        assert not found
