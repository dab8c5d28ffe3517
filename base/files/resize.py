"""Make a picture smaller, in a child process with little memory (`sandbox/pictures.py`).

Wagtail's filters say what is wanted; here they are only read, and the child cuts, scales and writes. A JPEG is decoded
no larger than the result needs.
"""

import contextlib
import tempfile
from pathlib import PurePosixPath

from django.core.files import File

from ..sandbox.client import SandboxFailure, pictures

SECONDS = 10
LONGEST_NAME = 60
EXTENSIONS = {"jpeg": ".jpg", "png": ".png", "webp": ".webp", "avif": ".avif"}


class _Wishes:
    """Stands where a filter expects the picture: writes down what it asks for."""

    def __init__(self):
        self.background = None

    def set_background_color_rgb(self, colour):
        self.background = list(colour)
        return self


def make_smaller(image, filter) -> File:
    """Return the picture as `filter` wants it, as a temporary file with a name.

    Raises SandboxFailure (busy, timeout, out of memory, broken picture) and OSError (file gone, no room).
    """
    wishes, env = _Wishes(), {"original-format": _format_of(image)}
    for operation in filter.filter_operations:
        operation.run(wishes, image, env)
    kind = env.get("output-format", "")
    options = env.get("output-format-options", [])
    size = [image.width, image.height]
    result = tempfile.NamedTemporaryFile(prefix="portal-rendition-")  # noqa: SIM115  closed by the code that stores it
    try:
        with _source(image) as source:
            for _attempt in range(2):
                transform = filter.get_transform(image, tuple(size))
                # Rounding may put an edge one pixel outside the picture.
                rect = transform.get_rect().round()
                edges = [max(rect.left, 0), max(rect.top, 0), min(rect.right, size[0]), min(rect.bottom, size[1])]
                answer = pictures.ask(
                    "smaller",
                    seconds=SECONDS,
                    source=source,
                    target=result.name,
                    size=size,
                    rect=edges,
                    result=[max(int(side), 1) for side in transform.size],
                    kind=kind,
                    quality=env.get(f"{kind or env['original-format']}-quality", 0),
                    lossless="lossless" in options,
                    background=wishes.background,
                    says={"kind": str, "size": (int, int)},
                )
                if answer["kind"] in EXTENSIONS:
                    result.seek(0)
                    return File(result, name=_name(image, filter, answer["kind"]))
                # The row was wrong about the size of its picture.
                size = answer["size"]
                if answer["kind"] or not all(size):
                    break
        raise SandboxFailure("size")
    except BaseException:
        result.close()
        raise


@contextlib.contextmanager
def _source(image):
    """The path of the picture; a copy of it where the storage has no paths."""
    try:
        path = image.file.path
    except NotImplementedError:
        path = ""
    if path:
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="portal-picture-") as copy, image.file.open("rb") as original:
        for chunk in original.chunks():
            copy.write(chunk)
        copy.flush()
        yield copy.name


def _format_of(image) -> str:
    extension = PurePosixPath(image.file.name).suffix.lower().removeprefix(".")
    return {"jpg": "jpeg"}.get(extension, extension)


def _name(image, filter, kind: str) -> str:
    ending = f".{filter.spec.replace('|', '.')}{EXTENSIONS[kind]}"
    key = filter.get_cache_key(image)
    ending = f".{key}{ending}" if key else ending
    return PurePosixPath(image.file.name).stem[: max(LONGEST_NAME - len(ending), 1)] + ending
