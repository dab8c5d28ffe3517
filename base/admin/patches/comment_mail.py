"""Mail about comments in a draft goes to people of its site only.

Wagtail writes to whoever once asked for mail or took part in a thread, also when he works elsewhere by now. The text
of a comment is part of the draft: whoever may not see the draft does not get it by mail either.
"""

from functools import wraps

from wagtail.admin.views.pages import edit

from ...authority import belongs_to


def write_to_own_people_only() -> None:
    """Let the editor's mails leave out whoever may not see the page; runs once, when `wagtail_hooks` is loaded."""
    edit.send_notification = _to_own(edit.send_notification)


def _to_own(send):
    @wraps(send)
    def send_to_own(recipients, notification, context):
        page = context.get("page")
        return send([one for one in recipients if page is None or belongs_to(one, page)], notification, context)

    return send_to_own
