"""Pictures beside the items of a list, in the sizes that lists show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.images.models import Filter

from ...models import files

# The sizes of every list; front pages show the first picture in both.
SMALL, LARGE = "fill-480x270", "fill-960x540"


@dataclass(frozen=True)
class Size:
    """A picture in one size: its address, width and height in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """A picture beside an item, which says nothing that the item's title does not: it has no alternative text."""

    small: Size
    large: Size

    @property
    def tag(self) -> SafeString:
        """The picture in its small size, read when it comes into view."""
        return format_html('<img src="{}" width="{}" height="{}" alt="" loading="lazy">', *_of(self.small))

    @property
    def lead_tag(self) -> SafeString:
        """The picture as the first of a front page, in the size that fits the screen."""
        sizes = format_html("{} {}w, {} {}w", self.small.url, self.small.width, self.large.url, self.large.width)
        return format_html(
            '<img srcset="{}" sizes="(min-width: 74rem) 42rem, 100vw" src="{}" width="{}" height="{}" alt="" '
            'fetchpriority="high">',
            sizes,
            *_of(self.small),
        )


def plain_key(spec: str) -> str:
    """Return what Wagtail adds to a size of a picture that has no point of interest."""
    return Filter(spec=spec).get_cache_key(files.PortalImage())


def has_stored_sizes(small: Sequence, large: Sequence, has_focal_point: bool) -> bool:
    """Tell whether the sizes of a picture are those that a row has, as joined: (name of the file, width, height)."""
    return bool(not has_focal_point and small[0] and large[0])


def picture_of(image_id: int | None, small: tuple, large: tuple, has_focal_point) -> Picture | None:
    """Return the picture of an item. `small`, `large`: (name of the file, width, height) of its sizes, as joined.

    A size that is not made yet is made now; one with a point of interest is looked up as Wagtail does.
    """
    if image_id is None:
        return None
    if not has_stored_sizes(small, large, has_focal_point):
        image = files.PortalImage.objects.prefetch_renditions(SMALL, LARGE).filter(pk=image_id).first()
        return drawn(image)
    return Picture(*(Size(default_storage.url(name), width, height) for name, width, height in (small, large)))


def drawn(image) -> Picture | None:
    """Return a picture given as a row."""
    if image is None:
        return None
    made = image.get_renditions(SMALL, LARGE)
    return Picture(*(Size(made[spec].url, made[spec].width, made[spec].height) for spec in (SMALL, LARGE)))


def _of(size: Size) -> tuple[str, int, int]:
    return size.url, size.width, size.height
