"""Numbers beside that of a page or record: its versions, its workflow's states and tasks, and no other's.

Wagtail looks such a number up in the whole table, and answers differently for another thing's number and for none.
"""

from wagtail.models import Revision, TaskState, Workflow, WorkflowState

VERSIONS = ("revision_id", "revision_id_a", "revision_id_b")


def are_parts(obj, arguments: dict) -> bool:
    """Tell whether the numbers in an address belong to a page or record: versions, workflow states, task states, tasks.

    `arguments` are those of the address, by name; words in the place of a version ("live", "latest") are no numbers.
    """
    versions = {str(arguments[name]) for name in VERSIONS if str(arguments.get(name, "")).isdecimal()}
    if versions and Revision.objects.for_instance(obj).filter(pk__in=versions).count() != len(versions):
        return False
    if not {"workflow_state_id", "task_state_id", "task_id"} & set(arguments):
        return True
    states = WorkflowState.objects.for_instance(obj)
    tasks = TaskState.objects.filter(workflow_state__in=states)
    if "workflow_state_id" in arguments and not states.filter(pk=arguments["workflow_state_id"]).exists():
        return False
    if "task_state_id" in arguments and not tasks.filter(pk=arguments["task_state_id"]).exists():
        return False
    return "task_id" not in arguments or (
        tasks.filter(task_id=arguments["task_id"]).exists()
        or Workflow.objects.filter(workflow_tasks__task_id=arguments["task_id"], pk=_workflow_of(obj)).exists()
    )


def _workflow_of(obj) -> int | None:
    workflow = obj.get_workflow()
    return workflow.pk if workflow else None
