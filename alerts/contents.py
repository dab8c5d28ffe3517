"""What an alert says, where and from when to when; and what is missing in it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from base.chain.canonical_json import digest
from base.models import PortalSite
from base.public.look import alerts as shown
from vietnam.dates import format_moment

from .models import Alert

# For longer a notice is written.
LONGEST = timedelta(days=31)
NO_END = "Hãy chọn ngày giờ cảnh báo tự ẩn."
TEXTS = ("title", "text", "title_en", "text_en", "url")


@dataclass(frozen=True)
class Content:
    """An alert as it is written: `starts_at` None for at once; `sites`: keys, none of them when `everywhere`."""

    level: str
    title: str
    ends_at: datetime | None
    starts_at: datetime | None = None
    text: str = ""
    title_en: str = ""
    text_en: str = ""
    url: str = ""
    everywhere: bool = False
    sites: tuple[int, ...] = ()

    def tidied(self) -> "Content":
        """Return the same without blanks around its texts, its sites in order, each once."""
        texts = {name: getattr(self, name).strip() for name in TEXTS}
        return replace(self, **texts, sites=() if self.everywhere else tuple(sorted(set(self.sites))))

    def begun(self, moment: datetime) -> "Content":
        """Return the same with its start: the moment, unless it is to start later."""
        starts_at = self.starts_at
        return replace(self, starts_at=moment if starts_at is None else starts_at)

    def as_data(self) -> dict:
        """Return it as JSON holds it; moments in UTC."""
        return {
            **{name: getattr(self, name) for name in ("level", *TEXTS, "everywhere")},
            "sites": list(self.sites),
            "starts_at": _as_text(self.starts_at),
            "ends_at": _as_text(self.ends_at),
        }

    @classmethod
    def of_data(cls, data: dict) -> "Content":
        """Return what `as_data` gave."""
        moments = {name: data[name] and datetime.fromisoformat(data[name]) for name in ("starts_at", "ends_at")}
        return cls(**{**data, **moments, "sites": tuple(data["sites"])})

    def texts(self) -> set[str]:
        """Return what it says to readers, in both languages."""
        return {getattr(self, name) for name in ("title", "text", "title_en", "text_en")} - {""}

    @property
    def digest(self) -> str:
        return digest(self.as_data())

    def drawn(self, language: str = "vi") -> shown.Alert:
        """Return what readers of a page in a language see."""
        return shown.drawn(shown.as_row(self.as_data(), key=""), language)


def content_of(alert: Alert) -> Content:
    """Return what an alert says as it is stored."""
    names = ("level", "title", "ends_at", "starts_at", "text", "title_en", "text_en", "url", "everywhere")
    sites = tuple(sorted(site.pk for site in alert.sites.all()))
    return Content(**{name: getattr(alert, name) for name in names}, sites=sites)


def names_of_sites(content: Content) -> list[str]:
    """Return the names of the sites that show it, the city first."""
    if content.everywhere:
        return ["Mọi trang: thành phố và tất cả phường, xã"]
    return [site.name for site in PortalSite.objects.filter(pk__in=content.sites)]


def demand_whole(content: Content, now: datetime) -> None:
    """Raise ValidationError (field → message) for what is missing or makes no sense."""
    errors = {}
    if content.level not in Alert.Level.values:
        errors["level"] = "Hãy chọn mức độ của cảnh báo."
    if not content.title:
        errors["title"] = "Hãy ghi tiêu đề: việc gì, ở đâu."
    for name in TEXTS:
        most = Alert._meta.get_field(name).max_length
        if len(getattr(content, name)) > most:
            errors[name] = f"Dài quá {most} ký tự; hãy rút ngắn."
    if content.text_en and not content.title_en:
        errors["title_en"] = "Đã có nội dung tiếng Anh; hãy ghi cả tiêu đề tiếng Anh."
    elif content.title_en and content.text and not content.text_en:
        errors["text_en"] = "Đã có tiêu đề tiếng Anh; hãy ghi cả nội dung tiếng Anh, hoặc để trống cả hai."
    if content.url and not (content.url.startswith("https://") or _is_path(content.url)):
        errors["url"] = "Hãy ghi địa chỉ bắt đầu bằng https://, hoặc bằng / khi là trang của cổng."
    if not content.everywhere and not content.sites:
        errors["sites"] = "Hãy chọn những trang hiện cảnh báo."
    errors |= _of_moments(content, now)
    if errors:
        raise ValidationError(errors)


def _of_moments(content: Content, now: datetime) -> dict[str, str]:
    starts_at, ends_at = content.starts_at or now, content.ends_at
    if ends_at is None:
        return {"ends_at": NO_END}
    if ends_at <= now:
        return {"ends_at": f"{format_moment(ends_at)} đã qua; hãy chọn ngày giờ sau bây giờ."}
    if ends_at <= starts_at:
        return {"ends_at": "Lúc ẩn phải sau lúc bắt đầu hiện; hãy sửa một trong hai."}
    if ends_at - max(starts_at, now) > LONGEST:
        return {"ends_at": f"Hiện lâu quá {LONGEST.days} ngày; việc dài như vậy hãy đăng thành bài thông báo."}
    return {}


def _is_path(url: str) -> bool:
    return url.startswith("/") and not url.startswith("//") and "\\" not in url


def _as_text(moment: datetime | None) -> str | None:
    return moment and timezone.localtime(moment, UTC).isoformat()
