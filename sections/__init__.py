"""The mandatory sections and what belongs in each (Quy chế Điều 9–11; NĐ 43/2011 Điều 10–13).

1. `catalogue.py`: every section as one table: label, who must have it, deadline rules, legal basis, page type.
2. `models/`: the page types; a section index accepts only the types its row of the table names.
3. A page says in `preflight()` what is missing, and in `duties()` which publication deadlines it meets
   (`deadlines.Duty`); `workflows.publishing.approval` asks both.
4. `clarification.py`: a ward offers its clarification to the city, where it is approved on its own (Điều 11);
   `signing.py`: the head of a unit without a site signs one before it is submitted.
5. `feeds.py`: RSS of a section and of a site; `completeness.py`: what a site still lacks.
"""
