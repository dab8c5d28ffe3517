"""Forms of pages and records through which no user reaches into another site."""

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.utils import ErrorList
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks import StreamBlockValidationError
from wagtail.blocks.base import BlockField

from ..authority import (
    Reference,
    belongs_to,
    every_reference,
    foreign_references,
    has_owner,
    is_key,
    owner_of,
    referred_model,
    sites_of,
    unreachable,
)
from ..files.alt_texts import carry_over
from ..middleware.unreadable_input import forms_of
from ..models.site import PortalSite
from ..models.unit import OrganisationUnit
from ..public.translated.same import without_same
from ..request_facts import note_refusal
from ..sites import site_of
from .edit_conflict import KnowsItsVersion
from .removed_references import Named, chosen_in_streams, unchecked_streams, without


class ChoiceRefused(ValidationError):
    """What is said of a stream field: the choices that were refused, and what its blocks lack without them."""

    def __init__(self, refused: list[str], lacking: ValidationError | None):
        super().__init__(" ".join(refused))
        self.lacking = lacking

    @property
    def block_errors(self) -> dict:
        """Errors of the blocks, by their place."""
        return getattr(self.lacking, "block_errors", {})

    @property
    def non_block_errors(self) -> ErrorList:
        """Errors of the field itself."""
        return ErrorList([self.message, *getattr(self.lacking, "non_block_errors", [])])

    as_json_data = StreamBlockValidationError.as_json_data


NOT_YOUR_SITE = "Bạn không thuộc trang này; hãy chọn trang của đơn vị mình."


def note_foreign_choices(form) -> None:
    """Write down what a form refused as no choice: the number of a thing of another site, or of nothing at all.

    Asked for in an address it would be answered 404, which is in the audit trail too.
    """
    for name, field in form.fields.items():
        model = getattr(getattr(field, "queryset", None), "model", None)
        if model is not None and has_owner(model) and form.has_error(name, "invalid_choice"):
            note_refusal("reference", f"{form[name].label}: {model._meta.verbose_name} không có, hoặc của trang khác")


def remove_refused_choices(form) -> None:
    """Take out of what was sent the numbers that a form refused as no choice.

    Shown again, a chooser would look up what they are: the title of another site's unpublished thing.
    """
    gone = []
    for name, field in form.fields.items():
        model = getattr(getattr(field, "queryset", None), "model", None)
        if model is not None and has_owner(model) and form.has_error(name, "invalid_choice"):
            sent = form[name].data
            numbers = sent if isinstance(sent, list | tuple) else [sent]
            gone += [Named(model, str(number), form.add_prefix(name)) for number in numbers]
    if gone:
        form.data = without(form.data, gone)


class RemovesRefusedChoices:
    """Mixin for a plain form with choosers: what it refused as no choice is written down, and not shown again."""

    def full_clean(self):
        super().full_clean()
        if self.is_bound:
            note_foreign_choices(self)
            remove_refused_choices(self)


# The button that saves a page or record and goes on to its submission (`workflows.wagtail_hooks`).
SUBMIT = "action-portal-submit"


