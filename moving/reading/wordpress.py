"""WordPress: its export WXR (an RSS 2.0 with elements of its own); attachments say where pictures are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from . import moments
from .rows import OldPage
from .xml import elements, name_of, text_of

WP, CONTENT, EXCERPT, DC = "wordpress.org/export", "purl.org/rss/1.0/modules/content", "excerpt", "purl.org/dc"
PAGES = frozenset({"post", "page"})
PUBLIC = "publish"
STATES = {
    "draft": "bản nháp",
    "auto-draft": "bản nháp tự lưu",
    "pending": "đang chờ duyệt",
    "private": "riêng tư",
    "future": "hẹn giờ, chưa đăng",
    "trash": "đã xóa vào thùng rác",
}
BLOCK = re.compile(r"<(?:p|div|h[1-6]|ul|ol|table|blockquote|figure|section|article|pre)\b", re.IGNORECASE)
BLOCK_MARKS = re.compile(r"<!--\s*/?wp:.*?-->", re.DOTALL)
CAPTION = re.compile(r"\[caption[^\]]{0,500}\](.*?)\[/caption\]", re.DOTALL)
# What extensions of WordPress put into texts for others to fill.
SHORTCODE = re.compile(
    r"\[/?(?:gallery|embed|audio|video|playlist|contact-form-7|pdf-embedder|wpdm_package|(?:vc|et_pb|su|rev|ngg|fusion)_\w+)"
    r"\b[^\]]{0,500}\]"
)
# What WordPress fills in at each reading: posts of a list, a form, a text that several posts share.
FILLED = re.compile(r"<!--\s*wp:([\w/-]+)\s[^>]*/-->")
PICTURE = re.compile(r"<a\b[^>]*>\s*<img\b[^>]*>\s*</a>|<img\b[^>]*>", re.IGNORECASE)


@dataclass
class _Site:
    """What the export says of the whole: names of authors, attachments by their number as (address, description)."""

    authors: dict[str, str] = field(default_factory=dict)
    attachments: dict[str, tuple[str, str]] = field(default_factory=dict)


def read(file, given, site_import) -> Iterator[OldPage]:
    """Yield the items of a WXR file in their order; what is no public post or page says so."""
    site = _site(file)
    for item in elements(file, frozenset({"item"})):
        yield _page(item, site)


def _site(file) -> _Site:
    site = _Site()
    for found in elements(file, frozenset({"author", "item"})):
        if name_of(found) == "author":
            site.authors[text_of(found, "author_login", WP)] = text_of(found, "author_display_name", WP)
        elif text_of(found, "post_type", WP) == "attachment":
            meta = _meta(found)
            address = text_of(found, "attachment_url", WP)
            site.attachments[text_of(found, "post_id", WP)] = (address, meta.get("_wp_attachment_image_alt", ""))
    return site


def _page(item, site: _Site) -> OldPage:
    number, kind, state = (text_of(item, name, WP) for name in ("post_id", "post_type", "status"))
    creator = text_of(item, "creator", DC)
    picture = site.attachments.get(_meta(item).get("_thumbnail_id", ""), ("", ""))
    address, html = text_of(item, "link"), text_of(item, "encoded", CONTENT)
    short = f"/?p={number}" if kind == "post" else f"/?page_id={number}"
    categories = [child.text or "" for child in item if child.get("domain") == "category"]
    return OldPage(
        key=f"wp:{number or text_of(item, 'guid') or address}",
        title=text_of(item, "title"),
        html=paragraphs(SHORTCODE.sub("", html)),
        addresses=[address, short] if number else [address],
        category=categories[0] if categories else "",
        author=site.authors.get(creator) or creator,
        summary=text_of(item, "encoded", EXCERPT),
        published_at=moments.local(text_of(item, "post_date", WP)) or moments.of_mail(text_of(item, "pubDate")),
        lead_picture=picture[0],
        lead_alt=picture[1],
        left=_why_left(kind, state, item),
        lost=_lost(item, html, categories),
    )


def _why_left(kind: str, state: str, item) -> str:
    if kind not in PAGES:
        return "tệp đính kèm, đi cùng bài dùng nó" if kind == "attachment" else f"loại «{kind or 'không rõ'}»"
    if state != PUBLIC:
        return STATES.get(state, f"tình trạng «{state}»")
    return "có mật khẩu" if text_of(item, "post_password", WP) else ""


def _lost(item, html: str, categories: list[str]) -> list[tuple[str, str]]:
    """Return what of a post has no place here: codes that are filled in, readers' comments, further categories."""
    tags = [child.text or "" for child in item if child.get("domain") == "post_tag"]
    return [
        *(("shortcodes", found[0]) for found in SHORTCODE.finditer(html)),
        *(("shortcodes", found[1]) for found in FILLED.finditer(html)),
        *(("comments", "") for child in item if name_of(child) == "comment"),
        *(("more_categories", name.strip()) for name in (*categories[1:], *tags)),
    ]


def _meta(item) -> dict[str, str]:
    rows = [child for child in item if name_of(child) == "postmeta"]
    return {text_of(row, "meta_key", WP): text_of(row, "meta_value", WP) for row in rows}


def paragraphs(html: str) -> str:
    """Return the text of a post as markup: it is stored with line breaks in place of paragraphs.

    A caption in square brackets becomes a figure. Example: "Một\n\nHai" -> "<p>Một</p><p>Hai</p>".
    """
    html = CAPTION.sub(_figure, BLOCK_MARKS.sub("", html.replace("\r\n", "\n")))
    made = []
    for part in re.split(r"\n\s*\n", html):
        part = part.strip()
        if part and not BLOCK.match(part):
            part = f"<p>{part.replace(chr(10), '<br/>')}</p>"
        made.append(part)
    return "\n".join(made)


def _figure(found: re.Match) -> str:
    picture = PICTURE.search(found[1])
    if picture is None:
        return found[1]
    words = re.sub(r"<[^>]*>", "", found[1].replace(picture[0], "")).strip()
    return f"\n\n<figure>{picture[0]}<figcaption>{escape(words, quote=False)}</figcaption></figure>\n\n"
