"""What the programs and the portal that are started by a backup or a restore know of this process's environment."""

import os


def environment(**more: str) -> dict[str, str]:
    """Return the environment of this process with more in it."""
    return {**os.environ, **more}
