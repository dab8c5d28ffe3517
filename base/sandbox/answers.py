"""What a child may answer: a file that took over its reader says whatever it likes, so nothing is believed unread.

A shape is `bool`, `int` (0 to LARGEST_NUMBER), `str`, a list with the shape of each item, or a tuple of shapes, one an
item: `{"found": [str], "size": (int, int)}`.
"""

from collections.abc import Mapping

LARGEST_NUMBER = 2**31


class Wrong(Exception):
    """The answer says that the task failed, or is none; `kind`: the name the child gives, "died" for one it has not."""

    def __init__(self, kind: str, detail: str = ""):
        super().__init__(detail)
        self.kind = kind


def read_answer(answer: object, says: Mapping[str, object] | None) -> dict:
    """Return of an answer what `says` names (key → shape); all of it when that is None. Raises Wrong."""
    if not isinstance(answer, dict):
        raise Wrong("died", "no answer")
    if "error" in answer:
        kind = answer["error"]
        # Its own kinds of failure (out of time, no wall) only the portal knows.
        is_name = isinstance(kind, str) and kind.isidentifier() and kind not in ("busy", "timeout", "died", "size")
        raise Wrong(kind if is_name else "died", str(answer.get("detail", ""))[:300])
    if says is None:
        return answer
    for key, shape in says.items():
        if key not in answer or not _is(answer[key], shape):
            raise Wrong("died", f"no {key}")
    return {key: answer[key] for key in says}


def _is(value: object, shape: object) -> bool:
    if shape is int:
        return type(value) is int and 0 <= value <= LARGEST_NUMBER
    if isinstance(shape, list):
        return isinstance(value, list) and all(_is(one, shape[0]) for one in value)
    if isinstance(shape, tuple):
        return isinstance(value, list) and len(value) == len(shape) and all(map(_is, value, shape))
    return type(value) is shape
