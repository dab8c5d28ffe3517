"""The catalogue of the data in the words of DCAT-AP, as JSON-LD and as Turtle: other catalogues take it from here.

`triples` says everything once; `as_json` and `as_turtle` write the same graph.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from base.public.api import answer_bytes, read_only
from base.sites import all_site_keys

from . import licence, openapi
from .api import given
from .openapi import ROOT
from .reading.pages import iso
from .sets import SETS, DataSet

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
EUROPE = "http://publications.europa.eu/resource/authority"
LANGUAGES = {"vi": f"{EUROPE}/language/VIE", "en": f"{EUROPE}/language/ENG"}
MEDIA_TYPES = {"csv": "text/csv", "json": "application/json"}
JSON_LD_TYPE, TURTLE_TYPE = "application/ld+json; charset=utf-8", "text/turtle; charset=utf-8"
TITLE_EN = "Open data of the portal of Long Xuyên city"
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class Address(NamedTuple):
    """A value that is an address."""

    url: str


class Words(NamedTuple):
    """A value that is a text, in a language or of a type of `PREFIXES`."""

    text: str
    language: str = ""
    of_type: str = ""


@read_only
def as_json(request):
    """Answer the catalogue as JSON-LD."""
    given(request, ())
    nodes: dict[str, dict] = {}
    for subject, predicate, value in triples():
        node = nodes.setdefault(subject, {"@id": subject})
        if predicate == "rdf:type":
            node.setdefault("@type", []).append(value.url)
        else:
            node.setdefault(predicate, []).append(_value(value))
    data = {"@context": PREFIXES, "@graph": list(nodes.values())}
    body = json.dumps(data, ensure_ascii=False, indent=1).encode()
    return answer_bytes(request, body, JSON_LD_TYPE, all_site_keys())


@read_only
def as_turtle(request):
    """Answer the catalogue as Turtle."""
    given(request, ())
    lines = [f"@prefix {name}: <{address}> ." for name, address in PREFIXES.items()]
    lines += [f"<{subject}> {predicate} {_written(value)} ." for subject, predicate, value in triples()]
    return answer_bytes(request, "\n".join([*lines, ""]).encode(), TURTLE_TYPE, all_site_keys())


def triples() -> Iterator[tuple[str, str, Address | Words]]:
    """Return the whole catalogue as (subject, predicate, value); a predicate has a prefix, a subject has none."""
    root = f"{settings.WAGTAILADMIN_BASE_URL}{ROOT}"
    whole, agent, contact = f"{root}#danh-muc", f"{root}#co-quan", f"{root}#lien-he"
    name, mail = licence.publisher()
    yield whole, "rdf:type", Address("dcat:Catalog")
    yield from _named(whole, openapi.TITLE, TITLE_EN)
    yield whole, "dct:description", Words(openapi.WORDS, "vi")
    yield whole, "dct:publisher", Address(agent)
    yield whole, "dct:license", Address(licence.url())
    yield whole, "foaf:homepage", Address(licence.page_url())
    yield whole, "dct:modified", Words(timezone.localdate().isoformat(), of_type="xsd:date")
    for language in LANGUAGES.values():
        yield whole, "dct:language", Address(language)
    yield agent, "rdf:type", Address("foaf:Agent")
    yield agent, "foaf:name", Words(name, "vi")
    yield contact, "rdf:type", Address("vcard:Organization")
    yield contact, "vcard:fn", Words(name, "vi")
    if mail:
        yield contact, "vcard:hasEmail", Address(f"mailto:{mail}")
    yield from _terms()
    for found in SETS.values():
        yield whole, "dcat:dataset", Address(f"{root}{found.key}/")
        yield from _of_set(found, root, agent, contact)
    yield from _service(whole, root)


def _terms() -> Iterator[tuple]:
    url = licence.url()
    yield url, "rdf:type", Address("dct:LicenseDocument")
    yield from _named(url, licence.NAME, licence.NAME_EN)


def _of_set(found: DataSet, root: str, agent: str, contact: str) -> Iterator[tuple]:
    subject = f"{root}{found.key}/"
    yield subject, "rdf:type", Address("dcat:Dataset")
    yield from _named(subject, found.title, found.title_en)
    yield subject, "dct:description", Words(found.words, "vi")
    yield subject, "dct:description", Words(found.words_en, "en")
    yield subject, "dct:identifier", Words(subject)
    yield subject, "dct:publisher", Address(agent)
    yield subject, "dcat:contactPoint", Address(contact)
    yield subject, "dct:accrualPeriodicity", Address(f"{EUROPE}/frequency/UPDATE_CONT")
    yield subject, "dct:language", Address(LANGUAGES["vi"])
    yield subject, "dcat:theme", Address(f"{EUROPE}/data-theme/GOVE")
    yield subject, "dcat:landingPage", Address(licence.page_url())
    newest = found.newest() if found.newest else None
    if newest is not None:
        yield subject, "dct:modified", Words(iso(newest), of_type="xsd:dateTime")
    for word in found.keywords:
        yield subject, "dcat:keyword", Words(word, "vi")
    for ending, media_type in MEDIA_TYPES.items():
        file = f"{settings.WAGTAILADMIN_BASE_URL}{reverse('opendata_file', args=[found.key, ending])}"
        yield subject, "dcat:distribution", Address(file)
        yield file, "rdf:type", Address("dcat:Distribution")
        yield file, "dct:title", Words(f"{found.title} ({ending.upper()})", "vi")
        yield file, "dcat:accessURL", Address(file)
        yield file, "dcat:downloadURL", Address(file)
        yield file, "dct:license", Address(licence.url())
        yield file, "dct:format", Address(f"{EUROPE}/file-type/{ending.upper()}")
        yield file, "dcat:mediaType", Address(f"http://www.iana.org/assignments/media-types/{media_type}")


def _service(whole: str, root: str) -> Iterator[tuple]:
    subject = f"{root}#api"
    yield whole, "dcat:service", Address(subject)
    yield subject, "rdf:type", Address("dcat:DataService")
    yield from _named(subject, openapi.TITLE, TITLE_EN)
    yield subject, "dcat:endpointURL", Address(root)
    yield subject, "dcat:endpointDescription", Address(f"{root}openapi.json")
    yield subject, "dct:license", Address(licence.url())
    for key in SETS:
        yield subject, "dcat:servesDataset", Address(f"{root}{key}/")


def _named(subject: str, title: str, title_en: str) -> Iterator[tuple]:
    yield subject, "dct:title", Words(title, "vi")
    yield subject, "dct:title", Words(title_en, "en")


def _value(value: Address | Words) -> dict:
    if isinstance(value, Address):
        return {"@id": value.url}
    more = {"@language": value.language} if value.language else {"@type": value.of_type} if value.of_type else {}
    return {"@value": value.text, **more}


def _written(value: Address | Words) -> str:
    if isinstance(value, Address):
        return value.url if value.url.partition(":")[0] in PREFIXES else f"<{value.url}>"
    text = f'"{value.text.translate(_ESCAPED)}"'
    return f"{text}@{value.language}" if value.language else f"{text}^^{value.of_type}" if value.of_type else text
