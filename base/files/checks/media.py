"""Films and recordings: the frame of the file is walked, the place of recording taken out."""

import struct

from django.core.exceptions import ValidationError

from .common import MB, Examined, cut_short, not_what_it_says

BRANDS = (
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
    b"f4v ",
    b"qt  ",
)
MOST_BOXES = 100_000
LARGEST_INDEX = 40 * MB
# Who and where: user data of phones holds the coordinates, extensions hold XMP.
_PERSONAL = (b"udta", b"meta", b"uuid")


def examine(file, extension: str) -> Examined:
    """Take mp4 and mp3 that are what they say and whole."""
    return Examined(_film(file) if extension == "mp4" else _recording(file))


def personal_boxes(file) -> list[tuple[int, int]]:
    """Return place and size of each box of a film that holds data of who recorded it, and where.

    Raises ValidationError for what is no film, or not whole.
    """
    position, index, boxes = 0, None, 0
    found = []
    while position < file.size:
        file.seek(position)
        header = file.read(16)
        size, kind = _box(header, file.size - position)
        if boxes == 0 and (kind != b"ftyp" or file.size < 16 or header[8:12] not in BRANDS):
            raise not_what_it_says("mp4")
        if kind == b"moov":
            index = (position, size)
        elif kind in _PERSONAL:
            found.append((position, size))
        position += size
        boxes += 1
        if boxes > MOST_BOXES:
            raise not_what_it_says("mp4")
    if index is None or index[1] > LARGEST_INDEX:
        raise ValidationError(
            "Đoạn phim thiếu bảng mục lục nên không phát được; hãy xuất lại dạng mp4 (H.264) rồi tải lên."
        )
    file.seek(index[0])
    inside = _personal_boxes(file.read(index[1]))
    return found + [(index[0] + place, size) for place, size in inside]


def _film(file):
    for place, size in personal_boxes(file):
        file.seek(place)
        header = 16 if file.read(4) == b"\0\0\0\1" else 8
        # Renamed in place and emptied: a player skips what is free, and no offset in the file moves.
        file.seek(place + 4)
        file.write(b"free")
        _empty(file, size - header, at=place + header)
    file.flush()
    return file


def _empty(file, length: int, *, at: int) -> None:
    file.seek(at)
    while length > 0:
        length -= file.write(bytes(min(length, MB)))


def _personal_boxes(index: bytes) -> list[tuple[int, int]]:
    """Places and sizes of boxes of user data in the index and in its tracks."""
    found, waiting = [], [(8, len(index))]
    while waiting:
        position, end = waiting.pop()
        while position + 8 <= end:
            size, kind = _box(index[position : position + 16], end - position)
            if kind in _PERSONAL:
                found.append((position, size))
            elif kind == b"trak":
                waiting.append((position + 8, position + size))
            position += size
    return found


def _box(header: bytes, left: int) -> tuple[int, bytes]:
    """Return (size, name) of the box that starts here; refuse one that reaches beyond its surroundings."""
    if len(header) < 8:
        raise cut_short()
    size, kind = struct.unpack(">I4s", header[:8])
    if size == 1 and len(header) >= 16:
        size = struct.unpack(">Q", header[8:16])[0]
    elif size == 0:
        size = left
    if size < 8 or size > left:
        raise cut_short()
    return size, kind


def _recording(file):
    header = file.read(10)
    position = 0
    if header[:3] == b"ID3" and len(header) == 10:
        parts = header[6:10]
        position = 10 + sum((part & 0x7F) << (7 * (3 - place)) for place, part in enumerate(parts))
    file.seek(position)
    data = file.read(64 * 1024)
    # Padding may follow the tag; then two frames in a row, because two bytes alone prove nothing.
    start = next((place for place in range(min(len(data), 8192)) if _frame(data[place : place + 4])), None)
    if start is None or (position == 0 and start > 0):
        raise not_what_it_says("mp3")
    following = start + _frame(data[start : start + 4])
    if following + 4 <= len(data) and not _frame(data[following : following + 4]):
        raise not_what_it_says("mp3")
    return file


_RATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
)
_SAMPLES = (44100, 48000, 32000, 0)


def _frame(header: bytes) -> int:
    """Length in bytes of the layer III frame that starts here; 0 when none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version = (header[1] >> 3) & 3
    if version == 1:
        return 0
    first = version == 3
    rate = _RATES[0 if first else 1][header[2] >> 4] * 1000
    sample = _SAMPLES[(header[2] >> 2) & 3] // {3: 1, 2: 2, 0: 4}[version]
    return (144 if first else 72) * rate // sample + ((header[2] >> 1) & 1) if rate and sample else 0
