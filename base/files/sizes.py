"""The sizes in which lists and texts show pictures, made within a minute of the upload and not by the first reader.

Portraits and the one large picture of a ward have sizes of their own, made when first asked for: they are few.

A child process makes each (`base/sandbox/pictures.py`), which takes longer than the rest of a page. One that is asked
for before is still made when it is asked for; what cannot be made is shown as it was uploaded.
"""

import time
from datetime import datetime

from ..models import PortalImage
from ..public.index.pictures import LARGE, SMALL
from ..queries import sql

# Of lists and of texts (`{% srcset_image %}`).
SIZES = (SMALL, LARGE, "width-480", "width-960")
PICTURES_A_ROUND = 10
# How far back a round looks: what was uploaded before was shown long ago.
NEWEST_PICTURES = 2_000
# When a picture is tried again of which a size could not be made (`time.monotonic`): not every minute.
AGAIN_SECONDS = 600
_failed: dict[int, float] = {}


def make_sizes(*, on: datetime | None = None, most: int = PICTURES_A_ROUND) -> int:
    """Make what is missing of the sizes of the pictures uploaded last; return of how many pictures. A job."""
    made = 0
    for key in _lacking(most + len(_failed)):
        if _failed.get(key, 0) > time.monotonic() or made == most:
            continue
        picture = PortalImage.objects.filter(pk=key).first()
        if picture is None:
            continue
        if not all(size.pk for size in picture.with_sizes().get_renditions(*SIZES).values()):
            _failed[key] = time.monotonic() + AGAIN_SECONDS
        made += 1
    return made


def _lacking(most: int) -> list[int]:
    """Return which of the newest pictures lack a size, those uploaded last first; one query."""
    rows = sql.read(
        f"SELECT i.id FROM (SELECT id FROM base_portalimage ORDER BY id DESC LIMIT {NEWEST_PICTURES}) i WHERE "
        "(SELECT COUNT(DISTINCT r.filter_spec) FROM base_portalrendition r "
        f"WHERE r.image_id = i.id AND r.filter_spec IN {sql.places(SIZES)}) < %s ORDER BY i.id DESC LIMIT {int(most)}",
        [*SIZES, len(SIZES)],
    )
    return [key for (key,) in rows]
