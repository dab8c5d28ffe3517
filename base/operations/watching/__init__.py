"""What the portal says of itself to those who watch it: figures, alarms, a screen, a line for each event.

1. `meter.py` counts requests around the WSGI application; `metrics.py` shows them with `measures.py` under `/metrics`.
2. `alarms.py` keeps since when each check of `health.py` finds what it finds, and mails what lasts.
3. `status_views.py` describes the same, for the board; `logs.py` writes events as JSON with the request's number.
4. `traces.py` sends where the time of requests went, where that is asked for.
5. `system_time.py` looks whether the time of the machine is right.
"""
