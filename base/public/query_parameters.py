"""The query parameters that publicly cached pages may read: all of them, in one place.

The web server in front gives the plain copy of an address for a query that has none of these words
(`deploy/nginx/configure.py`), so a page may declare no other (`page_cache.mark_public`). After adding one, write the
configuration of nginx anew when the release is installed. Needs no Django.
"""

CACHED_PARAMETERS = frozenset(
    {
        # Lists: words, page of the list, order.
        "q",
        "trang",
        "xep",
        "sap-xep",
        # Filters of lists, of the search and of figures.
        "cap",
        "co-quan",
        "doi-tuong",
        "don-vi",
        "linh-vuc",
        "loai",
        "loai-tep",
        "muc",
        "muc-do",
        "nam",
        "nganh",
        "nguoi-ky",
        "ngay",
        # The two days between which a document is compared.
        "tu",
        "den",
        "noi-dang",
        "pham-vi",
        # Of the search: the letters typed, not those that were meant.
        "chu",
        "su-kien",
        "tinh-trang",
        # A service: its case, the sheet to print, the step of the guide, the service that it is about.
        "truong-hop",
        "in",
        "buoc",
        "dich-vu",
        # What was just said of a service; the site or register as it was before.
        "danh-gia",
        "ban-cu",
        # What is followed by mail.
        "theo",
    }
)
