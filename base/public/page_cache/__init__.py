"""The page cache: answers an anonymous reader from memory, before Django runs.

1. A view marks its response with `mark_public`: the sites it shows, the query parameters it reads, its
   lifetime.
2. `PageCache`, around the WSGI application, keeps the whole answer (plain, gzip, brotli) under host, path
   and the declared parameters, with the generation of each site as read *before* the page was made.
3. An action that changes what a site shows ends with `index.readers_see_changed`, in its own transaction.
4. Every worker reads all generations at most every half second, and at once when one was raised on its machine
   (`watch.py`). A copy of another generation is out of date: few readers make their page anew, the others get the old
   copy for twenty seconds at most while threads of their own make those pages first that are asked for most
   (`backlog.py`); after an urgent change no reader gets an old copy. What one process has made, the others of its
   server take from the disk (`disk_cache.py`).
5. With the database away copies go on being served, older ones too. None of them shows or names what went: it has the
   counter of the journal (`base/public/gone/`), and where that has risen, its text is searched before a reader gets it.

There is no list of addresses to purge, so none can be missed, on any number of machines.
"""

from .generations import leap_generations, read_generations
from .marks import PUBLIC, mark_public, unmark
from .queries import TRACKING_PARAMS
from .wrapper import BUSY, REFRESH, PageCache

__all__ = [
    "BUSY",
    "PUBLIC",
    "REFRESH",
    "TRACKING_PARAMS",
    "PageCache",
    "leap_generations",
    "mark_public",
    "read_generations",
    "unmark",
]
