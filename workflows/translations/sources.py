"""The source of a translation, and whether two versions of it say the same."""

import json
import re
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils.html import strip_tags
from modelcluster.models import get_all_child_relations
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, Revision

from base.preflight import Finding, is_or_becomes_public, texts_by_field
from base.public.translated.same import fields_of, is_translation
from vietnam.text import has_diacritics

# What pages carry of themselves, not for readers to read; names are the same in each language.
NOT_READ = frozenset({"path", "url_path", "draft_title", "author_name", "source_name"})
# Kinds of text that are the same in each language.
SAME_EVERYWHERE = (models.SlugField, models.URLField, models.EmailField)
WORD = re.compile(r"[^\W\d_]+")
# A text of which a larger share of words has Vietnamese marks is still the Vietnamese one.
STILL_VIETNAMESE = 0.4


def is_translated_by_hand(page) -> bool:
    """Tell whether a page has words of its own to translate; the portal makes the others, lists and records, itself."""
    return not getattr(page.cached_content_type.model_class(), "is_made_by_portal", True)


def source_of(page) -> Page | None:
    """Return the Vietnamese page that a translation translates; None for an original, and where there is none."""
    if not is_translation(page):
        return None
    return (
        Page.objects.filter(translation_key=page.translation_key, locale__language_code=settings.LANGUAGE_CODE)
        .select_related("content_type", "locale")
        .first()
    )


def is_left_alone(page) -> bool:
    """Tell whether a page has words translated by hand whose Vietnamese page is there and not public."""
    source = source_of(page)
    return source is not None and not source.live and is_translated_by_hand(source)


def version_to_follow(page) -> int | None:
    """Return the key of the version of its source that is public, for who says that a translation follows it."""
    source = source_of(page)
    return source.live_revision_id if source is not None and source.live else None


def followed_together(versions: Iterable[tuple[object, Revision]]) -> dict[Page, int]:
    """Return which version of its source each translation follows that becomes public with it as one act.

    `versions`: each page or record of the act with its version.
    """
    pages = [(thing, revision) for thing, revision in versions if isinstance(thing, Page)]
    sources = {page.translation_key: revision.pk for page, revision in pages if not is_translation(page)}
    translations = [page for page, _revision in pages if is_translation(page)]
    return {page: sources[page.translation_key] for page in translations if page.translation_key in sources}


def findings(version) -> list[Finding]:
    """Return what stops a translation: a source that is not public, text that is still the Vietnamese one."""
    source = source_of(version) if is_translation(version) else None
    if source is None or not is_translated_by_hand(source):
        return []
    found = []
    if not is_or_becomes_public(source):
        message = "Trang tiếng Việt không đăng, nên bản dịch cũng không đăng; hãy đăng trang tiếng Việt trước."
        found.append(Finding("blocker", "title", message))
    if is_still_vietnamese(version.title):
        # A title may be a name and nothing else.
        found.append(Finding("warning", "title", "Tiêu đề còn là tiếng Việt; hãy dịch, trừ khi chỉ gồm tên riêng."))
    if is_still_vietnamese(getattr(version, "summary", "")):
        found.append(Finding("blocker", "summary", "Tóm tắt còn là tiếng Việt; hãy dịch sang tiếng Anh."))
    for field, words in texts_by_field(version):
        if isinstance(field, StreamField | RichTextField) and any(map(is_still_vietnamese, words)):
            message = f"Ở «{field.verbose_name}» còn đoạn tiếng Việt; hãy dịch, trừ khi chỉ gồm tên riêng."
            found.append(Finding("warning", field.name, message))
    return found


def is_still_vietnamese(words: str) -> bool:
    """Tell whether a text, with or without markup, is still Vietnamese: too many of its words have its marks.

    Names in an English sentence are fewer. Example: not "Long Xuyên lies on the Hậu River".
    """
    found = WORD.findall(strip_tags(words))
    return sum(map(has_diacritics, found)) > len(found) * STILL_VIETNAMESE


# --- What a version says -----------------------------------------------------------------------------


def differences(page, older: int | None, newer: int | None) -> list[str] | None:
    """Return the fields in which two versions of a page, given by their keys, say something else; None when unknown."""
    if older is None or newer is None:
        return None
    if older == newer:
        return []
    contents = dict(Revision.objects.filter(pk__in=[older, newer]).values_list("pk", "content"))
    if len(contents) < 2:
        return None
    model = page.cached_content_type.model_class()
    before, after = words_of(contents[older], model), words_of(contents[newer], model)
    return [name for name in after if before[name] != after[name]]


def words_of(content: dict, model) -> dict:
    """Return what a version says that a translation has to say too, by field; texts and what is in them.

    Dates, numbers, states, files beside the text and keys are no words; keys of blocks are left out as well.
    """
    words = {name: _plain(content.get(name)) for name in _fields_read(model)}
    for relation in get_all_child_relations(model):
        names = _fields_read(relation.related_model)
        rows = content.get(relation.get_accessor_name()) or []
        words[relation.get_accessor_name()] = [{name: _plain(row.get(name)) for name in names} for row in rows]
    return words


def _fields_read(model) -> list[str]:
    same = fields_of(model) if issubclass(model, Page) else ()
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, (models.CharField, models.TextField, StreamField))
        and not isinstance(field, SAME_EVERYWHERE)
        and not field.choices
        and field.name not in NOT_READ
        and field.name not in same
        and field.name not in getattr(model, "not_sealed", ())
    ]


def _plain(value):
    """A value of a version without what saving alone changes: keys of blocks, blanks around a text."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            value = json.loads(value)
        except ValueError:
            return value.strip()
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if name != "id"}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.strip() if isinstance(value, str) else value
