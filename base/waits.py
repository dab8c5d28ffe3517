"""How a time to wait reads, wherever somebody is told to come again."""

from django.utils.translation import ngettext


def in_words(seconds: int) -> str:
    """Say a time to wait in the present language, never less than it is.

    "45 giây", from two minutes on "3 phút", from an hour on "2 giờ".
    """
    if seconds < 120:
        return ngettext("%(n)s giây", "%(n)s giây", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    if minutes < 60:
        return ngettext("%(n)s phút", "%(n)s phút", minutes) % {"n": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(n)s giờ", "%(n)s giờ", hours) % {"n": hours}
