"""Add articles to those that `build_content.py` has published, faster: only for measuring how costs grow.

    python bench/grow_content.py --articles 20000

The first 2,000 articles take the road to publication. Eighteen thousand more would take half an hour and show nothing
new: what readers ask costs by the rows that are there, not by how they came. So they are written in bulk, with what
readers and editors ask about: the page, its version, its references. Each has a text of its own; all else is as in a
published article with the same picture. They are an hour apart and older than the published ones.

It is honest because the index is not copied: `rebuild_public_index` makes it from the pages, and what `verify_portal`
demands of the index must hold at the end, or this ends with an error. What is missing is what no measured page asks:
copies in the archive, entries of the audit trail, rows of the administration's own search, declarations.
`verify_portal` as a whole would name the archive. Three minutes of processor time for 18,000 articles, a third of it
the check. May run again: it adds what is missing.
"""

import argparse
import sys
import uuid
from datetime import datetime, timedelta

from build_content import MARK, PICTURES, city_and_section, keep_statistics, slug_of, write  # sets up Django
from django.core.management import call_command
from django.db import connection, transaction
from wagtail.models import Page, ReferenceIndex, Revision

from base.models import PortalSite
from base.public.index.rebuilding import violations
from base.queries import sql
from sections.models import ArticlePage, SectionIndexPage

BATCH = 500
APART = timedelta(hours=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--articles", type=int, default=20_000)
    wanted = parser.parse_args().articles
    city, section = city_and_section()
    there = ArticlePage.objects.child_of(section).live().filter(source_name=MARK)
    patterns = list(there.select_related("live_revision", "lead_image").order_by("pk")[:PICTURES])
    taken = set(there.values_list("slug", flat=True))
    oldest = patterns[0].first_published_at
    numbers = [number for number in range(wanted) if slug_of(number) not in taken]
    for first in range(0, len(numbers), BATCH):
        add(city, section, numbers[first : first + BATCH], patterns, oldest)
    call_command("rebuild_public_index")
    keep_statistics()
    if found := violations():
        sys.exit("\n".join([f"{len(found)} lỗi của chỉ mục công khai", *found[:10]]))


@transaction.atomic
def add(city: PortalSite, section: SectionIndexPage, numbers: list[int], patterns: list, oldest: datetime) -> None:
    """Write the articles of `numbers` below the section, each dated before `oldest`, a higher number earlier.

    `patterns`: published articles, taken in turn.
    """
    place = Page._str2int(section.get_last_child().path[-Page.steplen :])
    made = []
    for step, number in enumerate(numbers, 1):
        path = Page._get_path(section.path, section.depth + 1, place + step)
        pattern = patterns[number % len(patterns)]
        made.append((_article(city, section, number, pattern, path, oldest - (number + 1) * APART), pattern))
    _insert([article for article, _pattern in made])
    _add_versions(made)
    _add_references(made)
    sql.write("UPDATE wagtailcore_page SET numchild = numchild + %s WHERE id = %s", [(len(made), section.pk)])


def _article(city, section, number: int, pattern: ArticlePage, path: str, moment: datetime) -> ArticlePage:
    """Return article `number` as one that was published at a moment is stored."""
    article = write(number, city, pattern.lead_image)
    article.path, article.depth, article.url_path = path, section.depth + 1, f"{section.url_path}{article.slug}/"
    article.draft_title, article.translation_key = article.title, uuid.uuid4()
    for name in ("content_type_id", "locale_id", "owner_id"):
        setattr(article, name, getattr(pattern, name))
    article.live, article.has_unpublished_changes = True, False
    article.first_published_at = article.last_published_at = article.latest_revision_created_at = moment
    return article


def _insert(articles: list[ArticlePage]) -> None:
    """Store articles in the table of all pages and in their own: Django does both at once for one row only."""
    columns = [field.attname for field in Page._meta.local_concrete_fields if not field.primary_key]
    rows = Page.objects.bulk_create(Page(**{name: getattr(one, name) for name in columns}) for one in articles)
    own = ArticlePage._meta.local_concrete_fields
    for article, row in zip(articles, rows, strict=True):
        article.pk = article.id = row.pk
    sql.write(
        f"INSERT INTO {ArticlePage._meta.db_table} ({', '.join(field.column for field in own)}) "
        f"VALUES {sql.places(own)}",
        [[field.get_db_prep_save(getattr(one, field.attname), connection) for field in own] for one in articles],
    )


def _add_versions(made: list[tuple[ArticlePage, ArticlePage]]) -> None:
    """Give each article the version that is public."""
    versions = Revision.objects.bulk_create(
        Revision(
            content_type_id=pattern.live_revision.content_type_id,
            base_content_type_id=pattern.live_revision.base_content_type_id,
            object_id=str(article.pk),
            object_str=article.title,
            user_id=pattern.live_revision.user_id,
            created_at=article.first_published_at,
            content=article.serializable_data(),
        )
        for article, pattern in made
    )
    sql.write(
        "UPDATE wagtailcore_page SET latest_revision_id = %s, live_revision_id = %s WHERE id = %s",
        [(version.pk, version.pk, article.pk) for version, (article, _pattern) in zip(versions, made, strict=True)],
    )


def _add_references(made: list[tuple[ArticlePage, ArticlePage]]) -> None:
    """Give each article the references of its pattern, which shows the same picture for the same unit."""
    columns = [field.attname for field in ReferenceIndex._meta.local_concrete_fields if not field.primary_key]
    found: dict[str, list[dict]] = {}
    for row in ReferenceIndex.objects.filter(
        object_id__in={str(pattern.pk) for _article, pattern in made},
        content_type_id=made[0][1].content_type_id,
    ).values(*columns):
        found.setdefault(row["object_id"], []).append(row)
    ReferenceIndex.objects.bulk_create(
        ReferenceIndex(**{**row, "object_id": str(article.pk)})
        for article, pattern in made
        for row in found.get(str(pattern.pk), [])
    )


if __name__ == "__main__":
    main()
