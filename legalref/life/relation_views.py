"""The admin's editor of relations between documents: parse, call an action, answer."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.roles import CONFIRM_REPEAL, WRITE, may, works_on
from base.admin.action_views import ActionView
from base.admin.field_anchors import edit_address
from base.admin.screen_access import SITE_MEMBERS
from base.authority import may_see
from workflows import deadlines
from workflows.screens.subjects import demand_works_on

from ..models import DocumentRelation, LegalDocument
from . import agreeing, lifecycle
from .effect import ENDING, RELATIONS
from .relation_forms import FIELD_OF, AgreeForm, RelationForm, TakeBackForm

HIDDEN = "Văn bản chưa đăng của trang khác"


@dataclass(frozen=True)
class Row:
    """A relation as one of its two documents sees it: the label of its side, and the other document.

    `other_url` is empty for what its reader may not open, `may_take_back` false for who may not record it.
    """

    relation: DocumentRelation
    acts: bool
    other: str
    other_url: str
    may_take_back: bool
    may_agree: bool = False

    @property
    def label(self) -> str:
        return self.relation.active_label if self.acts else self.relation.passive_label


def rows_of(document: LegalDocument, user) -> list[Row]:
    """Return all relations of a document in both directions, those taken back as well; what acts first, by code.

    Another site's draft is named by no title; what waits for a second person is there only for those who may read it
    (`lifecycle.may_see_waiting`). One query however many relations.
    """
    relations = (
        DocumentRelation.objects.filter(Q(source=document) | Q(target=document))
        .select_related(
            "source__document_type",
            "source__owner_site",
            "target__document_type",
            "target__owner_site",
            "confirmed_by",
            "agreed_by",
            "revoked_by",
            "follows_from",
            "undo_asked_by",
        )
        .defer("source__full_text", "source__search_text", "target__full_text", "target__search_text")
        .order_by("code", "effective_on", "pk")
    )
    rows = [
        _row(relation, document, user)
        for relation in relations
        if relation.agreed_at is not None or lifecycle.may_see_waiting(user, relation)
    ]
    return sorted(rows, key=lambda row: not row.acts)


def _waits_with_cause(relation) -> bool:
    return relation.follows_from is not None and relation.follows_from.agreed_at is None


def _row(relation, document, user) -> Row:
    acts = relation.source_id == document.pk
    other = relation.target if acts else relation.source
    is_waiting = relation.revoked_at is None and relation.agreed_at is None
    may_agree = agreeing.may_decide(user, relation) and not (is_waiting and _waits_with_cause(relation))
    may_take_back = (
        relation.revoked_at is None
        and relation.undo_asked_by_id is None
        and (may_agree or lifecycle.may_note(user, relation.code, relation.source, relation.target))
    )
    if other is None:
        return Row(relation, acts, relation.source_text or relation.stated_in, "", may_take_back, may_agree)
    if not may_see(user, other):
        return Row(relation, acts, HIDDEN, "", False)
    url = reverse("legalref_relations", args=[other.pk]) if works_on(user, other.owner_site) else ""
    return Row(relation, acts, other.name, url, may_take_back, may_agree)


class RelationsView(ActionView):
    """All relations of one document, and the form for another one.

    What ends a public document goes on to the screen of repeals, which first shows what that reaches.
    """

    screen_access = SITE_MEMBERS
    form_class = RelationForm
    template_name = "legalref/admin/relations.html"
    title = "Quan hệ văn bản"
    header_icon = "link"
    submit_label = "Ghi quan hệ"
    success_message = "Đã ghi quan hệ; chờ người thứ hai xác nhận."

    def seen(self):
        """The newest version of the document."""
        return [self.document]

    @cached_property
    def document(self) -> LegalDocument:
        found = LegalDocument.objects.select_related("document_type", "main_issuer", "owner_site")
        document = get_object_or_404(found, pk=self.kwargs["pk"])
        demand_works_on(self.request.user, document.owner_site)
        return document

    def dispatch(self, request, *args, **kwargs):
        if request.method == "POST" and not self._may_add():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def _may_add(self) -> bool:
        user = self.request.user
        return may(user, WRITE, self.document.owner_site) or may(user, CONFIRM_REPEAL)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "document": self.document, "user": self.request.user}

    def get_context_data(self, **kwargs):
        rows = rows_of(self.document, self.request.user)
        standing = [row for row in rows if row.relation.revoked_at is None]
        valid = [row for row in standing if row.relation.agreed_at is not None]
        return super().get_context_data(
            subject=self.document.name,
            document=self.document,
            edit_url=edit_address(self.document),
            status=lifecycle.status(self.document, deadlines.today()),
            may_add=self._may_add(),
            groups=[
                ("Văn bản này tác động lên văn bản khác", [row for row in valid if row.acts]),
                ("Văn bản khác tác động lên văn bản này", [row for row in valid if not row.acts]),
            ],
            waiting=[row for row in standing if row.relation.agreed_at is None],
            taken_back=[row for row in rows if row.relation.revoked_at is not None],
            **kwargs,
        )

    def form_valid(self, form):
        source, code, target = form.as_relation()
        if code in ENDING and target.live and may(self.request.user, CONFIRM_REPEAL):
            return redirect(self._repeal_address(form, source, code, target))
        return super().form_valid(form)

    def _repeal_address(self, form, source, code, target) -> str:
        values = form.cleaned_data
        typed = {
            "code": code,
            "by_document": source.pk if source else "",
            "other_text": values["other_text"],
            "effective_on": values["effective_on"] or "",
            "scope": "\n".join(values["scope"]),
            "stated_in": values["stated_in"],
            "is_verified": "1" if values["is_verified"] else "",
        }
        return reverse("legalref_repeal", args=[target.pk]) + "?" + urlencode({k: v for k, v in typed.items() if v})

    def call(self, form):
        source, code, target = form.as_relation()
        values = form.cleaned_data
        try:
            lifecycle.relate(
                source,
                code,
                target,
                by=self.request.user,
                effective_on=values["effective_on"],
                until=values["until"],
                scope=values["scope"],
                stated_in=values["stated_in"],
                source_text=values["other_text"],
                is_verified=values["is_verified"],
            )
        except ValidationError as error:
            raise ValidationError(
                {FIELD_OF.get(name, name): errors for name, errors in error.error_dict.items()}
            ) from error
        label = RELATIONS[code].active if source == self.document else RELATIONS[code].passive
        other = (target.name if source == self.document else source.name) if source else values["other_text"]
        self.success_message = (
            f"Đã ghi: {self.document.name} — {str(label).lower()} — {other}. "
            "Quan hệ này chờ người thứ hai xác nhận; chưa có gì hiện ra với người đọc."
        )

    def get_success_url(self):
        return self.request.path


class OneRelation:
    """The relation of the address, for who works on one of its two documents; a child says who may do what."""

    screen_access = SITE_MEMBERS

    def may_do(self, relation) -> bool:
        raise NotImplementedError

    @cached_property
    def relation(self) -> DocumentRelation:
        user = self.request.user
        found = DocumentRelation.objects.select_related(
            "source__document_type", "source__owner_site", "target__document_type", "target__owner_site", "confirmed_by"
        )
        relation = get_object_or_404(found, pk=self.kwargs["pk"])
        if self._own(relation) is None or not self.may_do(relation):
            raise Http404
        if any(document is not None and not may_see(user, document) for document in (relation.source, relation.target)):
            raise Http404
        return relation

    def _own(self, relation) -> LegalDocument | None:
        """Return the relation's document that the person works on; the one acted on, if they work on both."""
        documents = [document for document in (relation.target, relation.source) if document is not None]
        return next((found for found in documents if works_on(self.request.user, found.owner_site)), None)

    def seen(self):
        """The relation, its documents, and what follows from it."""
        relation = self.relation
        return [relation, relation.source, relation.target, lifecycle.with_consequences(relation)[1:]]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.relation), relation=self.relation, **kwargs)

    def get_success_url(self):
        return reverse("legalref_relations", args=[self._own(self.relation).pk])


