"""The life of a component site, opened, merged, split, renamed, closed: one dossier, two persons (Quy chế Điều 9, 20).

1. `open_ward` prepares a site whole, all of it drafts, and returns its dossier (`Opening`).
2. `merge_wards`, `rename_ward` and `close_ward` prepare a dossier without changing anything yet; `split_ward` prepares
   the sites that come out of one as well.
3. `correct_opening` corrects what a dossier says and `discard_opening` gives up what it prepared, both by its maker;
   `submit_opening` submits it; `reject_opening` returns it with a reason.
4. `approve_opening`, by a second person with the right to open sites, carries it out in one transaction: publishes all
   drafts of a site that opens and gives it its host; freezes the sites that are taken in, hands over their open
   work and questions, ends their people's appointments, and leads their front pages to the successor; closes a site.

Apart from these `open_practice` makes the site for training, which never opens (`practice.py`).
"""

from .carrying_out import approve_opening, give_host
from .correcting import correct_opening
from .discarding import discard_opening
from .dividing import NewWard, split_ward
from .ending import close_ward, merge_wards
from .names import WARD_KINDS, kind_in
from .practice import clear_practice, open_practice, practice_site, practised
from .preparing import add_section, open_ward, prepare_city, public_port, state_links
from .renaming import rename_ward
from .rights import may_change, may_decide
from .settings import CONTACTS, change_settings, site_showing
from .submitting import (
    added_since_submission,
    changed_since_submission,
    register_what_waits,
    reject_opening,
    submit_opening,
)

__all__ = [
    "CONTACTS",
    "NewWard",
    "WARD_KINDS",
    "add_section",
    "added_since_submission",
    "approve_opening",
    "change_settings",
    "changed_since_submission",
    "clear_practice",
    "close_ward",
    "correct_opening",
    "discard_opening",
    "give_host",
    "kind_in",
    "may_change",
    "may_decide",
    "merge_wards",
    "open_practice",
    "open_ward",
    "practice_site",
    "practised",
    "prepare_city",
    "public_port",
    "register_what_waits",
    "reject_opening",
    "rename_ward",
    "site_showing",
    "split_ward",
    "state_links",
    "submit_opening",
]
