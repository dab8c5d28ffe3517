from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = "Duyệt, gỡ bỏ, lưu trữ"

    def ready(self):
        from accounts.appointments import on_end
        from base.audit_chain import register_chain

        from . import approval, archive, doors, handover, takedown
        from .models import ArchivalUnpublishTask, EditorialApprovalTask

        # The tasks ask the process modules, which import the models: handed in here, in the open.
        EditorialApprovalTask.policy = approval
        ArchivalUnpublishTask.policy = takedown
        on_end(handover.hand_over)
        # Its head is signed outside the database together with that of the audit trail.
        register_chain(archive.CHAIN, archive.chain_head)
        doors.open_own()
