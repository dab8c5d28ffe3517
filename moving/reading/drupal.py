"""Drupal 7 to 10: a dump of its database; nodes with their texts, pictures, addresses, authors and first terms.

A node without a text is yielded too, so that the report names it; so are the fields of its own that no reader knows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import dumps, moments
from .rows import OldPage, Unreadable

NODES, BODIES = re.compile(r"\w*node(?:_field_data)?"), re.compile(r"\w*(?:field_data_body|node__body)")
OTHERS = re.compile(
    r"\w*(?:url_alias|path_alias|users|users_field_data|taxonomy_index|taxonomy_term_data|taxonomy_term_field_data|"
    r"file_managed|(?:field_data|node_)_field_\w+)"
)
FIELD = re.compile(r"\w*(?:field_data|node_)_(field_\w+)")
NO_NODES = (
    "Bản kết xuất không có bảng nội dung nào của Drupal (node, field_data_body hoặc node__body); hãy kết xuất lại."
)
OLD_DRUPAL = (
    "Bản kết xuất của Drupal 6 trở về trước (có bảng node_revisions); cổng đọc được từ Drupal 7. Hãy nâng cấp bản sao "
    "của cổng cũ lên Drupal 7 rồi kết xuất lại, hoặc dùng dạng «Các trang đã lưu»."
)
# Where the files of both kinds stood.
PUBLIC, FILES = "public://", "/sites/default/files/"


@dataclass
class _Site:
    """What is said of nodes beside them: {number: row} of nodes, {path: aliases}, names of users, terms of nodes.

    `pictures`: {node: (number of the file, description)}; `files`: {number: address}; `fields`: {node: other fields};
    `translated`: the nodes of which other languages are in the dump.
    """

    nodes: dict[str, dumps.Row] = field(default_factory=dict)
    aliases: dict[str, list[str]] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    terms_of: dict[str, list[str]] = field(default_factory=dict)
    pictures: dict[str, tuple[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    fields: dict[str, set[str]] = field(default_factory=dict)
    translated: set[str] = field(default_factory=set)


def read(file, given, site_import) -> Iterator[OldPage]:
    """Yield the nodes, those with a text first, in the order of the texts. Raises Unreadable."""
    site = _site(file)
    if not site.nodes:
        raise Unreadable(NO_NODES)
    nodes = dict(site.nodes)
    for _table, row in dumps.rows(file, BODIES):
        number = row.get("entity_id") or ""
        if row.get("deleted") == "1" or row.get("entity_type", "node") != "node" or number not in nodes:
            continue
        # Of a node in several languages the one that it was written in.
        language = nodes[number].get("langcode")
        if language is None or row.get("langcode") == language:
            yield _page(nodes.pop(number), row, site)
    if len(nodes) == len(site.nodes) and any(True for _row in dumps.rows(file, re.compile(r"\w*node_revisions"))):
        raise Unreadable(OLD_DRUPAL)
    for node in nodes.values():
        yield _page(node, {}, site)


def _site(file) -> _Site:
    site = _Site()
    for table, row in dumps.rows(file, re.compile(f"(?:{NODES.pattern})|(?:{OTHERS.pattern})")):
        number = row.get("nid") or ""
        if NODES.fullmatch(table):
            if "title" in row and row.get("default_langcode") != "0":
                site.nodes[number] = row
            elif "title" in row:
                site.translated.add(number)
        elif table.endswith(("url_alias", "path_alias")):
            source = (row.get("source") or row.get("path") or "").strip("/")
            site.aliases.setdefault(source, []).append(f"/{(row.get('alias') or '').strip('/')}")
        elif (found := FIELD.fullmatch(table)) is not None:
            _note_field(site, found[1], row)
        elif table.endswith("file_managed"):
            site.files[row.get("fid") or ""] = (row.get("uri") or "").replace(PUBLIC, FILES, 1)
        elif "users" in table:
            site.users[row.get("uid") or ""] = row.get("name") or ""
        elif table.endswith("taxonomy_index"):
            site.terms_of.setdefault(number, []).append(row.get("tid") or "")
        else:
            site.terms[row.get("tid") or ""] = row.get("name") or ""
    return site


def _note_field(site: _Site, name: str, row: dumps.Row) -> None:
    """Note a value of a field of a node: its first picture, or that there is one."""
    number = row.get("entity_id") or ""
    if row.get("deleted") == "1" or row.get("entity_type", "node") != "node":
        return
    file = row.get(f"{name}_fid") or (row.get(f"{name}_target_id") if f"{name}_alt" in row else None)
    if file and number not in site.pictures:
        site.pictures[number] = file, row.get(f"{name}_alt") or ""
    # The terms are known by the index.
    elif file or f"{name}_tid" not in row and f"{name}_target_id" not in row:
        site.fields.setdefault(number, set()).add(name)


def _page(node: dumps.Row, body: dumps.Row, site: _Site) -> OldPage:
    number = node["nid"] or ""
    file, alt = site.pictures.get(number, ("", ""))
    terms = [site.terms[one] for one in site.terms_of.get(number, []) if one in site.terms]
    return OldPage(
        key=f"drupal:{number}",
        title=node["title"] or "",
        html=body.get("body_value") or "",
        addresses=[*site.aliases.get(f"node/{number}", []), f"/node/{number}"],
        category=terms[0] if terms else "",
        author=site.users.get(node.get("uid") or "", ""),
        summary=body.get("body_summary") or "",
        published_at=moments.of_seconds(node.get("created") or 0),
        lead_picture=site.files.get(file, ""),
        lead_alt=alt,
        left="" if node.get("status") == "1" else "chưa đăng",
        lost=[
            *(("more_categories", term) for term in terms[1:]),
            *(("fields", name) for name in sorted(site.fields.get(number, ()))),
            *([("translations", "")] if number in site.translated else []),
        ],
    )
