"""Pictures: measured from their headers before anything is decoded, cleaned piece by piece, decoded once elsewhere.

What goes: EXIF with the place and the camera, XMP, IPTC, comments, and whatever stands behind the end of the picture.
What stays: the picture as it was packed, and its colour profile. Only a picture that lies on its side is packed anew.
"""

import re
import struct
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError

from ...sandbox.client import SandboxFailure, pictures
from .common import Examined, cut_short, not_opened, not_what_it_says, replaced

FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
MOST_FRAMES = 60
DECODE_SECONDS = 8
_FOREIGN = re.compile(
    rb"<(?:!doctype|html|head|body|script|svg|iframe|\?php|\?xml)|PK\x03\x04|Rar!\x1a|\x7fELF[\x01\x02][\x01\x02]\x01|%PDF-\d"
    rb"|This program (?:cannot|must) be run",
    re.IGNORECASE,
)
# Where a program for Windows says that its second header stands, and what that begins with.
_PROGRAM_HEADER, _PROGRAM_MARKS = 0x3C, (b"PE\0\0", b"NE", b"LE", b"LX")


@dataclass
class Shape:
    """What the headers of a picture say: its size in pixels, its frames, and the pieces to keep of its bytes."""

    width: int = 0
    height: int = 0
    frames: int = 1
    pieces: list[bytes] = field(default_factory=list)
    # The same with its EXIF, which says how the picture lies; empty: the file as it is.
    with_exif: list[bytes] = field(default_factory=list)
    personal: bool = False
    end: int = 0

    def add(self, piece: bytes) -> None:
        """Keep a piece of the picture."""
        self.pieces.append(piece)
        self.with_exif.append(piece)

    def drop(self, piece: bytes, *, exif: bool = False) -> None:
        """Leave a piece out that says something about a person, a place or a machine."""
        self.personal = True
        if exif:
            self.with_exif.append(piece)


def examine(file, extension: str) -> Examined:
    """Refuse a picture that is not one, too large, cut short or double; return it clean and upright."""
    data = file.read()
    shape = demand_shape(data, extension)
    with tempfile.NamedTemporaryFile(prefix="portal-picture-") as source, tempfile.NamedTemporaryFile() as target:
        source.writelines(shape.with_exif or [data])
        source.flush()
        try:
            answer = pictures.ask(
                "decode",
                seconds=DECODE_SECONDS,
                source=source.name,
                target=target.name,
                formats=[FORMATS[extension]],
                most_frames=MOST_FRAMES + 1,
                says={"turned": bool},
            )
        except SandboxFailure as failure:
            if failure.kind in ("busy", "timeout"):
                raise ValidationError("Máy chủ đang bận mở ảnh khác; hãy đợi một phút rồi tải lại.") from None
            raise not_opened(failure, cut_short()) from None
        if answer["turned"]:
            with open(target.name, "rb") as upright:
                turned = upright.read()
            data, shape = turned, demand_shape(turned, extension)
    if shape.personal or shape.end < len(data):
        with tempfile.SpooledTemporaryFile() as clean:
            clean.writelines(shape.pieces)
            return Examined(replaced(file, clean))
    if answer["turned"]:
        with tempfile.SpooledTemporaryFile() as clean:
            clean.write(data)
            return Examined(replaced(file, clean))
    return Examined(file)


def demand_shape(data: bytes, extension: str) -> Shape:
    """Read the headers of a picture without decoding it; refuse by format, end, size and frames."""
    try:
        shape = _READERS[FORMATS[extension]](data)
    except (struct.error, IndexError):
        raise cut_short() from None
    if shape is None:
        raise not_what_it_says(extension)
    if shape.width < 1 or shape.height < 1:
        raise ValidationError("Ảnh có kích thước bằng không; hãy xuất lại ảnh rồi tải lên.")
    most = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
    pixels = shape.width * shape.height
    if pixels > most:
        raise ValidationError(
            f"Ảnh có {pixels // 1_000_000} triệu điểm ảnh, nhiều nhất là {most // 1_000_000} triệu; "
            "hãy thu nhỏ ảnh rồi tải lại."
        )
    if shape.frames > MOST_FRAMES or shape.frames * pixels > most:
        raise ValidationError(
            f"Ảnh động có quá nhiều khung hình (nhiều nhất {MOST_FRAMES} khung, tổng cộng {most // 1_000_000} triệu "
            "điểm ảnh); hãy dùng ảnh tĩnh hoặc đoạn phim mp4."
        )
    if _hides_something(data[shape.end :]):
        raise ValidationError("Sau phần ảnh còn giấu tệp khác; hãy mở ảnh, lưu lại thành tệp mới rồi tải lên.")
    return shape


