"""What a page shows at an address below its own, by a route (`/hoi-dap/thong-ke/`): the frame says where that is."""

from django.forms import BaseForm
from django.shortcuts import render

from .frame import Frame
from .navigation import Link


def place_below(frame: Frame, page, request, title: str, own: str) -> None:
    """Let the frame name what stands below a page, at the part `own` of the address: it is no page of the tree."""
    frame.title, frame.canonical_url = title, f"{page.full_url}{own}/"
    frame.breadcrumbs.append(Link(page.title, page.get_url(request) or ""))
    frame.alternates, frame.metadata, frame.structured_data = [], [], {}
    for language in frame.languages:
        if language.is_translation:
            language.url = f"{language.url}{own}/"


def answer_private(page, request, template: str, context: dict, title: str):
    """Draw what is for one person: in no cache, no search engine, with the way up over the page."""
    frame = context["frame"]
    place_below(frame, page, request, title, request.path.rstrip("/").rsplit("/", 1)[-1])
    frame.is_indexed, frame.canonical_url, frame.description = False, "", ""
    frame.has_errors = _has_errors(context)
    response = render(request, template, context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _has_errors(context: dict) -> bool:
    """Tell whether a form on the page has errors: listed above it, beside a field, or as a refusal."""
    if any(context.get(name) for name in ("errors", "problem", "refused")):
        return True
    return any(isinstance(form, BaseForm) and form.is_bound and form.errors for form in context.values())
