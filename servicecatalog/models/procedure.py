"""The administrative procedure (thủ tục hành chính): one record for all sites that offer it.

Its parts are those of NĐ 63/2010/NĐ-CP Điều 8.2 and of the national database of procedures. It is a snippet with
draft, revision and workflow; what is shown in public is its approved version.
"""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.fields import RichTextField
from wagtail.models import DraftStateMixin, LockableMixin, Orderable, PreviewableMixin, RevisionMixin, WorkflowMixin
from wagtail.search import index

from accounts.roles import DISPATCH, REVIEW, WRITE
from base.blocks import SHORT_FEATURES
from base.models import OrganisationUnit, PortalFile, PortalSite
from base.models.hours import ClearsMetHours
from base.preflight import Finding, preflight_content
from base.public.frame import build_frame
from base.public.index import readers_see_changed
from base.sites import city_site
from legalref.models import LegalDocument
from vietnam import text
from workflows.deadlines.terms import Duty
from workflows.publishing.approval import workflow_for

from .levels import ServiceLevel
from .taxonomy import ApplicantKind, LifeEvent, ServiceField

CODE = re.compile(r"\d\.\d{6}")
LATEST_HOUR = 23


class ProcedureQuerySet(models.QuerySet):
    """Procedures by whether they are public and in use."""

    def public(self):
        """Approved and public."""
        return self.filter(live=True)

    def in_use(self, on):
        """Public and neither abolished nor still to come on a local day."""
        return self.public().filter(
            models.Q(valid_from=None) | models.Q(valid_from__lte=on),
            models.Q(valid_to=None) | models.Q(valid_to__gte=on),
        )


class TimeLimit(models.Model):
    """A time limit (thời hạn giải quyết) as a value, from which `limits.py` computes the day of return.

    `amount` in `unit` after `start_event`; `same_day`: returned on the day, and what comes at or after `cutoff_hour` on
    the next working day. `extra_amount` is the longest extension, for `extra_reason`; `not_counted` is a text: which
    time does not count. Everything empty: no limit is laid down.
    """

    class Unit(models.TextChoices):
        HOUR = "hour", "giờ"
        CALENDAR_DAY = "calendar_day", "ngày"
        WORKING_DAY = "working_day", "ngày làm việc"
        MONTH = "month", "tháng"

    same_day = models.BooleanField("trả ngay trong ngày", default=False)
    cutoff_hour = models.PositiveSmallIntegerField(
        "nhận từ giờ này thì trả ngày làm việc tiếp theo", null=True, blank=True, help_text="Giờ trong ngày, ví dụ 15."
    )
    amount = models.PositiveSmallIntegerField("thời hạn", null=True, blank=True)
    unit = models.CharField("đơn vị", max_length=12, choices=Unit.choices, default=Unit.WORKING_DAY)
    start_event = models.CharField(
        "kể từ",
        max_length=200,
        blank=True,
        default="ngày nhận đủ hồ sơ hợp lệ",
        help_text="Ví dụ: ngày nhận đủ hồ sơ hợp lệ.",
    )
    extra_amount = models.PositiveSmallIntegerField("kéo dài không quá", null=True, blank=True)
    extra_unit = models.CharField("đơn vị kéo dài", max_length=12, choices=Unit.choices, default=Unit.WORKING_DAY)
    extra_reason = models.CharField("khi", max_length=200, blank=True, help_text="Ví dụ: phải xác minh.")
    not_counted = models.CharField("thời gian không tính", max_length=300, blank=True)

    class Meta:
        abstract = True

    def limit_errors(self) -> dict[str, str]:
        """Return by field what is wrong with the limit."""
        errors = {}
        if self.same_day and self.amount:
            errors["amount"] = "Đã chọn «trả ngay trong ngày»; hãy bỏ chọn hoặc để trống thời hạn."
        if self.cutoff_hour is not None and not self.same_day:
            errors["cutoff_hour"] = "Giờ này chỉ dùng khi trả ngay trong ngày; hãy chọn «trả ngay trong ngày»."
        if self.cutoff_hour is not None and self.cutoff_hour > LATEST_HOUR:
            errors["cutoff_hour"] = "Giờ từ 0 đến 23; hãy sửa lại, ví dụ 15."
        if self.amount == 0:
            errors["amount"] = "Thời hạn phải lớn hơn 0; hãy sửa hoặc để trống."
        if self.extra_amount and not self.extra_reason.strip():
            errors["extra_reason"] = "Hãy ghi khi nào được kéo dài."
        return errors


