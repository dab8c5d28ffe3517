"""What a picture says to those who cannot see it (mô tả ảnh): the one rule of uploads, blocks and preflight.

A picture needs a description unless a writer marks it as decorative where it stands; the name that a camera or a
telephone gave its file describes nothing.
"""

import re
from pathlib import PurePosixPath

from vietnam import text

# Of a picture's field "x", the field of its description where it stands.
BESIDE = "{}_alt"
MISSING = "Ảnh chưa có mô tả (văn bản thay thế); hãy viết một câu tả nội dung ảnh cho người không nhìn thấy."
OR_DECORATIVE = "Nếu ảnh chỉ để trang trí, hãy đánh dấu «Ảnh trang trí»."
SAYS_NOTHING = "Mô tả «{description}» chỉ là tên tệp hoặc chữ chung chung; hãy viết một câu tả nội dung ảnh."
# What cameras, telephones and messengers call pictures, and words that say no more than "a picture", as slugs.
NAMELESS = re.compile(
    r"(?:img|image|images|dsc|dscn?|dscf|dcim|pxl|mvimg|pano|p|z|photo|pic|picture|screenshot|screen-shot|scan|untitled"
    r"|whatsapp-image|fb-img|received|zalo|anh|hinh|hinh-anh|buc-anh|tam-anh|anh-chup|anh-chup-man-hinh|anh-minh-hoa"
    r"|hinh-minh-hoa|anh-dai-dien|mo-ta|mo-ta-anh|khong-co|chua-co|alt)?[-\d]*(?:jpe?g|png|gif|webp)?"
)
EXTENSION = re.compile(r"\.(?:jpe?g|png|gif|webp|heic|bmp|tiff?)$", re.IGNORECASE)


def problem_of(description: str | None, filename: str = "") -> str:
    """Say what is wrong with a description of a picture in one sentence; "" when it will do.

    `filename`: name or path of the picture's file. Example: "IMG_2034" is refused, and "cho long xuyen" for
    "cho-long-xuyen.jpg", but not "Chợ Long Xuyên buổi sáng".
    """
    description = " ".join((description or "").split())
    if not description:
        return MISSING
    described = text.slug(description)
    stem = text.slug(PurePosixPath(filename).stem)
    is_name = bool(stem) and described == stem and not text.has_diacritics(description)
    if is_name or NAMELESS.fullmatch(described) or EXTENSION.search(description):
        return SAYS_NOTHING.format(description=description)
    return ""


def problem_where_it_stands(picture) -> str:
    """Say what is wrong with a picture in a text, as `ImageBlock` gives it; a decorative one needs no description."""
    if getattr(picture, "decorative", False):
        return ""
    file = getattr(picture, "file", None)
    problem = problem_of(getattr(picture, "contextual_alt_text", ""), file.name if file else "")
    return f"{problem} {OR_DECORATIVE}" if problem else ""


def carry_over(form) -> None:
    """Give each picture of a form that stands there without a description the one that it has itself.

    It was asked when the picture was uploaded. Field "x" holds the picture, "x_alt" the words; what is too long for the
    place is left to the writer.
    """
    values = form.cleaned_data
    for name in list(values):
        beside = BESIDE.format(name)
        if beside in values and not values[beside]:
            description = getattr(values[name], "description", "")
            if len(description) <= (form.fields[beside].max_length or len(description)):
                values[beside] = description