def _hides_something(rest: bytes) -> bool:
    """Tell whether something else stands behind a picture than what cameras put there, which is cut off unseen.

    Cameras: further pictures of the same shot (MPO, a map of brightness or of depth), the seconds around it as a film.
    """
    rest = rest.lstrip(b"\0")
    if rest[:3] == b"\xff\xd8\xff" or rest[4:8] == b"ftyp" or rest.endswith(b"SEFT"):
        return False
    return bool(_FOREIGN.search(rest)) or any(_is_program(rest, place) for place in _places(rest, b"MZ"))


def _places(data: bytes, what: bytes) -> Iterator[int]:
    place = data.find(what)
    while place >= 0:
        yield place
        place = data.find(what, place + 1)


def _is_program(data: bytes, place: int) -> bool:
    """Tell whether a program for Windows begins there: its first two letters alone stand anywhere by chance."""
    header = data[place + _PROGRAM_HEADER : place + _PROGRAM_HEADER + 4]
    if len(header) < 4:
        return False
    second = place + int.from_bytes(header, "little")
    return data[second : second + 4].startswith(_PROGRAM_MARKS[:1]) or data[second : second + 2] in _PROGRAM_MARKS[1:]


# --- JPEG -------------------------------------------------------------------------------------------

_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _jpeg(data: bytes) -> Shape | None:
    if data[:3] != b"\xff\xd8\xff":
        return None
    shape, position = Shape(), 2
    shape.add(data[:2])
    while True:
        while data[position] == 0xFF and data[position + 1] == 0xFF:
            position += 1
        if data[position] != 0xFF:
            raise cut_short()
        marker = data[position + 1]
        if marker == 0xD9:
            shape.add(data[position : position + 2])
            shape.end = position + 2
            return shape
        length = struct.unpack(">H", data[position + 2 : position + 4])[0]
        end = position + 2 + length
        if end > len(data) or length < 2:
            raise cut_short()
        segment = data[position:end]
        if marker in _SIZES:
            shape.height, shape.width = struct.unpack(">HH", segment[5:9])
        if marker == 0xDA:
            following = _MARKER.search(data, end)
            if following is None:
                raise cut_short()
            end = following.end() - 2
            segment = data[position:end]
        if _is_personal_segment(marker, segment):
            shape.drop(segment, exif=segment[4:10] == b"Exif\0\0")
        else:
            shape.add(segment)
        position = end


def _is_personal_segment(marker: int, segment: bytes) -> bool:
    """Everything an application wrote, except the resolution, the colour profile and Adobe's colour mark."""
    if marker == 0xFE:
        return True
    if not 0xE0 <= marker <= 0xEF:
        return False
    return not (
        (marker == 0xE0 and segment[4:9] == b"JFIF\0")
        or (marker == 0xE2 and segment[4:15] == b"ICC_PROFILE")
        or (marker == 0xEE and segment[4:9] == b"Adobe")
    )


# --- PNG --------------------------------------------------------------------------------------------

_PNG_KNOWN = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
_LARGEST_PROFILE = 4 * 1024 * 1024


def _png(data: bytes) -> Shape | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    shape, position, drawn = Shape(), 8, False
    shape.add(data[:8])
    while True:
        length, kind = struct.unpack(">I4s", data[position : position + 8])
        end = position + 12 + length
        if end > len(data):
            raise cut_short()
        body = data[position + 8 : position + 8 + length]
        if zlib.crc32(kind + body) != struct.unpack(">I", data[end - 4 : end])[0]:
            raise cut_short()
        if kind == b"IHDR":
            shape.width, shape.height = struct.unpack(">II", body[:8])
        elif kind == b"acTL":
            shape.frames = max(struct.unpack(">I", body[:4])[0], 1)
        elif kind == b"iCCP":
            _refuse_profile(body)
        drawn = drawn or kind == b"IDAT"
        if kind in _PNG_KNOWN:
            shape.add(data[position:end])
        else:
            # Texts, the time, EXIF, and unknown chunks.
            shape.drop(data[position:end], exif=kind == b"eXIf")
        position = end
        if kind == b"IEND":
            if not drawn:
                raise cut_short()
            shape.end = end
            return shape


