"""Every record that readers see has a rule by which it changes: a new model without a decision fails here."""

import re
from pathlib import Path

import pytest
import rooms
from django.apps import apps
from django.conf import settings
from wagtail.models import DraftStateMixin, Page
from wagtail.snippets.models import get_snippet_models

from base.models import SiteGeneration
from tests.city import CityTestCase
from tests.working_days import set_day
from workflows import deadlines
from workflows.deadlines import rules as deadline_rules
from workflows.models import CalendarDay, DeadlineRule
from workflows.publishing import record_rules
from workflows.screens.record_views import ProposeEditView, ProposeNewView, ProposeRemovalView

OWN = [model for model in apps.get_models() if model._meta.app_label in rooms.ROOMS]


def decided() -> tuple[dict[str, str], set[str]]:
    """Return what `docs/permissions.md` says: {model: its rule} of what readers see, and what they never see."""
    text = (Path(settings.BASE_DIR) / "docs/permissions.md").read_text(encoding="utf-8")
    part = text.split("## Records that readers see", 1)[1].split("\n## ", 1)[0]
    shown, hidden = part.split("Readers never see:", 1)
    rules = {}
    for line in shown.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3:
            rules |= dict.fromkeys(named(cells[0]), cells[2])
    return rules, named(hidden)


def named(text: str) -> set[str]:
    found = set(re.findall(r"`(\w+\.(?:\w+|\*))`", text))
    whole = {name.split(".")[0] for name in found if name.endswith(".*")}
    return {name for name in found if not name.endswith(".*")} | {
        model._meta.label for model in OWN if model._meta.app_label in whole
    }


class TestEveryRecord:
    def test_has_a_decision(self):
        rules, hidden = decided()
        labels = {model._meta.label for model in OWN}
        assert labels - set(rules) - hidden == set(), (
            "say in docs/permissions.md who changes it, or that nobody sees it"
        )
        assert (set(rules) | hidden) - labels == set(), "named, but there is no such model"

    def test_stands_in_the_list_of_hidden_ones_once(self):
        text = (Path(settings.BASE_DIR) / "docs/permissions.md").read_text(encoding="utf-8")
        listed = text.split("Readers never see:", 1)[1].split("\n\n", 1)[0]
        names = re.findall(r"`([^`]+)`", listed)
        assert names == sorted(set(names), key=str.lower)

    def test_what_is_listed_as_hidden_and_shown_is_shown(self):
        rules, hidden = decided()
        both = set(rules) & hidden
        known = {"ClarificationSignature", "NewSection", "UnitArticle", "WordUpload"}
        assert both <= {f"sections.{name}" for name in known}, both

    @pytest.mark.parametrize("model", get_snippet_models(), ids=lambda model: model._meta.label)
    def test_with_a_screen_of_its_own_waits_for_a_second_person(self, model):
        """A list of records in the administration is a draft with approval, waits for a second person, or is hidden."""
        rules, hidden = decided()
        if issubclass(model, DraftStateMixin) or model._meta.label in hidden:
            return
        viewset = model.snippet_viewset
        assert rules[model._meta.label].startswith("two, waiting")
        assert record_rules.is_registered(model)
        assert issubclass(viewset.add_view_class, ProposeNewView)
        assert issubclass(viewset.edit_view_class, ProposeEditView)
        assert issubclass(viewset.delete_view_class, ProposeRemovalView)

    def test_whatever_waits_is_said_to(self):
        rules, _hidden = decided()
        waiting = {model._meta.label for model in OWN if record_rules.is_registered(model)}
        said = {label for label, rule in rules.items() if "two, waiting" in rule}
        # The periods of a body are rows of its form.
        assert said - waiting == {"legalref.LegalCompetence"} and waiting <= said

    def test_pages_and_drafts_go_the_way_of_approval(self):
        rules, _hidden = decided()
        for model in OWN:
            if issubclass(model, (Page, DraftStateMixin)):
                assert rules[model._meta.label].startswith("two: approval"), model._meta.label


class Generations(CityTestCase):
    """What two persons changed is seen at once."""

    def values(self):
        return dict(SiteGeneration.objects.values_list("site_id", "value"))

    def test_a_day_of_the_calendar_raises_every_site(self):
        before = self.values()
        set_day(
            deadlines.local_date(None).replace(month=12, day=30),
            kind=CalendarDay.Kind.HOLIDAY,
            name="Nghỉ thử",
            by=self.cast.standing_office,
        )
        assert all(value > before.get(site, 0) for site, value in self.values().items())

    def test_a_rule_of_deadlines_raises_every_site(self):
        rule, before = DeadlineRule.objects.exclude(code="").first(), self.values()
        deadline_rules.change(
            rule.code,
            valid_from=deadlines.local_date(None),
            by=self.cast.standing_office,
            agreed_by=self.cast.head,
            amount=rule.amount + 1,
        )
        assert all(value > before.get(site, 0) for site, value in self.values().items())
