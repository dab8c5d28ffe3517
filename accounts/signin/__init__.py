"""Signing in (Quy chế Điều 8.3): strong passwords that change, a second factor, sessions that end.

1. `views.py` asks for name and password; `throttle.py` slows and locks who guesses, by account and address.
2. `steps.py` says what is still missing: the second factor (`second_factor.py`), a new password (`passwords.py`).
   Until nothing is, `middleware.py` lets a session open nothing but the screen of that step.
3. `sessions.py` keeps every session, ends it when it is idle, old, or its person's rights have changed, and tells the
   person of a sign-in that is unlike the former ones.
4. `links.py` sends the links of new accounts and of lost passwords; who asked is looked up by a job, not in the
   request, so that known and unknown names get the same answer in the same time.
5. `rescue.py` keeps what a user had typed when their session was cut.
6. `single_sign_on/`: another way in beside the password, by an identity provider, where one is set up.
"""
