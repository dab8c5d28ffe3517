"""The dry run: what each row of a table would do, and what is wrong with it; the register is only read.

1. `check_rows` reads the table as a stream, a bounded time long; the next call carries on behind the last row.
2. Each row: cells into values (`columns.py`), the document it means, what would change, the form's and the preflight's
   rules, the files in the ZIP. 3. `check_relations`, once all rows are known: which document each relation means.
"""

from .files import files_of, path_of, text_path_of
from .relations import check_relations
from .rows import check_rows, count_rows
from .terms import AS_IS, AT_HAND, Sources
from .versions import build, newest_of

__all__ = [
    "AS_IS",
    "AT_HAND",
    "Sources",
    "build",
    "check_relations",
    "check_rows",
    "count_rows",
    "files_of",
    "newest_of",
    "path_of",
    "text_path_of",
]
