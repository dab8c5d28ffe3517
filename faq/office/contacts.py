"""Who sent something and how to reach them: after a button is pressed, and each reading is written down first."""

from base.audit.trail import record_personal_data_read


class ContactMixin:
    """Shows the contact of what was sent; opened by its address alone it shows nothing."""

    without_version = "Only shows; each reading is written down."
    http_method_names = ["get", "post"]

    def shown(self, request, sent, **context):
        """Write down who reads which parts of the contact of a question or comment, then show it; kept nowhere."""
        contact = sent.contact
        parts = [contact._meta.get_field(name).verbose_name for name in contact.PERSONAL if getattr(contact, name)]
        record_personal_data_read(by=request.user, obj=sent, site=sent.owner_site, what=", ".join(parts) or "đã xóa")
        response = self.render_to_response(
            self.get_context_data(header_icon="user", sent=sent, contact=contact, **context)
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response
