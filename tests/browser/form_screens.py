"""Finds who may open which screen of the administration, and in which states its form is to be had.

The addresses are those of the resolver with the numbers of a ward that has a row of everything (`tests/isolation`).
States: "trống" (a form to make something), "đã điền" (to change something), "có lỗi" (the same once it was sent empty),
"đã khóa" (waits for approval, or is locked by somebody else).
"""

import re
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, get_page_models

from accounts.models import PortalSession
from legalref.models import LegalDocument
from tests import factories
from tests.city import CityClient
from tests.isolation.addresses import Filler
from tests.isolation.form_fields import LEAVING
from tests.language.screens import MOST_TRIES, admin_addresses

EMPTY, FILLED, FAULTY, SHUT = "trống", "đã điền", "có lỗi", "đã khóa"
# Who is asked first whether a screen opens: those who work with it before those who may see everything.
ROLES = (
    "contributor",
    "unit_head",
    "editor",
    "standing_office",
    "head",
    "deputy_head",
    "technical_admin",
    "ward_approver",
    "accountant",
    "superuser",
)
# Of one address screens of several shapes are kept: what a decision shows of a page is not what it shows of a file.
MOST_SHAPES = 3
# Whose screens the rest are, found with the fewest questions.
ROLES_OF_THE_REST = (
    "head",
    "superuser",
    "standing_office",
    "technical_admin",
    "contributor",
    "unit_head",
    "editor",
    "deputy_head",
    "ward_approver",
    "accountant",
)
NO_SCREEN = frozenset()
BY_SCRIPT_ALONE = ("wagtailimages:add_multiple", "wagtaildocs:add_multiple")
PAGE_FORMS = ("wagtailadmin_pages:add", "wagtailadmin_pages:edit")
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\bname="([^"]+)"')
POSTED = re.compile(r'<form\b[^>]*method="post"', re.I)


class Finder:
    """Opens screens as those who may, without a browser, until each has somebody who sees it."""

    def __init__(self, people: dict):
        self.people, self.screens = people, []
        self.clients = {role: self._client(person) for role, person in people.items()}
        # A whole press takes longer than a session may lie idle.
        later = timezone.now() + timedelta(days=1)
        PortalSession.objects.filter(user__in=people.values()).update(started=later, last_seen=later)
        self.sessions = {
            role: [{"name": name, "value": morsel.value} for name, morsel in client.cookies.items()]
            for role, client in self.clients.items()
        }

    def _client(self, person):
        client = CityClient(raise_request_exception=False, HTTP_HOST="localhost")
        client.force_login(person)
        return client

    def shape(self, role: str, path: str):
        """The names of the fields of a screen, without numbers; None for who may not open it, NO_SCREEN for what is no
        document, whoever asks.
        """
        with transaction.atomic():
            response = self.clients[role].get(path)
            text = "" if response.streaming else response.content.decode("utf-8", "replace")
            transaction.set_rollback(True)
        if response.status_code == 405 or response.status_code == 200 and "<main" not in text:
            return NO_SCREEN
        if "sandbox" in response.headers.get("Content-Security-Policy", ""):
            # The saved copy of a page: it runs no script, so nothing can be asked of it.
            return NO_SCREEN
        if response.status_code != 200:
            return None
        fields = frozenset(re.sub(r"\d+", "#", name) for name in FIELD.findall(text))
        return fields, bool(POSTED.search(text))

    def add(self, name: str, paths, *, state: str = "", roles=ROLES, most: int = 1, faulty=True) -> int:
        """Keep the screens of some paths that one of `roles` sees, of each shape one; return how many."""
        shapes = set()
        for path in paths:
            for role in (role for role in roles if role in self.people):
                shape = self.shape(role, path)
                if shape is None:
                    continue
                if shape is NO_SCREEN:
                    break
                if shape not in shapes:
                    shapes.add(shape)
                    self.screens.append({"role": role, "path": path, "name": name, "state": state})
                    if shape[1] and state == EMPTY and faulty:
                        self.screens.append({"role": role, "path": path, "name": name, "state": FAULTY})
                break
            if len(shapes) == most:
                break
        return len(shapes)


