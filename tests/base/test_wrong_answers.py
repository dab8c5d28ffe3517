"""A reader that was taken over answers whatever it likes: each who asks it refuses the file in the same clear words."""

import contextlib
import itertools
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from wagtail.images.models import Filter

from base.files import resize, texts
from base.files.checks import images, pdf
from base.models import PortalImage
from base.sandbox.client import SandboxChild, SandboxFailure
from sections.word_import import reading
from tests.files.samples import png

DEEP = json.loads("[" * 500 + "]" * 500)
LIES = [
    None,
    True,
    -1,
    10**40,
    float("inf"),
    float("nan"),
    "",
    "\0",
    "\ud800",
    "<p>\ud800</p>",
    [],
    {},
    DEEP,
    [DEEP] * 2,
]
RIGHT = {
    "decode": {"turned": False},
    "smaller": {"kind": "jpeg", "size": [40, 30]},
    "scan": {"found": [], "signed": False, "complete": True},
    "walk": {"found": [], "signed": False, "pages": 1, "whole": True, "personal": True, "is_scan": False},
    "strip": {"written": False},
    "look_at_pdf": {"pages": 1, "is_scanned": False},
    "arrange_pdf": {"cut": False, "fonts": [], "pages": 1},
    "read_docx": {"cut": False, "fonts": [], "pages": 0},
    "prepare": {"is_paper": True},
    "sure_words": {"words": 9, "unsure": 1},
    "read_parts": {
        "fonts": ["A"],
        "counts": {"a": 1},
        "samples": {"b": ["c"]},
        "title": "",
        "old_letters": "",
        "pictures": [{"kind": "png", "place": [0, 1]}],
        "parts": [0, 0],
    },
}
PARTS = [
    {"type": "paragraph", "html": "<p>a</p>"},
    {"type": "heading", "text": "a", "level": "2"},
    {"type": "table", "caption": "", "rows": [["a"]]},
    {"type": "picture", "picture": 0, "alt": "", "decorative": False, "caption": ""},
]


class Liar(SandboxChild):
    """A child that answers one task with a lie and the others as it should."""

    def __init__(self, task: str, answer: object, wrote: bytes = b""):
        super().__init__("base.sandbox.pictures")
        self.task, self.answer, self.wrote = task, answer, wrote

    def start(self):
        return ""

    def _answer(self, task, source, target, seconds):
        if target:
            with open(target, "wb") as handle:
                handle.write(self.wrote)
        return self.answer if task["task"] == self.task else RIGHT.get(task["task"], {})


def lies_about(right: dict):
    """Answers like a right one, but for one word of it; and others that are none."""
    yield from LIES[4:]
    for key, lie in itertools.product(right, LIES):
        yield {**right, key: lie}
        yield {name: said for name, said in right.items() if name != key}


def ask_about_a_picture():
    images.examine(ContentFile(png(40, 30), name="a.png"), "png")


def ask_for_a_smaller_one():
    picture = PortalImage(title="Ảnh", width=40, height=30)
    picture.file = ContentFile(png(40, 30), name="a.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resize, "_source", lambda image: contextlib.nullcontext(__file__))
        resize.make_smaller(picture, Filter(spec="max-20x20"))


def ask_about_a_pdf():
    pdf.examine(ContentFile(b"%PDF-1.7 a", name="a.pdf"), "pdf")


def read_a_pdf():
    texts.read(ContentFile(b"%PDF-1.7 a"), "a.pdf").text.encode()


def read_a_word_file():
    texts.read(ContentFile(b"PK"), "a.docx").text.encode()


def make_a_page_of_a_word_file():
    with reading.opened(ContentFile(b"PK", name="a.docx")) as found:
        f"{found.title}{found.fonts}{found.counts}{found.samples}{found.plain()}".encode()
        for part in found.parts:
            if part["type"] == "picture":
                found.picture(part)


ASKED = [
    (images, "pictures", "decode", ask_about_a_picture),
    (resize, "pictures", "smaller", ask_for_a_smaller_one),
    (pdf, "pdfs", "scan", ask_about_a_pdf),
    (pdf, "pdfs", "walk", ask_about_a_pdf),
    (pdf, "pdfs", "strip", ask_about_a_pdf),
    (texts, "texts", "look_at_pdf", read_a_pdf),
    (texts, "texts", "arrange_pdf", read_a_pdf),
    (texts, "texts", "read_docx", read_a_word_file),
    (reading, "words", "read_parts", make_a_page_of_a_word_file),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("module", "name", "task", "ask"), ASKED, ids=[task for _m, _n, task, _a in ASKED])
def test_no_answer_is_anything_but_believed_or_refused(module, name, task, ask, monkeypatch):
    refused = 0
    for answer in lies_about(RIGHT[task]):
        monkeypatch.setattr(module, name, Liar(task, answer))
        try:
            ask()
        except (ValidationError, SandboxFailure):
            refused += 1
    if module is not texts and task not in ("strip", "walk"):
        assert refused

    monkeypatch.setattr(module, name, Liar(task, RIGHT[task]))
    if task == "read_parts":
        monkeypatch.setattr(module, name, wrote(PARTS[:3]))
    ask()


def wrote(parts: object) -> Liar:
    """A child that wrote such parts."""
    content = parts if isinstance(parts, bytes) else json.dumps(parts).encode()
    return Liar("read_parts", {**RIGHT["read_parts"], "parts": [0, len(content)]}, content)


def test_no_part_of_a_word_file_is_anything_but_believed_or_refused(monkeypatch):
    wrong = [b"[" * 200_000, b"5", b"\xff", b'"a"', b"[5]", b"[null]", b"[[]]"]
    wrong += [[part | {key: lie}] for part in PARTS for key in part for lie in LIES]
    for parts in wrong:
        monkeypatch.setattr(reading, "words", wrote(parts))
        try:
            make_a_page_of_a_word_file()
        except ValidationError as refusal:
            assert refusal.messages


def test_a_picture_lies_nowhere_but_in_what_was_written(monkeypatch):
    for place in ([-1, 5], [10**30, 5], [0, 10**30], [0], "ab", [[], 1]):
        liar = wrote(PARTS[3:])
        liar.answer["pictures"] = [{"kind": "png", "place": place}]
        monkeypatch.setattr(reading, "words", liar)
        with pytest.raises(ValidationError):
            make_a_page_of_a_word_file()


def test_what_a_reader_wrote_is_a_text_that_the_database_keeps(monkeypatch):
    for content in (b"\xff\xfe", b"a\0b", b"a" * 3_000_000):
        monkeypatch.setattr(texts, "texts", Liar("arrange_pdf", RIGHT["arrange_pdf"], content))
        found = texts.read(ContentFile(b"%PDF-1.7 a"), "a.pdf")
        assert found.text and "\0" not in found.text and len(found.text) <= texts.MOST_CHARACTERS
