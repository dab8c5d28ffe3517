"""Help on the screens of the administration: the article behind a rule, the page of the guide."""

from django import template

from .. import guide, rule_notes

register = template.Library()


@register.inclusion_tag("base/admin/rule_note.html")
def rule_note(key):
    """Say which article stands behind this screen and where the guide explains it; nothing for an empty key."""
    rule = rule_notes.RULES[key] if key else None
    if rule is None:
        return {}
    return {"rule": rule, "articles": rule_notes.articles_of(rule), "page": guide.page(rule.guide)}
