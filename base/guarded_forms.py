"""Forms of pages and records that let nobody reach into another site."""

from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm

from .authority import belongs_to, foreign_references, has_owner, owner_of, references, sites_of
from .edit_conflict import KnowsItsVersion
from .models.site import PortalSite

NOT_YOUR_SITE = "Bạn không thuộc trang này; hãy chọn trang của đơn vị mình."


class GuardedReferences(KnowsItsVersion):
    """Mixin: offer own sites only, and refuse references to unpublished things of other sites.

    A reference that was there before (made by somebody who might) stays: its present editor need not undo it.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.for_user is None:
            return
        for field in self.fields.values():
            queryset = getattr(field, "queryset", None)
            if queryset is not None and queryset.model is PortalSite:
                field.queryset = queryset.filter(pk__in=sites_of(self.for_user))

    def is_valid(self):
        valid = super().is_valid()
        if self.for_user is None or not self.is_bound:
            return valid
        if valid:
            self._refuse_foreign_owner()
            self._refuse_foreign_references()
        return valid and not self.errors

    def _refuse_foreign_owner(self):
        instance = self.instance
        if not has_owner(type(instance)) or self.for_user.is_superuser:
            return
        owner = owner_of(instance) if self._is_placed() else None
        if owner is not None and not belongs_to(self.for_user, instance):
            self.add_error(None, NOT_YOUR_SITE)

    def _is_placed(self) -> bool:
        """A new page has no place in the tree yet; the view has looked at its parent."""
        return not hasattr(self.instance, "path") or bool(self.instance.path)

    def _refuse_foreign_references(self):
        known = {(type(found.target), found.target.pk) for found in self._earlier_references()}
        things = [("", self.instance)]
        for name, formset in getattr(self, "formsets", {}).items():
            things += [(name, form.instance) for form in formset.forms if form.has_changed()]
        for formset_name, thing in things:
            for reference in foreign_references(self.for_user, thing):
                if (type(reference.target), reference.target.pk) in known:
                    continue
                field = reference.field if not formset_name and reference.field in self.fields else None
                self.add_error(field, reference.message)

    def _earlier_references(self):
        if self.instance.pk is None:
            return
        stored = type(self.instance)._default_manager.filter(pk=self.instance.pk).first()
        if stored is None:
            return
        yield from references(stored)
        if getattr(stored, "latest_revision_id", None):
            yield from references(stored.get_latest_revision_as_object())


class GuardedPageForm(GuardedReferences, WagtailAdminPageForm):
    """The form of every page type (`BasePage.base_form_class`).

    The address may be left empty: the page makes it from its title.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False


class GuardedModelForm(GuardedReferences, WagtailAdminModelForm):
    """The form of every record that belongs to a site."""