class AgreeView(OneRelation, ActionView):
    """The second person reads what another has noted, with what follows from it, and agrees or refuses."""

    model = DocumentRelation
    form_class = AgreeForm
    template_name = "legalref/admin/agree.html"
    title = "Xác nhận quan hệ văn bản"
    header_icon = "link"

    def may_do(self, relation) -> bool:
        user = self.request.user
        if relation.revoked_at is not None:
            return False
        return lifecycle.may_see_waiting(user, relation) or agreeing.may_agree_back(user, relation)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "is_undo": self.relation.undo_asked_by_id is not None}

    def get_context_data(self, **kwargs):
        relation = self.relation
        ends = relation.code in ENDING and relation.target.live and relation.agreed_at is None
        affected = (
            lifecycle.affected(relation.target, scope=relation.scope, effective_on=relation.effective_on)
            if ends
            else None
        )
        return super().get_context_data(
            may_agree=agreeing.may_decide(self.request.user, relation),
            affected=affected,
            is_partial=bool(relation.scope),
            consequences=lifecycle.with_consequences(relation)[1:],
            status=lifecycle.status(relation.target, deadlines.today()),
            **kwargs,
        )

    def call(self, form):
        relation, by, reason = self.relation, self.request.user, form.cleaned_data["reason"]
        agrees = form.cleaned_data["decision"] == AgreeForm.AGREE
        if relation.undo_asked_by_id is not None:
            agreeing.decide_back(relation, by=by, agrees=agrees, reason=reason)
            self.success_message = (
                "Đã đồng ý thu hồi; quan hệ không còn hiện ra với người đọc."
                if agrees
                else "Đã ghi không đồng ý; quan hệ vẫn như cũ."
            )
        elif agrees:
            agreeing.agree(relation, by=by)
            self.success_message = "Đã xác nhận; quan hệ có hiệu lực từ bây giờ."
        else:
            lifecycle.take_back(relation, by=by, reason=reason)
            self.success_message = "Đã từ chối; quan hệ nằm trong danh sách đã thu hồi, kèm lý do."


class TakeBackView(OneRelation, ActionView):
    """Take one relation back, with the reason."""

    form_class = TakeBackForm
    title = "Thu hồi quan hệ văn bản"
    header_icon = "resubmit"
    submit_label = "Thu hồi"

    def may_do(self, relation) -> bool:
        """For one that waits, who noted it, may note it or may agree; else who may note it."""
        user = self.request.user
        if lifecycle.may_note(user, relation.code, relation.source, relation.target):
            return relation.agreed_at is not None or lifecycle.may_see_waiting(user, relation)
        return relation.agreed_at is None and lifecycle.may_agree(user, relation)

    def call(self, form):
        relation, by, reason = self.relation, self.request.user, form.cleaned_data["reason"]
        if relation.agreed_at is not None:
            agreeing.ask_back(relation, by=by, reason=reason)
            self.success_message = agreeing.ASKED_BACK
        else:
            lifecycle.take_back(relation, by=by, reason=reason)
            self.success_message = "Đã thu hồi; quan hệ vẫn còn trong danh sách đã thu hồi, kèm lý do."
