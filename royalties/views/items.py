"""The screens of one item: corrected, excluded, put back, added by hand."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from base.admin.action_views import ActionView

from .. import items, proposing, rights, tariffs
from ..forms import ItemForm, NewItemForm, ReasonForm, Shares
from ..models import Royalty
from .access import ICON, PROPOSING, SEEING_ALL


class OneItem:
    """Mixin: the item of the address."""

    screen_access = PROPOSING
    header_icon = ICON

    @cached_property
    def item(self) -> Royalty:
        found = Royalty.objects.select_related("site", "line__scale", "statement", "changed_by")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def seen(self):
        """The item and who shares it."""
        return [self.item, list(self.item.shares.all())]

    def get_context_data(self, **kwargs):
        return super().get_context_data(item=self.item, subject=self.item.title, **kwargs)

    def get_success_url(self):
        return reverse("royalties_item", args=[self.item.pk])


class ItemView(OneItem, TemplateView):
    """One item: how its amount came about, who shares it, what was changed."""

    screen_access = SEEING_ALL
    template_name = "royalties/item.html"

    def get_context_data(self, **kwargs):
        item, user = self.item, self.request.user
        return super().get_context_data(
            title="Khoản nhuận bút, thù lao",
            header_icon=ICON,
            shares=item.shares.select_related("contributor"),
            adjustments=item.adjustments.select_related("made_by"),
            gone=proposing.taken_down_for_error([item.page_id]) if item.page_id else {},
            why_not_change=items.why_not_change(item, user),
            may_propose=rights.may_propose(user),
            **kwargs,
        )


class ChangesItem(OneItem):
    """Mixin: for who may correct the item; others read why not, before they type anything."""

    def closed(self):
        return items.why_not_change(self.item, self.request.user)

    def way_on(self):
        return {"url": self.get_success_url(), "words": "Xem khoản này"}


class WithShares(ActionView):
    """A form of an item with rows of those who share it; an error in a row is shown there."""

    shares_are = ()

    @cached_property
    def rows(self):
        if self.request.method == "POST":
            return Shares(self.request.POST, prefix="phan")
        return Shares(
            initial=[{"contributor": share.contributor_id, "part": share.part} for share in self.shares_are],
            prefix="phan",
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(rows=self.rows, **kwargs)

    def form_valid(self, form):
        if not self.rows.is_valid():
            form.add_error(None, "Có phần của người hưởng cần sửa, xem chỗ đánh dấu ở dưới.")
            return self.form_invalid(form)
        return super().form_valid(form)

    def call(self, form):
        # What the screen had loaded was read again; so were the rows.
        self.rows.is_valid()
        try:
            self.act(form.cleaned_data | {"shares": self.rows.shares()})
        except ValidationError as error:
            if "shares" in getattr(error, "error_dict", {}):
                raise ValidationError([*error.error_dict.pop("shares"), *_left(error)]) from None
            raise


def _left(error: ValidationError) -> list:
    return [one for errors in error.error_dict.values() for one in errors]


class ChangeItemView(ChangesItem, WithShares):
    """The item with its numbers and shares, to be corrected."""

    help_rule = "royalties"
    form_class = ItemForm
    template_name = "royalties/item_form.html"
    title = "Điều chỉnh khoản nhuận bút"
    submit_label = "Ghi điều chỉnh"
    success_message = "Đã ghi điều chỉnh; số tiền được tính lại và giữ nguyên từ nay."

    @property
    def shares_are(self):
        return self.item.shares.all()

    @cached_property
    def scale(self):
        return tariffs.scale_on(self.item.made_on)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "scale": self.scale}

    def get_initial(self):
        item = self.item
        is_coefficient = item.line is not None and proposing.by_coefficient(item.line.scale, item.line)
        return {
            "line": item.line_id,
            "value": item.rate if is_coefficient else Decimal(item.unit_value),
            "quantity": Decimal(1) if is_coefficient else item.rate,
            "portion": item.portion,
            "extra": item.extra,
        }

    def act(self, data):
        items.change(self.item, by=self.request.user, **data)


class AddItemView(WithShares):
    """An item for what no publication shows."""

    screen_access = PROPOSING
    without_version = "Something new; nothing is shown that could change."
    help_rule = "royalties"
    form_class = NewItemForm
    template_name = "royalties/item_form.html"
    title = "Thêm khoản thù lao"
    header_icon = ICON
    submit_label = "Ghi khoản"
    success_message = "Đã ghi khoản thù lao."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "scale": tariffs.scale_on(self.day)}

    @property
    def day(self) -> date:
        """The day that was typed, by whose scale the genres are; today as long as none is."""
        try:
            return NewItemForm.base_fields["made_on"].clean(self.request.POST.get("made_on"))
        except ValidationError:
            return timezone.localdate()

    def act(self, data):
        self.made = items.add(by=self.request.user, **data)

    def get_success_url(self):
        return reverse("royalties_item", args=[self.made.pk])


class ExcludeItemView(ChangesItem, ActionView):
    """Pay nothing for an item, with a reason."""

    form_class = ReasonForm
    title, submit_label = "Không chi khoản này", "Không chi"
    success_message = "Đã ghi: không chi khoản này."

    def call(self, form):
        items.exclude(self.item, by=self.request.user, reason=form.cleaned_data["reason"])


class IncludeItemView(ChangesItem, ActionView):
    """Put an excluded item back, with a reason."""

    form_class = ReasonForm
    title, submit_label = "Đưa lại khoản này", "Đưa lại"
    success_message = "Đã đưa lại khoản này vào đề xuất."

    def call(self, form):
        items.include(self.item, by=self.request.user, reason=form.cleaned_data["reason"])