class GuardedReferences(KnowsItsVersion):
    """Mixin: offer own sites only, none that ended, and refuse references to unpublished things of other sites.

    A reference that was there before (made by a user who had the right) stays: its present editor need not undo it.
    """

    _has_looked = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        without_same(self)
        if self.for_user is None:
            return
        for name, field in self.fields.items():
            if getattr(getattr(field, "queryset", None), "model", None) is PortalSite:
                field.queryset = field.queryset.filter(
                    Q(state__in=PortalSite.TAKING) | Q(pk__in=self._sites_there(name)), pk__in=sites_of(self.for_user)
                )
            elif getattr(getattr(field, "queryset", None), "model", None) is OrganisationUnit:
                field.queryset = field.queryset.real()
        for form in (self, *self._rows()):
            for field in form.fields.values():
                model = getattr(getattr(field, "queryset", None), "model", None)
                if model is not None and model is not PortalSite and has_owner(model):
                    # Of a number that nothing has, the same is said as of another site's.
                    field.error_messages["invalid_choice"] = unreachable(model, "%(value)s")

    def _sites_there(self, name: str) -> list:
        """Return the keys of the sites that a record has in a field: one that ended since stays."""
        if self.instance.pk is None:
            return []
        there = self.initial.get(name)
        return [getattr(site, "pk", site) for site in (there if hasattr(there, "__iter__") else [there]) if site]

    def _rows(self):
        """Return the forms of the inline rows."""
        return [form for formset in getattr(self, "formsets", {}).values() for form in forms_of(formset)]

    def is_valid(self):
        valid = super().is_valid()
        if self.for_user is None or not self.is_bound:
            return valid
        if not self._has_looked:
            self._has_looked = True
            note_foreign_choices(self)
            if valid:
                self._refuse_foreign_owner()
            else:
                # What is wrong elsewhere must not tell a number of another site from one that nothing has.
                self._take_unchecked_streams()
            self._refuse_foreign_references()
            if self.errors or not valid:
                self._remove_foreign_references()
                for form in (self, *self._rows()):
                    remove_refused_choices(form)
                self._say_what_submission_would_say()
        return valid and not self.errors and not any(form.errors for form in self._rows_that_count())

    def _say_what_submission_would_say(self):
        """Of a form that was sent to be submitted: what the preflight has against fields that the form accepts.

        Nothing is named where a reference was refused: not a word about what it leads to. A record that lacks what
        every row must have, and a text that the form could not read, have nothing that could be looked at. All of it
        is said at the submission.
        """
        obj = self.instance
        if SUBMIT not in self.data or not hasattr(obj, "preflight") or _lacks_a_key(obj):
            return
        if self._new_foreign_references():
            return
        accepted = {name for name in self.fields if name not in self.errors}
        if any(isinstance(self.fields[name], BlockField) for name in self.errors if name in self.fields):
            accepted = {name for name in accepted if not isinstance(self.fields[name], BlockField)}
        for finding in obj.preflight():
            if finding.is_blocker and finding.field in accepted:
                self.add_error(finding.field, finding.message)

    def _rows_that_count(self):
        deleted = [form for formset in getattr(self, "formsets", {}).values() for form in formset.deleted_forms]
        return [form for form in self._rows() if form not in deleted and form.has_changed()]

    def _refuse_foreign_owner(self):
        instance = self.instance
        if not has_owner(type(instance)) or self.for_user.is_superuser:
            return
        owner = owner_of(instance) if self._is_placed() else None
        if owner is not None and not belongs_to(self.for_user, instance):
            note_refusal("reference", NOT_YOUR_SITE)
            self.add_error(None, NOT_YOUR_SITE)

    def _is_placed(self) -> bool:
        """A new page has no place in the tree yet; the view has looked at its parent."""
        return not hasattr(self.instance, "path") or bool(self.instance.path)

    def _refuse_foreign_references(self):
        in_streams: dict[str, list[str]] = {}
        for form, reference in self._new_foreign_references():
            field = reference.field if reference.field in form.fields else None
            message = _message_of(form, field, reference)
            note_refusal("reference", message)
            if form is self and isinstance(form.fields.get(field), BlockField):
                in_streams.setdefault(field, []).append(message)
            else:
                # A field of a row can say it itself; what belongs to no field is said above the form.
                (self if field is None else form).add_error(field, message)
        self._refused_in_streams = in_streams
        for name, messages in in_streams.items():
            self.add_error(name, messages)
        for form in (self, *self._rows()):
            _order_errors(form)

    def _take_unchecked_streams(self):
        for name, value in unchecked_streams(self):
            setattr(self.instance, name, value)

    def _remove_foreign_references(self):
        """Shown again, the form names nothing that its reader may not see; its instance is not saved any more."""
        self._take_unchecked_streams()
        choices = frozenset((sent, referred_model(model)) for _name, sent, model, _number in chosen_in_streams(self))
        gone = [
            Named(
                reference.model,
                str(reference.pk),
                form.add_prefix(reference.field) if reference.field in form.fields else "",
                choices,
            )
            for form, reference in self._new_foreign_references()
        ]
        if not gone:
            return
        self.data = without(self.data, gone)
        for formset in getattr(self, "formsets", {}).values():
            formset.data = self.data
            for form in forms_of(formset):
                form.data = self.data
        for name, messages in self._refused_in_streams.items():
            # Wagtail has dropped the choice of what there is not, and said that it is missing; of a choice that was
            # refused the same is said.
            self._errors[name] = self.error_class([ChoiceRefused(messages, self._lacking(name))])

    def _lacking(self, name: str) -> ValidationError | None:
        """Return what the blocks of a stream field lack as it is shown now."""
        try:
            self.fields[name].clean(self[name].data)
        except ValidationError as error:
            return error
        return None

    def _new_foreign_references(self):
        """Return (form or row, reference) of what the editor may not refer to and did not find."""
        known = {(found.model, found.pk) for found in self._earlier_references()}
        forms = [self, *(form for form in self._rows() if form.has_changed())]
        for row in forms[1:]:
            # Those behind a row with a mistake have not been looked at yet, and refer to nothing until then.
            row.is_valid()
        found = [
            (form, reference)
            for form in forms
            for reference in foreign_references(self.for_user, form.instance)
            if (reference.model, reference.pk) not in known
        ]
        found += [(self, reference) for reference in self._choices_of_nothing()]
        # In one order, and each once: by which road one was found would tell whether there is such a thing.
        named = {(forms.index(form), one.field, one.model._meta.label, one.pk): (form, one) for form, one in found}
        return [named[place] for place in sorted(named)]

    def _choices_of_nothing(self):
        """Yield the choices in stream fields that lead to nothing; the instance has not got them."""
        sent: dict[type, dict[tuple[str, str], None]] = {}
        for name, _sent, model, number in chosen_in_streams(self):
            if has_owner(model):
                # One number may be chosen in several fields: each says so.
                sent.setdefault(model, {})[number, name] = None
        for model, choices in sent.items():
            keys = {number for number, _name in choices if is_key(number)}
            there = {str(pk) for pk in model._base_manager.filter(pk__in=keys).values_list("pk", flat=True)}
            for number, name in choices:
                if number not in there:
                    yield Reference(name, None, referred_model(model), number)

    def _earlier_references(self):
        if self.instance.pk is None:
            return
        stored = type(self.instance)._default_manager.filter(pk=self.instance.pk).first()
        if stored is None:
            return
        yield from every_reference(stored)
        if getattr(stored, "latest_revision_id", None):
            yield from every_reference(stored.get_latest_revision_as_object())


