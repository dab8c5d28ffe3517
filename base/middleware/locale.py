"""The language of a request is that of its address, and of nothing else."""

from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class PathLocaleMiddleware(LocaleMiddleware):
    """Activate English under /en/ and Vietnamese elsewhere.

    Django's middleware also asks cookie and Accept-Language, and says so in Vary: then one address would have
    several texts and no cache could keep it. In the administration Wagtail activates the user's own preference.
    """

    def process_request(self, request):
        translation.activate(translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request, response):
        response.headers.setdefault("Content-Language", getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))
        return response
