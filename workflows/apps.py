from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = "Duyệt, gỡ bỏ, lưu trữ"

    def ready(self):
        from . import approval, takedown
        from .models import ArchivalUnpublishTask, EditorialApprovalTask

        # The tasks ask the process modules, which import the models: handed in here, in the open.
        EditorialApprovalTask.policy = approval
        ArchivalUnpublishTask.policy = takedown
