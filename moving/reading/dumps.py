"""Dumps of MySQL and MariaDB (mysqldump, phpMyAdmin, the backups of NukeViet): the rows of some tables, as a stream.

No statement is run and nothing is guessed: only `CREATE TABLE` (for the names of columns) and `INSERT INTO … VALUES`
are read. Strings have the escapes of MySQL; what is no literal makes the dump unreadable, with its place.
"""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator

from .rows import Unreadable

PIECE = 1024 * 1024
# Of a dump once unpacked, and of one literal in it.
LARGEST_DUMP, LONGEST_LITERAL = 8 * 1024**3, 32 * PIECE
# A literal that is not closed yet matches nothing: what was read is read on (`_Tokens.next`).
TOKEN = re.compile(
    r"""\s+|--[^\n]*(?:\n|$)|\#[^\n]*(?:\n|$)|/\*.*?\*/
    |(?P<string>'(?>[^'\\]++|\\.|'')*+'|"(?>[^"\\]++|\\.|"")*+")
    |(?P<name>`(?>[^`]++|``)*+`)
    |(?P<word>[\w@.$]+|[-+]\d[\w.]*)
    |(?P<sign>(?!/\*)[^\s\w'"`])""",
    re.VERBOSE | re.DOTALL,
)
# Of the sign around a literal only: in '<img alt="">' two others stand for themselves.
ESCAPED = {quote: re.compile(rf"\\(.)|{quote}{quote}", re.DOTALL) for quote in "'\""}
# What may stand before a string, beside the name of a set of letters ("_utf8mb4").
BEFORE_STRINGS = ("n", "b", "x")
MEANS = {"n": "\n", "r": "\r", "t": "\t", "0": "", "b": "", "Z": ""}
# What begins a line of a table's definition and names no column.
NO_COLUMN = frozenset("primary unique key index constraint fulltext spatial foreign check".split())
NO_DUMP = "Tệp không phải bản kết xuất MySQL (.sql, .sql.gz): không có bảng nào đọc được; hãy kết xuất lại từ cổng cũ."
STRANGE = "Không đọc được bản kết xuất ở lệnh thứ {number} (bảng «{table}»): gặp «{found}» ở chỗ của một giá trị."
CUT = "Bản kết xuất bị cụt giữa chừng ở bảng «{table}»; hãy kết xuất lại."
TOO_LARGE = "Bản kết xuất phình quá lớn khi giải nén, có thể gây hại; hãy kết xuất lại chỉ các bảng tin bài."
Row = dict[str, str | None]


def rows(file, wanted: re.Pattern) -> Iterator[tuple[str, Row]]:
    """Yield (table, {column: value}) of each row of the tables whose whole name matches; NULL is None.

    Raises Unreadable.
    """
    tokens = _Tokens(file)
    columns: dict[str, list[str]] = {}
    for word in tokens.statements():
        if word == "create":
            table, names = tokens.definition()
            columns[table] = names
        elif word in ("insert", "replace"):
            table = tokens.table_of_insert()
            if wanted.fullmatch(table):
                for values in tokens.values(table, columns):
                    yield table, values


