"""Fills any model, form block or row with marked text, by looking at its fields; knows no model by name."""

import io
import re
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import models
from django.utils import timezone
from modelcluster.fields import ParentalKey
from modelcluster.models import get_all_child_relations
from PIL import Image
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.rich_text import RichText

SECRET, PUBLIC = "zq7n", "zq7p"
WORDS = {SECRET: "khomat", PUBLIC: "congbo"}
MARKER = re.compile(rb"zq7n\d{5}")
LENGTH = 9
# Fields whose text is a key, an address or a digest that other code reads: a marker there would break the portal.
FUNCTIONAL = re.compile(
    r"path|slug|hash|digest|seal|token|^key$|_key$|object_id|object_type|^action$|^model$|app_label|password|hostname"
    r"|codename|language|filter_spec|^code$|^kind$|^name_norm$|focal|session|host_label|^state$|^tool_name$|username"
    r"|^status$|secret|algorithm|severity|uuid|previous|request_id|^address$|^ip|digits|avatar|time_zone"
)


class Filling:
    """Makes values for fields; each text holds a marker, and `places` tells which marker stands where.

    `rows(model)` returns a row to point to, or None. Without a kind the text is plain, for one's own ward.
    """

    _serial = count(1)
    places: dict[str, str] = {}

    def __init__(self, kind: str, rows):
        self.kind, self.rows = kind, rows

    # --- Texts --------------------------------------------------------------------------------------

    def marker(self, place: str) -> str:
        """A new marker, noted under the place where it stands."""
        if not self.kind:
            return f"rieng{next(self._serial)}"
        made = f"{self.kind}{next(self._serial):05d}"
        self.places[made] = place
        return made

    def text(self, place: str, max_length: int | None = None) -> str:
        """Marked text with a word to search for, cut to what fits."""
        whole = f"{self.marker(place)} {WORDS.get(self.kind, 'của mình')}"
        return whole if max_length is None or len(whole) <= max_length else whole[:max_length].strip()

    # --- Models -------------------------------------------------------------------------------------

    def instance(self, model, **given):
        """An unsaved instance with every field filled, and one filled child of each inline relation."""
        made = model()
        if hasattr(model, "specific_class"):
            given.setdefault("content_type", ContentType.objects.get_for_model(model))
        self.fill(made, **given)
        for relation in get_all_child_relations(model):
            child = relation.related_model()
            self.fill(child, skip=(relation.field.name,))
            getattr(made, relation.get_accessor_name()).add(child)
        return made

    def fill(self, made, *, skip=(), **given) -> None:
        """Give each field of an instance a value, except those named."""
        generic = self._generic_keys(type(made))
        for field in made._meta.concrete_fields:
            if field.name in skip or field.name in given or _is_made_by_itself(field):
                continue
            if field.name in generic:
                setattr(made, field.attname, generic[field.name])
                continue
            value = self.value(field)
            if value is not None:
                setattr(made, field.name, value)
        for name, value in given.items():
            setattr(made, name, value)

    def _generic_keys(self, model) -> dict:
        """What the two columns of a generic key hold: they point to a page."""
        page = self.rows("wagtailcore.Page")
        found = {}
        for field in model._meta.private_fields:
            if isinstance(field, GenericForeignKey) and page is not None:
                found[field.ct_field] = ContentType.objects.get_for_model(page.specific_class).pk
                found[field.fk_field] = str(page.pk)
        return found

    def value(self, field):
        """A value for a field, or None where it has no business having one."""
        place = f"{field.model._meta.label}.{field.name}"
        if field.is_relation:
            return self.rows(field.remote_field.model._meta.label) if field.many_to_one or field.one_to_one else None
        if field.choices:
            return field.get_default() or next(key for key, _ in field.flatchoices if key not in ("", None))
        if isinstance(field, StreamField):
            return self.stream(field.stream_block, place)
        if isinstance(field, RichTextField):
            return f"<p>{self.text(place)}</p>"
        if isinstance(field, models.ImageField):
            return ImageFile(io.BytesIO(picture(self.marker(place))), name=f"{self.marker(place)}.jpg")
        if isinstance(field, models.FileField):
            return ContentFile(self.text(place).encode(), name=f"{self.marker(place)}.txt")
        if isinstance(field, models.SlugField):
            return self.marker(place)
        if isinstance(field, models.EmailField):
            return f"{self.marker(place)}@example.invalid"
        if isinstance(field, models.URLField):
            return f"https://example.invalid/{self.marker(place)}"
        if isinstance(field, models.CharField | models.TextField):
            return self._characters(field, place)
        if isinstance(field, models.JSONField):
            shape = field.get_default()
            return {"ghi_chu": self.text(place)} if isinstance(shape, dict) else (shape if shape is not None else [])
        return self._plain(field)

    def _characters(self, field, place):
        if FUNCTIONAL.search(field.name):
            if re.search(r"object_id$", field.name):
                return str(self.rows("wagtailcore.Page").pk)
            if field.name.endswith("site_slug"):
                return self.rows("base.PortalSite").slug
            if field.has_default() or field.blank and not field.unique:
                return field.get_default() or ""
            return self.marker(place)[: field.max_length]
        if (field.max_length or LENGTH) < LENGTH:
            return field.get_default() or ("" if field.blank else "x")
        return self.text(place, field.max_length)

    def _plain(self, field):
        if field.has_default() and field.get_default() not in (None, ""):
            return field.get_default()
        if isinstance(field, models.BooleanField):
            return False
        if isinstance(field, models.DateTimeField):
            return timezone.now()
        if isinstance(field, models.DateField):
            # What begins may begin today.
            return date(2036, 1, 5) if field.name == "ends_on" else date(2026, 1, 5)
        if isinstance(field, models.TimeField):
            return time(8)
        if isinstance(field, models.DurationField):
            return timedelta(days=1)
        if isinstance(field, models.UUIDField):
            return uuid.uuid4()
        if isinstance(field, models.DecimalField):
            return Decimal(1)
        if isinstance(field, models.IntegerField | models.FloatField):
            return self._number(field)
        if isinstance(field, models.BinaryField):
            return self.text(field.name).encode()
        return None

    def _number(self, field):
        """A number; one called after a model is that model's key without being declared so."""
        stem = field.name.removesuffix("_id").replace("_", "")
        for model in ("wagtailcore.Page", "wagtailcore.Revision", "workflows.ArchiveCopy"):
            if stem in (model.split(".")[1].lower(), {"copy": "archivecopy"}.get(stem)):
                row = self.rows(model)
                return row.pk if row is not None else 1
        return None if field.null else next(self._serial)

    # --- Blocks -------------------------------------------------------------------------------------

    def stream(self, block, place: str):
        """A stream with one of each of its parts, every text in them marked."""
        parts = [(name, self.block(child, f"{place}.{name}")) for name, child in block.child_blocks.items()]
        return block.normalize([part for part in parts if part[1] is not None])

    def block(self, block, place: str):
        """A value for one block, filled to its depths."""
        if isinstance(block, ImageBlock):
            return self._image_with_description(block, place)
        if isinstance(block, blocks.BaseStructBlock):
            children = {name: self.block(child, f"{place}.{name}") for name, child in block.child_blocks.items()}
            return block.normalize(children)
        if isinstance(block, blocks.BaseStreamBlock):
            return self.stream(block, place)
        if isinstance(block, blocks.ListBlock):
            return block.normalize([self.block(block.child_block, place) for _ in range(block.meta.min_num or 1)])
        if isinstance(block, TableBlock):
            return {
                "data": [[self.text(place), self.text(place)], [self.text(place), self.text(place)]],
                "first_row_is_table_header": True,
                "first_col_is_header": False,
            }
        if isinstance(block, TypedTableBlock):
            return None
        if isinstance(block, blocks.ChooserBlock):
            return self.rows(block.model_class._meta.label)
        if isinstance(block, blocks.RichTextBlock):
            return RichText(f"<p>{self.text(place)}</p>")
        if isinstance(block, blocks.ChoiceBlock):
            return next(key for key, _ in block.field.choices if key)
        return self._simple_block(block, place)

    def _simple_block(self, block, place):
        simple = {
            blocks.BooleanBlock: False,
            blocks.IntegerBlock: 1,
            blocks.FloatBlock: 1.0,
            blocks.DecimalBlock: Decimal(1),
            blocks.DateBlock: date(2026, 1, 5),
            blocks.TimeBlock: time(8),
            blocks.DateTimeBlock: datetime(2026, 1, 5, 8, tzinfo=timezone.get_current_timezone()),
        }
        for kind, value in simple.items():
            if isinstance(block, kind):
                return value
        if isinstance(block, blocks.URLBlock):
            return f"https://example.invalid/{self.marker(place)}"
        if isinstance(block, blocks.EmailBlock):
            return f"{self.marker(place)}@example.invalid"
        if isinstance(block, blocks.FieldBlock):
            return self.text(place, getattr(block.field, "max_length", None))
        return None

    def _image_with_description(self, block, place):
        image = self.rows(block.child_blocks["image"].model_class._meta.label)
        image.contextual_alt_text, image.decorative = self.text(place), False
        return image


def _is_made_by_itself(field) -> bool:
    """Tell whether a column is a key that the database or the parent model gives."""
    if not field.primary_key:
        return False
    if field.is_relation:
        return bool(field.remote_field.parent_link)
    return isinstance(field, models.AutoField) or field.has_default()


def marked_children(model) -> list:
    """The inline relations of a model by their key to it."""
    return [relation for relation in get_all_child_relations(model) if isinstance(relation.field, ParentalKey)]


def picture(comment: str) -> bytes:
    """A small picture whose comment is the marker."""
    data = io.BytesIO()
    Image.new("RGB", (60, 40), "#8899aa").save(data, "JPEG", comment=comment.encode())
    return data.getvalue()
