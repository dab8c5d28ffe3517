"""The score sheet (phiếu chấm điểm): what each site shows of what it must show, in points, month by month.

1. `matrix`: site × mandatory section × language as it is now: fresh, present, late, empty. 2. `measuring`: a criterion
of the provincial list gets its points from that and from the deadlines of the month. 3. `sheets`: the sheet of a site
and month is measured each morning, assessed by the site, corrected with a reason, submitted, signed by the head and
sealed. 4. `table`: the official table as XLSX and PDF; `api`: signed sheets as JSON for the province.
"""
