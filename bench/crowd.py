"""A crowd, floods and a warning that everybody opens at once: what citizens meet then, against the goals.

    python bench/crowd.py [--scenes crowd,many,flood,kept,spike,crawl,kill,soak] [--minutes 10] [--report-only]

On a portal of its own (`own_portal.py`): PostgreSQL, demo city, granian with two workers, nginx in front as
`deploy/nginx/configure.py` writes it. Clients come from addresses of their own (127.0.0.0/8) over TLS. Every answer is
looked at; one that is not what is measured ends the scene as missed.

| Scene | What happens | Minutes |
|---|---|--:|
| crowd | 1,000 citizens behind one address (`crowd_citizens.py`), one in twenty without scripts | 10 |
| many | the same over 50 addresses | 10 |
| flood | searches, missing addresses, forms, each from one address and from 200; beside it honest readers | 0.5 each |
| kept | kept pages as fast as they come, three connections signed in beside it | 0.5 |
| spike | readers by the hundred while ten articles are published and one is taken down | 1 |
| crawl | 1,265 pages that nobody kept, one after the other, beside readers of kept ones | at most 5 |
| kill | workers die by SIGKILL under readers | 1 |
| soak | a mix of all, memory all the time, judged in its second half | 40 |

Lost are citizens whose question does not stand in the database in the end, and votes that were thanked and not counted.
Ends with 1 when a goal is missed. Loopback only; ends by itself.
"""

import argparse
import contextlib
import os
import platform
import sys
import traceback
from datetime import datetime
from pathlib import Path

from crowd_client import Wrong
from crowd_scenes import SCENES
from crowd_stage import WORKERS, Line, Stage
from front import Failed
from own_portal import ROOT, own_portal

RESULTS = ROOT / "bench" / "results"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--scenes", default=",".join(SCENES), help="some of them, with commas")
    options.add_argument("--minutes", type=float, help="of every scene chosen; each has its own otherwise")
    options.add_argument("--citizens", type=int, help="1,000 in ten minutes otherwise")
    options.add_argument("--without-script", type=float, default=0.05, help="share of the citizens")
    options.add_argument("--flood-per-second", type=float, default=300, help="requests of a flood, from all addresses")
    options.add_argument("--spike-per-second", type=float, default=300, help="pages of a spike")
    options.add_argument("--port", type=int, default=8794, help="of nginx; the next two are used too")
    options.add_argument("--kept", type=Path, help="a folder where the portal stays for the next time")
    options.add_argument("--report-only", action="store_true", help="end with 0 whatever was missed")
    options.add_argument("--no-file", action="store_true", help="write no table into bench/results/")
    chosen = options.parse_args()
    scenes = [name for name in chosen.scenes.split(",") if name]
    if unknown := set(scenes) - set(SCENES):
        options.error(f"no such scene: {', '.join(sorted(unknown))}")
    load_before = os.getloadavg()[0]
    with own_portal(port=chosen.port, kept=chosen.kept) as portal:
        # Readers use the port of nginx; the portal listens behind it, and believes what nginx says of addresses.
        portal.port = chosen.port + 2
        portal.base = f"http://localhost:{portal.port}"
        portal.environment |= {"PORTAL_PROXIES": "1"}
        stage = Stage(portal, chosen.port)
        stage.find()
        for name in scenes:
            _play(stage, name, chosen)
    text = _table(stage, scenes, chosen, load_before)
    print(text)
    if not chosen.no_file:
        target = RESULTS / f"{datetime.now().astimezone():%Y-%m-%d}-crowd.md"
        target.write_text(text, encoding="utf-8")
        print(f"→ {target.relative_to(ROOT)}")
    missed = [line for line in stage.lines if line.is_met is False]
    sys.exit(1 if missed and not chosen.report_only else 0)


def _play(stage: Stage, name: str, chosen) -> None:
    """Play one scene; one that could not be measured is missed, and the others are played all the same."""
    scene, minutes = SCENES[name]
    try:
        scene(stage, chosen.minutes or minutes, chosen)
    except (Wrong, Failed, OSError) as error:
        traceback.print_exc()
        stage.say(name, "measured", str(error)[:300].replace("|", "/").replace("\n", " "), "to the end", False)


def _table(stage: Stage, scenes: list[str], chosen, load_before: float) -> str:
    said = f" --minutes {chosen.minutes:g}" if chosen.minutes else ""
    lines: list[Line] = stage.lines
    missed = sum(line.is_met is False for line in lines)
    return "\n".join(
        [
            f"# {datetime.now().astimezone():%Y-%m-%d}, crowd, postgresql",
            "",
            f"`python bench/crowd.py --scenes {','.join(scenes)}{said}`: demo city, granian with {WORKERS} workers, "
            f"nginx in front, clients on the same {len(os.sched_getaffinity(0))} cores of {platform.machine()}, Python "
            f"{platform.python_version()}. Load average before: {load_before:.1f} (on a quiet machine below 0.5; "
            "waiting times count only on such a one).",
            "",
            "| Scene | What | Figure | Goal | Met |",
            "|---|---|--:|--:|---|",
            *(line.row() for line in lines),
            "",
            f"{missed} goals missed.",
            "",
            *(f"* {note}" for note in stage.notes),
            "",
        ]
    )


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
