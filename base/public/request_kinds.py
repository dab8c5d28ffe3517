"""What method and path of a request say by themselves, for all who stand before a view. Needs no Django."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# Machines that ask how the portal is: never limited, never kept, never waiting behind readers.
WATCHED = ("/healthz", "/readyz", "/metrics")
# Where the web server in front asks, before it reads a large body, whether the user is signed in.
MAY_SEND = "/quan-tri/phien/tep/"
# In the environ of a request whose body was read to its end, into a file that can be read again (`renders/gate.py`).
READ_AHEAD = "portal.read_ahead"
# In the environ of a request that the page cache makes itself, for all readers of a page: no reader's limit counts it.
FOR_EVERYBODY = "portal.for_everybody"
# In the environ of a request for a page that was public before: the generations of the sites, as the primary had them.
GENERATIONS = "portal.generations"
# In the environ of an answered request: seconds of processor in which Django made it (`renders/gate.py`).
MADE_IN = "portal.made_in"
