"""Two versions of one page or record side by side."""

from datetime import datetime

from django import template

from vietnam.dates import format_moment

from ..admin import version_changes

register = template.Library()


@register.filter
def version_name(heading: str) -> str:
    """Say which version is compared: Wagtail gives its moment as the database writes it, or "Đang đăng" and such."""
    try:
        saved = datetime.fromisoformat(heading)
    except ValueError:
        return heading
    return f"bản lưu lúc {format_moment(saved)}"


@register.inclusion_tag("base/admin/changes.html", name="version_changes")
def version_changes_of(before, after, before_label: str, after_label: str) -> dict:
    """Show what differs: {% version_changes old new "Bản trước" "Bản sau" %}."""
    found = version_changes.changes(before, after)
    return {
        "changes": found,
        "as_text": version_changes.as_text(found),
        "before_label": before_label,
        "after_label": after_label,
    }
