"""Answers only under names that a site has."""

from django.conf import settings
from django.http.request import split_domain_port

from ..sites import host_of
from ..views import page_not_found


class KnownHostMiddleware:
    """Answer 404 under a subdomain of the portal that no site has.

    `ALLOWED_HOSTS` lets every subdomain in, because a new ward's host answers without a restart. Wagtail would answer
    any of them with the city's pages: one page under endless addresses, each with its own copy in the page cache.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        host, _port = split_domain_port(request.get_host())
        if host not in settings.PORTAL_OWN_HOSTS and host.endswith(settings.PORTAL_HOST_SUFFIXES):
            site = host_of(request)
            if site is None or site.hostname != host:
                return page_not_found(request)
        return self.get_response(request)
