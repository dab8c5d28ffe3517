"""The style sheet that sets the colours of a site; its address says them, so it never changes."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from . import contrast

FOREVER = "public, max-age=31536000, immutable"
# Readers who ask for more contrast keep the colours of the portal, which are made for it.
SHEET = """\
@layer tokens {{
  @media (prefers-contrast: no-preference) {{
    :root:not([data-contrast="more"]) {{ --red: {accent}; --red-deep: {deep}; --red-text: {accent}; \
--link-hover: {accent}; }}
    @media (prefers-color-scheme: dark) {{
      :root:not([data-theme="light"], [data-contrast="more"]) {{ {dark} }}
    }}
    :root[data-theme="dark"]:not([data-contrast="more"]) {{ {dark} }}
  }}
}}
"""
DARK = "--red: {dark_accent}; --red-deep: {dark_deep}; --red-text: {dark_text}; --link-hover: #f2c46d;"
DEEPER = 0.22


def address(accent: str, dark_accent: str, dark_text: str) -> str:
    """Return where the style sheet of three colours is read."""
    return reverse("site_colours", args=[colour.removeprefix("#") for colour in (accent, dark_accent, dark_text)])


@require_safe
def colours(request, accent: str, dark_accent: str, dark_text: str):
    """Answer "/giao-dien/<accent>-<dark accent>-<dark text>.css"; 404 for colours that cannot be read."""
    wanted = {"accent": f"#{accent}", "dark_accent": f"#{dark_accent}", "dark_text": f"#{dark_text}"}
    if any(contrast.failing(field, colour) for field, colour in wanted.items()):
        raise Http404
    response = HttpResponse(sheet(**wanted), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOREVER
    return response


def sheet(accent: str, dark_accent: str, dark_text: str) -> str:
    """Return the text of the style sheet."""
    dark = DARK.format(
        dark_accent=dark_accent, dark_text=dark_text, dark_deep=contrast.mixed(dark_accent, contrast.BLACK, DEEPER)
    )
    return SHEET.format(accent=accent, deep=contrast.mixed(accent, contrast.BLACK, DEEPER), dark=dark)