def _refuse_profile(body: bytes) -> None:
    """A packed colour profile may burst like any other."""
    machine = zlib.decompressobj()
    try:
        machine.decompress(body[body.index(b"\0") + 2 :], _LARGEST_PROFILE)
    except (zlib.error, ValueError):
        raise cut_short() from None
    if machine.unconsumed_tail:
        raise ValidationError("Hồ sơ màu của ảnh quá lớn, có thể gây hại; hãy lưu lại ảnh rồi tải lên.")


# --- WebP -------------------------------------------------------------------------------------------


def _webp(data: bytes) -> Shape | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    total = struct.unpack("<I", data[4:8])[0] + 8
    if total > len(data) or total < 20:
        raise cut_short()
    shape, position, pieces, frames = Shape(end=total), 12, [], 0
    while position + 8 <= total:
        kind, length = struct.unpack("<4sI", data[position : position + 8])
        body = data[position + 8 : position + 8 + length]
        end = position + 8 + length + (length & 1)
        if end > total + (length & 1):
            raise cut_short()
        piece = data[position:end]
        if kind == b"VP8X":
            shape.width = int.from_bytes(body[4:7], "little") + 1
            shape.height = int.from_bytes(body[7:10], "little") + 1
            # Without the marks of EXIF and XMP, which are taken out.
            piece = piece[:8] + bytes([body[0] & ~0x0C]) + piece[9:]
        elif kind == b"VP8 " and not shape.width:
            shape.width, shape.height = (side & 0x3FFF for side in struct.unpack("<HH", body[6:10]))
        elif kind == b"VP8L" and not shape.width:
            bits = int.from_bytes(body[1:5], "little")
            shape.width, shape.height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        elif kind == b"ANMF":
            frames += 1
        if kind in (b"EXIF", b"XMP ") or kind not in (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"):
            shape.personal = True
        else:
            pieces.append(piece)
        position = end
    shape.frames = max(frames, 1)
    body = b"".join(pieces)
    shape.pieces = [b"RIFF", struct.pack("<I", len(body) + 4), b"WEBP", body]
    return shape


# --- GIF --------------------------------------------------------------------------------------------

_GIF_PLAYED = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


def _gif(data: bytes) -> Shape | None:
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    width, height, flags = struct.unpack("<HHB", data[6:11])
    position = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    shape, frames = Shape(width=width, height=height, pieces=[data[:position]]), 0
    while True:
        kind, start = data[position], position
        if kind == 0x3B:
            shape.pieces.append(data[position : position + 1])
            shape.end, shape.frames = position + 1, max(frames, 1)
            if not frames:
                raise cut_short()
            return shape
        if kind == 0x2C:
            frames += 1
            left, top, frame_width, frame_height, local = struct.unpack("<HHHHB", data[position + 1 : position + 10])
            shape.width, shape.height = max(width, left + frame_width), max(height, top + frame_height)
            width, height = shape.width, shape.height
            if frames > MOST_FRAMES:
                shape.frames, shape.end = frames, len(data)
                return shape
            position = _gif_blocks(data, position + 11 + (3 << ((local & 7) + 1) if local & 0x80 else 0))
            shape.pieces.append(data[start:position])
        elif kind == 0x21:
            label = data[position + 1]
            position = _gif_blocks(data, position + 2)
            if label == 0xF9 or (label == 0xFF and data[start + 3 : start + 14] in _GIF_PLAYED):
                shape.pieces.append(data[start:position])
            else:
                shape.personal = True
        else:
            raise cut_short()


def _gif_blocks(data: bytes, position: int) -> int:
    while data[position]:
        position += data[position] + 1
    return position + 1


_READERS = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "GIF": _gif}
