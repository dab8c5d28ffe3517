"""What happens when a workflow has run to its end: named by WAGTAIL_FINISH_WORKFLOW_ACTION.

Wagtail imports this module while it defines `WorkflowState`; it must import nothing of Wagtail's or ours at its top.
"""


def finish(workflow_state, user=None):
    """Pass a finished workflow to the action of its last task; refuse a workflow that ended without one.

    A workflow also "finishes" when its task is cancelled, deactivated or taken out of it. Then no task state of it
    is approved, and the actions refuse.
    """
    from ..models import ArchivalUnpublishTask, EditorialApprovalTask
    from .approval import publish_approved
    from .takedown import carry_out

    task_state = workflow_state.current_task_state
    # Its kind alone is asked for: what it holds beside that no one reads here.
    kind = (task_state.task.specific_class if task_state else None) or object
    if issubclass(kind, ArchivalUnpublishTask):
        carry_out(task_state.specific, by=user)
    elif issubclass(kind, EditorialApprovalTask):
        publish_approved(task_state, by=user)
    else:
        from base.gate import Refused

        raise Refused("Luồng duyệt này không kết thúc bằng kiểm duyệt của Ban Biên tập nên không đăng được gì.")
