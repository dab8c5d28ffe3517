"""Says on every response whether a cache may keep it: the last word before the page cache."""

from django.utils.cache import patch_cache_control

from ..public.page_cache import PUBLIC, unmark


class PageCacheHeadersMiddleware:
    """Let a response marked public through only when it is the same for all users.

    Stands outside SessionMiddleware and CsrfViewMiddleware, which speak before it.
    1. A response that belongs to one person (session, preview, CSRF token, any cookie) loses its mark.
    2. One that stays marked loses the `Vary: Cookie` and `Vary: Accept-Language` of a framework that merely
       asked whether there is a session: the page cache never answers a request that has one.
    3. All others are private, unless their view said otherwise.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if PUBLIC in response and self._is_personal(request, response):
            unmark(response)
        if PUBLIC in response:
            response.headers["Vary"] = "Accept-Encoding"
        elif not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    @staticmethod
    def _is_personal(request, response) -> bool:
        if response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            return True
        if getattr(request, "is_preview", False):
            return True
        session = getattr(request, "session", None)
        # A session merely looked for and not found says nothing about the reader.
        return session is not None and (session.modified or (session.accessed and bool(session.session_key)))
