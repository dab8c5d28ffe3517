"""Where an address of the portal may redirect to: public content of the portal itself, or a host on the allow-list.

Own content is kept by its key (a page, and a path below it) and looked up at each redirect: it may have moved, and no
reader is sent to what is not public any more. Redirects and take-downs use the same rules.
"""

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from wagtail.models import Locale, Page, Site

OWN_PATHS = ("/quan-tri/", "/tep/", "/static/")


class Target(NamedTuple):
    """Own content (`page`, and `route` below it, "" or "/a/b/"), or an address elsewhere (`url`)."""

    page: Page | None = None
    route: str = ""
    url: str = ""


def target_of(address: str, host: Site) -> Target:
    """Return what an address means; `host`: whose path one without a host name is.

    Raises ValidationError with what is wrong and how to fix it: nothing public is there, or the host is not on the
    allow-list.
    """
    address = address.strip()
    parts = urlsplit(address)
    if parts.scheme not in ("", "http", "https") or (not parts.scheme and not address.startswith("/")):
        raise ValidationError("Địa chỉ phải bắt đầu bằng «/» hoặc «https://»; hãy chép lại từ thanh địa chỉ.")
    if address.startswith(("//", "/\\")) or parts.username is not None or "\\" in address:
        raise ValidationError("Địa chỉ không hợp lệ; hãy chép lại từ thanh địa chỉ.")
    if parts.hostname:
        own = _site_of_host(parts)
        if own is None:
            return Target(url=_allowed(address, parts))
        host = own
    found = content_at(unquote(parts.path) or "/", host)
    if found is None:
        raise ValidationError("Không có nội dung đang đăng ở địa chỉ này; hãy mở nội dung rồi chép lại địa chỉ.")
    return found


def _site_of_host(parts) -> Site | None:
    rows = Site.objects.filter(hostname=parts.hostname)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise ValidationError("Địa chỉ có số cổng không hợp lệ; hãy chép lại từ thanh địa chỉ.") from None
    return rows.filter(port=port).first() or rows.first()


def _allowed(address: str, parts) -> str:
    """Return an address of a host on the allow-list; a name there stands for what is below it, too."""
    names = [name.strip(".").lower() for name in settings.PORTAL_REDIRECT_HOSTS]
    host = parts.hostname.lower().rstrip(".")
    if not any(host == name or host.endswith(f".{name}") for name in names):
        listed = ", ".join(names) or "chưa có tên miền nào"
        raise ValidationError(
            f"Cổng không chuyển người đọc đến «{host}»: chỉ đến nội dung của cổng hoặc các tên miền {listed}."
        )
    if parts.scheme != "https":
        raise ValidationError("Địa chỉ ngoài cổng phải bắt đầu bằng «https://».")
    return address


def content_at(path: str, host: Site) -> Target | None:
    """Return the public content at a path of a host, or None."""
    root, below = host.root_page, path.strip("/")
    language, _, rest = below.partition("/")
    for locale in Locale.objects.exclude(language_code=settings.LANGUAGE_CODE):
        if language == locale.language_code:
            root, below = root.get_translation_or_none(locale) or root, rest
    names = [name for name in below.split("/") if name]
    paths = [root.url_path + "".join(f"{name}/" for name in names[:length]) for length in range(len(names) + 1)]
    page = Page.objects.filter(url_path__in=paths, live=True).order_by("-depth").first()
    if page is None:
        return None
    page = page.specific
    rest = names[page.depth - root.depth :]
    route = f"/{'/'.join(rest)}/" if rest else ""
    return Target(page, route) if is_shown(page, route) else None


def is_shown(page, route: str) -> bool:
    """Tell whether readers find something at a page, or at a path below it ("/a/b/")."""
    page = page.specific
    if not page.live:
        return False
    return not route or (hasattr(page, "shows") and page.shows(route))


def address_of(target: Target) -> str:
    """Return the address that a target has now; "" once nothing public stands there or its host is not allowed."""
    if target.page is None:
        try:
            return _allowed(target.url, urlsplit(target.url)) if target.url else ""
        except (ValidationError, ValueError, AttributeError):
            return ""
    if not is_shown(target.page, target.route):
        return ""
    return (target.page.specific.full_url or "").rstrip("/") + (target.route or "/")
