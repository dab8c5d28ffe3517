"""Every address of the portal, filled with the numbers of a foreign ward."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from urllib.parse import urlencode

from django.apps import apps
from django.urls import NoReverseMatch, get_resolver, reverse
from wagtail.models import Page

from base.admin.patches import wagtail_screens
from base.admin.screen_access import access_of
from base.models import PortalFile, PortalImage, PortalRendition
from tests.isolation.filling import SECRET, WORDS
from tests.isolation.ward import ForeignWard, owned_models

ADMIN = "quan-tri/"
MISSING = 987_654_321
MOST_COMBINATIONS = 14
# Names of arguments that do not say which model they number.
CALLED = {
    "doc": "base.PortalFile",
    "document": "base.PortalFile",
    "image": "base.PortalImage",
    "page": "wagtailcore.Page",
    "parent_page": "wagtailcore.Page",
    "page_to_move": "wagtailcore.Page",
    "destination": "wagtailcore.Page",
    "parent": "wagtailcore.Page",
    "revision": "wagtailcore.Revision",
    "revision_id_a": "wagtailcore.Revision",
    "revision_id_b": "wagtailcore.Revision",
    "user": "accounts.User",
    "group": "auth.Group",
    "site": "wagtailcore.Site",
    "session": "wagtailadmin.EditingSession",
    "page_content_type": "contenttypes.ContentType",
}
# Parts of the names of our own screens that say it.
CALLED_IN_NAMES = {
    "takedown": "workflows.TakeDown",
    "archive": "workflows.ArchiveCopy",
    "review": "wagtailcore.TaskState",
    "second_look": "workflows.EmergencyAct",
    "move": "workflows.MoveProposal",
    "opening": "home.Opening",
    "file_change": "workflows.FileChange",
    "site": "base.PortalSite",
    "repeal": "legalref.LegalDocument",
    "mark": "legalref.LegalDocument",
    "book": "legalref.NumberBook",
    "number": "legalref.NumberBook",
    "mail": "base.OutgoingMail",
    "audit": "base.AuditEntry",
    "disposal": "workflows.DisposalList",
    "person": "accounts.User",
    "account": "accounts.User",
    "decision": "accounts.AppointmentDecision",
    "rescued": "accounts.RescuedText",
    "session": "accounts.PortalSession",
    "preview_answer": "workflows.PreviewAnswer",
    "preview_revoke": "workflows.PreviewLink",
    "template": "workflows.PageTemplate",
    "source": "servicecatalog.DossierSource",
    "catalog_level": "servicecatalog.Procedure",
    "catalog_offer": "servicecatalog.Procedure",
    "catalog_withdraw": "servicecatalog.Procedure",
    "catalog_batch": "servicecatalog.CatalogueBatch",
    "workflows_bundle": "workflows.PublicationBundle",
    "faq_contribution": "faq.ContributedArticle",
    "sections_unit_article": "sections.UnitArticle",
    "sections_show_again": "base.PlaceRefusal",
    "reporting_yearly_part": "reporting.YearlyPart",
    "reporting_yearly": "reporting.YearlyReport",
    "alerts_mourning": "alerts.Mourning",
    "alerts_": "alerts.Alert",
    "royalties_item": "royalties.Royalty",
    "royalties_pay": "royalties.Statement",
    "royalties_tariff": "royalties.Scale",
}
# One of each, for arguments that name no model: a screen that trusts any number shows it here.
KINDS = (
    "wagtailcore.Page",
    "wagtailcore.Revision",
    "base.PortalImage",
    "base.PortalFile",
    "legalref.LegalDocument",
    "workflows.TakeDown",
    "wagtailcore.TaskState",
    "wagtailcore.WorkflowState",
    "workflows.ArchiveCopy",
    "wagtailcore.Collection",
    "base.PortalSite",
    "accounts.User",
)
# Lists that are open to everybody beside those without an owner: procedures are the city's, each ward offers of them.
OPEN_LISTS = frozenset({"servicecatalog.Procedure"})
WORDS_OF = {
    "action": ("delete", "publish", "add_tags"),
    "action_name": ("approve", "reject"),
    "filter_spec": ("width-100",),
    "uidb64": ("MQ",),
    "token": ("abc-def",),
    "mode": ("embed",),
    "lang": ("vi",),
}


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver: how it is reached, by which name, and which view answers."""

    pattern: str
    name: str
    view: object
    arguments: tuple[str, ...]

    @property
    def is_admin(self) -> bool:
        return self.pattern.startswith(ADMIN)

    @property
    def is_reviewed(self) -> bool:
        """Whether it was said for whom the screen is: on its view, or among Wagtail's screens."""
        return access_of(self.view) is not None or any(self.name in names for names in wagtail_screens.LISTS)


