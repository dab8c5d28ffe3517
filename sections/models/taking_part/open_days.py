"""Pages on which readers do something between two days, and what is answered below such a page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from http import HTTPMethod

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.http import HttpResponseNotAllowed
from django.utils import timezone
from wagtail.url_routing import RouteResult

from base.models import BasePage, PortalSite

from ..item import wrong_order


class Stage(TextChoices):
    """Where a page is that opens and closes by itself."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"


class OpenFromTo:
    """Mixin: a page that is open from its field `opens_on` to the end of `closes_on`, on local dates."""

    # What is said of a last day before the first one, and of each stage.
    wrong_days = ""
    stage_labels: dict[Stage, str] = {}

    def own_facts(self):
        return replace(super().own_facts(), starts_on=self.opens_on, ends_on=self.closes_on)

    @classmethod
    def stage_of(cls, own, on: date) -> Stage:
        """Return the state on a local date of what `own_facts` gave; both days count."""
        if own.starts_on is None or on < own.starts_on:
            return Stage.UPCOMING
        return Stage.CLOSED if own.ends_on is not None and on > own.ends_on else Stage.OPEN

    @classmethod
    def stage_label(cls, own, on: date) -> str:
        """Return what is said of that state."""
        return cls.stage_labels[cls.stage_of(own, on)]

    def stage(self, on: date) -> Stage:
        """Return the state on a local date; a site that was frozen, closed or merged hears no answer any more."""
        site = self.portal_site
        if site is not None and site.state in (PortalSite.State.FROZEN, PortalSite.State.CLOSED):
            return Stage.CLOSED
        return self.stage_of(self.own_facts(), on)

    @property
    def is_open(self) -> bool:
        return self.stage(timezone.localdate()) == Stage.OPEN

    def clean(self):
        super().clean()
        if errors := wrong_order(self, "opens_on", "closes_on", self.wrong_days):
            raise ValidationError(errors)


class AnswersBelow:
    """Mixin: a page that shows itself, and has forms below it that a room above answers (`register_below`)."""

    # The first step of the addresses below the page.
    below = ""
    # Answers what stands there; without it there is no such address.
    _answer: Callable | None = None
    allowed_http_methods = [*BasePage.allowed_http_methods, HTTPMethod.POST]

    @classmethod
    def register_below(cls, answer: Callable) -> None:
        """Let a room above answer what stands below the page: `answer(page, request, steps)`."""
        cls._answer = staticmethod(answer)

    @property
    def takes_answers(self) -> bool:
        """Tell whether a form below the page takes anything now."""
        return self._answer is not None and self.live and self.is_open

    def route(self, request, path_components):
        if self.live and self._answer is not None and path_components[:1] == [self.below]:
            return RouteResult(self, kwargs={"steps": path_components[1:]})
        return super().route(request, path_components)

    def serve(self, request, steps=None):
        if steps is not None:
            return self.redirect_to_successor(request) or self._answer(self, request, steps)
        if request.method == HTTPMethod.POST:
            return HttpResponseNotAllowed(BasePage.allowed_http_methods)
        return super().serve(request)
