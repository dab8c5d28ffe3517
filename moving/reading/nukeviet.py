"""NukeViet 4: a dump of its database; the articles of its news modules (`nv4_<language>_<module>_rows`), then the
pages of its modules of single pages (`nv4_<language>_<module>`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import dumps, moments
from .rows import OldPage, Unreadable

# Prefix of the installation, language, module, and what of the module the table holds.
TABLE = re.compile(
    r"(?P<prefix>\w+?)_(?P<language>[a-z]{2})_(?P<module>\w+)_(?P<part>rows|detail|bodyhtml_\d+|cat|sources)"
)
SINGLE = re.compile(r"(?P<prefix>\w+?)_(?P<language>[a-z]{2})_(?P<module>[a-z0-9-]+)")
NO_NEWS = (
    "Bản kết xuất không có bảng tin bài nào của NukeViet (như nv4_vi_news_rows); hãy kết xuất cả các bảng «…_news_…»."
)
SHOWN = "1"
STATES = {
    "0": "chưa đăng",
    "2": "hẹn giờ, chưa đăng",
    "3": "đã hết hạn",
    "4": "bản nháp",
    "5": "đang chờ duyệt",
    "6": "bị từ chối",
}


@dataclass
class _Module:
    """A news module: its articles without their texts, its categories and sources, by their numbers."""

    articles: dict[str, dumps.Row] = field(default_factory=dict)
    categories: dict[str, dumps.Row] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)


def read(file, given, site_import) -> Iterator[OldPage]:
    """Yield the articles of all news modules, those with a text first, then single pages. Raises Unreadable."""
    modules = _modules(file)
    singles = list(_singles(file))
    if not singles and not any(module.articles for module in modules.values()):
        raise Unreadable(NO_NEWS)
    for table, row in dumps.rows(file, TABLE):
        found = TABLE.fullmatch(table)
        if found["part"] != "detail" and not found["part"].startswith("bodyhtml"):
            continue
        module = modules.get(_name(found))
        article = module.articles.pop(row.get("id") or "", None) if module else None
        if article is not None:
            yield _page(found, article, row, module)
    for name, module in modules.items():
        for article in module.articles.values():
            yield _page(TABLE.fullmatch(f"{name}_rows"), article, {}, module)
    yield from singles


def _singles(file) -> Iterator[OldPage]:
    """Yield the single pages: "giới thiệu", "liên hệ"; there are few."""
    for table, row in dumps.rows(file, SINGLE):
        found = SINGLE.fullmatch(table)
        if {"bodytext", "alias", "title"} <= row.keys():
            path, picture = f"/{found['module']}/{row['alias']}.html", row.get("image") or ""
            if picture and "://" not in picture:
                picture = f"/uploads/{found['module']}/{picture}"
            yield OldPage(
                key=f"nv:{table}:{row.get('id')}",
                title=row["title"] or "",
                html=row["bodytext"] or "",
                addresses=[path, f"/{found['language']}{path}"],
                summary=row.get("description") or "",
                published_at=moments.of_seconds(row.get("add_time") or 0),
                lead_picture=picture,
                lead_alt=row.get("imagealt") or "",
                left="" if row.get("status") == SHOWN else "chưa đăng",
            )


def _modules(file) -> dict[str, _Module]:
    modules: dict[str, _Module] = {}
    for table, row in dumps.rows(file, TABLE):
        found = TABLE.fullmatch(table)
        part = found["part"]
        if part == "rows" and {"catid", "publtime", "alias"} <= row.keys():
            modules.setdefault(_name(found), _Module()).articles[row["id"] or ""] = row
        elif part == "cat":
            modules.setdefault(_name(found), _Module()).categories[row.get("catid") or ""] = row
        elif part == "sources":
            modules.setdefault(_name(found), _Module()).sources[row.get("sourceid") or ""] = row.get("title") or ""
    return modules


def _name(found: re.Match) -> str:
    return f"{found['prefix']}_{found['language']}_{found['module']}"


def _page(found: re.Match, article: dumps.Row, detail: dumps.Row, module: _Module) -> OldPage:
    number, name = article["id"], found["module"]
    category = module.categories.get(article["catid"] or "", {})
    path = f"/{name}/{category.get('alias') or ''}/{article['alias']}-{number}.html".replace("//", "/")
    picture = article.get("homeimgfile") or ""
    if picture and "://" not in picture:
        picture = f"/uploads/{name}/{picture}"
    files = (one.strip() for one in (detail.get("files") or "").split(","))
    return OldPage(
        key=f"nv:{_name(found)}:{number}",
        title=article.get("title") or "",
        html=detail.get("bodyhtml") or article.get("hometext") or "",
        # With one language its letters are not in addresses, with several they are.
        addresses=[path, f"/{found['language']}{path}"],
        category=category.get("title") or "",
        author=article.get("author") or "",
        source=detail.get("sourcetext") or module.sources.get(article.get("sourceid") or "", ""),
        summary=article.get("hometext") or "",
        published_at=moments.of_seconds(article.get("publtime") or article.get("addtime") or 0),
        lead_picture=picture,
        lead_alt=article.get("homeimgalt") or "",
        files=[(f"/uploads/{name}/{one}", "") for one in files if one],
        left="" if article.get("status") == SHOWN else STATES.get(article.get("status") or "", "chưa đăng"),
    )
