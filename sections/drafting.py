"""A section is made as a draft below the front page of its site; two persons publish it as every page."""

from collections.abc import Callable

from wagtail.models import Page

from base.models import OrganisationUnit


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
