"""Following by mail: citizens are told what changes in what they chose, without an account.

1. `following`: a section, a site, a search, a document, a field of questions. 2. `subscribing`: one mail, of which the
link's button is pressed; before that nothing is sent. 3. `journal` notes what became public, and finds what went or
changed its status. 4. `spreading` gives each change to the subscriptions that it concerns, once each. 5. `sending`
writes one mail a person and period from what is public then; the outbox asks again before it leaves. 6. `managing`: by
the link in each mail. 7. `bounces` takes in what came back; `retention` erases what has no ground any more.
"""
