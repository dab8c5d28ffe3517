"""Royalties (nhuận bút, thù lao): what is paid for what was published or made (Quy chế Điều 17).

1. `tariffs`: scales, base salary, tax and budget as rows with legal source and days, proposed by one person and decided
   by the head. 2. `proposing`: each publication gets an item by the scale of its day. 3. `items`: the standing office
   corrects it: genre, shares, adjustments, exclusion, each with a reason. 4. `statements`: the items of a month go to
   the head, whose decision freezes them in the archive; the accountant notes the payment. 5. `sheets`: the statement
   as XLSX and PDF. 6. `unclaimed`: what no user decides or what cannot be paid is told. No user proposes, decides or
   pays what is their own (`rights`).
"""
