"""The legal document with its register fields."""

import re
from collections.abc import Sequence
from itertools import count

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from accounts.roles import DISPATCH, REVIEW, WRITE
from base.files.checks.common import extension_of
from base.files.checks.pdf import SCAN_NOTE
from base.models import PortalFile, PortalSite
from base.models.hours import ClearsMetHours
from base.preflight import Finding, preflight_content
from base.public.frame import build_frame
from base.public.index import readers_see_changed
from base.sites import city_site
from vietnam import document_numbers, text
from workflows.publishing.approval import workflow_for

from ..life import structure
from ..life.effect import Status, status_on
from ..register.addresses import Registers
from .entry import RegisterEntry
from .issuing import DocumentType, Family, IssuingBody
from .provision import Provision, contents, readable
from .relation import DocumentStatus, SiteDocument

VIETNAMESE = "vi"
SLUG_LENGTH = 220
NUMBER_TAKEN = "Đã có văn bản mang số này; hãy kiểm tra lại số, ký hiệu."
NO_SIGNED_FILE = "Chưa có bản ký (PDF): người đọc không đối chiếu được toàn văn; hãy đính kèm, hoặc ghi vì sao chưa có."
NO_TEXT_AT_ALL = "Chưa có bản ký và toàn văn; người đọc chỉ thấy thông tin trong sổ."


class LegalDocumentQuerySet(models.QuerySet):
    """Documents by who may read them and where they stand."""

    def public(self):
        """Documents that were approved and are public."""
        return self.filter(live=True)

    def on_site(self, site: PortalSite):
        """Public documents in the register of a site.

        Its own, those marked for it, and on a component site those of the city that concern all of them.
        """
        return self.in_register_of(site.pk, site.parent_id)

    def in_register_of(self, key, parent_key):
        """The same by the keys of the site and of the one that it is part of, or None."""
        marked = SiteDocument.objects.filter(document=OuterRef("pk"), site=key)
        belongs = Q(owner_site=key) | Exists(marked)
        if parent_key is not None:
            belongs |= Q(owner_site_id=parent_key, for_components=True)
        return self.public().filter(belongs)

    def for_list(self):
        """With nothing but what a row of the register shows, in one query."""
        return self.select_related("document_type", "main_issuer", "stored_status").only(
            "slug",
            "symbol",
            "symbol_as_printed",
            "subject",
            "issued_on",
            "signer_name",
            "signer_title",
            "document_type__name",
            "main_issuer__name",
            "stored_status__code",
            "stored_status__reason",
            "stored_status__since",
            "stored_status__caution",
        )

    def for_display(self):
        """With what a row of a list, a citation and a badge show, in the same query."""
        return self.select_related("document_type", "main_issuer", "owner_site", "stored_status").defer(
            "full_text", "search_text"
        )


