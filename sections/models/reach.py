"""Pages of the city that the lists of wards show too: chosen with the page, and approved with it."""

from django import forms
from django.db import models
from django.utils.text import capfirst
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from base.models import PortalSite
from base.preflight import Finding
from base.public.index.places import EVERY_WARD
from base.sites import all_sites, site_of


def _wards(*states: str) -> list[PortalSite]:
    """Return the sites of wards in some states, by name."""
    return [site for site in all_sites() if site.kind == PortalSite.Kind.WARD and site.state in states]


def _taking() -> list[tuple[int, str]]:
    return [(ward.pk, ward.name) for ward in _wards(*PortalSite.TAKING)]


class WardsChoice(forms.TypedMultipleChoiceField):
    """Wards that take what is new, chosen one by one; the value is a list of keys."""

    def __init__(self, **kwargs):
        messages = {"invalid_choice": "Có trang phường, xã không nhận bài nữa; hãy chọn lại."}
        super().__init__(choices=_taking, coerce=int, empty_value=[], error_messages=messages, **kwargs)


class WardsField(models.JSONField):
    """The keys of wards as a list."""

    def formfield(self, **kwargs):
        return WardsChoice(
            label=capfirst(self.verbose_name),
            help_text=self.help_text,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    @staticmethod
    def names_of(value) -> list[str]:
        """Return the names of the wards of a value, for the comparison of versions."""
        return [site.name for site in all_sites() if site.pk in (value or ())]


class StandsOnWards(models.Model):
    """A page that wards show in their lists too, at its own address and with its source; no copy is made.

    `on_every_ward`: all of them, those that open later too. `on_wards`: the keys of the chosen ones. Neither has an
    effect on a page of a ward.
    """

    on_every_ward = models.BooleanField(
        "hiện trên trang của mọi phường, xã",
        default=False,
        help_text="Bài đứng ở «Tin từ thành phố» của các trang ấy, dẫn về đây; sửa hay gỡ ở đây thì ở đó theo ngay.",
    )
    on_wards = WardsField("hoặc chỉ trên trang của", default=list, blank=True)

    reach_fields = ("on_every_ward", "on_wards")

    class Meta:
        abstract = True

    def shown_also_on(self):
        site = site_of(self)
        if site is None or not site.is_city:
            return []
        return [EVERY_WARD] if self.on_every_ward else sorted({*self.on_wards})

    def preflight(self):
        return super().preflight() + self._about_reach()

    def _about_reach(self) -> list[Finding]:
        """Say to writer and approver on how many sites more the page will stand."""
        reach = self.shown_also_on()
        if not reach:
            return []
        wards = _wards(PortalSite.State.OPEN, PortalSite.State.FROZEN)
        if self.on_every_ward:
            return [Finding("warning", "on_every_ward", f"Bài sẽ hiện trên trang của mọi phường, xã ({len(wards)}).")]
        names = ", ".join(ward.name for ward in wards if ward.pk in reach)
        return [Finding("warning", "on_wards", f"Bài sẽ hiện cả trên: {names or 'chưa trang nào đang mở'}.")]


reach_panels = [MultiFieldPanel([FieldPanel("on_every_ward"), FieldPanel("on_wards")], heading="Hiện ở phường, xã")]
