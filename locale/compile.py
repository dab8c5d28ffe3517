#!/usr/bin/env python3
"""Compile the catalogues of `locale` and `locale_admin`: every django.po and djangojs.po becomes a .mo beside it.

Done with polib, so that no gettext tools are needed. Run by `make`; prints one line for each catalogue.
"""

import sys
from pathlib import Path

import polib


def compile_catalogues(folder: Path) -> list[Path]:
    """Write the .mo of each catalogue that is newer than its .mo; return the .po files compiled."""
    done = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        polib.pofile(str(source)).save_as_mofile(str(target))
        done.append(source)
    return done


if __name__ == "__main__":
    root = Path(__file__).parent.parent
    for folder in (root / "locale", root / "locale_admin"):
        for catalogue in compile_catalogues(folder):
            sys.stdout.write(f"Đã biên dịch {catalogue.relative_to(root)}\n")