@dataclass(frozen=True)
class Request:
    """A path to ask for; `twin` is the same with a number that nothing has, to compare with."""

    address: Address
    path: str
    twin: str = ""
    host: str = ""


def addresses(resolver=None, prefix="", space="") -> Iterator[Address]:
    """Yield every pattern there is: administration, public pages, files, signs of life."""
    for item in (resolver or get_resolver()).url_patterns:
        here = prefix + str(item.pattern)
        if hasattr(item, "url_patterns"):
            yield from addresses(item, here, f"{space}{item.namespace}:" if item.namespace else space)
        else:
            arguments = tuple(item.pattern.converters) or tuple(item.pattern.regex.groupindex)
            yield Address(here, f"{space}{item.name}" if item.name else "", item.callback, arguments)


# --- Values -----------------------------------------------------------------------------------------


@cache
def _models_by_name() -> dict[str, str]:
    return {model._meta.model_name: model._meta.label for model in apps.get_models()}


def model_of(address: Address, argument: str) -> str:
    """The label of the model whose number an argument is, or ""."""
    stem = re.sub(r"(_id|_pk)$", "", argument)
    if argument in CALLED or stem in CALLED:
        return CALLED.get(argument) or CALLED[stem]
    known = _models_by_name().get(stem.replace("_", ""))
    if known:
        return known
    view = address.view
    view_class = getattr(view, "view_class", None)
    model = getattr(view, "view_initkwargs", {}).get("model") or getattr(view_class, "model", None)
    if hasattr(model, "_meta"):
        return model._meta.label
    for part in reversed(re.split(r"[:_./]", f"{address.name}_{address.pattern}")):
        if part in _models_by_name():
            return _models_by_name()[part]
    return next((label for part, label in CALLED_IN_NAMES.items() if part in address.name), "")