def every_page_type(finder: Finder, city, ward) -> None:
    """The forms of every type of page: empty, filled, sent empty, and locked by somebody else."""
    homes = [ward.site.home_page(), city.site.home_page()]
    parents = [page.specific for home in homes for page in (home, *home.get_children())]
    for model in get_page_models():
        if model is Page:
            continue
        app, name = model._meta.app_label, model._meta.model_name
        fit = [parent for parent in parents if model.can_create_at(parent)]
        paths = [reverse(PAGE_FORMS[0], args=[app, name, parent.pk]) for parent in fit]
        finder.add(name, paths, state=EMPTY)
        page = ward.pages.get(f"{name} draft") or model.objects.filter(live=True).first()
        if page is not None:
            finder.add(name, [reverse(PAGE_FORMS[1], args=[page.pk])], state=FILLED)
        page = ward.pages.get(f"{name} live")
        if page is not None:
            Page.objects.filter(pk=page.pk).update(locked=True, locked_by=city.cast.superuser, locked_at=timezone.now())
            finder.add(name, [reverse(PAGE_FORMS[1], args=[page.pk])], state=SHUT)
    for name in ("review", "scheduled", "proposed", "moving", "english draft"):
        finder.add(name, [reverse(PAGE_FORMS[1], args=[ward.pages[name].pk])], state=FILLED)


def every_other_screen(finder: Finder, ward, own: dict) -> None:
    """Whatever else the administration has: records, settings, lists with filters, reports, decisions, verbs."""
    filler = Filler(ward, own)
    for address in admin_addresses():
        if address.name in PAGE_FORMS or any(word in address.pattern for word in LEAVING):
            continue
        if address.arguments:
            paths = [request.path for request in filler.requests(address)][:MOST_TRIES]
        else:
            paths = ["/" + re.sub(r"[\^$?\\]|\(.*?\)|\.\*", "", address.pattern)]
        state = EMPTY if re.search(r":add$|_add$|create|/add/$|/moi/$", f"{address.name}/{address.pattern}") else FILLED
        name = address.name or address.pattern
        # What takes files by a script alone answers nothing else.
        faulty = name not in BY_SCRIPT_ALONE
        finder.add(name, paths, state=state, roles=ROLES_OF_THE_REST, most=MOST_SHAPES, faulty=faulty)


def a_few_screens(finder: Finder, city, own: dict) -> None:
    """A form of each kind: a page in all states, rows in a page, a record, files, a list with filters, a verb."""
    add, edit = PAGE_FORMS
    office = ("standing_office",)
    people = factories.officials(own["section"], by=city.cast.contributor)
    documents = LegalDocument.snippet_viewset
    for name, address, arguments, state, roles in (
        ("articlepage", add, ["sections", "articlepage", own["section"].pk], EMPTY, ROLES),
        ("articlepage", edit, [own["review"].pk], SHUT, ROLES),
        ("officialspage", edit, [people.pk], FILLED, ROLES),
        ("legaldocument", documents.get_url_name("add"), [], EMPTY, office),
        ("legaldocument", documents.get_url_name("edit"), [own["document"].pk], FILLED, office),
        ("images", "wagtailimages:index", [], FILLED, ROLES),
        ("images", "wagtailimages:add_multiple", [], EMPTY, ROLES),
        ("images", "wagtailimages:edit", [own["image"].pk], FILLED, ROLES),
        ("explorer", "wagtailadmin_explore", [own["section"].pk], FILLED, ROLES),
    ):
        # Of forms sent empty one is enough here: that of a record, which has more to refuse than a draft.
        finder.add(name, [reverse(address, args=arguments)], state=state, roles=roles, faulty=name == "legaldocument")
