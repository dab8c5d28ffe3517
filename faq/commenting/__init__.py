"""Comments on consultations (góp ý dự thảo): from the form to what became of them (NĐ 43/2011 Điều 10.1.i).

1. `answers.answer`: the form, its preview, the receipt and the tracking page below a `ConsultationPage`.
2. `receiving.receive`: a comment gets its number and secret, while the window is open.
3. `deciding`: the site's handlers accept it with a text freed of personal data, or refuse it with a reason; they note
   what became of it.
4. `digest.prepare_digest` puts the accepted ones into a draft of the consultation; two persons make it public.
5. `exporting`: everything as a spreadsheet for the body that drafts; contact data only with a line in the log.
"""
