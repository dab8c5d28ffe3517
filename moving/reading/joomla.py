"""Joomla: a dump of its database; the articles of `#__content`, with the paths of their categories."""

import json
import re
from collections.abc import Iterator
from html import escape

from . import dumps, moments
from .rows import OldPage, Unreadable

CONTENT, CATEGORIES, USERS = (re.compile(rf"\w+_{name}") for name in ("content", "categories", "users"))
NO_ARTICLES = "Bản kết xuất không có bảng bài viết nào của Joomla (như jos_content); hãy kết xuất cả bảng «…_content»."
STATES = {"0": "chưa đăng", "2": "đã lưu kho", "-2": "đã xóa vào thùng rác"}


def read(file, given, site_import) -> Iterator[OldPage]:
    """Yield the articles in the order of the dump. Raises Unreadable."""
    categories = {row.get("id") or "": row for _table, row in dumps.rows(file, CATEGORIES)}
    users = {row.get("id") or "": row.get("name") or "" for _table, row in dumps.rows(file, USERS)}
    found = False
    for _table, row in dumps.rows(file, CONTENT):
        if {"introtext", "fulltext", "alias"} <= row.keys():
            found = True
            yield _page(row, categories, users)
    if not found:
        raise Unreadable(NO_ARTICLES)


def _page(row: dumps.Row, categories: dict[str, dumps.Row], users: dict[str, str]) -> OldPage:
    number, alias = row["id"], row["alias"]
    category = categories.get(row.get("catid") or "", {})
    path = f"/{category.get('path') or category.get('alias') or ''}/{number}-{alias}".replace("//", "/")
    introduction, rest = row["introtext"] or "", row["fulltext"] or ""
    pictures = _object(row.get("images"))
    state = row.get("state") or ""
    return OldPage(
        key=f"jos:{number}",
        title=row.get("title") or "",
        html=introduction + rest + _links(_object(row.get("urls"))),
        addresses=[f"{path}.html", path, f"/index.php?option=com_content&view=article&id={number}"],
        category=category.get("title") or "",
        author=row.get("created_by_alias") or users.get(row.get("created_by") or "", ""),
        summary=introduction if rest else "",
        published_at=moments.universal(row.get("publish_up") or "") or moments.universal(row.get("created") or ""),
        # Joomla 4 stores facts of the picture behind a number sign.
        lead_picture=str(pictures.get("image_fulltext") or pictures.get("image_intro") or "").partition("#")[0],
        lead_alt=str(pictures.get("image_fulltext_alt") or pictures.get("image_intro_alt") or ""),
        left="" if state == "1" else STATES.get(state, "chưa đăng"),
    )


def _object(written: str | None) -> dict:
    """Return what a column holds as JSON, {} for what is none."""
    try:
        found = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _links(urls: dict) -> str:
    """Return the links that an article shows beside its text, three at most, as a list of it."""
    found = [(urls.get(f"url{one}"), urls.get(f"url{one}text")) for one in "abc"]
    items = (f'<li><a href="{escape(str(url))}">{escape(str(words or url))}</a></li>' for url, words in found if url)
    made = "".join(items)
    return f"<ul>{made}</ul>" if made else ""
