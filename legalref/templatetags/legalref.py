"""Template filters of legal texts."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

register = template.Library()

_EMPHASIS = re.compile(r"\*([^*\n]+)\*")


@register.filter
def emphasised(line):
    """Write what stands between stars in italics, everything else escaped: "*(sau đây gọi tắt)*"."""
    return mark_safe(_EMPHASIS.sub(r"<em>\1</em>", conditional_escape(line)).replace("*", ""))
