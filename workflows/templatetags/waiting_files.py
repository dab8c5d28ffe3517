"""What stands beside the form of a picture or file: why it cannot be changed just now."""

from django import template

from base.files.serving import waiting_message

register = template.Library()


@register.simple_tag
def why_it_waits(item, user) -> str:
    """Say which submitted or scheduled pages show a picture or file, and how to withdraw them; "" for none."""
    waiting = item.waiting_versions()
    return waiting_message(waiting, user) if waiting else ""