class Procedure(
    ClearsMetHours,
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    index.Indexed,
    ClusterableModel,
):
    """A procedure; offered on sites by `ServiceOffering` pages, so it is edited once for all of them.

    `deciding_document` is the decision that publishes it (Quyết định công bố, NĐ 63/2010 Điều 13, 15).
    """

    class Kind(models.TextChoices):
        DETAILED = "detailed", "TTHC được luật giao quy định chi tiết"
        NOT_DETAILED = "not_detailed", "TTHC không được luật giao quy định chi tiết"
        LINKED = "linked", "TTHC liên thông"

    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang quản lý", on_delete=models.PROTECT, related_name="procedures"
    )
    code = models.CharField("mã thủ tục", max_length=10, unique=True, help_text="Dạng 1.001193.")
    local_code = models.CharField(
        "mã thủ tục địa phương", max_length=40, blank=True, help_text="Ví dụ 2.000815.000.00.00.H55."
    )
    name = models.CharField("tên thủ tục", max_length=500, help_text="Đúng từng chữ như quyết định công bố.")
    title_en = models.CharField("tên tiếng Anh", max_length=500, blank=True)
    summary = models.TextField("mô tả ngắn", max_length=400, blank=True)
    summary_en = models.TextField("mô tả tiếng Anh", max_length=600, blank=True)
    deciding_document = models.ForeignKey(
        LegalDocument,
        verbose_name="quyết định công bố",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_by = models.CharField(
        "số quyết định công bố", max_length=200, blank=True, help_text="Khi quyết định chưa có trong sổ văn bản."
    )
    decided_on = models.DateField("ngày công bố", null=True, blank=True)
    at_province = models.BooleanField("cấp tỉnh", default=False)
    at_district = models.BooleanField("cấp huyện", default=False, help_text="Cấp huyện kết thúc ngày 30/06/2025.")
    at_ward = models.BooleanField("cấp xã", default=False)
    at_other = models.BooleanField("cơ quan khác", default=False)
    kind = models.CharField("loại thủ tục", max_length=14, choices=Kind.choices, default=Kind.DETAILED)
    field = models.ForeignKey(
        ServiceField, verbose_name="lĩnh vực", on_delete=models.PROTECT, related_name="procedures"
    )
    life_events = ParentalManyToManyField(
        LifeEvent, verbose_name="sự kiện trong đời", blank=True, related_name="procedures"
    )
    applicants = ParentalManyToManyField(
        ApplicantKind, verbose_name="đối tượng thực hiện", blank=True, related_name="procedures"
    )
    sets_count = models.PositiveSmallIntegerField("số lượng hồ sơ (bộ)", default=1)
    requirements = RichTextField("yêu cầu, điều kiện", features=SHORT_FEATURES, blank=True)
    reception_address = models.CharField("địa chỉ tiếp nhận hồ sơ", max_length=300, blank=True)
    keywords = models.TextField(
        "từ khóa", blank=True, help_text="Mỗi dòng một từ, cụm từ mà người dân hay dùng: giấy khai sinh, làm khai sinh."
    )
    fee_note = models.CharField("ghi chú về phí, lệ phí", max_length=300, blank=True)
    valid_from = models.DateField("áp dụng từ ngày", null=True, blank=True)
    valid_to = models.DateField("áp dụng đến hết ngày", null=True, blank=True, help_text="Khi thủ tục bị bãi bỏ.")
    is_illustrative = models.BooleanField("dữ liệu minh họa", default=False, editable=False)
    # What words find it, folded; `clean` fills it.
    search_text = models.TextField(blank=True, editable=False)

    objects = ProcedureQuerySet.as_manager()

    # A procedure is the same for all sites: the city's people maintain it, every user with a role may choose it.
    permissions_by_capability = {
        WRITE: ("add", "change", "view"),
        REVIEW: ("change", "view"),
        DISPATCH: ("add", "change", "view"),
    }
    retention_class = "permanent"
    # By the same proposal and decision as a page (`workflows/publishing/takedown/`).
    may_be_taken_down = True
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.FilterField("live"),
        index.FilterField("owner_site"),
    ]

    class Meta:
        verbose_name = "thủ tục hành chính"
        verbose_name_plural = "thủ tục hành chính"
        ordering = ["field__sector__sort_order", "field__sort_order", "name"]

    def __str__(self):
        return f"{self.code} {self.name}".strip()

    @property
    def title(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return (self.title_en if get_language() == "en" else "") or self.name

    @property
    def description(self) -> str:
        """The short description in the language of the page; the name when there is none."""
        return (self.summary_en if get_language() == "en" else self.summary) or self.label

    def is_in_use(self, on) -> bool:
        """Whether it is neither abolished nor still to come on a local day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def cases(self) -> list[str]:
        """The cases ("Trường hợp …") that its components are grouped by, in order; components of all have none."""
        return list(dict.fromkeys(part.case for part in self.components.all() if part.case))

    def shown_on(self):
        """The public pages that show it, and say so once it is taken down."""
        return self.offerings.filter(live=True).order_by("path")

    def places_shown(self) -> list[tuple]:
        """Where readers find it, [(page, "")]; for the journal of what went."""
        return [(page, "") for page in self.shown_on()]

    # --- Checking ---------------------------------------------------------------------------------

    def clean(self):
        super().clean()
        self.name, self.code = text.nfc(self.name).strip(), self.code.strip()
        self.search_text = " ".join(text.fold(part) for part in (self.code, self.name, self.summary, self.keywords))
        errors = {}
        if not CODE.fullmatch(self.code):
            errors["code"] = "Mã thủ tục gồm một chữ số, dấu chấm và sáu chữ số, ví dụ 1.001193; hãy sửa lại."
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            errors["valid_to"] = "Ngày kết thúc phải sau ngày áp dụng; hãy sửa một trong hai ngày."
        if errors:
            raise ValidationError(errors)

    def preflight(self) -> list[Finding]:
        """Return what is missing of the parts that NĐ 63/2010 Điều 8.2 and TT 32/2017 Điều 5 demand."""
        found = []
        if not (self.deciding_document_id or self.decided_by.strip()):
            found.append(
                Finding("blocker", "deciding_document", "Thiếu quyết định công bố; hãy chọn văn bản hoặc ghi số.")
            )
        if not any((self.at_province, self.at_district, self.at_ward, self.at_other)):
            found.append(Finding("blocker", "at_ward", "Chưa chọn cấp thực hiện; hãy chọn ít nhất một cấp."))
        parts = {
            "steps": "Thiếu trình tự thực hiện; hãy ghi ít nhất một bước.",
            "channels": "Thiếu cách thức thực hiện; hãy ghi ít nhất một cách nộp và thời hạn.",
            "components": "Thiếu thành phần hồ sơ; hãy ghi ít nhất một giấy tờ.",
            "applicants": "Chưa chọn đối tượng thực hiện; hãy chọn ít nhất một đối tượng.",
            "agencies": "Thiếu cơ quan thực hiện; hãy ghi ít nhất một cơ quan.",
            "results": "Thiếu kết quả thực hiện; hãy ghi ít nhất một kết quả.",
            "legal_bases": "Thiếu căn cứ pháp lý; hãy chọn văn bản trong sổ hoặc ghi số, ký hiệu.",
        }
        found += [
            Finding("blocker", name, message) for name, message in parts.items() if not list(getattr(self, name).all())
        ]
        for basis in self.legal_bases.all():
            if basis.document and not basis.document.status.applies:
                found.append(
                    Finding("warning", "legal_bases", f"«{basis.document}» không còn hiệu lực; hãy kiểm tra căn cứ.")
                )
        return found + [item for item in preflight_content(self) if item.field != "search_text"]

    # --- The road to publication --------------------------------------------------------------------

    def duties(self) -> list[Duty]:
        """A decision that changes a public procedure is shown at once (NĐ 43/2011 Điều 18.1).

        The first publication follows from no change, so that a catalogue can be brought in.
        """
        decided = self.decided_on or (self.deciding_document and self.deciding_document.issued_on)
        if decided is None or self.first_published_at is None:
            return []
        if decided < timezone.localdate(self.first_published_at):
            return []
        return [Duty("DL-SVC", decided, f"Cập nhật thủ tục {self}")]

    def get_workflow(self):
        return workflow_for(self.owner_site)

    def publish(self, *args, **kwargs):
        """Publish and tell all sites, which may show it (called by the approval only)."""
        result = super().publish(*args, **kwargs)
        readers_see_changed(self.shown_on().select_related("procedure"), sites=PortalSite.objects.all())
        return result

    def unpublish(self, *args, **kwargs):
        """Unpublish, leave the search and tell all sites (called by the take-down only)."""
        result = super().unpublish(*args, **kwargs)
        for page in self.shown_on():
            index.remove_object(page)
        readers_see_changed(self.shown_on().select_related("procedure"), sites=PortalSite.objects.all())
        return result

    def archive_html(self) -> str:
        """The record as readers see it, without the frame, for the sealed copy."""
        return render_to_string("servicecatalog/archive.html", {"procedure": self})

    # --- Preview ------------------------------------------------------------------------------------

    def get_preview_template(self, request, mode_name):
        return "servicecatalog/preview.html"

    def get_preview_context(self, request, mode_name):
        frame = build_frame((self.owner_site if self.owner_site_id else city_site()).home_page().specific, request)
        frame.title, frame.is_home, frame.is_indexed = self.name, False, False
        return {"frame": frame, "page": None, "procedure": self, "is_preview": True}


class ProcedureLevel(Orderable):
    """The level of the service on all sites, in one scheme; `reviewed_on` once a person has looked at a mapped one."""

    procedure = ParentalKey(Procedure, on_delete=models.CASCADE, related_name="levels")
    level = models.ForeignKey(ServiceLevel, verbose_name="mức độ", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    reason = models.CharField(
        "lý do, căn cứ",
        max_length=300,
        blank=True,
        help_text="Bắt buộc với «một phần» từ 01/07/2026 (NĐ 224/2026 Điều 14).",
    )

    class Meta(Orderable.Meta):
        verbose_name = "mức độ"
        verbose_name_plural = "mức độ"

    def __str__(self):
        return str(self.level)


class ProcedureStep(Orderable):
    """One step of the order of doing (trình tự thực hiện)."""

    procedure = ParentalKey(Procedure, on_delete=models.CASCADE, related_name="steps")
    title = models.CharField("tên bước", max_length=150, blank=True)
    body = RichTextField("nội dung", features=SHORT_FEATURES)
    body_en = models.TextField("nội dung tiếng Anh", blank=True)

    class Meta(Orderable.Meta):
        verbose_name = "bước"
        verbose_name_plural = "trình tự thực hiện"

    def __str__(self):
        return self.title or f"Bước {(self.sort_order or 0) + 1}"


class ProcedureChannel(TimeLimit, Orderable):
    """One way of applying (cách thức thực hiện) with its time limit and description."""

    class Way(models.TextChoices):
        IN_PERSON = "in_person", "Trực tiếp"
        ONLINE = "online", "Trực tuyến"
        POST = "post", "Dịch vụ bưu chính"

    procedure = ParentalKey(Procedure, on_delete=models.CASCADE, related_name="channels")
    way = models.CharField("hình thức nộp", max_length=10, choices=Way.choices, default=Way.IN_PERSON)
    description = models.TextField("mô tả", blank=True)

    class Meta(Orderable.Meta):
        verbose_name = "cách thức thực hiện"
        verbose_name_plural = "cách thức thực hiện"

    def __str__(self):
        return self.get_way_display()

    def clean(self):
        super().clean()
        if errors := self.limit_errors():
            raise ValidationError(errors)


class ProcedureFee(Orderable):
    """A fee or charge (phí, lệ phí): đồng a unit; without an amount what `note` says ("theo nghị quyết của tỉnh")."""

    procedure = ParentalKey(Procedure, on_delete=models.CASCADE, related_name="fees")
    way = models.CharField(
        "hình thức nộp",
        max_length=10,
        choices=ProcedureChannel.Way.choices,
        blank=True,
        help_text="Để trống khi như nhau với mọi hình thức.",
    )
    label = models.CharField("tên phí, lệ phí", max_length=200, default="Lệ phí")
    amount = models.PositiveIntegerField("số tiền (đồng)", null=True, blank=True, help_text="0 là miễn phí.")
    per = models.CharField("đơn vị tính", max_length=60, blank=True, help_text="Ví dụ: bản, trang, trường hợp.")
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = "phí, lệ phí"
        verbose_name_plural = "phí, lệ phí"

    def __str__(self):
        return self.label

    def clean(self):
        super().clean()
        if self.amount is None and not self.note.strip():
            raise ValidationError({"note": "Hãy ghi số tiền, hoặc ghi chú mức thu theo quy định nào."})


class DossierComponent(Orderable):
    """One paper of the dossier (thành phần hồ sơ); `case` groups it ("Trường hợp …"), empty when all need it."""

    procedure = ParentalKey(Procedure, on_delete=models.CASCADE, related_name="components")
    case = models.CharField("trường hợp", max_length=200, blank=True, help_text="Để trống khi mọi trường hợp đều cần.")
    name = models.CharField("tên giấy tờ", max_length=500)
    name_en = models.CharField("tên tiếng Anh", max_length=500, blank=True)
    originals = models.PositiveSmallIntegerField("số bản chính", default=0)
    copies = models.PositiveSmallIntegerField("số bản sao", default=0)
    to_show_only = models.BooleanField("chỉ xuất trình", default=False)
    form_file = models.ForeignKey(
        PortalFile, verbose_name="mẫu đơn, tờ khai", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    form_version_on = models.DateField("ngày của mẫu", null=True, blank=True)
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = "giấy tờ"
        verbose_name_plural = "thành phần hồ sơ"

    def __str__(self):
        return self.name

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return (self.name_en if get_language() == "en" else "") or self.name


class ProcedureAgency(Orderable):
    """An agency in one of four roles; a unit of the city, or one named as text."""

    class Role(models.TextChoices):
        PERFORMS = "performs", "Cơ quan thực hiện"
        COMPETENT = "competent", "Cơ quan có thẩm quyền"
        DELEGATED = "delegated", "Cơ quan được ủy quyền"
        COORDINATES = "coordinates", "Cơ quan phối hợp"

    procedure = ParentalKey(Procedure, on_delete=models.CASCADE, related_name="agencies")
    role = models.CharField("vai trò", max_length=12, choices=Role.choices, default=Role.PERFORMS)
    unit = models.ForeignKey(
        OrganisationUnit, verbose_name="đơn vị", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField("tên cơ quan", max_length=200, blank=True, help_text="Khi không phải đơn vị của thành phố.")

    class Meta(Orderable.Meta):
        verbose_name = "cơ quan"
        verbose_name_plural = "cơ quan"

    def __str__(self):
        return self.unit.full_name if self.unit else self.name

    def clean(self):
        super().clean()
        if not self.unit_id and not self.name.strip():
            raise ValidationError({"name": "Hãy chọn đơn vị hoặc ghi tên cơ quan."})


class ProcedureResult(Orderable):
    """A result paper (kết quả thực hiện)."""

    procedure = ParentalKey(Procedure, on_delete=models.CASCADE, related_name="results")
    name = models.CharField("kết quả", max_length=300)
    name_en = models.CharField("tên tiếng Anh", max_length=300, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = "kết quả"
        verbose_name_plural = "kết quả thực hiện"

    def __str__(self):
        return self.name

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return (self.name_en if get_language() == "en" else "") or self.name


class ProcedureBasis(Orderable):
    """A legal basis (căn cứ pháp lý): a document of the register, or one that is not there yet, as text."""

    procedure = ParentalKey(Procedure, on_delete=models.CASCADE, related_name="legal_bases")
    document = models.ForeignKey(
        LegalDocument, verbose_name="văn bản", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    as_printed = models.CharField(
        "số ký hiệu, trích yếu", max_length=300, blank=True, help_text="Khi văn bản chưa có trong sổ."
    )
    provision = models.CharField("điều, khoản", max_length=100, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = "căn cứ pháp lý"
        verbose_name_plural = "căn cứ pháp lý"

    def __str__(self):
        return str(self.document) if self.document_id else self.as_printed

    def clean(self):
        super().clean()
        if not self.document_id and not self.as_printed.strip():
            raise ValidationError({"document": "Hãy chọn văn bản trong sổ hoặc ghi số, ký hiệu."})
