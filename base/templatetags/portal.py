"""Template tags of the public pages: icons, structured data, query strings, what is known of files."""

import json
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode, urljoin

from django import template
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..public import frame_parts, native_words
from ..public.rendering import drawings

register = template.Library()

ICONS = Path(settings.BASE_DIR) / "static" / "icons"
# As people write them; the framework's own say "Thứ 2".
WEEKDAYS = (
    _("Thứ Hai"),
    _("Thứ Ba"),
    _("Thứ Tư"),
    _("Thứ Năm"),
    _("Thứ Sáu"),
    _("Thứ Bảy"),
    _("Chủ nhật"),
)
# One number as it is written, with or without the country: "0296 000 0000", "(+84) 296-000-0000", "113".
PHONE = re.compile(r"(?:\(?\+\d{1,3}\)?[ .-]?)?\(?\d{2,5}\)?(?:[ .-]?\d{1,5}){0,4}")
JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def frame_part(context, name):
    """Draw a part of the frame that many pages share: `{% frame_part "menu" %}`."""
    return frame_parts.draw(name, context["frame"])


@register.simple_tag(name="drawn")
def drawn_tag(template_name, **values):
    """Draw a part of a page with nothing but the values given, once for all pages: `{% drawn "…" items=notices %}`."""
    return drawings.draw(template_name, values)


@register.simple_tag
def drawn_each(template_name, name, items):
    """Draw each item of a list by a template that knows it by a name and nothing else, once for all pages."""
    return mark_safe("".join([drawings.draw(template_name, {name: item}) for item in items]))


@register.simple_tag
@lru_cache(maxsize=500)
def icon(name, label=""):
    """Draw the icon `static/icons/<name>.svg` inside the page; decorative unless `label` is given."""
    described = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>{}</svg>',
        described,
        _shapes(name),
    )


@lru_cache
def _shapes(name):
    text = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    inside = text[text.index(">", text.index("<svg")) + 1 : text.index("</svg>")]
    return mark_safe(" ".join(inside.split()).replace("> <", "><"))


@register.simple_tag
def json_ld(data):
    """Write `data` (a dict) as JSON-LD; a data block is not executed, so the script policy allows it."""
    if not data:
        return ""
    text = json.dumps(data, ensure_ascii=False).translate(JSON_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """Return the query string with `changes` made; an empty value removes its parameter.

    Example: on "?nam=2020&trang=3", {% query trang=4 %} gives "?nam=2020&trang=4".
    """
    parameters = dict(context["request"].GET.lists())
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = [value]
    return f"?{urlencode(parameters, doseq=True)}"


@register.filter
def file_kind(name):
    """Return a file's kind from its name, in capitals: "Thông báo.pdf" -> "PDF"."""
    return Path(str(name)).suffix.lstrip(".").upper()


@register.filter
def native(text):
    """Return a text that stands among words of the page's language, marked where it is Vietnamese and they are not."""
    return native_words.native(text)


@register.tag("native_words")
def native_words_tag(parser, token):
    """Mark what is Vietnamese between {% native_words %} and {% endnative_words %} on a page in another language."""
    nodelist = parser.parse(("endnative_words",))
    parser.delete_first_token()
    return NativeWordsNode(nodelist)


class NativeWordsNode(template.Node):
    """What stands inside, with its Vietnamese marked."""

    def __init__(self, nodelist):
        self.nodelist = nodelist

    def render(self, context):
        return native_words.marked(self.nodelist.render(context))


@register.filter
def moment(value):
    """Return a moment for <time datetime>, local and in whole seconds; HTML knows at most three digits below."""
    return timezone.localtime(value).isoformat(timespec="seconds") if value else ""


@register.filter
def dated(value):
    """Return the local day of a moment in a <time>, "" for none: two filters of their own cost thrice as much."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), f"{local:%d/%m/%Y}")


@register.filter
def must_be_filled(field):
    """Return the widget of a field that must be filled, saying so to who does not see the mark beside its label."""
    return field.as_widget(attrs={"aria-required": "true"})


@register.filter
def phone(number):
    """Return a telephone number as a link that dials it: "0296 000 0000"; anything else, as two numbers, stays text."""
    text = str(number or "").strip()
    if not PHONE.fullmatch(text):
        return text
    return format_html('<a href="tel:{}">{}</a>', re.sub(r"[^\d+]", "", text), text)


@register.filter
def from_page(url, page_url):
    """Return an address with the host of the page that names it, as it must stand on paper."""
    return urljoin(page_url, url)


@register.filter
def file_size(size):
    """Return a size in bytes as people read it, or nothing when it is unknown."""
    return filesizeformat(size) if size else ""


@register.filter
def file_facts(file):
    """Return what readers know of a PortalFile before they open it: "PDF · 1,2 MB · 12 trang · 05/12/2026"."""
    pages = ngettext("%(count)s trang", "%(count)s trang", file.pages) % {"count": file.pages} if file.pages else ""
    day = f"{timezone.localtime(file.content_at):%d/%m/%Y}" if file.content_at else ""
    return " · ".join(filter(None, (file_kind(file.filename), file_size(file.file_size), pages, day)))


@register.simple_tag
def paging_numbers(page_obj):
    """Return the page numbers to show: first, last, those around the current one, None for a gap.

    Example: page 6 of 20 gives [1, None, 5, 6, 7, None, 20].
    """
    last = page_obj.paginator.num_pages
    wanted = sorted({1, last, *range(max(1, page_obj.number - 1), min(last, page_obj.number + 1) + 1)})
    numbers = []
    for number in wanted:
        if numbers and number - numbers[-1] > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers


@register.filter
def get(mapping, key):
    """Return `mapping[key]`, or None: for keys that are not names, such as "gop-y"."""
    return mapping.get(key) if mapping else None


@register.filter
def weekday(day):
    """Return the name of a date's weekday: 15/06/2020 -> "Thứ Hai"."""
    return WEEKDAYS[day.weekday()]
