"""The emblem (biểu trưng) that comes with the software is a placeholder: a portal in use has that of its authority."""

import hashlib
from pathlib import Path

from django.conf import settings

from base.models import PortalSite, SiteLook
from base.operations.health import OK, WARNING, Finding

# SHA-256 of the placeholder.
PLACEHOLDER = "63d1b89323d53293ed1617f0d85c9a899b7648b89c96adb952afcf567e4ad932"
TO_CHANGE = (
    "Biểu trưng còn là hình tạm; hãy đề nghị biểu trưng của cơ quan ở «Đơn vị», đơn vị thành phố, «Biểu trưng, màu "
    "sắc» rồi nhờ người khác xác nhận."
)


def is_placeholder() -> bool:
    """Tell whether readers of the city's site see the emblem that comes with the software."""
    if SiteLook.objects.filter(site__kind=PortalSite.Kind.CITY).exclude(emblem=None).exists():
        return False
    emblem = Path(settings.BASE_DIR) / "static/img/emblem.svg"
    return not emblem.is_file() or hashlib.sha256(emblem.read_bytes()).hexdigest() == PLACEHOLDER


def check_emblem() -> Finding:
    """Warn who watches a portal in use, not the demo, that it shows the placeholder; readers are served anyway."""
    if violations():
        return Finding("emblem", WARNING, TO_CHANGE, False)
    return Finding("emblem", OK, "Biểu trưng không phải hình tạm, hoặc đây là bản trình diễn.", False)


def violations() -> list[str]:
    """Return what `verify_portal` says of the emblem: the placeholder must not be that of a portal in use."""
    return [TO_CHANGE] if settings.PORTAL_HTTPS and not settings.PORTAL_DEMO and is_placeholder() else []
