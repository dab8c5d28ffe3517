"""The demo accounts must never reach production: their passwords are printed when the demo starts."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from accounts.models import User

DEMO_MAIL = "@example.invalid"


def refuse_demo_people() -> None:
    """Stop the start while active demo accounts exist; a database that is away stops nothing."""
    try:
        found = list(User.objects.filter(is_active=True, email__endswith=DEMO_MAIL).values_list("username", flat=True))
    except DatabaseError:
        return
    if found:
        raise ImproperlyConfigured(
            "Còn tài khoản trình diễn đang hoạt động (" + ", ".join(sorted(found)) + "): hãy khóa các tài khoản này, "
            "hoặc đặt PORTAL_DEMO=true nếu đây là bản trình diễn."
        )
