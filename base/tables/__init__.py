"""Tables that come in and go out: columns, reading, sheets to fill in, spreadsheets, CSV, PDF, Word.

1. `columns`: a column described once. 2. `incoming`: a `Layout` reads XLSX or CSV, or refuses it. 3. `xlsx`, `csv`: the
only writers of such files. 4. `paper`: what is printed, by `pdf` and by `docx`. What a row means is the matter of the
room it comes to.
"""
