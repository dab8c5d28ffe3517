"""People of the admin and what they may do.

1. `models/`: the user, and `RoleGroup`, which says that a group *is* one role on one site.
2. `roles.py`: the roles of the Regulation as a table (role -> capabilities, page and collection permissions),
   and the questions others ask: `roles_of`, `has_role`, `may`.
3. `management/commands/sync_roles.py` makes groups and permissions follow the table.
"""
