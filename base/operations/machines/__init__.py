"""Several machines that are one portal (`docs/scale.md`).

1. What only one may do at a time has a lease (`base/operations/leases.py`), what a form may do once a row of its own
   (`idempotency.py`), what is guessed a count (`attempts.py`): all in the database.
2. `levels.py`: limits of forms and look-ups that hold in sum.
3. `cache.py`: the cache of all machines in Redis, which may be away.
4. `alike.py`: whose settings differ from those of the machines that serve already serves no user.
5. `replica.py`: pages for all readers, made from a replica of the database.
"""
