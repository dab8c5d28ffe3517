"""The emblem (biểu trưng) that comes with the software is a placeholder: a portal in use has that of its authority."""

import hashlib
from pathlib import Path

from django.conf import settings

from base.operations.health import OK, WARNING, Finding

# SHA-256 of the placeholder.
PLACEHOLDER = "63d1b89323d53293ed1617f0d85c9a899b7648b89c96adb952afcf567e4ad932"


def is_placeholder() -> bool:
    """Tell whether the emblem is still the one that comes with the software."""
    emblem = Path(settings.BASE_DIR) / "static/img/emblem.svg"
    return not emblem.is_file() or hashlib.sha256(emblem.read_bytes()).hexdigest() == PLACEHOLDER


def check_emblem() -> Finding:
    """Warn who watches a portal in use, not the demo, that it shows the placeholder; readers are served anyway."""
    if settings.PORTAL_HTTPS and not settings.PORTAL_DEMO and is_placeholder():
        return Finding("emblem", WARNING, "Biểu trưng còn là hình tạm; hãy thay static/img/emblem.svg.", False)
    return Finding("emblem", OK, "Biểu trưng không phải hình tạm, hoặc đây là bản trình diễn.", False)
