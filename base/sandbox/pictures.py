"""Decode pictures: prove that one can be shown, turn it upright, and make it smaller."""

import contextlib
from typing import BinaryIO

from PIL import Image, ImageOps

MEMORY_MB = 700
LARGEST_WRITTEN_MB = 100
LOADED_LATER = tuple(
    f"PIL.{name}"
    for name in "AvifImagePlugin GifImagePlugin JpegImagePlugin MpoImagePlugin PngImagePlugin WebPImagePlugin".split()
)
MOST_PIXELS = 24_000_000
UPRIGHT_QUALITY = 92
Image.MAX_IMAGE_PIXELS = MOST_PIXELS

ORIENTATION = 0x0112
Image.init()


def decode(source: BinaryIO, target: BinaryIO, formats: list[str], most_frames: int) -> dict:
    """Decode every frame; write an upright copy to `target` when the picture lies on its side.

    Returns {"turned": bool, "size": [width, height]}. Without its EXIF the turned copy keeps the ICC profile.
    """
    with Image.open(source, formats=formats) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        frames = 0
        with contextlib.suppress(EOFError):
            while frames < most_frames:
                image.seek(frames)
                image.load()
                frames += 1
        if frames == 0:
            raise ValueError("no frame")
        turned = frames == 1 and image.getexif().get(ORIENTATION, 1) not in (0, 1)
        if not turned:
            return {"turned": False, "size": list(image.size)}
        kind, profile = image.format, image.info.get("icc_profile")
        upright = ImageOps.exif_transpose(image)
    options = {"icc_profile": profile} if profile else {}
    if kind in ("JPEG", "MPO", "WEBP"):
        options["quality"] = UPRIGHT_QUALITY
    if kind == "MPO":
        kind = "JPEG"
    if kind == "JPEG":
        options |= {"optimize": False, "progressive": True, "exif": b""}
    upright.save(target, kind, **options)
    return {"turned": True, "size": list(upright.size)}


def smaller(
    source: BinaryIO,
    target: BinaryIO,
    size: list[int],
    rect: list[float],
    result: list[int],
    kind: str,
    quality: int,
    lossless: bool,
    background: list[int] | None,
) -> dict:
    """Cut `rect` out of a picture of `size`, scale it to `result`, write it to `target` in the format `kind`.

    `kind` "" keeps the format; a GIF becomes a PNG, because only its first frame is shown. Returns {"kind": …, "size":
    …}; the kind is "", and nothing written, when the picture is not as large as `size` says.
    """
    with Image.open(source, formats=["JPEG", "PNG", "WEBP", "GIF"]) as image:
        width, height = image.size
        kind = kind or {"MPO": "jpeg", "GIF": "png"}.get(image.format, image.format.lower())
        turn = image.getexif().get(ORIENTATION, 1) if image.format in ("JPEG", "MPO") else 1
        upright = (height, width) if turn in (5, 6, 7, 8) else (width, height)
        if list(upright) != list(size):
            return {"kind": "", "size": list(upright)}
        left, top, right, bottom = rect
        scale = min((right - left) / max(result[0], 1), (bottom - top) / max(result[1], 1))
        if image.format in ("JPEG", "MPO") and scale > 2:
            # The decoder itself leaves out what the small picture will not show: an eighth of the memory.
            image.draft(None, (int(width / scale * 2), int(height / scale * 2)))
        profile = image.info.get("icc_profile")
        image.load()
        if turn not in (0, 1):
            image = ImageOps.exif_transpose(image)
        fx, fy = image.width / size[0], image.height / size[1]
        box = (left * fx, top * fy, min(right * fx, image.width), min(bottom * fy, image.height))
        if image.mode in ("P", "1", "PA", "LA"):
            image = image.convert("RGBA" if "transparency" in image.info or image.mode in ("PA", "LA") else "RGB")
        elif image.mode in ("CMYK", "YCCK", "LAB", "I", "F") or image.mode.startswith("I;"):
            image, profile = image.convert("RGB"), None
            # It names a shade of the mode that was left.
            image.info.pop("transparency", None)
        small = image.resize(tuple(result), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    if small.mode == "RGBA" and (background or kind == "jpeg"):
        ground = Image.new("RGBA", small.size, (*(background or (255, 255, 255)), 255))
        small = Image.alpha_composite(ground, small).convert("RGB")
    options = {"icc_profile": profile} if profile else {}
    if kind == "jpeg":
        options |= {"quality": quality or 76, "progressive": True, "optimize": True}
    elif kind == "webp":
        options |= {"lossless": True} if lossless else {"quality": quality or 80}
    elif kind == "png":
        options |= {"optimize": True}
    elif kind == "avif":
        options |= {"quality": quality or 61, "max_threads": 1}
    small.save(target, kind.upper(), **options)
    return {"kind": kind, "size": list(size)}


TASKS = {"decode": decode, "smaller": smaller}
