"""Pictures for the demo, drawn here: quiet landscapes of river, field and street in a few flat layers.

Each scene is drawn from its name alone, so that every build gives the same picture.
"""

import io
import math
import random

from django.core.files.images import ImageFile
from PIL import Image, ImageDraw, ImageFilter

from base.models import PortalImage

SIZE = (1600, 900)
CREDIT = "Hình minh họa do hệ thống vẽ"

# Scene: (sky above, sky below, far layer, near layer, water above, water below, what stands on the shore).
SCENES = {
    "river": ("#cfe0e6", "#f6ead6", "#8fb0ac", "#4f7f73", "#9cc3c6", "#5f97a0", "trees"),
    "street": ("#dfe9ee", "#f7efe2", "#a9bcae", "#6f8f74", "#d9d3c7", "#b9b1a3", "houses"),
    "market": ("#f3d9c4", "#fbeedd", "#b39c92", "#6d6a6f", "#c9b4a6", "#7f8f97", "boats"),
    "storm": ("#8d9aa6", "#c9ced2", "#6f8088", "#47606a", "#8fa0a8", "#54707a", "trees"),
    "library": ("#e9dcc8", "#f5ecdd", "#b08a5e", "#7d5a3c", "#c9a878", "#93704c", "shelves"),
    "trees": ("#d7e6ea", "#f2f1e2", "#93b48f", "#4d7a55", "#a7c7bf", "#6a9a90", "trees"),
    "field": ("#cfe3ee", "#fbf3df", "#a8c08a", "#6e9a52", "#c3cf86", "#7fa45a", "rows"),
    "books": ("#e6e2da", "#f6f1e6", "#a8a190", "#6b6658", "#cbbfa5", "#8f866f", "shelves"),
    "night": ("#2d3a55", "#7a6a7c", "#3f4763", "#2a3147", "#4a4a5e", "#2c3044", "houses"),
    "alley": ("#dce8ea", "#f4ead9", "#b6a48c", "#7f8f74", "#d0c4b0", "#a3957f", "houses"),
    "island": ("#c7dfe8", "#f4efdc", "#86ab93", "#3f7a5e", "#92bfc6", "#4f8c9a", "trees"),
    "garden": ("#dcead8", "#f5f3df", "#8db07c", "#4b7d4a", "#b5cfa2", "#7aa56e", "trees"),
}
NAMES = {
    "river": "dòng sông",
    "street": "đường phố",
    "market": "chợ nổi",
    "storm": "trời giông",
    "library": "thư viện",
    "trees": "hàng cây",
    "field": "cánh đồng",
    "books": "kệ sách",
    "night": "phố đêm",
    "alley": "ngõ nhỏ",
    "island": "cù lao",
    "garden": "khu vườn",
}


def picture(scene: str, *, collection, title: str = "") -> PortalImage:
    """Return the stored picture of a scene in a collection, drawn on first use."""
    title = title or f"Minh họa: {NAMES[scene]}"
    found = PortalImage.objects.filter(title=title, collection=collection).first()
    if found:
        return found
    file = ImageFile(io.BytesIO(draw(scene)), name=f"minh-hoa-{scene}.jpg")
    described = f"Hình vẽ minh họa {NAMES[scene]}, chia thành vài mảng màu phẳng"
    image = PortalImage(title=title, description=described, collection=collection, source=CREDIT, file=file)
    image.save()
    return image


def draw(scene: str) -> bytes:
    """Draw a scene and return it as a JPEG."""
    sky_top, sky_low, far, near, water_top, water_low, kind = SCENES[scene]
    dice = random.Random(scene)  # noqa: S311  decoration, not security
    width, height = SIZE
    horizon = int(height * 0.52)
    canvas = Image.new("RGB", SIZE)
    _gradient(canvas, 0, horizon, sky_top, sky_low)
    _gradient(canvas, horizon, height, water_top, water_low)
    pen = ImageDraw.Draw(canvas, "RGBA")
    sun = (int(width * dice.uniform(0.6, 0.82)), int(height * 0.24))
    for radius, alpha in ((150, 26), (105, 46), (66, 110)):
        pen.ellipse((sun[0] - radius, sun[1] - radius, sun[0] + radius, sun[1] + radius), fill=(255, 250, 232, alpha))
    _ridge(pen, dice, horizon - 34, 40, far, horizon)
    {"trees": _trees, "houses": _houses, "boats": _boats, "shelves": _bookshelves, "rows": _rows}[kind](
        pen, dice, horizon, near
    )
    if kind in ("trees", "boats", "rows"):
        for _ in range(70):
            y = dice.randint(horizon + 12, height - 8)
            length = int((y - horizon) * dice.uniform(0.4, 1.4)) + 30
            x = dice.randint(-40, width)
            pen.line((x, y, x + length, y), fill=(255, 255, 255, dice.randint(14, 42)), width=2)
    canvas = canvas.filter(ImageFilter.GaussianBlur(0.8))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()


def _rgb(colour: str) -> tuple[int, int, int]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def _gradient(canvas, top: int, bottom: int, first: str, last: str) -> None:
    a, b, steps = _rgb(first), _rgb(last), max(1, bottom - top)
    strip = Image.new("RGB", (1, steps))
    strip.putdata([tuple(int(x + (y - x) * row / steps) for x, y in zip(a, b, strict=True)) for row in range(steps)])
    canvas.paste(strip.resize((canvas.width, steps)), (0, top))


