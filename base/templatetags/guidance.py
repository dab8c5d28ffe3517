"""Help on the screens of the administration: the article behind a rule, the page of the guide."""

from django import forms, template
from django.utils.html import format_html

from ..admin import guide, rule_notes

register = template.Library()

# What the address of a list has beside its filters: the page of the list, the group of things it shows.
NOT_FILTERS = frozenset({"p", "nhom"})


@register.inclusion_tag("base/admin/rule_note.html")
def rule_note(key):
    """Say which article stands behind this screen and where the guide explains it; nothing for an empty key."""
    rule = rule_notes.RULES[key] if key else None
    if rule is None:
        return {}
    return {"rule": rule, "articles": rule_notes.articles_of(rule), "page": guide.page(rule.guide)}


@register.filter
def error_name(field) -> str:
    """Return what a field is called before its error: its label, "" where that is a whole sentence that one ticks."""
    is_sentence = isinstance(field.field, forms.BooleanField) and str(field.label).endswith(".")
    return "" if is_sentence else field.label


@register.simple_block_tag(takes_context=True)
def filters(context, content, is_open=False):
    """Fold the filters of a list into one line, which says how many are set; `is_open`: something in them is wrong."""
    sent = context["request"].GET
    count = sum(name not in NOT_FILTERS and any(values) for name, values in sent.lists())
    count_text = f" (đang đặt {count})" if count else ""
    opened = " open" if is_open else ""
    return format_html(
        '<details class="portal-fold"{}><summary>Lọc{}</summary>{}</details>', opened, count_text, content
    )
