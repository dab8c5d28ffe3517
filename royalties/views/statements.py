"""The screens of a statement: its lines, the head's decision, the payment, its files."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.roles import PAY_ROYALTIES
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.audit.trail import record, record_personal_data_read
from base.sites import city_site
from base.tables.csv import download
from vietnam.amounts import written_out

from .. import contributors, proposing, rights, sheets, statements
from ..forms import DecideStatementForm, PaymentForm
from ..models import Contributor, Royalty, Statement
from .access import ICON, STATEMENTS

EXTENSIONS = {"xlsx": sheets.as_xlsx, "pdf": sheets.as_pdf}


class OneStatement:
    """Mixin: a statement that the user may see; 404 for any other."""

    screen_access = STATEMENTS
    header_icon = ICON

    @cached_property
    def statement(self) -> Statement:
        found = rights.visible_statements(self.request.user).select_related("submitted_by", "decided_by", "paid_by")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @cached_property
    def lines(self) -> list:
        return list(self.statement.lines.all())


class StatementView(OneStatement, ActionView):
    """A statement with its lines; while it waits, the head decides here by one press."""

    help_rule = "royalties"
    form_class = DecideStatementForm
    template_name = "royalties/statement.html"
    success_message = "Đã ghi quyết định."

    @property
    def title(self):
        return f"{self.statement}, tháng {self.statement.month:%m/%Y}"

    def seen(self):
        """The statement and its lines."""
        return [self.statement, self.lines]

    def post(self, request, *args, **kwargs):
        if not rights.may_decide(request.user):
            raise PermissionDenied("Chỉ Trưởng ban Biên tập quyết định bảng kê (Quy chế, Điều 17.3).")
        return super().post(request, *args, **kwargs)

    def choices_offered(self, choices):
        may_decide = not statements.why_not_decide(self.statement, self.request.user)
        return [choice for choice in choices if choice[0] == "return" or may_decide]

    def get_context_data(self, **kwargs):
        statement, user = self.statement, self.request.user
        keys = [item for item in statement.items.values_list("page_id", flat=True) if item]
        return super().get_context_data(
            statement=statement,
            parts=[
                (caption, part, sum(line.amount for line in part))
                for is_work, caption in sheets.PARTS
                if (part := [line for line in self.lines if line.is_work == is_work])
            ],
            spelled=written_out(statement.total),
            gone=proposing.taken_down_for_error(keys),
            items_gone=Royalty.objects.filter(statement=statement, page_id__in=proposing.taken_down_for_error(keys)),
            may_decide=not statements.why_not_decide(statement, user, is_deciding=False),
            why_not_decide=statements.why_not_decide(statement, user),
            may_pay=not statements.why_not_pay(statement, user),
            unchecked=[] if statement.state == Statement.State.PAID else contributors.unchecked_on(statement),
            may_confirm=rights.may_propose(user),
            sees_items=rights.may_propose(user) or rights.may_decide(user),
            **kwargs,
        )

    def call(self, form):
        data = form.cleaned_data
        if data["decision"] == "decide":
            statements.decide(self.statement, by=self.request.user, note=data["note"])
        else:
            statements.send_back(self.statement, by=self.request.user, reason=data["note"])

    def get_success_url(self):
        return reverse("royalties_statement", args=[self.statement.pk])


class PayView(OneStatement, ActionView):
    """The accountant notes that a statement was paid."""

    screen_access = holding(PAY_ROYALTIES)
    form_class = PaymentForm
    title = "Ghi việc chi"
    submit_label = "Ghi đã chi"
    success_message = "Đã ghi việc chi."

    def seen(self):
        """The statement."""
        return [self.statement]

    def closed(self):
        if self.statement.state == Statement.State.PAID:
            return f"Đã ghi việc chi ngày {self.statement.paid_on:%d/%m/%Y}, chứng từ {self.statement.voucher}."
        return statements.why_not_pay(self.statement, self.request.user)

    def way_on(self):
        return {"url": self.get_success_url(), "words": "Xem bảng kê"}

    def get_initial(self):
        return {"paid_on": timezone.localdate()}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.statement), **kwargs)

    def call(self, form):
        statements.note_payment(self.statement, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("royalties_statement", args=[self.statement.pk])


class PayeesView(OneStatement, TemplateView):
    """What is needed to pay the people of a statement; after pressing a button, each reading is written down."""

    screen_access = holding(PAY_ROYALTIES)
    without_version = "Only shows; each reading is written down."
    template_name = "royalties/payees.html"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        if not self.statement.is_frozen:
            raise Http404
        record_personal_data_read(
            by=request.user, obj=self.statement, site=city_site(), what="thông tin nhận tiền của người hưởng nhuận bút"
        )
        named = self.statement.lines.values("contributor")
        people = list(Contributor.objects.filter(pk__in=named).select_related("user"))
        due = {person.pk: sum(line.net for line in self.lines if line.contributor_id == person.pk) for person in people}
        response = self.render_to_response(
            self.get_context_data(
                title="Thông tin nhận tiền",
                header_icon=ICON,
                statement=self.statement,
                people=[(person, due[person.pk]) for person in people],
            )
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response


class StatementFileView(OneStatement, View):
    """A statement as a file, in the format of the address."""

    def get(self, request, pk, extension):
        if extension not in EXTENSIONS:
            raise Http404
        detail = {"format": extension, "rows": len(self.lines)}
        record("export.made", by=request.user, obj=self.statement, site=city_site(), detail=detail)
        return download(EXTENSIONS[extension](self.statement), sheets.file_name(self.statement, extension))
