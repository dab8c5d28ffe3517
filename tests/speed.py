"""How slow a machine is, for tests that bound the processor time of what a hostile text costs."""

import time
from collections.abc import Callable

# What `_work` takes on the machine on which the bounds were set.
REFERENCE_SECONDS = 0.03


def slowness() -> float:
    """Return by what a bound in seconds is multiplied here and now; 1 on a machine as fast as ours, or faster."""
    return max(1.0, min(_work() for _ in range(3)) / REFERENCE_SECONDS)


def seconds_of(work: Callable[[], object], tries: int = 3) -> float:
    """Return the processor seconds that `work` takes: the least of some tries, since Python may clean up during one."""
    taken = []
    for _ in range(tries):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def _work() -> float:
    began = time.process_time()
    sum(number * number for number in range(1_000_000))
    return time.process_time() - began