class _Tokens:
    """The literals, names and signs of a dump, one after another; comments and space are left out."""

    def __init__(self, file):
        self._file = _opened(file)
        self._text, self._place, self._is_over = "", 0, False
        self.number = 0

    def statements(self) -> Iterator[str]:
        """Yield the first word of each statement, in lower case; what the caller does not read of it is passed over."""
        while (token := self.next()) is not None:
            kind, value = token
            if value == ";" and kind == "sign":
                continue
            self.number += 1
            self._ended = False
            yield value.lower() if kind == "word" else ""
            while not self._ended:
                self.next_in("")

    def next_in(self, table: str) -> tuple[str, str]:
        """Return the next token of a statement; its end is noted. Raises Unreadable where the dump is cut."""
        token = self.next()
        if token is None:
            if table:
                raise Unreadable(CUT.format(table=table))
            self._ended = True
            return "sign", ";"
        if token == ("sign", ";"):
            self._ended = True
        return token

    def definition(self) -> tuple[str, list[str]]:
        """Return the table that a CREATE TABLE makes and the names of its columns."""
        kind, value = self.next_in("")
        while kind == "word" and value.lower() != "table" and not self._ended:
            kind, value = self.next_in("")
        table = self._table()
        names, depth, is_first = [], 1, True
        while depth and not self._ended:
            kind, value = self.next_in("")
            if kind == "sign":
                depth += (value == "(") - (value == ")")
                is_first = depth == 1 and value == ","
            else:
                if is_first and (kind == "name" or value.lower() not in NO_COLUMN):
                    names.append(value)
                is_first = False
        return table, names

    def table_of_insert(self) -> str:
        """Return the table of an INSERT INTO; what stands behind its name is still to be read."""
        kind, value = self.next_in("")
        while kind == "word" and value.lower() != "into" and not self._ended:
            kind, value = self.next_in("")
        return self._table()

    def _table(self) -> str:
        """Read the name of a table, of which a database may be said before a point, and the sign behind it."""
        name = ""
        while not self._ended:
            kind, value = self.next_in("")
            if kind == "sign" and value == "(":
                self._behind = value
                return name.rpartition(".")[2]
            if kind == "word" and value.lower() == "values":
                self._behind = "values"
                return name.rpartition(".")[2]
            if kind in ("name", "word", "string") and value.lower() not in ("if", "not", "exists"):
                name = value
        self._behind = ""
        return name.rpartition(".")[2]

    def values(self, table: str, columns: dict[str, list[str]]) -> Iterator[Row]:
        """Yield the rows of an INSERT whose table was read."""
        names = columns.get(table, [])
        if self._behind == "(":
            names = []
            while (token := self.next_in(table)) != ("sign", ")"):
                if token[0] in ("name", "word"):
                    names.append(token[1])
            if self.next_in(table)[1].lower() != "values":
                raise self._strange(table, "…")
        if not names:
            # Without the definition of the table it is not known what its values are.
            return
        while not self._ended:
            if self.next_in(table) == ("sign", "("):
                found = self._tuple(table)
                if len(found) != len(names):
                    raise self._strange(table, f"{len(found)} giá trị cho {len(names)} cột")
                yield dict(zip(names, found, strict=True))

    def _tuple(self, table: str) -> list[str | None]:
        found, value, is_open = [], None, True
        while True:
            kind, piece = self.next_in(table)
            if kind == "sign":
                if is_open or piece not in ",)":
                    raise self._strange(table, piece)
                found.append(value)
                if piece == ")":
                    return found
                value, is_open = None, True
            elif kind == "word" and is_open and (piece.startswith("_") or piece.lower() in BEFORE_STRINGS):
                continue
            elif is_open:
                is_null = kind == "word" and piece.lower() == "null"
                value, is_open = (None if is_null else _plain(kind, piece)), False
            else:
                raise self._strange(table, piece)

    def _strange(self, table: str, found: str) -> Unreadable:
        return Unreadable(STRANGE.format(number=self.number, table=table, found=found[:40]))

    # --- Reading ------------------------------------------------------------------------------------------

    def next(self) -> tuple[str, str] | None:
        """Return (kind, value) of the next token, a string without its quotes; None at the end."""
        while True:
            match = TOKEN.match(self._text, self._place)
            # What reaches the end of what was read may go on behind it.
            if match is None or match.end() == len(self._text):
                if self._read_on():
                    continue
                if match is None:
                    return None
            self._place = match.end()
            kind = match.lastgroup
            if kind is None:
                continue
            value = match[kind]
            if kind == "string":
                value = ESCAPED[value[0]].sub(_meaning, value[1:-1])
            elif kind == "name":
                value = value[1:-1].replace("``", "`")
            return kind, value

    def _read_on(self) -> bool:
        if self._is_over:
            return False
        rest = self._text[self._place :]
        if len(rest) > LONGEST_LITERAL:
            raise Unreadable(CUT.format(table="?"))
        # As much again as is left: a long literal is looked at a few times, not once a piece.
        more = self._file.read(max(PIECE, len(rest)))
        self._is_over = not more
        self._text, self._place = rest + more, 0
        return bool(more)


def _meaning(found: re.Match) -> str:
    if found[1] is None:
        return found[0][0]
    return MEANS.get(found[1], found[1])


def _plain(kind: str, piece: str) -> str:
    if kind == "word" and piece[:2].lower() == "0x":
        try:
            return bytes.fromhex(piece[2:]).decode("utf-8", "replace").replace("\0", "")
        except ValueError:
            return piece
    return piece


class _Bounded(io.RawIOBase):
    """The bytes of an open file, unpacked where it is packed, up to a limit."""

    def __init__(self, source):
        self._source, self._left = source, LARGEST_DUMP

    def readable(self):
        return True

    def readinto(self, buffer):
        try:
            piece = self._source.read(len(buffer))
        except (OSError, EOFError, zlib.error):
            raise Unreadable(CUT.format(table="?")) from None
        self._left -= len(piece)
        if self._left < 0:
            raise Unreadable(TOO_LARGE)
        buffer[: len(piece)] = piece
        return len(piece)


def _opened(file) -> io.TextIOBase:
    """Return the text of an open dump: UTF-8, else as Windows-1252 gives bytes; packed by gzip or not."""
    encoding = "utf-8-sig"
    decoder = codecs.getincrementaldecoder("utf-8")()
    source = _bytes_of(file)
    try:
        while piece := source.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        encoding = "cp1252"
    return io.TextIOWrapper(_bytes_of(file), encoding=encoding, errors="replace", newline="")


def _bytes_of(file) -> io.BufferedReader:
    file.seek(0)
    is_packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return io.BufferedReader(_Bounded(gzip.GzipFile(fileobj=file) if is_packed else file), PIECE)
