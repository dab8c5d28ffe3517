"""Tables that come in and go out: columns, reading, sheets to fill in, spreadsheets, CSV, PDF.

1. `columns`: a column described once. 2. `incoming`: a `Layout` reads XLSX or CSV, or refuses it. 3. `xlsx`, `csv`: the
only writers of such files. 4. `pdf`: lists on paper. What a row means is the matter of the room it comes to.
"""
