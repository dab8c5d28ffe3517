"""Headers that limit what a browser may do with a page of the portal."""

from django.urls import reverse

# Only our own origin, no inline code: what an editor's text may not do, the browser refuses too. Frames show a PDF of
# the portal beside its text; every file has a policy of its own, under which it runs nothing (`files/serving.py`).
PUBLIC_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "media-src 'self'; frame-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
# The administration runs no inline script either (`admin_scripts.py`) but two fixed ones of wagtail-localize, known by
# their digests. Its editors write style attributes, and draw pictures before they are sent.
KNOWN_SCRIPTS = (
    "'sha256-Zi6020hVNJQUtMOgLuIImaOaART6TyIrghPC9PESpjg=' 'sha256-0kfTgAr1j6VJnwD77AciXfIWQd/Qnm2zhDmZzyjHinU='"
)
# The cropping of pictures asks whether there is touch by setting a handler of this text: "return;".
TOUCH_TEST = "'sha256-i+qr4lq34KgNHiW62lWi9aInEBwiEOrfCzaNPCvkqD8='"
ADMIN_POLICY = (
    f"default-src 'none'; script-src 'self' {KNOWN_SCRIPTS}; script-src-attr 'unsafe-hashes' {TOUCH_TEST}; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "media-src 'self'; frame-src 'self'; worker-src 'none'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), "
        "screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class SecurityHeadersMiddleware:
    """Set the headers on every response; a view that set its own (the file view) keeps them.

    Pages and the administration have two policies, told apart by the path.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.admin_prefix = reverse("wagtailadmin_home")

    def __call__(self, request):
        response = self.get_response(request)
        is_admin = request.path_info.startswith(self.admin_prefix)
        response.headers.setdefault("Content-Security-Policy", ADMIN_POLICY if is_admin else PUBLIC_POLICY)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if is_admin:
            response.headers.setdefault("X-Robots-Tag", "noindex")
        return response
