"""Readers, one module a format: each yields the pages of an export as `rows.OldPage`, in the order of the export.

A reader takes (open export, `pages.given.Given`, the import) and raises `rows.Unreadable`. It runs nothing, opens no
connection and writes nothing; it is read again from the beginning when an import goes on after a stop, so that the same
export must give the same rows. `FORMATS` is the list that commands and forms offer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import drupal, feeds, joomla, nukeviet, saved, tables, wordpress
from .rows import OldPage


@dataclass(frozen=True)
class Format:
    """A format: what people call it, the endings of its files, its reader; `is_package`: the export is a ZIP itself."""

    label: str
    endings: tuple[str, ...]
    read: Callable[..., Iterator[OldPage]]
    is_package: bool = False


DUMPS = (".sql", ".sql.gz")
FORMATS = {
    "wordpress": Format("WordPress: tệp xuất WXR (.xml)", (".xml",), wordpress.read),
    "nukeviet": Format("NukeViet 4: kết xuất cơ sở dữ liệu (.sql)", DUMPS, nukeviet.read),
    "joomla": Format("Joomla: kết xuất cơ sở dữ liệu (.sql)", DUMPS, joomla.read),
    "drupal": Format("Drupal: kết xuất cơ sở dữ liệu (.sql)", DUMPS, drupal.read),
    "bang": Format("Bảng CSV, XLSX và các bài HTML trong ZIP", (".csv", ".xlsx"), tables.read),
    "trang-luu": Format("Các trang đã lưu thành HTML, nén ZIP", (".zip",), saved.read, is_package=True),
    "rss": Format("Nguồn tin RSS, Atom (.xml)", (".xml", ".rss", ".atom"), feeds.read),
}