class Filler:
    """Fills addresses with the numbers of a ward; `own` are things of one's own to reach it from, by name."""

    def __init__(self, ward: ForeignWard, own: dict | None = None):
        self.ward = ward
        self.own = {row._meta.label: row.pk for row in (own or {}).values()}
        if own:
            self.own["wagtailcore.Page"] = own["draft"].pk
        self.pages = [page.pk for page in ward.pages.values()] + [ward.site.home_page().pk]

    def requests(self, address: Address) -> list[Request]:
        """Every way to ask for an address."""
        if not address.is_admin:
            return []
        if not address.arguments:
            return [Request(address, "/" + path) for path in self._without_arguments(address)]
        made, seen = [], set()
        for values in self._combinations(address):
            path = self.path(address, values)
            if path and path not in seen:
                seen.add(path)
                made.append(Request(address, path, self._twin(address, values)))
        if address.name == "wagtail_bulk_action":
            # Which things it is about stands behind the question mark.
            ids = urlencode({"id": [*self.ward.ids("base.PortalImage"), *self.ward.ids("base.PortalFile")]}, doseq=True)
            for model in ("portalimage", "portalfile"):
                path = self.path(address, ("base", model, "add_tags"))
                made.append(Request(address, f"{path}?{ids}", f"{path}?id={MISSING}"))
        return made

    def foreign_fields(self) -> dict:
        """Every key of every model that may lead to the ward, by its name, with a secret number of the ward."""
        found = {}
        for model in owned_models():
            for field in model._meta.concrete_fields:
                if field.is_relation and not field.primary_key:
                    label = field.remote_field.model._meta.label
                    pks = [pk for pk in self.ward.ids(label) if pk in self.ward.secret_ids] or self.ward.ids(label, 1)
                    if pks:
                        found.setdefault(field.name, pks[0])
        return found | {"site": self.ward.site.pk, "page": self.pages[0], "destination": self.pages[0]}

    def _without_arguments(self, address):
        path = _plain(address.pattern)
        yield path
        for query in self.queries():
            yield f"{path}?{query}"

    @cache  # noqa: B019  one filler a run
    def queries(self) -> list[str]:
        """What lists, choosers, reports and interfaces may be asked with."""
        ids, word = self.ward.ids, WORDS[SECRET]
        page, home = self.ward.pages["draft"].pk, self.ward.site.home_page().pk
        user, hidden = self.ward.people["contributor"].pk, self.ward.collections["hidden"]
        several = [*self.pages[:12], *ids("base.PortalImage"), *ids("base.PortalFile"), *ids("legalref.LegalDocument")]
        return [
            urlencode({"q": word, "search": word, "term": word}),
            urlencode({"q": "zq7", "term": "zq7", "p": 1}),
            urlencode({"id": several}, doseq=True),
            urlencode({"collection_id": hidden, "tag": "zq7"}),
            urlencode({"collection_id": self.ward.collections["own"]}),
            urlencode({"export": "xlsx"}),
            urlencode({"export": "csv"}),
            urlencode({"child_of": home, "fields": "*"}),
            urlencode({"descendant_of": home, "fields": "*", "order": "title"}),
            urlencode({"ancestor_of": page, "fields": "*"}),
            urlencode({"translation_of": page, "fields": "*", "for_explorer": 1}),
            urlencode({"user": user, "owner": user, "site": self.ward.site.pk, "object": page, "page": page}),
            urlencode({"page_type": "sections.articlepage", "multiple": 1, "q": word, "allow_external_link": 1}),
            urlencode({"html_path": self.ward.pages["draft"].url_path, "id": page}),
        ]

    def _combinations(self, address):
        choices = [self.values(address, argument) for argument in address.arguments]
        if len(choices) == 1:
            yield from ((value,) for value in choices[0])
            own = self.own.get(model_of(address, address.arguments[0]))
            if own is not None:
                yield (own,)
            return
        for number, combination in enumerate(self._related(address) or product(*(c[:6] for c in choices))):
            if number >= MOST_COMBINATIONS:
                return
            yield combination

    def _related(self, address):
        """Pages with their own versions and tasks, records with theirs; for anything else nothing."""
        names = address.arguments
        owner = next((n for n in names if model_of(address, n) in ("wagtailcore.Page", "legalref.LegalDocument")), None)
        others = {n: model_of(address, n) for n in names if n != owner}
        wanted = {"wagtailcore.Revision", "wagtailcore.TaskState", "wagtailcore.WorkflowState", "wagtailcore.Task"}
        if owner is None or not wanted & set(others.values()):
            return None
        return [*self._with_versions(address, owner, others), *self._from_own(address, owner)]

    def _from_own(self, address, owner):
        """An own page or record with the numbers of the ward beside it."""
        own = self.own.get(model_of(address, owner))
        if own is not None:
            yield tuple(own if name == owner else self.values(address, name)[0] for name in address.arguments)

    def _with_versions(self, address, owner, others):
        revisions = apps.get_model("wagtailcore.Revision").objects
        states = apps.get_model("wagtailcore.WorkflowState").objects
        label = model_of(address, owner)
        owners = self.pages if label == "wagtailcore.Page" else self.ward.ids(label)
        for pk in owners:
            own = {"wagtailcore.Revision": revisions.filter(object_id=str(pk)).order_by("-pk").first()}
            state = states.filter(object_id=str(pk), pk__in=self.ward.ids("wagtailcore.WorkflowState")).last()
            if state is not None:
                own["wagtailcore.WorkflowState"], own["wagtailcore.TaskState"] = state, state.current_task_state
                own["wagtailcore.Task"] = state.current_task_state and state.current_task_state.task
            elif "wagtailcore.Revision" not in others.values():
                continue
            values = []
            for name in address.arguments:
                row = own.get(others.get(name, ""))
                if name == owner:
                    values.append(pk)
                elif name == "revision_id_b":
                    values.append("latest")
                elif row is not None:
                    values.append(row.pk)
                else:
                    values.append(self.values(address, name)[0])
            yield tuple(values)

    def values(self, address: Address, argument: str) -> list:
        """What to put into an argument: the ward's numbers of its model, then one of each other kind."""
        if argument in WORDS_OF:
            return list(WORDS_OF[argument])
        if argument in ("app_label", "app_name", "content_type_app_name"):
            return ["sections", "base", "legalref", "wagtailcore"]
        if argument in ("model_name", "content_type_model_name"):
            return ["articlepage", "portalimage", "legaldocument", "page", "noticepage"]
        label = model_of(address, argument)
        own = self.pages if label == "wagtailcore.Page" else self.ward.ids(label, 6)
        others = [pk for kind in KINDS if kind != label for pk in self.ward.ids(kind, 1)]
        return [*own, *others] or [MISSING]

    def path(self, address: Address, values) -> str:
        """The path of an address with these values, or "" when it cannot have them."""
        given = dict(zip(address.arguments, values, strict=True))
        if address.name:
            try:
                return reverse(address.name, kwargs=given)
            except NoReverseMatch:
                return ""
        return "/" + _plain(_fill(address.pattern, given))

    def _twin(self, address, values) -> str:
        """The same path, its first number replaced by one that nothing has."""
        others = list(values)
        own = set(self.own.values())
        place = next((n for n, value in enumerate(values) if isinstance(value, int) and value not in own), None)
        if place is None or (may_be_referred_to(address) and self.ward.is_public(others[place])):
            return ""
        if place < len(address.arguments) and model_of(address, address.arguments[place]) in OPEN_LISTS:
            return ""
        others[place] = MISSING
        return self.path(address, others)

    # --- The public side ------------------------------------------------------------------------------

    def public(self) -> list[Request]:
        """Public pages, lists, feeds, files and searches, on every host that shows them."""
        nowhere = Address("", "", None, ())
        hosts = ["localhost", *self.ward.site.hosts.values_list("hostname", flat=True)]
        paths = {}
        for page in Page.objects.filter(pk__in=self.pages).specific():
            for part in self._parts(page):
                paths[part] = page
        made = [
            Request(nowhere, path, twin=_twin_path(path, page) if not page.live else "", host=host)
            for path, page in paths.items()
            for host in hosts
        ]
        for address in addresses():
            if not address.is_admin and not address.arguments and "^" not in address.pattern:
                made += [Request(address, "/" + address.pattern, host=host) for host in hosts]
            if address.name == "sitemap_section":
                made += [Request(address, f"/sitemap-{n}.xml", host=host) for n in range(1, 4) for host in hosts]
        made += self._files(nowhere)
        made += self._lists(nowhere, hosts)
        return made

    def _parts(self, page):
        """The path of a page on the city's host and on its own, with what its type answers below it."""
        whole = "/" + page.url_path.split("/", 2)[2]
        own = whole.removeprefix(f"/{self.ward.site.slug}")
        for path in {whole, own or "/"}:
            yield path
            for end in ("rss/", "atom/", "feed/", "ical/", "bang/1/", "tai-ve/", "ban-in/", "?trang=2", "?ban-cu=1"):
                yield path + end

    def _files(self, nowhere):
        for model in (PortalImage, PortalFile, PortalRendition):
            for item in model.objects.filter(pk__in=self.ward.ids(model._meta.label)):
                if not _is_public_file(item):
                    yield Request(nowhere, item.file.url, twin="/tep/" + "a" * 20 + "/" + item.file.name.split("/")[-1])

    def _lists(self, nowhere, hosts):
        word = WORDS[SECRET]
        queries = [
            urlencode({"q": word}),
            urlencode({"q": "zq7"}),
            urlencode({"tu-khoa": word}),
            urlencode({"q": word, "loai": "bai-viet", "trang": 2}),
        ]
        for page in Page.objects.filter(slug__in=("tim-kiem", "van-ban", "tin-tuc"), live=True):
            path = "/" + page.url_path.split("/", 2)[2]
            for query, host in product(queries, hosts[:1]):
                yield Request(nowhere, f"{path}?{query}", host=host)


def may_be_referred_to(address: Address) -> bool:
    """Tell whether a screen is there to link to things, so that another ward's published ones may be named to it."""
    return "choos" in address.name or address.name == "legalref_mark"


def _is_public_file(item) -> bool:
    return (item.image if isinstance(item, PortalRendition) else item).is_public()


def _twin_path(path: str, page) -> str:
    return path.replace(page.slug, "khong-co-trang-nay")


def _plain(pattern: str) -> str:
    """A pattern without arguments as a path: what is left of a regular expression is dropped."""
    return re.sub(r"[\^$?\\]|\(.*?\)|\.\*", "", pattern)


def _fill(pattern: str, values: dict) -> str:
    def value(found):
        return str(values.get(found.group(1), 1))

    pattern = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", value, pattern)
    return re.sub(r"<(?:\w+:)?(\w+)>", value, pattern)
