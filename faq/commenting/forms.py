"""The public form of a comment, and those of the people who look at it. The rules are in the actions."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..asking.forms import FindForm, QuestionForm, Short
from ..models import ConsultationComment
from .receiving import LONGEST_PART, LONGEST_TEXT, SHORTEST_TEXT


class CommentForm(QuestionForm):
    """A comment and how to reach who sends it: the contact's fields are those of a question."""

    text = forms.CharField(
        label=gettext_lazy("Nội dung góp ý"),
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("Được chuyển cho cơ quan soạn thảo; xin không ghi thông tin riêng của người khác."),
    )
    part = Short(
        LONGEST_PART,
        label=gettext_lazy("Về điều, khoản, phần nào của dự thảo"),
        required=False,
        help_text=gettext_lazy("Ví dụ: Điều 3 khoản 2; bỏ trống nếu góp ý chung."),
    )
    sender = forms.ChoiceField(
        label=gettext_lazy("Góp ý với tư cách"),
        choices=ConsultationComment.Sender.choices,
        initial=ConsultationComment.Sender.PERSON,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["title"], self.fields["topic"]
        self.order_fields(["part", "text", "sender"])
        self.fields["name"].label = _("Họ và tên, hoặc tên tổ chức")
        self.fields["text"].error_messages["required"] = _("Hãy viết nội dung góp ý.")
        self.fields["sender"].error_messages |= dict.fromkeys(
            ("required", "invalid_choice"), _("Hãy chọn góp ý với tư cách cá nhân hoặc tổ chức.")
        )

    def clean_text(self):
        text = self.cleaned_data["text"]
        if len(text) < SHORTEST_TEXT:
            raise forms.ValidationError(
                _("Nội dung quá ngắn; hãy viết ít nhất %(number)s ký tự.") % {"number": SHORTEST_TEXT}
            )
        if len(text) > LONGEST_TEXT:
            raise forms.ValidationError(
                _("Nội dung dài %(length)s ký tự; tối đa %(most)s. Hãy rút gọn hoặc gửi kèm tệp.")
                % {"length": len(text), "most": LONGEST_TEXT}
            )
        return text


class FindCommentForm(FindForm):
    """Number and secret of a comment."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("Số ý kiến")
        self.fields["number"].error_messages["required"] = _("Hãy ghi số ý kiến, ví dụ GY-2026-000123.")


# --- The administration ----------------------------------------------------------------------------


class AcceptForm(forms.Form):
    """The text that may be public."""

    public_text = forms.CharField(
        label="Nội dung sẽ đăng, đã bỏ thông tin cá nhân",
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": "Hãy ghi nội dung sẽ đăng, đã bỏ thông tin cá nhân."},
    )


class ReasonForm(forms.Form):
    """Why a comment is left out."""

    reason = forms.CharField(
        label="Lý do",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text="Người góp ý đọc được nguyên văn.",
        error_messages={"required": "Hãy ghi lý do."},
    )


class ReplyForm(forms.Form):
    """What became of a comment."""

    reply = forms.CharField(
        label="Ý kiến được tiếp thu thế nào, hoặc giải trình vì sao không",
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Hãy ghi ý kiến được tiếp thu thế nào, hoặc giải trình vì sao không."},
    )


class _Comments(forms.ModelMultipleChoiceField):
    def label_from_instance(self, comment):
        text = comment.public_text if len(comment.public_text) <= 160 else f"{comment.public_text[:160]}…"
        return f"{comment.number}{f' ({comment.part})' if comment.part else ''}: {text}"


class DigestForm(forms.Form):
    """The accepted comments that readers shall see; all of them unless some are unticked."""

    comments = _Comments(
        ConsultationComment.objects.none(),
        label="Các ý kiến đăng trên trang",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Số ý kiến đã tiếp nhận được ghi kèm, kể cả ý kiến không đăng.",
    )

    def __init__(self, *args, comments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["comments"].queryset = comments
        self.initial.setdefault("comments", [comment.pk for comment in comments])
