"""What the frame of a page shows of the look of its site: the emblem beside the name, the style sheet of colours."""

from dataclasses import dataclass

from ...models.files import content_type_of
from ...models.look import look_of
from ...models.site import PortalSite
from . import stylesheet

EMBLEM_WIDTH = 64


@dataclass(frozen=True)
class Emblem:
    """The emblem of an authority: where it is, its kind, its size on the page."""

    url: str
    content_type: str
    width: int
    height: int


def shown(site: PortalSite, city: PortalSite | None) -> tuple[Emblem | None, str]:
    """Return a site's emblem and the address of its style sheet, else the city's; None and "" for the portal's own."""
    looks = [look for look in (look_of(site), look_of(city)) if look is not None]
    emblem, colours = None, ""
    if image := next((look.emblem for look in looks if look.emblem), None):
        height = round(EMBLEM_WIDTH * image.height / image.width)
        emblem = Emblem(image.url, content_type_of(image.file.name), EMBLEM_WIDTH, height)
    if chosen := next((look.colours for look in looks if look.accent), None):
        colours = stylesheet.address(**chosen)
    return emblem, colours
