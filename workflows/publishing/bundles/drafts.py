"""What a person may put into a dossier: drafts of their sites, of every kind, that go no other way at the moment, and
what is proposed there."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.admin.utils import get_latest_str
from wagtail.models import DraftStateMixin, Page, WorkflowMixin, WorkflowState
from wagtail.snippets.models import get_snippet_models

from accounts.roles import WRITE, may, owner_site
from base.admin.viewsets import own
from base.authority import without_shut
from base.queries.contains import contains
from base.sites import all_sites, sites_held

from ...models import BundleItem, TakeDown
from ...models.bundle import OPEN, type_of
from . import proposals

MOST_OFFERED = 40


def offered(user, words: str = "", *, most: int = MOST_OFFERED) -> list[tuple[str, str]]:
    """Return the drafts and proposals that a user may put into a dossier as (key, label), those saved last first.

    `most`: at most these many. `words`: part of the title. A key names a page or record: "wagtailcore.Page/12".
    """
    with sites_held():
        found = [
            *_pages(user, words)[:most],
            *(record for model in models() for record in _records(model, user, words)[:most]),
            *_proposals(user, words)[:most],
        ]
        found.sort(key=_saved_at, reverse=True)
        return [(f"{type_of(thing)}/{thing.pk}", label_of(thing)) for thing in found[:most]]


def chosen(user, keys) -> list:
    """Return the pages, each as its specific type, records and proposals that keys name.

    What the user may not use is left out.
    """
    found = []
    for label in dict.fromkeys(key.partition("/")[0] for key in keys):
        numbers = [pk for key in keys if key.partition("/")[0] == label and (pk := key.partition("/")[2]).isdecimal()]
        if label == Page._meta.label:
            found += _pages(user, "").filter(pk__in=numbers).specific()
        if label == proposals.LABEL:
            found += _proposals(user, "").filter(pk__in=numbers)
        for model in models():
            if label == model._meta.label:
                found += _records(model, user, "").filter(pk__in=numbers)
    return found


def standing_apart(user, *, most: int = 5) -> list:
    """Return the newest proposals of a user's sites that no dossier takes, since they are confirmed by themselves."""
    return list(proposals.standing_apart([site for site in all_sites() if may(user, WRITE, site)])[:most])


def _saved_at(thing) -> datetime:
    return thing.proposed_at if proposals.is_proposal(thing) else thing.latest_revision.created_at


def label_of(thing) -> str:
    """Return how a choice reads: title, kind, site."""
    kind = thing.cached_content_type.model_class() if isinstance(thing, Page) else type(thing)
    site = owner_site(thing)
    name = "đề nghị" if proposals.is_proposal(thing) else kind._meta.verbose_name
    return f"{get_latest_str(thing)} ({name}, {site.name if site else 'không thuộc trang nào'})"


def models() -> list[type]:
    """Return the models of records that are approved as pages are."""
    return [
        model
        for model in get_snippet_models()
        if issubclass(model, DraftStateMixin) and issubclass(model, WorkflowMixin)
    ]


def _pages(user, words: str) -> QuerySet:
    keys = [site.home_key for site in all_sites() if may(user, WRITE, site)]
    below = Q(pk=None)
    for path in Page.objects.filter(translation_key__in=keys).values_list("path", flat=True):
        below |= Q(path__startswith=path)
    gone = TakeDown.objects.filter(page=OuterRef("pk"), state=TakeDown.State.TAKEN_DOWN)
    found = Page.objects.filter(below, alias_of=None).exclude(Exists(gone))
    return _free(without_shut(found, user), Page, ("title", "draft_title"), words)


def _records(model, user, words: str) -> QuerySet:
    found = own(model._default_manager.all(), user, model.snippet_viewset.site_lookup)
    return _free(found, model, ("latest_revision__object_str",), words)


def _proposals(user, words: str) -> QuerySet:
    return proposals.joining([site for site in all_sites() if may(user, WRITE, site)], words)


def _free(found: QuerySet, model, titles: tuple[str, ...], words: str) -> QuerySet:
    """Narrow to what has a version that readers do not have, and neither waits alone nor is in another dossier."""
    kind = ContentType.objects.get_for_model(model, for_concrete_model=False)
    running = WorkflowState.objects.active().filter(base_content_type=kind, object_id=OuterRef("key_as_text"))
    bundled = BundleItem.objects.filter(
        object_type=model._meta.label, object_id=OuterRef("key_as_text"), bundle__state__in=OPEN
    )
    found = found.filter(has_unpublished_changes=True).exclude(latest_revision=None)
    found = found.alias(key_as_text=Cast("pk", CharField(max_length=255)))
    found = found.exclude(Exists(running)).exclude(Exists(bundled))
    if words:
        wanted = Q()
        for name in titles:
            wanted |= contains(name, words)
        found = found.filter(wanted)
    return found.select_related("latest_revision").order_by("-latest_revision__created_at", "-pk")
