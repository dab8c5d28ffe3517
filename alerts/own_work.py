"""What this room brings to the work queue (`workflows/dashboard/work_queue.py`): the way to an alert on duty."""

from accounts.roles import RAISE_ALERT, may
from workflows.dashboard import work_queue


def register_own_work() -> None:
    """Add it to the work queue; called once, from `AlertsConfig.ready`. What waits stands there by its own kind."""
    work_queue.register_shortcut("Đăng cảnh báo", "alerts_new", lambda scope: may(scope.user, RAISE_ALERT))