class LegalDocument(
    ClearsMetHours, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel
):
    """A document of the register (NĐ 43/2011 Điều 10.1.e; NĐ 30/2020 Phụ lục VI), public through approval.

    `symbol_as_printed` keeps what was typed; number, symbol, year and address follow from it and from the date.
    `effective_to` is the first day it is no longer in force. `checked_until` is the last day for which a person checked
    that it still is: after it the status is "Chưa xác định". `for_components` shows it in every ward's register.
    """

    class Capacity(models.TextChoices):
        NONE = "", "Ký trực tiếp"
        ON_BEHALF = "TM", "TM. (thay mặt)"
        FOR_HEAD = "KT", "KT. (ký thay)"
        BY_ORDER = "TL", "TL. (thừa lệnh)"
        BY_MANDATE = "TUQ", "TUQ. (thừa ủy quyền)"
        ACTING = "Q", "Q. (quyền)"

    class Urgency(models.TextChoices):
        NORMAL = "", "Thường"
        URGENT = "khan", "Khẩn"
        MORE_URGENT = "thuong_khan", "Thượng khẩn"
        EXPRESS = "hoa_toc", "Hỏa tốc"

    class Evidence(models.TextChoices):
        VERIFIED = "verified", "Đã đối chiếu với bản chính thức"
        ONE_COPY = "one_copy", "Mới đối chiếu với một bản đăng lại"
        UNVERIFIED = "unverified", "Chưa đối chiếu với bản gốc"

    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang quản lý", on_delete=models.PROTECT, related_name="legal_documents"
    )
    document_type = models.ForeignKey(
        DocumentType, verbose_name="loại văn bản", on_delete=models.PROTECT, related_name="documents"
    )
    family = models.CharField("nhóm", max_length=20, choices=Family.choices, default=Family.LEGAL)
    symbol_as_printed = models.CharField(
        "số, ký hiệu",
        max_length=160,
        help_text="Gõ như trên văn bản, ví dụ 01/2020/QĐ-UBND; thiếu dấu, thừa khoảng trắng sẽ được chuẩn hóa.",
    )
    subject = models.TextField("trích yếu")
    main_issuer = models.ForeignKey(
        IssuingBody, verbose_name="cơ quan ban hành", on_delete=models.PROTECT, related_name="documents"
    )
    co_issuers = ParentalManyToManyField(
        IssuingBody, verbose_name="cơ quan cùng ban hành", blank=True, related_name="joint_documents"
    )
    issued_on = models.DateField("ngày ban hành", null=True)
    place = models.CharField("nơi ban hành", max_length=100, blank=True)
    signer_name = models.CharField("người ký", max_length=150, blank=True)
    signer_title = models.CharField("chức vụ người ký", max_length=150, blank=True)
    signing_capacity = models.CharField("thẩm quyền ký", max_length=5, choices=Capacity.choices, blank=True)

    effective_from = models.DateField(
        "có hiệu lực từ ngày",
        null=True,
        blank=True,
        help_text="Để trống với văn bản hành chính có hiệu lực từ ngày ký.",
    )
    effective_to = models.DateField(
        "hết hiệu lực từ ngày", null=True, blank=True, help_text="Chỉ ghi khi chính văn bản định sẵn thời hạn."
    )
    lapses_latest_on = models.DateField(
        "hết hiệu lực chậm nhất từ ngày",
        null=True,
        blank=True,
        help_text="Ghi khi một văn bản khác định sẵn ngày cuối cùng, ví dụ với văn bản của cấp huyện.",
    )
    lapses_latest_by = models.CharField("theo văn bản", max_length=200, blank=True)
    territory = models.CharField(
        "địa bàn áp dụng",
        max_length=200,
        blank=True,
        help_text="Ghi khi chỉ áp dụng trong một phần địa bàn, ví dụ: địa bàn huyện cũ.",
    )
    checked_until = models.DateField(
        "hiệu lực đã kiểm tra đến ngày",
        null=True,
        blank=True,
        help_text="Ghi khi không chắc văn bản còn hiệu lực sau ngày này: cổng sẽ hiện «Chưa xác định».",
    )
    not_suitable_from = models.DateField("không còn phù hợp từ ngày", null=True, blank=True)
    not_suitable_reason = models.CharField("lý do không còn phù hợp", max_length=300, blank=True)
    evidence = models.CharField(
        "mức kiểm chứng",
        max_length=12,
        choices=Evidence.choices,
        default=Evidence.UNVERIFIED,
        help_text="Thông tin hiệu lực trên cổng đã được đối chiếu đến đâu.",
    )
    status_note = models.TextField(
        "ghi chú về hiệu lực", blank=True, help_text="Hiện công khai dưới tình trạng hiệu lực."
    )

    gazette_number = models.CharField("số công báo", max_length=60, blank=True)
    gazette_on = models.DateField("ngày công báo", null=True, blank=True)
    sector = models.CharField("ngành", max_length=120, blank=True)
    field = models.CharField("lĩnh vực", max_length=120, blank=True)
    scope = models.TextField("phạm vi, đối tượng áp dụng", blank=True)
    for_components = models.BooleanField(
        "hiện trong sổ văn bản của mọi phường, xã",
        default=False,
        help_text="Đánh dấu khi văn bản của thành phố áp dụng cho tất cả phường, xã.",
    )
    posting_sites = ParentalManyToManyField(
        PortalSite,
        verbose_name="trang thuộc phạm vi điều chỉnh",
        blank=True,
        related_name="+",
        help_text="Trang của các cơ quan thuộc phạm vi điều chỉnh; thời hạn đăng trên mỗi trang tự bắt đầu.",
    )
    needs_dissemination = models.BooleanField(
        "cần tuyên truyền, phổ biến",
        default=False,
        help_text="Đánh dấu thì bản nháp bài tuyên truyền được soạn sẵn, có thời hạn (Quy chế Điều 10.1.b).",
    )
    urgency = models.CharField("độ khẩn", max_length=12, choices=Urgency.choices, blank=True)
    not_classified = models.BooleanField(
        "không thuộc bí mật nhà nước",
        default=False,
        help_text="Xác nhận trước khi gửi duyệt; văn bản mật không nhập vào cổng.",
    )
    recipients = models.TextField("nơi nhận", blank=True)
    signed_file = models.ForeignKey(
        PortalFile, verbose_name="bản ký (PDF)", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    full_text = models.TextField(
        "toàn văn",
        blank=True,
        help_text="Dán toàn văn; các phần, chương, mục, điều được nhận ra tự động, mỗi điều có địa chỉ riêng.",
    )
    source_url = models.URLField("địa chỉ nguồn", blank=True)
    language_code = models.CharField("ngôn ngữ", max_length=12, default=VIETNAMESE, editable=False)

    handed_over_on = models.DateField("ngày chuyển Ban Biên tập", null=True, blank=True)
    received_by_board_on = models.DateField("ngày Ban Biên tập nhận", null=True, blank=True)
    is_illustrative = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    # What follows from the fields above; `derive` fills it.
    number = models.CharField("số", max_length=40, blank=True, editable=False)
    symbol = models.CharField("số, ký hiệu chuẩn", max_length=160, blank=True, editable=False)
    suffix = models.CharField("phần ký hiệu", max_length=80, blank=True, editable=False)
    year = models.PositiveSmallIntegerField("năm", null=True, editable=False)
    slug = models.SlugField("tên trong địa chỉ", max_length=SLUG_LENGTH, null=True, unique=True, editable=False)
    number_key = models.CharField(max_length=40, blank=True, editable=False, db_index=True)
    suffix_key = models.CharField(max_length=80, blank=True, editable=False)
    search_text = models.TextField(blank=True, editable=False)
    part_keys = models.CharField(max_length=200, blank=True, editable=False)

    objects = LegalDocumentQuerySet.as_manager()

    permissions_by_capability = {
        WRITE: ("add", "change", "view"),
        REVIEW: ("change", "view"),
        DISPATCH: ("add", "change", "view"),
    }
    retention_class = "permanent"
    # Columns that tell where a document stands on its road to publication: of one that was never public they are those
    # of its newest version, so that lists and measures see what was typed last.
    FACTS_OF_DRAFTS = (
        "issued_on",
        "handed_over_on",
        "received_by_board_on",
        "signed_file",
        "effective_from",
        "checked_until",
    )

    class Meta:
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_site", "main_issuer", "family", "document_type", "number", "suffix", "year"],
                condition=~Q(number=""),
                name="one_document_a_number_on_a_site",
                violation_error_message=NUMBER_TAKEN,
            ),
            models.UniqueConstraint(
                fields=["main_issuer", "family", "document_type", "number", "suffix", "year"],
                condition=~Q(number="") & Q(live=True),
                name="one_public_document_a_number",
                violation_error_message=NUMBER_TAKEN,
            ),
        ]
        indexes = [
            models.Index(fields=["year", "document_type"]),
            models.Index(fields=["-issued_on", "-id"]),
            models.Index(fields=["number_key", "suffix_key"], name="document_by_number"),
        ]

    def __str__(self):
        return self.name

    # --- Naming ---------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Type and number as people say it: "Quyết định 01/2020/QĐ-UBND"; without a number the type and date."""
        symbol = self.symbol or self.symbol_as_printed
        if symbol.lower().startswith(self.document_type.name.lower()):
            return symbol
        return f"{self.document_type.name} {symbol}".strip()

    @property
    def title(self) -> str:
        """The name with its subject."""
        return f"{self.name}: {self.subject}" if self.subject else self.name

    def derive(self) -> None:
        """Fill number, symbol, year, address and search keys from what was typed and from the date of issue.

        A blank or open number ("…/QĐ-UBND") leaves them empty, so that a draft can be kept; raises ValueError with a
        Vietnamese message for a number that cannot be read. The address of a document that was public stays.
        """
        printed = self.symbol_as_printed = text.nfc(self.symbol_as_printed).strip()
        self.number = self.symbol = self.suffix = self.number_key = self.suffix_key = ""
        self.year = self.issued_on.year if self.issued_on else None
        if printed and not is_open(printed):
            parsed = document_numbers.parse(printed, self.document_type.name if self.document_type_id else "")
            self.symbol, self.number, self.suffix = str(parsed), parsed.number, parsed.symbol
            self.number_key, self.suffix_key = number_key(parsed.number), suffix_key(parsed.symbol)
            self.year = self.year or parsed.year
        if not self.first_published_at:
            self.slug = self._address() or None
        self.search_text = " ".join(
            text.fold(part)
            for part in (
                self.symbol,
                self.symbol_as_printed,
                self.subject,
                self.main_issuer.name if self.main_issuer_id else "",
            )
        )

    def _address(self) -> str:
        if not self.symbol or not self.year or not (self.main_issuer_id and self.document_type_id):
            return ""
        number = self.number or text.slug(self.symbol.removeprefix(self.document_type.name))
        address = document_numbers.address_slug(self.document_type.name, number, self.year, self.main_issuer.slug)
        # The same number of the same issuer and year in another family: its letters tell them apart; then a count.
        lettered = f"{address}-{text.slug(self.suffix) or 'van-ban'}"[:SLUG_LENGTH]
        known = LegalDocument.objects.exclude(pk=self.pk).filter(slug__startswith=address)
        taken = set(known.values_list("slug", flat=True))
        for wanted in (address, lettered):
            if wanted not in taken:
                return wanted
        return next(wanted for place in count(2) if (wanted := f"{lettered[: SLUG_LENGTH - 6]}-{place}") not in taken)

    def set_full_text(self, source: str) -> None:
        """Take over the full text and split it into its provisions (unsaved children, stored with the document)."""
        self.full_text = text.nfc(source).strip()
        self.provisions = [
            Provision(
                sort_order=place,
                kind=node.kind,
                part=node.part,
                part_label=node.part_label,
                number=node.number,
                heading=node.heading,
                text=node.text,
                anchor=node.anchor,
                chapter=node.chapter,
                section=node.section,
            )
            for place, node in enumerate(structure.parse(self.full_text))
        ]
        parts = dict.fromkeys(provision.part for provision in self.provisions.all())
        self.part_keys = " ".join(parts)[:200]

    @property
    def parts(self) -> list[str]:
        """Keys of the parts, the document itself first: ["quyet-dinh", "quy-che"]."""
        return self.part_keys.split()

    def issuers(self) -> list[IssuingBody]:
        return [self.main_issuer, *self.co_issuers.all()]

    # --- Checking -------------------------------------------------------------------------------------

    def clean(self):
        super().clean()
        errors = {}
        try:
            self.derive()
        except ValueError as problem:
            errors["symbol_as_printed"] = str(problem)
        errors = self._wrong_dates() | errors
        if taken := self._taken_number():
            errors["symbol_as_printed"] = taken
        if errors:
            raise ValidationError(errors)

    def _taken_number(self) -> str:
        twin = self.twin()
        if twin is None:
            return ""
        return f"Đã có «{twin}» của {twin.main_issuer}, năm {twin.year}; hãy mở văn bản đó hoặc kiểm tra lại số."

    def twin(self):
        """Return another document with the same issuer, family, type, year and a number that reads the same, or None.

        A draft of another site reserves no number and is named to no user: the first one published gets the number.
        """
        if not self.number or not self.year or not self.main_issuer_id or not self.document_type_id:
            return None
        key = {name: getattr(self, name) for name in ("main_issuer_id", "family", "document_type_id", "year")}
        # "01" and "1" are one number, "QĐ-UBND" and "Qđ-UBND" one symbol.
        known = LegalDocument.objects.filter(number_key=self.number_key, **key).exclude(pk=self.pk)
        known = known.filter(Q(owner_site_id=self.owner_site_id) | Q(first_published_at__isnull=False))
        identity = document_numbers.identity(self.number, self.suffix)
        return next(
            (
                other
                for other in known.select_related("document_type", "main_issuer").order_by("pk")
                if document_numbers.identity(other.number, other.suffix) == identity
            ),
            None,
        )

    def _wrong_dates(self) -> dict[str, str]:
        errors, issued = {}, self.issued_on
        if issued and issued > timezone.localdate():
            errors["issued_on"] = "Ngày ban hành ở tương lai; hãy kiểm tra lại ngày."
        if self.effective_to and self.effective_to <= (self.effective_from or issued or self.effective_to):
            errors["effective_to"] = "Ngày hết hiệu lực phải sau ngày có hiệu lực; hãy sửa một trong hai ngày."
        if issued and self.handed_over_on and self.handed_over_on < issued:
            errors["handed_over_on"] = (
                "Ngày chuyển Ban Biên tập không thể trước ngày ban hành; hãy sửa một trong hai ngày."
            )
        if self.handed_over_on and self.received_by_board_on and self.received_by_board_on < self.handed_over_on:
            errors["received_by_board_on"] = "Ngày nhận không thể trước ngày chuyển; hãy sửa một trong hai ngày."
        if bool(self.lapses_latest_on) != bool(self.lapses_latest_by.strip()):
            name = "lapses_latest_by" if self.lapses_latest_on else "lapses_latest_on"
            errors[name] = "Hãy ghi cả ngày hết hiệu lực chậm nhất và văn bản định ngày đó, hoặc để trống cả hai."
        if bool(self.not_suitable_from) != bool(self.not_suitable_reason.strip()):
            name = "not_suitable_reason" if self.not_suitable_from else "not_suitable_from"
            errors[name] = "Hãy ghi cả ngày và lý do không còn phù hợp, hoặc để trống cả hai."
        return errors

    def preflight(self) -> list[Finding]:
        """Return what stops submission or should slow it down, each bound to its form field."""
        from ..citations import reading
        from ..numbers import numbering

        findings = []
        if not self.symbol_as_printed.strip():
            findings.append(Finding("blocker", "symbol_as_printed", "Thiếu số, ký hiệu; hãy ghi như trên văn bản."))
        else:
            try:
                parsed = document_numbers.parse(self.symbol_as_printed, self.document_type.name)
            except ValueError as problem:
                findings.append(Finding("blocker", "symbol_as_printed", str(problem)))
            else:
                findings += self._doubts_about(parsed)
                if problem := numbering.problem_with_number(self) or self._taken_number():
                    findings.append(Finding("blocker", "symbol_as_printed", problem))
        required = {
            "subject": "Thiếu trích yếu; hãy chép từ văn bản.",
            "issued_on": "Thiếu ngày ban hành; hãy ghi ngày ký trên văn bản.",
        }
        findings += [Finding("blocker", name, message) for name, message in required.items() if not getattr(self, name)]
        if not self.not_classified:
            findings.append(
                Finding("blocker", "not_classified", "Hãy xác nhận văn bản không thuộc bí mật nhà nước rồi gửi lại.")
            )
        if not self.document_type.is_published:
            findings.append(
                Finding(
                    "blocker",
                    "document_type",
                    f"{self.document_type} không thuộc loại được đăng; hãy kiểm tra loại văn bản.",
                )
            )
        if self.issued_on and self.effective_from and self.effective_from < self.issued_on:
            findings.append(
                Finding(
                    "warning",
                    "effective_from",
                    "Ngày có hiệu lực trước ngày ban hành; chỉ đúng khi chính văn bản ghi như vậy.",
                )
            )
        if not self.effective_from and not self.takes_effect_at_once:
            findings.append(
                Finding("warning", "effective_from", "Chưa ghi ngày có hiệu lực: cổng sẽ hiện «Chưa xác định».")
            )
        if self.signed_file_id and extension_of(self.signed_file.address_name) != "pdf":
            findings.append(
                Finding("warning", "signed_file", f"Bản ký «{self.signed_file}» không phải tệp PDF; hãy chọn lại tệp.")
            )
        if not self.signed_file_id:
            findings.append(Finding("warning", "signed_file", NO_SIGNED_FILE if self.full_text else NO_TEXT_AT_ALL))
        known = [
            finding
            for finding in preflight_content(self)
            if finding.field not in ("full_text", "search_text", "symbol_as_printed")
            # Beside its text a scan of the signed copy lacks nothing.
            and not (finding.field == "signed_file" and self.full_text and SCAN_NOTE in finding.message)
        ]
        return findings + known + reading.findings(self, "full_text")

    def _doubts_about(self, parsed) -> list[Finding]:
        found = []
        if parsed.year and self.issued_on and parsed.year != self.issued_on.year:
            found.append(
                Finding(
                    "warning",
                    "issued_on",
                    f"Năm trong ký hiệu ({parsed.year}) khác năm ban hành ({self.issued_on.year}); hãy kiểm tra lại.",
                )
            )
        if parsed.types and self.document_type.name not in {kind.name for kind in parsed.types}:
            likely = ", ".join(kind.name for kind in parsed.types)
            found.append(
                Finding("warning", "document_type", f"Ký hiệu này thường là {likely}; hãy kiểm tra loại văn bản.")
            )
        if parsed.family != self.family and self.family != Family.TECHNICAL:
            found.append(
                Finding(
                    "warning",
                    "family",
                    "Số có năm thường là văn bản quy phạm pháp luật, không có năm là hành chính; hãy kiểm tra nhóm.",
                )
            )
        if self.family == Family.LEGAL and self.issued_on and not self.main_issuer.may_issue_law(self.issued_on):
            found.append(
                Finding(
                    "warning",
                    "main_issuer",
                    "Vào ngày ban hành, cơ quan này không được ban hành văn bản quy phạm pháp luật.",
                )
            )
        found += [Finding("warning", name, problem) for name, problem in self.problems_with_issuers().items()]
        return found

    def problems_with_issuers(self) -> dict[str, str]:
        """Return, by field, why an issuer cannot have issued the document on its date: it was not there on that day."""
        if not self.issued_on or not self.main_issuer_id:
            return {}
        found = {"main_issuer": self.main_issuer.problem_on(self.issued_on)}
        joint = [problem for body in self.co_issuers.all() if (problem := body.problem_on(self.issued_on))]
        found["co_issuers"] = " ".join(joint)
        return {name: problem for name, problem in found.items() if problem}

    # --- Status ---------------------------------------------------------------------------------------

    @property
    def takes_effect_at_once(self) -> bool:
        """Administrative documents bind from the day of signature unless they say otherwise."""
        return self.family != Family.LEGAL

    @property
    def issuer_closed_on(self):
        """The last day of the issuing body, or None while it exists."""
        return self.main_issuer.valid_to

    @property
    def status(self) -> Status:
        """The stored status of today; for any other day ask `lifecycle.status`."""
        stored = getattr(self, "stored_status", None)
        return stored.as_status() if stored else status_on(self, timezone.localdate())

    # --- The road to publication ----------------------------------------------------------------------

    def get_workflow(self):
        return workflow_for(self.owner_site)

    def publish(self, *args, **kwargs):
        """Publish, then compute the stored status, write the entry of the register and tell the sites that may show it.

        Called by the approval only.
        """
        result = super().publish(*args, **kwargs)
        public = LegalDocument.objects.get(pk=self.pk)
        DocumentStatus.store(public, timezone.localdate())
        if public.live:
            RegisterEntry.store([public])
        readers_see_changed(sites=PortalSite.objects.all())
        return result

    def unpublish(self, *args, **kwargs):
        """Unpublish and take out of the register's list and search (called by the take-down only)."""
        result = super().unpublish(*args, **kwargs)
        RegisterEntry.remove([self.pk])
        return result

    def save_revision(self, *args, **kwargs):
        revision = super().save_revision(*args, **kwargs)
        row = LegalDocument.objects.filter(pk=self.pk, live=False, first_published_at=None).first()
        changed = [name for name in self.FACTS_OF_DRAFTS if row and getattr(row, name) != getattr(self, name)]
        if changed:
            for name in changed:
                setattr(row, name, getattr(self, name))
            row.save(update_fields=changed)
        return revision

    def places_shown(self) -> list[tuple]:
        """Where readers find it, [(register page, what follows its address)]; for the journal of what went."""
        return [(page, f"{self.slug}/") for page in Registers().pages] if self.slug else []

    def words_shown(self) -> list[str]:
        """What names it in addresses beside those: its short one, and that of its data."""
        return [f"/vb/{self.pk}/", f"/{self.slug}/"] if self.slug else []

    @property
    def full_url(self) -> str:
        return Registers().full_url(self)

    def archive_html(self) -> str:
        """The document as readers see it, without the frame, for the sealed copy."""
        return render_to_string("legalref/archive.html", {"document": self, "provisions": readable(self)})

    def dublin_core(self, address: str = "", issuers: Sequence[IssuingBody] = ()) -> dict[str, str]:
        """Return the Dublin Core elements of the document (Thông tư 24/2011/TT-BTTTT).

        `address` and `issuers` spare the queries for them when they are known.
        """
        elements = {
            "title": self.name,
            "creator": "; ".join(body.name for body in issuers or self.issuers()),
            "date": self.issued_on.isoformat() if self.issued_on else "",
            "description": self.subject,
            "publisher": self.owner_site.unit.full_name,
            "identifier": address or self.full_url or self.symbol,
            "language": self.language_code,
            "type": self.document_type.name,
            "subject": self.field,
        }
        return {name: value for name, value in elements.items() if value}

    def shown_files(self) -> list[dict]:
        """Return the signed file, then the others: dicts of file, label, whether it is the signed one."""
        files = [{"file": self.signed_file, "label": gettext("Bản ký"), "is_signed": True}] if self.signed_file else []
        more = self.document_files.select_related("file") if getattr(self, "has_more_files", True) else []
        return files + [{"file": row.file, "label": row.label or row.file.title, "is_signed": False} for row in more]

    # --- Preview --------------------------------------------------------------------------------------

    def get_preview_template(self, request, mode_name):
        return "legalref/document.html"

    def get_preview_context(self, request, mode_name):
        home = (self.owner_site if self.owner_site_id else city_site()).home_page().specific
        frame = build_frame(home, request)
        frame.title, frame.is_home, frame.is_indexed = self.name, False, False
        return {
            "frame": frame,
            "page": None,
            "document": self,
            "provisions": readable(self),
            "status": self.status,
            "contents": contents(self.provisions.all()),
            "document_files": self.shown_files(),
            "is_preview": True,
            "basis_note": gettext("Bản xem trước"),
        }


def is_open(printed: str) -> bool:
    """Tell whether a number was left open: "", "…/QĐ-UBND", "   /2026/QĐ-UBND"."""
    before, slash, _symbol = printed.partition("/")
    return not printed.strip(" …._") or bool(slash and not any(char.isalnum() for char in before))


def number_key(number: str) -> str:
    """Write a number so that "01" and "1" are one: the look-up key of the register."""
    return ".".join(part.lstrip("0") or "0" for part in number.split(".")) if number else ""


def suffix_key(letters: str) -> str:
    """Write the letters of a number without marks, blanks and signs: "QĐ-UBND" -> "qdubnd"."""
    return re.sub(r"[^a-z0-9]+", "", text.fold(letters))
