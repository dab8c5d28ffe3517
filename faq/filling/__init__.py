"""Forms that people fill in (`sections.FormPage`): from the questions as data to the day on which the answers go.

1. `fields.py` makes a form of the questions of a page; `answers.answer` draws it, its preview and its receipt.
2. `receiving.receive`: what was written gets a number and a secret, encrypted, with the version of the form it answers.
3. `following`: with number and secret its sender sees it, and erases it at once (`receiving.erase`).
4. `exporting`: all of a form as a spreadsheet, for the people of its site and unit; each reading is in the audit trail.
5. `receiving.purge_due`: after the term named on the page the answers go, number and day stay.
"""
