"""Documents that come and go as a table (XLSX, CSV), with their files in a ZIP.

1. `columns.py` is the one format, in Vietnamese; `tables.py` reads and writes it as a stream, `packed.py` the ZIP.
2. `batches.upload` takes table and ZIP; `checking.check_rows` is the dry run: row by row what is wrong and how to fix
it,
   what would be new, changed, the same. Nothing is written to the register yet.
3. `batches.confirm`, then `writing.write`: all good rows in one transaction, as drafts; if it is killed, none.
4. `batches.approve` by a second person, whom `notices.py` tells, then `publishing.publish`: each by the one publish
   function; then relations; `ended.py`: what these end, for the wizard of repeal.
5. `batches.undo`: drafts go; what is public goes by the take-down of two persons. 6. `exporting.py`: the way back.
"""
