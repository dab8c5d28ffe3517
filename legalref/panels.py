"""Panels of the register's forms that show what follows from other rows; they hold no field."""

from django.urls import reverse
from wagtail.admin.panels import Panel

from accounts.roles import works_on
from base.authority import portal_sites_of

from . import duty


class DutyPanel(Panel):
    """How long hand-over and publication of the document took, on each site of the person."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "legalref/admin/panels/duty.html"

        def is_shown(self):
            return bool(self.instance.pk)

        def get_context_data(self, parent_context=None):
            user = self.request.user
            sites = [site for site in portal_sites_of(user) if works_on(user, site)]
            return super().get_context_data(parent_context) | {
                "measures": duty.of_document(self.instance, sites),
                "mark_url": reverse("legalref_mark", args=[self.instance.pk]),
            }


class RelationsPanel(Panel):
    """The way to the relations of the document."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "legalref/admin/panels/relations.html"

        def is_shown(self):
            return bool(self.instance.pk)

        def get_context_data(self, parent_context=None):
            document = self.instance
            return super().get_context_data(parent_context) | {
                "status": document.status,
                "acts": document.acts_on.filter(revoked_at=None).count(),
                "acted_on": document.acted_on_by.filter(revoked_at=None).count(),
                "relations_url": reverse("legalref_relations", args=[document.pk]),
            }


class SuccessorsPanel(Panel):
    """Who followed an issuing body, and how many documents it keeps."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "legalref/admin/panels/successors.html"

        def is_shown(self):
            return bool(self.instance.pk)

        def get_context_data(self, parent_context=None):
            body = self.instance
            return super().get_context_data(parent_context) | {
                "successors": list(body.successors.all()),
                "kept": body.documents.filter(live=True).count(),
            }
