"""Progress lines of the tools: one line a step, in Vietnamese, shown at once."""

import contextlib
import sys
import time


def say(text: str = "") -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


@contextlib.contextmanager
def step(title: str):
    """Print `title`, then how many seconds the step took; its name again, for two may run beside each other."""
    say(f"→ {title} …")
    began = time.monotonic()
    yield
    say(f"  xong sau {time.monotonic() - began:.1f} giây: {title}")


def stop(text: str, code: int = 1) -> None:
    """Say why nothing more can be done, and leave."""
    print(f"\nDỪNG: {text}", file=sys.stderr, flush=True)
    raise SystemExit(code)


def loud(text: str) -> None:
    """Print a line that cannot be overlooked."""
    frame = "!" * 78
    say(f"\n{frame}\n!!! {text}\n{frame}\n")
