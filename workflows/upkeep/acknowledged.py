"""What the portal answered as done must be there: the one invariant that only the client that asked can check.

A client keeps a list of what was acknowledged, one line a thing: "app.Model number", and "public" behind it when its
publication was acknowledged. `manage.py verify_portal --acknowledged FILE` reads it.
"""

from collections.abc import Iterable

from django.apps import apps


def missing(lines: Iterable[str]) -> list[str]:
    """Return a line of Vietnamese for each acknowledged thing that is not there, or not public although it was said so.

    Example: `missing(["wagtailcore.Page 61 public", "legalref.BookEntry 7"])`. A line that says nothing of the kind is
    named as well.
    """
    found = []
    for line in filter(None, map(str.strip, lines)):
        label, _, rest = line.partition(" ")
        number, _, state = rest.partition(" ")
        try:
            model = apps.get_model(label)
            obj = model._base_manager.filter(pk=model._meta.pk.to_python(number)).first()
        except (LookupError, ValueError, TypeError):
            found.append(f"Dòng «{line}» không đọc được; mỗi dòng ghi «ứng_dụng.Mô_hình số» và có thể thêm «public».")
            continue
        if obj is None:
            found.append(f"{model._meta.verbose_name} {number} đã được xác nhận mà không còn.")
        elif state == "public" and not obj.live:
            found.append(f"{model._meta.verbose_name} {number} đã được xác nhận đăng mà không đăng.")
    return found
