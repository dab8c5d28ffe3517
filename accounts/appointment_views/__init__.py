"""The admin's screens of appointments by decision: parse, call an action of `appointments`, `decisions`, `persons`.

Who may look: the technical admin, the head and the standing office at everything; a unit head at their own site's.
All others find their own appointments on their account page. What a user may not see answers 404.
"""
