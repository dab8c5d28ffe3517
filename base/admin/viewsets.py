"""Admin screens for records that belong to sites: no user sees, chooses or changes another site's.

Wagtail knows permissions on a model only. Here the list, its export and its search start from the records of the
user's own sites, every screen about one record asks first whose it is, and the chooser offers own records and
published ones.
"""

from functools import wraps

from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.models import DraftStateMixin
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
    SnippetChosenView,
)
from wagtail.snippets.views.snippets import SnippetViewSet

from ..authority import sites_of
from ..parts import are_parts
from .guarded_forms import GuardedReferences
from .screen_access import CLOSED, ScreenAccess, with_access


def own(queryset, user, site_lookup: str):
    """Narrow a queryset to the records of a user's own sites; a superuser's is all."""
    if user.is_superuser:
        return queryset
    return queryset.filter(**{f"{site_lookup}__in": sites_of(user)}).distinct()


def choosable(queryset, user, site_lookup: str):
    """Narrow a queryset to what a user may refer to: own records, and published ones of all sites."""
    if user.is_superuser:
        return queryset
    wanted = Q(**{f"{site_lookup}__in": sites_of(user)})
    if issubclass(queryset.model, DraftStateMixin):
        wanted |= Q(live=True)
    return queryset.filter(wanted).distinct()


def demand_own(queryset, user, site_lookup: str, pk) -> None:
    """Raise Http404 unless a record exists and belongs to one of the user's sites."""
    try:
        found = own(queryset.filter(pk=unquote(str(pk))), user, site_lookup).exists()
    except (ValueError, ValidationError):
        found = False
    if not found:
        raise Http404


def demand_parts(model, arguments: dict) -> None:
    """Raise Http404 when a number beside the record's own is not of that record: a version, a state of its workflow."""
    if set(arguments) - {"pk"} and not are_parts(model._base_manager.get(pk=unquote(str(arguments["pk"]))), arguments):
        raise Http404


# The screens that a viewset generates, by the names of their addresses, and those of its chooser.
GENERATED = frozenset(
    """
    list list_results add edit delete usage history history_results copy
    preview_on_add preview_on_edit revisions_view revisions_revert revisions_compare lock unlock workflow_action
    collect_workflow_action_data confirm_workflow_cancellation workflow_history workflow_history_detail
    workflow_preview
    choose choose_results chosen chosen_multiple create
    """.split()
)
# What is public leaves the public by a decision (`workflows.publishing.takedown`), never in one step.
NEVER_IN_ONE_STEP = frozenset({"unpublish", "revisions_unschedule"})


class AccessStated:
    """Mixin for viewsets: the screens that it generates are for those for whom `screen_access` says.

    What a new release of Wagtail generates is in neither table, states nothing and stays closed.
    """

    screen_access: ScreenAccess
    # Names of screens that are closed to every user.
    closed_screens = frozenset()

    def get_urlpatterns(self):
        patterns = super().get_urlpatterns()
        for pattern in patterns:
            if pattern.name in NEVER_IN_ONE_STEP | self.closed_screens:
                with_access(CLOSED)(pattern.callback)
            elif pattern.name in GENERATED:
                with_access(self.screen_access)(pattern.callback)
        return patterns


class AccessStatedSnippets(AccessStated):
    """Mixin for viewsets of snippets: its chooser is for the same users, unless `chooser_access` says for whom."""

    chooser_access = None

    @property
    def chooser_viewset(self):
        chooser = super().chooser_viewset
        chooser.screen_access = self.chooser_access or self.screen_access
        return chooser


class Guard(AccessStatedSnippets):
    """Mixin for viewsets: every view that names a record asks first whose it is.

    `site_lookup`: the way from the model to its PortalSite, as in a filter ("site", "owner_unit__portal_site").
    """

    site_lookup = "owner_site"

    def construct_view(self, view_class, **kwargs):
        view = super().construct_view(view_class, **kwargs)
        viewset = self

        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                raise Http404
            if "pk" in kwargs:
                demand_own(viewset.model._base_manager.all(), request.user, viewset.site_lookup, kwargs["pk"])
                demand_parts(viewset.model, kwargs)
            return view(request, *args, **kwargs)

        return guarded

    def get_edit_handler(self):
        """Put the guarded form under the panels, whatever form the model asks for."""
        handler = super().get_edit_handler()
        if handler is not None:
            asked = handler.base_form_class or getattr(self.model, "base_form_class", WagtailAdminModelForm)
            if not issubclass(asked, GuardedReferences):
                handler.base_form_class = type(f"Guarded{asked.__name__}", (GuardedReferences, asked), {})
        return handler


class _ScopedChoose:
    """Mixin for the views of a chooser: they offer what the user may refer to."""

    site_lookup = "owner_site"

    def get_object_list(self):
        return choosable(super().get_object_list(), self.request.user, self.site_lookup)


class _ScopedChosen:
    """Mixin for the view that answers the chosen record."""

    site_lookup = "owner_site"

    def get_object(self, pk):
        records = choosable(self.model_class._default_manager.all(), self.request.user, self.site_lookup)
        try:
            return records.get(pk=pk)
        except (TypeError, ValueError):
            # Wagtail's address takes anything for a key ("%"), and asks the database for it.
            raise Http404 from None


class _ScopedChosenMultiple:
    """Mixin for the view that answers several chosen records."""

    site_lookup = "owner_site"

    def get_objects(self, pks):
        readable = [pk for pk in pks if str(pk).isdecimal()]
        return choosable(super().get_objects(readable), self.request.user, self.site_lookup)


class GuardedChooseView(_ScopedChoose, ChooseView):
    """The chooser's window."""


class GuardedChooseResultsView(_ScopedChoose, ChooseResultsView):
    """The list inside the chooser's window."""


class GuardedChosenView(_ScopedChosen, SnippetChosenView):
    """The answer for one chosen record."""


class GuardedChosenMultipleView(_ScopedChosenMultiple, SnippetChosenMultipleView):
    """The answer for several chosen records."""


class _ScopedChooserViewSet(AccessStated):
    """Mixin: hand `site_lookup` to the views."""

    site_lookup = "owner_site"

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(**{"site_lookup": self.site_lookup, **kwargs})

    def construct_view(self, view_class, **kwargs):
        view = super().construct_view(view_class, **kwargs)

        viewset = self

        @wraps(view)
        def guarded(request, *args, **kwargs):
            if view_class is viewset.create_view_class and not viewset._creation_form_class:
                # Wagtail offers the address although there is no form to fill in.
                raise Http404
            return view(request, *args, **kwargs)

        return guarded


class GuardedSnippetChooserViewSet(_ScopedChooserViewSet, SnippetChooserViewSet):
    """The chooser that goes with a `GuardedSnippetViewSet`."""

    choose_view_class = GuardedChooseView
    choose_results_view_class = GuardedChooseResultsView
    chosen_view_class = GuardedChosenView
    chosen_multiple_view_class = GuardedChosenMultipleView


class GuardedSnippetViewSet(Guard, SnippetViewSet):
    """The screens of a snippet model whose records belong to sites; set `model` and `site_lookup`."""

    chooser_viewset_class = GuardedSnippetChooserViewSet

    def get_queryset(self, request):
        return own(self.model._default_manager.all(), request.user, self.site_lookup)

    @property
    def chooser_viewset(self):
        chooser = super().chooser_viewset
        chooser.site_lookup = self.site_lookup
        return chooser
