"""Pages made as drafts by actions: a section below the front page of its site, plain text as the body of an article."""

import json
from collections.abc import Callable

from django.utils.html import escape
from wagtail.models import Page

from base.models import OrganisationUnit, PortalSite
from vietnam import text as written

from .models import ArticlePage, SectionIndexPage

FIRST_SECTION = "tin-tuc"


def draft_section(
    model: type[Page],
    home: Page,
    *,
    by,
    unit: OrganisationUnit,
    publisher: str,
    title: str,
    slug: str,
    summary: str,
    in_menu: bool = True,
    fill: Callable[[Page], None] | None = None,
    **fields,
) -> Page:
    """Make a page of a section, in the language of its front page, with its first version; return it.

    `unit` answers for it, `publisher` is the name under which it stands. `fill(page)` gives it what must not be empty;
    `fields`: those of the model alone. Called by the action that has checked who may.
    """
    page = model(
        title=title,
        slug=slug,
        locale=home.locale,
        live=False,
        owner=by,
        responsible_unit=unit,
        show_in_menus=in_menu,
        author_name=publisher[:120],
        source_name=publisher[:200],
        summary=summary,
        **fields,
    )
    if fill is not None:
        fill(page)
    home.add_child(instance=page)
    page.save_revision(user=by)
    return page


def taking_articles(site: PortalSite) -> list[SectionIndexPage]:
    """Return the public sections of a site that take articles, news first."""
    home = site.home_page()
    if home is None:
        return []
    found = SectionIndexPage.objects.child_of(home).live().order_by("path")
    taking = [section for section in found if ArticlePage.can_create_at(section)]
    return sorted(taking, key=lambda section: section.slug != FIRST_SECTION)


def body_of(model: type[Page], text: str):
    """Return the body of a page of a type, of plain text: a paragraph for each part between empty lines.

    Markup in it is text.
    """
    parts = [part.strip() for part in written.normalise_letters(text).replace("\r\n", "\n").split("\n\n")]
    blocks = [
        {"type": "paragraph", "value": f"<p>{'<br/>'.join(escape(line) for line in part.splitlines())}</p>"}
        for part in parts
        if part
    ]
    return model._meta.get_field("body").to_python(json.dumps(blocks))
