"""Lists as old editors left them: each word in an item, what an item holds apart, nothing of a list outside its items.

1. An item that nothing closed ends where the next one begins. 2. What a list has outside its items becomes an
item; a list there belongs to the item before. 3. Blocks in an item become lines of it.
"""

from bs4 import BeautifulSoup, NavigableString, Tag

LISTS = ("ul", "ol")


def tidy(soup: BeautifulSoup, blocks: list[str]) -> None:
    """Put the lists of a page right; `blocks`: the elements that begin a line of their own."""
    for item in soup.find_all("li"):
        above = item.find_parent(["li", *LISTS])
        if above is not None and above.name == "li":
            above.insert_after(item)
    for one in soup.find_all(LISTS):
        _gather(soup, one)
    for item in soup.find_all("li"):
        if item.find_parent(LISTS) is not None:
            _lines(soup, item, [name for name in blocks if name not in (*LISTS, "li")])


def _gather(soup: BeautifulSoup, one: Tag) -> None:
    """Leave nothing but items right below a list."""
    while (wrapper := _wrapper_of_items(one)) is not None:
        wrapper.unwrap()
    open_item: Tag | None = None
    for child in list(one.children):
        if getattr(child, "name", None) == "li":
            open_item = None
        elif isinstance(child, NavigableString) and not child.strip():
            continue
        elif getattr(child, "name", None) in LISTS and (before := child.find_previous_sibling("li")) is not None:
            before.append(child.extract())
        else:
            if open_item is None:
                open_item = soup.new_tag("li")
                child.insert_before(open_item)
            open_item.append(child.extract())


def _wrapper_of_items(one: Tag) -> Tag | None:
    """Return an element between a list and its items, None where there is none."""
    for child in one.find_all(True, recursive=False):
        if child.name not in ("li", *LISTS):
            if any(item.find_parent(["li", *LISTS]) is one for item in child.find_all("li")):
                return child
    return None


def _lines(soup: BeautifulSoup, item: Tag, blocks: list[str]) -> None:
    """Make lines of the blocks in an item, lists in it left as they are; no line is empty."""
    own = [block for block in item.find_all(blocks) if block.find_parent("li") is item]
    for block in own:
        block.insert_before(soup.new_tag("br"))
        block.insert_after(soup.new_tag("br"))
        block.unwrap()
    if not own:
        return
    is_fresh = True
    for child in list(item.children):
        if getattr(child, "name", None) == "br":
            if is_fresh:
                child.extract()
            is_fresh = True
        elif not isinstance(child, NavigableString) or child.strip():
            is_fresh = getattr(child, "name", None) in LISTS
    _end(item)


def _end(item: Tag) -> None:
    """Take the break of lines at the end of an item's own words away."""
    own = [child for child in item.children if getattr(child, "name", None) not in LISTS]
    while own and (own[-1].name == "br" or isinstance(own[-1], NavigableString) and not own[-1].strip()):
        own.pop().extract()