def _message_of(form, field, reference) -> str:
    """A field of articles says "article" of what is no page at all; so it does of a page that is another's."""
    queryset = getattr(form.fields.get(field), "queryset", None)
    return reference.message if queryset is None else unreachable(queryset.model, reference.pk)


def _order_errors(form) -> None:
    """Put the errors in the order of the fields, not of the checks that found them: that order, too, would tell."""
    places = {name: place for place, name in enumerate(form.fields)}
    found = sorted(form.errors.items(), key=lambda named: places.get(named[0], -1))
    form.errors.clear()
    form.errors.update(found)


def _lacks_a_key(obj) -> bool:
    """Tell whether a thing has no value for a foreign key that must have one: what asks for its target would fail."""
    keys = [field for field in obj._meta.concrete_fields if field.many_to_one and not field.null]
    return any(getattr(obj, key.attname) is None for key in keys)


class GuardedPageForm(GuardedReferences, WagtailAdminPageForm):
    """The form of every page type (`BasePage.base_form_class`).

    The address may be left empty: the page makes it from its title.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if "responsible_unit" in self.fields:
            self._leave_out_ended_units(self.fields["responsible_unit"])
        self._leave_out_reach()
        if self.instance.pk is None and self.parent_page is not None:
            self._begin_with_defaults()

    def clean(self):
        cleaned = super().clean()
        carry_over(self)
        return cleaned

    def _leave_out_ended_units(self, field):
        """A page is given to no unit that has ended; one that is of such a unit already stays so."""
        ended = Q(valid_to__lt=timezone.localdate()) & ~Q(pk=self.instance.responsible_unit_id)
        field.queryset = field.queryset.exclude(ended)

    def _leave_out_reach(self):
        """Of a page that no other site can show is not asked which ones do."""
        names = [name for name in getattr(self.instance, "reach_fields", ()) if name in self.fields]
        page = self.instance if self.instance.path else self.parent_page
        site = site_of(page) if names and page is not None else None
        for name in names if site is None or not site.is_city else ():
            del self.fields[name]

    def _begin_with_defaults(self):
        for name, value in self.instance.defaults_for(site_of(self.parent_page), self.for_user).items():
            if name in self.fields and not self.initial.get(name):
                self.initial[name] = value.pk if hasattr(value, "pk") else value
