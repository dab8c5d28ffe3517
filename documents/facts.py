"""What happened to the content of a Word file on its way: counted and told, never without a word."""

import re
from collections import Counter
from dataclasses import dataclass, field

from vietnam import text

MOST_SAMPLES, LONGEST_SAMPLE = 12, 120
# No database takes these.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass
class Facts:
    """What happened to the content: how often, and the words it was about, each named once."""

    counts: Counter = field(default_factory=Counter)
    samples: dict[str, list[str]] = field(default_factory=dict)

    def note(self, name: str, sample: str = "", times: int = 1) -> None:
        """Count one more, with the words it was about."""
        self.counts[name] += times
        sample = " ".join(UNSTORABLE.sub("", text.nfc(sample)).split())
        if sample:
            samples = self.samples.setdefault(name, [])
            cut = sample if len(sample) <= LONGEST_SAMPLE else f"{sample[: LONGEST_SAMPLE - 1]}…"
            if len(samples) < MOST_SAMPLES and cut not in samples:
                samples.append(cut)
