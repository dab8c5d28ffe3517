"""A guide shown step by step: all steps on one page, or one at a time with how far one has come.

A step begins at each heading of level two; what stands before the first one is the introduction. `?buoc=2` shows the
second step alone, with links to the one before and the one after; on paper all steps are printed.
"""

import re
from dataclasses import dataclass

from base.blocks import outline

from ..models import ServiceGuidePage
from ..usage import figures

STEP = "buoc"
# What editors write before the heading of a step by habit.
OWN_NUMBER = re.compile(r"^(?:Bước|Step)\s+\d+\s*[.:–-]?\s*(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """One step: its number from 1, heading, anchor, and the parts of the body that belong to it."""

    number: int
    title: str
    anchor: str
    parts: list


def fill(context: dict, page: ServiceGuidePage, request) -> dict:
    """Add to a guide's context its introduction, steps, and the step chosen with its neighbours; return it."""
    introduction, steps = split(page.steps)
    chosen = _chosen(steps, request.GET.get(STEP) if request is not None else None)
    if chosen is not None:
        # One guide is one address for search engines.
        context["frame"].is_indexed = False
    elif page.live:
        context["frame"].counted = figures.counted_on_guide(page, request)
    context |= {
        "introduction": introduction,
        "guide_steps": [chosen] if chosen else steps,
        "all_steps": steps,
        "chosen": chosen,
        "before": steps[chosen.number - 2] if chosen and chosen.number > 1 else None,
        "after": steps[chosen.number] if chosen and chosen.number < len(steps) else None,
    }
    return context


def split(body) -> tuple[list, list[Step]]:
    """Return the parts before the first heading of level two, and the steps in order.

    The page numbers its steps itself: of "Bước 2. Nộp" only "Nộp" is the title.
    """
    outline(body)
    introduction, steps = [], []
    for part in body:
        if part.block_type == "heading" and part.value["level"] == "2":
            title = OWN_NUMBER.sub("", part.value["text"])
            steps.append(Step(len(steps) + 1, title[:1].upper() + title[1:], part.value.anchor, []))
        else:
            (steps[-1].parts if steps else introduction).append(part)
    return introduction, steps


def _chosen(steps: list[Step], typed: str | None) -> Step | None:
    number = int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    return steps[number - 1] if 1 <= number <= len(steps) else None