def _ridge(pen, dice, base: int, rise: int, colour: str, bottom: int) -> None:
    phase, points = dice.uniform(0, 6), []
    for x in range(0, SIZE[0] + 20, 20):
        points.append((x, base - rise * (math.sin(x / 260 + phase) + 0.5 * math.sin(x / 90 + phase)) / 2))
    pen.polygon([(0, bottom), *points, (SIZE[0], bottom)], fill=(*_rgb(colour), 255))


def _shade(rgb, dice, darkest: int, lightest: int, hue: int = 8) -> tuple[int, ...]:
    """The colour a little darker or lighter, and a touch warmer or cooler."""
    change = dice.randint(darkest, lightest)
    return tuple(max(0, min(255, part + change + dice.randint(-hue, hue))) for part in rgb)


def _trees(pen, dice, horizon: int, colour: str) -> None:
    rgb = _rgb(colour)
    pen.rectangle((0, horizon - 10, SIZE[0], horizon + 8), fill=(*rgb, 255))
    for _ in range(26):
        x, tall = dice.randint(-20, SIZE[0] + 20), dice.randint(60, 170)
        shade = _shade(rgb, dice, -14, 28)
        pen.rectangle((x - 3, horizon - tall // 2, x + 3, horizon), fill=(*rgb, 255))
        pen.ellipse((x - tall // 3, horizon - tall, x + tall // 3, horizon - tall // 4), fill=(*shade, 255))
        pen.ellipse((x - tall // 3, horizon + 8, x + tall // 3, horizon + tall // 2), fill=(*shade, 46))


def _houses(pen, dice, horizon: int, colour: str) -> None:
    rgb, x = _rgb(colour), -30
    while x < SIZE[0]:
        wide, tall = dice.randint(90, 170), dice.randint(120, 260)
        shade = _shade(rgb, dice, -20, 46)
        pen.rectangle((x, horizon - tall, x + wide, horizon + 20), fill=(*shade, 255))
        pen.polygon(
            [(x - 8, horizon - tall), (x + wide / 2, horizon - tall - 40), (x + wide + 8, horizon - tall)],
            fill=tuple(max(0, part - 30) for part in shade),
        )
        for row in range(horizon - tall + 26, horizon - 40, 62):
            for column in range(x + 18, x + wide - 26, 46):
                pen.rectangle((column, row, column + 22, row + 30), fill=(255, 233, 190, dice.choice((60, 150, 210))))
        x += wide + dice.randint(0, 22)
    pen.polygon(
        [
            (SIZE[0] * 0.36, SIZE[1]),
            (SIZE[0] * 0.49, horizon + 20),
            (SIZE[0] * 0.51, horizon + 20),
            (SIZE[0] * 0.64, SIZE[1]),
        ],
        fill=(255, 255, 255, 60),
    )


def _boats(pen, dice, horizon: int, colour: str) -> None:
    rgb = _rgb(colour)
    for _ in range(9):
        depth = dice.randint(10, 260)
        x, y, scale = dice.randint(20, SIZE[0] - 240), horizon + depth, 0.5 + depth / 260
        long, high = 200 * scale, 34 * scale
        shade = _shade(rgb, dice, -30, 10)
        pen.polygon([(x, y), (x + long, y), (x + long * 0.86, y + high), (x + long * 0.14, y + high)], fill=shade)
        pen.pieslice((x + long * 0.3, y - high * 1.3, x + long * 0.7, y + high * 1.3), 180, 360, fill=(214, 196, 164))
        pen.line((x + long * 0.12, y, x + long * 0.12, y - high * 3.2), fill=shade, width=max(2, int(3 * scale)))
        for step in range(4):
            top = y - high * 3.1 + step * high * 0.5
            pen.ellipse(
                (x + long * 0.12 - 7, top, x + long * 0.12 + 7, top + 13),
                fill=dice.choice(((196, 142, 74), (126, 150, 92), (180, 96, 74))),
            )


def _bookshelves(pen, dice, horizon: int, colour: str) -> None:
    rgb = _rgb(colour)
    for y in range(150, SIZE[1] - 60, 180):
        x = 80
        while x < SIZE[0] - 90:
            wide, tall = dice.randint(22, 52), dice.randint(90, 140)
            shade = _shade(rgb, dice, -40, 70, hue=22)
            pen.rectangle((x, y + 150 - tall, x + wide, y + 150), fill=(*shade, 235))
            x += wide + dice.choice((2, 3, 4, 30))
        pen.rectangle((60, y + 150, SIZE[0] - 60, y + 162), fill=(*rgb, 255))


def _rows(pen, dice, horizon: int, colour: str) -> None:
    rgb = _rgb(colour)
    for step in range(-16, 17):
        x = SIZE[0] / 2 + step * 130
        pen.polygon(
            [
                (SIZE[0] / 2 + step * 20, horizon),
                (SIZE[0] / 2 + step * 20 + 9, horizon),
                (x + 64, SIZE[1]),
                (x, SIZE[1]),
            ],
            fill=(*rgb, 120),
        )
    _ridge(pen, dice, horizon - 6, 12, colour, horizon + 4)
