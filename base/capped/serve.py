"""The child's side: one task a line in, one answer a line out, until the portal's process is gone."""

import contextlib
import json
import os
import resource
import sys
from collections.abc import Callable

MB = 1024 * 1024


def serve(tasks: dict[str, Callable[..., dict]], *, memory_mb: int) -> None:
    """Answer tasks from standard input under a limit on the address space; ends with the input.

    A task is {"task": name, **arguments}; its answer is what the function returns, or {"error": kind}.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MB, memory_mb * MB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # What a library prints must not be taken for an answer.
    with contextlib.redirect_stdout(sys.stderr):
        for line in sys.stdin:
            task = json.loads(line)
            try:
                answer = tasks[task.pop("task")](**task)
            except Exception as error:
                answer = {"error": type(error).__name__, "detail": str(error)[:300]}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
