"""The addresses of the Regulation's articles in the register: for the notes beside the rules of the admin."""

import re
from collections.abc import Sequence

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.generic import View

from accounts.screen_access import ROLE_HOLDERS

from ..models import LegalDocument
from .addresses import Registers

ISSUER, KIND, SYMBOL, YEAR = "ubnd-thanh-pho-long-xuyen", "Quyết định", "01/2020/QĐ-UBND", 2020
PART = "quy-che"
ARTICLE = re.compile(r"[1-9]\d?(\.[1-9]\d?)?", re.ASCII)


def anchor(article: str) -> str:
    """Return the anchor of an article or clause of the Regulation: "20.2" -> "quy-che-dieu-20-khoan-2"."""
    number, _dot, clause = article.partition(".")
    return f"{PART}-dieu-{number}" + (f"-khoan-{clause}" if clause else "")


def address(article: str) -> str:
    """Return where readers find an article of the Regulation; "" while the Decision is not public in the register."""
    return addresses([article])[0]


def addresses(articles: Sequence[str]) -> list[str]:
    """Return the same for each of several articles; as many queries as for one."""
    document = (
        LegalDocument.objects.filter(
            live=True, main_issuer__slug=ISSUER, document_type__name=KIND, symbol=SYMBOL, year=YEAR
        )
        .only("slug", "owner_site")
        .first()
    )
    page = Registers().url(document) if document else ""
    return [f"{page}#{anchor(article)}" if page else "" for article in articles]


class RegulationView(View):
    """The way from the administration to an article; to the guide while the Decision is not in the register."""

    screen_access = ROLE_HOLDERS

    def get(self, request, article):
        if not ARTICLE.fullmatch(article):
            raise Http404
        found = address(article)
        return HttpResponseRedirect(found) if found else redirect("base_guide")
