"""Runs programs beside a portal, each in a copy of this process, which has imported what they need: that takes seconds.

    python tests/browser/programs.py        in the environment of the portal

Reads the words of each program, the path of its script first, as a line of JSON, and writes another when it has ended:
[exit code, what it printed, what it wrote to its standard error].
"""

import json
import os
import runpy
import sys
import tempfile
from importlib import import_module

import django
from django.conf import settings


def main() -> None:
    """Run what is asked for until the input ends."""
    django.setup(set_prefix=False)
    import_module(settings.ROOT_URLCONF)
    import_module("tests.city")
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


def run(words: list[str]) -> tuple[int, str, str]:
    """Run a program; return its exit code, and what it printed on both ways."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        child = os.fork()
        if not child:
            os.dup2(out.fileno(), sys.stdout.fileno())
            os.dup2(err.fileno(), sys.stderr.fileno())
            sys.argv = words
            runpy.run_path(words[0], run_name="__main__")
            # Ends as a program that Python has started: its errors are shown, what is to be done at its end is done.
            sys.exit()
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return os.waitstatus_to_exitcode(status), out.read(), err.read()


if __name__ == "__main__":
    main()
