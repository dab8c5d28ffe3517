"""The approval workflow of a site: one a site, made on first use."""

from django.db import transaction
from wagtail.models import Workflow, WorkflowPage, WorkflowTask

from accounts.roles import owner_site
from base.gate import Refused
from base.models import PortalSite

from ...models import EditorialApprovalTask, SiteWorkflow

TASK_NAME = "Kiểm duyệt của Ban Biên tập"


@transaction.atomic
def workflow_for(site: PortalSite) -> Workflow:
    """Return the approval workflow of a site, made on first use and assigned to its home page in every language."""
    link = SiteWorkflow.objects.select_related("workflow").filter(site=site).first()
    if link is None:
        task = EditorialApprovalTask.objects.first() or EditorialApprovalTask.objects.create(name=TASK_NAME)
        workflow = Workflow.objects.create(name=f"Kiểm duyệt · {site.name}"[:255])
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
        link = SiteWorkflow.objects.create(site=site, workflow=workflow)
    home = site.home_page()
    for page in [home, *home.get_translations()] if home else []:
        WorkflowPage.objects.get_or_create(page_id=page.pk, defaults={"workflow": link.workflow})
    return link.workflow


def workflow_of(obj) -> Workflow:
    site = owner_site(obj)
    if site is None:
        raise Refused("Nội dung này không thuộc trang nào nên không gửi duyệt được.")
    return workflow_for(site)
