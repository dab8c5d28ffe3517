"""Templates of pages (mẫu bài): data that editors make themselves, and from which a draft is started.

1. `save_as_template`: a person keeps the texts of a page of their site as a template, for their site or, with the
   right to arrange the city's pages, for all. Pictures, files, links to pages and citations are left out: a template
   is text.
2. `templates_below`: the templates that fit under a page: of its site or of all, of a type that may live there.
3. `start_from_template`: a draft with the template's texts and the person's own title; places to fill in ("[…]") stop
   its submission until they are filled (`base/preflight.py`).
4. `retire`: a template is offered no more; what was started from it stays.
"""

import json
import re
from datetime import datetime

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.blocks import BaseStreamBlock, BaseStructBlock, ChooserBlock, ListBlock, RichTextBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.log_actions import log
from wagtail.models import Page

from accounts.roles import ARRANGE, WRITE, may
from base.admin.field_anchors import fields_in_form
from base.authority import every_reference, own_sites
from base.gate import Refused
from base.models import PortalSite
from base.sites import city_site, site_of
from vietnam import text

from ..models import PageTemplate

# What each page says anew; the rest of its texts may be common to all of its kind.
OF_ONE_PAGE = frozenset(
    "title slug seo_title search_description show_in_menus author_name source_url original_url".split()
)
# Of the markup of a text only what leads to pages and files goes, the words inside stay.
_INNER_LINK = re.compile(r'<a [^>]*linktype="[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
_EMBED = re.compile(r"<embed [^>]*/?>")


# --- 1. Saving -------------------------------------------------------------------------------------


def may_save(user, site: PortalSite | None) -> bool:
    """Tell whether a user may keep templates for a site, or for all (None): there it takes who arranges the city's."""
    return may(user, ARRANGE, city_site()) if site is None else may(user, WRITE, site)


@transaction.atomic
def save_as_template(
    page, *, by, on: datetime | None = None, name: str, description: str = "", for_all_sites: bool = False
) -> PageTemplate:
    """Save the texts of a page's newest version as a template; return it.

    For all sites, a ward's page is saved as readers see it: its draft belongs to the ward alone. Raises Refused without
    the right or when nothing of the page can be saved, ValidationError (field → message) without a name, for one
    that is taken, or for a ward's page that is not public.
    """
    page = page.specific
    site = site_of(page)
    owner = None if for_all_sites else site
    if site is None or not may(by, WRITE, site) or not may_save(by, owner):
        raise Refused("Bạn không có vai trò lập mẫu bài ở đây; mẫu dùng cho mọi trang do Ban Biên tập thành phố lập.")
    name = text.nfc(name).strip()
    if not name:
        raise ValidationError({"name": "Hãy đặt tên mẫu, ví dụ «Thông báo lịch tiếp công dân»."})
    label = page._meta.label
    if PageTemplate.objects.filter(owner_site=owner, page_type=label, name=name, retired_at=None).exists():
        raise ValidationError({"name": "Đã có mẫu mang tên này; hãy đặt tên khác, hoặc cho mẫu cũ thôi dùng."})
    for_others = for_all_sites and not site.is_city
    if for_others and not page.live:
        raise ValidationError(
            {"for_all_sites": f"Bài này của {site} chưa đăng nên chỉ làm mẫu cho trang ấy được; hãy bỏ chọn ô này."}
        )
    content = texts_of(page if for_others else page.get_latest_revision_as_object())
    if not content:
        raise Refused("Trang này không có phần chữ nào giữ lại được làm mẫu.")
    template = PageTemplate.objects.create(
        owner_site=owner,
        name=name[:120],
        description=description.strip()[:300],
        page_type=label,
        content=content,
        made_by=by,
        made_at=on or timezone.now(),
    )
    log(instance=page, action="portal.template.save", user=by, data={"name": template.name, "number": template.pk})
    return template


def texts_of(page) -> dict:
    """Return what a template keeps of a page: field → value as a version stores it, without references."""
    stored, fields = page.serializable_data(), {}
    for field in template_fields(type(page)):
        value = getattr(page, field.name)
        if isinstance(field, StreamField):
            blocks = _stream_texts(field.stream_block, value.get_prep_value())
            if blocks:
                fields[field.name] = json.dumps(blocks, ensure_ascii=False)
        elif isinstance(field, RichTextField):
            if value:
                fields[field.name] = _without_links(value)
        elif value not in (None, "", field.get_default()):
            fields[field.name] = stored[field.name]
    return fields


def template_fields(model) -> list:
    """Return the fields of a page model that a template may fill: texts and choices that are in its form."""
    shown = fields_in_form(model) - OF_ONE_PAGE
    kinds = StreamField | models.CharField | models.TextField | models.BooleanField
    return [field for field in model._meta.concrete_fields if field.name in shown and isinstance(field, kinds)]


def _without_links(markup: str) -> str:
    return _EMBED.sub("", _INNER_LINK.sub(r"\1", markup))


def _stream_texts(block, children: list) -> list:
    """The children of a stream as it stores them, without those that choose something."""
    texts = []
    for child in children:
        inner = block.child_blocks.get(child["type"])
        if inner is None or _chooses(inner):
            continue
        texts.append({"type": child["type"], "value": _texts(inner, child["value"])})
    return texts


def _texts(block, value):
    if isinstance(block, RichTextBlock):
        return _without_links(value or "")
    if isinstance(block, BaseStructBlock):
        return {name: _texts(block.child_blocks[name], part) for name, part in value.items()}
    if isinstance(block, ListBlock):
        inner = [item["value"] if isinstance(item, dict) and item.get("type") == "item" else item for item in value]
        return [_texts(block.child_block, item) for item in inner]
    if isinstance(block, BaseStreamBlock):
        return _stream_texts(block, value)
    return value


def _chooses(block) -> bool:
    """Tell whether a block, or one inside it, chooses a page, picture, file or record."""
    if isinstance(block, ChooserBlock):
        return True
    if isinstance(block, BaseStructBlock):
        return any(_chooses(child) for child in block.child_blocks.values())
    return isinstance(block, ListBlock) and _chooses(block.child_block)


# --- 2. Choosing -----------------------------------------------------------------------------------


def visible_to_site(site: PortalSite):
    """Return the templates a site may use: its own and those of all."""
    return PageTemplate.objects.filter(Q(owner_site=site) | Q(owner_site=None), retired_at=None)


def templates_below(parent, user) -> list[PageTemplate]:
    """Return the templates that a user may start a page from under `parent`, by name."""
    parent = parent.specific
    site = site_of(parent)
    if site is None or not may(user, WRITE, site) or not parent.permissions_for_user(user).can_add_subpage():
        return []
    types = {model._meta.label for model in type(parent).creatable_subpage_models() if model.can_create_at(parent)}
    return list(visible_to_site(site).filter(page_type__in=types).select_related("owner_site"))


def places_for(template: PageTemplate, user) -> list[Page]:
    """Return the pages of a user's sites under which a page may be started from `template`, in the order of the tree.

    In all languages; [] for a type of page that is known no more.
    """
    try:
        model = apps.get_model(template.page_type)
    except (LookupError, ValueError):
        return []
    kinds = ContentType.objects.get_for_models(*model.allowed_parent_page_models()).values()
    below = Q(pk=None)
    for site in own_sites(user):
        if template.owner_site_id in (None, site.pk) and may(user, WRITE, site):
            for home in site.homes():
                below |= Q(path__startswith=home.path)
    return [
        page
        for page in Page.objects.filter(below, content_type__in=kinds).specific().order_by("path")
        if model.can_create_at(page) and page.permissions_for_user(user).can_add_subpage()
    ]


# --- 3. Starting -----------------------------------------------------------------------------------


@transaction.atomic
def start_from_template(template: PageTemplate, parent, *, by, on: datetime | None = None, title: str) -> Page:
    """Make a draft under `parent` with the template's texts; return it.

    Author, unit and source are those that a new page has by default. Raises Refused without the right or when the
    template does not fit here, ValidationError without a title.
    """
    parent = Page.objects.get(pk=parent.pk).specific
    if template not in templates_below(parent, by):
        raise Refused("Mẫu này không dùng được ở đây; hãy chọn mẫu khác hoặc chọn loại trang.")
    title = text.nfc(title).strip()
    if not title:
        raise ValidationError({"title": "Hãy ghi tiêu đề của trang mới."})
    model = apps.get_model(template.page_type)
    page = model(title=title[:255], live=False, owner=by, locale=parent.locale)
    known = {field.name: field for field in template_fields(model)}
    for name, value in template.content.items():
        if name in known:
            setattr(page, name, known[name].to_python(value))
    if any(every_reference(page)):
        raise Refused("Mẫu này dẫn tới nội dung khác nên không dùng được; hãy lập lại mẫu.")
    for name, value in page.defaults_for(site_of(parent), by).items():
        if not getattr(page, name):
            setattr(page, name, value)
    parent.add_child(instance=page)
    revision = page.save_revision(user=by, log_action=False)
    log(
        instance=page,
        action="wagtail.create",
        user=by,
        revision=revision,
        content_changed=True,
        data={"name": template.name, "number": template.pk},
    )
    return page


# --- 4. Retiring -----------------------------------------------------------------------------------


def retirable(key: int, user) -> PageTemplate | None:
    """Return the template of a number that a user may retire, or None."""
    template = PageTemplate.objects.select_related("owner_site").filter(pk=key).first()
    return template if template is not None and may_save(user, template.owner_site) else None


@transaction.atomic
def retire(template: PageTemplate, *, by, on: datetime | None = None) -> PageTemplate:
    """Offer a template no more; safe to repeat."""
    template = PageTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if not may_save(by, template.owner_site):
        raise Refused("Bạn không có vai trò trên trang giữ mẫu này nên không cho thôi dùng được.")
    if template.retired_at is None:
        template.retired_at, template.retired_by = on or timezone.now(), by
        template.save(update_fields=["retired_at", "retired_by"])
        log(instance=template, action="portal.template.retire", user=by, data={"name": template.name})
    return template
