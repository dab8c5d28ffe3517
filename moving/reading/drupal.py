"""Drupal 7 to 10: a dump of its database; nodes with a body, their addresses, authors and first terms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import dumps, moments
from .rows import OldPage, Unreadable

NODES, BODIES = re.compile(r"\w*node(?:_field_data)?"), re.compile(r"\w*(?:field_data_body|node__body)")
OTHERS = re.compile(
    r"\w*(?:url_alias|path_alias|users|users_field_data|taxonomy_index|taxonomy_term_data|taxonomy_term_field_data)"
)
NO_NODES = (
    "Bản kết xuất không có bảng nội dung nào của Drupal (node, field_data_body hoặc node__body); hãy kết xuất lại."
)


@dataclass
class _Site:
    """What is said of nodes beside them: {number: row} of nodes, {path: aliases}, names of users, terms of nodes."""

    nodes: dict[str, dumps.Row] = field(default_factory=dict)
    aliases: dict[str, list[str]] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    term_of: dict[str, str] = field(default_factory=dict)


def read(file, given, site_import) -> Iterator[OldPage]:
    """Yield the nodes that have a body, in the order of the bodies. Raises Unreadable."""
    site = _site(file)
    if not site.nodes:
        raise Unreadable(NO_NODES)
    for _table, row in dumps.rows(file, BODIES):
        node = site.nodes.pop(row.get("entity_id") or "", None)
        if node is not None and row.get("deleted") != "1":
            yield _page(node, row, site)


def _site(file) -> _Site:
    site = _Site()
    for table, row in dumps.rows(file, re.compile(f"(?:{NODES.pattern})|(?:{OTHERS.pattern})")):
        if NODES.fullmatch(table):
            if "title" in row and row.get("default_langcode") != "0":
                site.nodes[row["nid"] or ""] = row
        elif table.endswith(("url_alias", "path_alias")):
            source = (row.get("source") or row.get("path") or "").strip("/")
            site.aliases.setdefault(source, []).append(f"/{(row.get('alias') or '').strip('/')}")
        elif "users" in table:
            site.users[row.get("uid") or ""] = row.get("name") or ""
        elif table.endswith("taxonomy_index"):
            site.term_of.setdefault(row.get("nid") or "", row.get("tid") or "")
        else:
            site.terms[row.get("tid") or ""] = row.get("name") or ""
    return site


def _page(node: dumps.Row, body: dumps.Row, site: _Site) -> OldPage:
    number = node["nid"]
    return OldPage(
        key=f"drupal:{number}",
        title=node["title"] or "",
        html=body.get("body_value") or "",
        addresses=[*site.aliases.get(f"node/{number}", []), f"/node/{number}"],
        category=site.terms.get(site.term_of.get(number or "", ""), ""),
        author=site.users.get(node.get("uid") or "", ""),
        summary=body.get("body_summary") or "",
        published_at=moments.of_seconds(node.get("created") or 0),
        left="" if node.get("status") == "1" else "chưa đăng",
    )
