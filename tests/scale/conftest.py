"""What `make scale-trial` runs alone: it needs the servers that `tests/scale/run.py` starts."""

import os

collect_ignore_glob = [] if "SCALE_POOL" in os.environ else ["test_*.py"]
