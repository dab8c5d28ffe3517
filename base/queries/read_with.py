"""What is read together with a page that a reader has asked for (`base/public/routing.py`)."""


class ReadWith:
    """A page as readers meet it: which rows come with it, and what is known of it from that."""

    # Keys whose rows every reader of the page needs.
    shown_with: tuple[str, ...] = ("locale", "responsible_unit")
    # Names of rows that hang on a page and that few pages of the type have: they are asked for where there are any.
    seldom_has: tuple[str, ...] = ()
    # Whether rows of the type are kept between requests until a site changes: there are few, and many ask for them.
    row_is_cached = False
    # What the page is in other languages, "en /home-1/news/", where it was read with it; None where it was not.
    translations_read: str | None = None
    # The keys of all sites, where the request has read them.
    sites_read: tuple[int, ...] = ()

    def is_without(self, name: str) -> bool:
        """Tell whether the page was read together with this of its `seldom_has`, and has none."""
        return getattr(self, f"has_{name}", None) is False
