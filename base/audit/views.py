"""What Wagtail's own screens show and nothing else writes down: previews of drafts, exports of lists.

Asked by the outermost middleware about every answered reading request of the administration. The portal's own screens
record by themselves what they show.
"""

import time

from django.apps import apps
from wagtail.models import Page

from ..request_facts import RequestFacts
from . import trail as audit

# Screens that show a draft, by the end of their address's name.
SHOWS_A_DRAFT = frozenset(
    """
    view_draft preview_on_edit preview_on_add revisions_view revisions_compare workflow_preview preview_translation
    """.split()
)
# The panel beside the editor asks again with every pause in typing: once in this time is enough.
PANELS = frozenset({"preview_on_edit", "preview_on_add"})
PANEL_SECONDS = 15 * 60
FORMATS = frozenset({"xlsx", "csv"})


def record_shown(facts: RequestFacts) -> None:
    """Write down that the answer shows a draft, or a list made into a file."""
    request = facts.request
    match = request.resolver_match
    if match is None or facts.user is None:
        return
    name = match.view_name or ""
    if request.GET.get("export") in FORMATS and "export.made" not in facts.recorded:
        detail = {"list": name, "format": request.GET["export"], "filters": sorted(set(request.GET) - {"export", "p"})}
        audit.record("export.made", by=facts.user, detail=detail)
    screen = name.rpartition(":")[2]
    if screen not in SHOWS_A_DRAFT or "draft.seen" in facts.recorded:
        return
    obj, key = _shown(match), f"{name} {sorted(match.kwargs.items())}"
    if screen in PANELS and not _is_first(request, key):
        return
    numbers = {argument: value for argument, value in match.kwargs.items() if str(value).isdecimal()}
    audit.record("draft.seen", by=facts.user, obj=obj, detail={"screen": screen, **numbers})


def _is_first(request, key: str) -> bool:
    """Whether this session has not shown this panel for a while; the session remembers the last few."""
    now, seen = int(time.time()), dict(request.session.get("audit_panels", {}))
    if now - seen.get(key, 0) < PANEL_SECONDS:
        return False
    seen[key] = now
    request.session["audit_panels"] = dict(sorted(seen.items(), key=lambda item: item[1])[-20:])
    request.session.save()
    return True


def _shown(match):
    """The page or record a screen shows; for a page that is not there yet, the page it will stand under."""
    kwargs = match.kwargs
    namespace = (match.view_name or "").rpartition(":")[0]
    if namespace.startswith("wagtailsnippets_"):
        model = next((model for model in apps.get_models() if _namespace(model) == namespace), None)
        return model._base_manager.filter(pk=kwargs["pk"]).first() if model and "pk" in kwargs else None
    key = kwargs.get("page_id") or kwargs.get("parent_page_id") or kwargs.get("pk")
    return Page.objects.filter(pk=key).first() if key and namespace == "wagtailadmin_pages" else None


def _namespace(model) -> str:
    return f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}"
