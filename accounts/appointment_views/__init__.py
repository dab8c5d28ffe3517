"""The admin's screens of appointments by decision: parse, call a verb of `appointments`, `decisions`, `persons`.

Who may look: the technical admin, the head and the standing office at everything; a unit head at his own site's.
Everybody else finds his own appointments on his account page. What one may not see answers 404.
"""
