"""Pure rules of Vietnamese language, calendar and document numbering; standard library only, no Django.

1. text.py: what was typed becomes what is stored (nfc, normalise_letters, legacy encodings), what is searched
   (fold, unify_tone_placement), what an address may hold (slug, host_label) and what sorts (sort_key).
2. document_numbers.py: what is printed on a document becomes its number, year, type and issuer, and back.
3. analysis.py: text and queries become plain search tokens, and a query is found in a text.
4. workdays.py: a start, a number of days and a calendar become a due date.
5. dates.py: a date becomes what a Vietnamese reader expects to see, and back.
"""
