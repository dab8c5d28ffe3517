"""Who may see and who may refer to what: the one answer for lists, choosers, forms and files.

1. A person belongs to the sites on whose home page a group of theirs has a page permission.
2. Everything has an owner site: a page by the tree, a file by its collection, a record by itself.
3. Anyone may see and refer to what is public; only the people of a site may see what it has not published.
4. The city's people belong to every site, because the Regulation knows one Editorial Board for all (Điều 13); not to
   the practice site, which is for those who are appointed there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q
from wagtail.models import Collection, DraftStateMixin, GroupPagePermission, Page, ReferenceIndex

from .models.files import StoredFile
from .models.site import PortalSite
from .queries.known_rows import known_once
from .sites import all_sites, site_of

NO_SITES = frozenset()


# --- Sites of a person ----------------------------------------------------------------------------


def sites_of(user) -> frozenset[int]:
    """Return the ids of the sites an active user belongs to; kept on the user object for the request."""
    if user is None or not user.is_active or user.pk is None:
        return NO_SITES
    cached = getattr(user, "_site_ids", None)
    if cached is None:
        cached = user._site_ids = frozenset(_sites_of(user))
    return cached


def portal_sites_of(user):
    """Return the sites a user belongs to, as a queryset."""
    return PortalSite.objects.filter(pk__in=sites_of(user))


def sites_to_choose(user):
    """Return those of the user's sites that take what is new, as a queryset: none that ended."""
    return portal_sites_of(user).filter(state__in=PortalSite.TAKING)


def own_sites(user) -> list[PortalSite]:
    """Return the same as a list, the city first, then by name."""
    keys = sites_of(user)
    return [site for site in all_sites() if site.pk in keys] if keys else []


def _sites_of(user):
    sites = {site.home_key: site for site in all_sites()}
    if user.is_superuser:
        return {site.pk for site in sites.values()}
    homes = GroupPagePermission.objects.filter(group__user=user, page__translation_key__in=sites)
    own = {sites[key] for key in homes.values_list("page__translation_key", flat=True).distinct()}
    shared = sites.values() if any(site.is_city for site in own) else ()
    return {site.pk for site in own} | {site.pk for site in shared if not site.is_practice}


def is_city_person(user) -> bool:
    """Tell whether a user works for all sites."""
    return user.is_active and (user.is_superuser or any(site.is_city for site in own_sites(user)))


# --- Owner of a thing -----------------------------------------------------------------------------


def owner_of(obj) -> PortalSite | None:
    """Return the site a page, file or record belongs to; None for what belongs to no one site."""
    if isinstance(obj, Page):
        return site_of(obj)
    return getattr(obj, "owner_site", None)


def has_owner(model) -> bool:
    """Tell whether things of a model belong to sites at all (lists that all sites share do not)."""
    return issubclass(model, Page | StoredFile) or hasattr(model, "owner_site") or hasattr(model, "site_lookup")


def is_public(obj) -> bool:
    """Tell whether any reader may see a thing now."""
    if isinstance(obj, StoredFile):
        return obj.is_public()
    return isinstance(obj, DraftStateMixin) and obj.live


def is_shared(obj) -> bool:
    """Tell whether a thing is there for all sites: without an owner, or in the root collection."""
    if isinstance(obj, StoredFile):
        return obj.collection.is_root()
    return not has_owner(type(obj))


# --- Questions ------------------------------------------------------------------------------------


def belongs_to(user, obj) -> bool:
    """Tell whether a thing is of one of the user's own sites."""
    if user is None or not user.is_active:
        return False
    owner = owner_of(obj)
    return user.is_superuser or (owner is not None and owner.pk in sites_of(user))


def may_see(user, obj) -> bool:
    """Tell whether a user of the administration may see a thing, drafts included.

    Of another site's page only the public version may be seen, never its draft.
    """
    return belongs_to(user, obj) or (user.is_active and bool(sites_of(user)) and is_shared(obj)) or is_public(obj)


def may_refer(user, obj) -> bool:
    """Tell whether a user may link to a thing, show it or choose it: what is own, shared or public."""
    return may_see(user, obj)


def own_collections(user):
    """Return the collections whose files a user may see in lists: of own sites, and the root (shared)."""
    slugs = PortalSite.objects.filter(pk__in=sites_of(user)).values("slug")
    tops = Collection.objects.filter(depth=2, name__in=slugs).values_list("path", flat=True)
    wanted = Q(depth=1) if sites_of(user) else Q(pk=None)
    for path in tops:
        wanted |= Q(path__startswith=path)
    if user.is_superuser:
        wanted = Q()
    return Collection.objects.filter(wanted)


def own_pages(user):
    """Return the pages of a user's own sites, in all languages."""
    if user.is_superuser:
        return Page.objects.all()
    wanted = Q(pk=None)
    for path in own_home_paths(user):
        wanted |= Q(path__startswith=path)
    return without_shut(Page.objects.filter(wanted), user)


def without_shut(rows, user, path: str = "path"):
    """Leave out of a queryset of pages those of the practice site, unless the user belongs to it.

    `path`: where the rows have the tree path of their page, "page__path" of what pages hold.
    """
    for shut in _homes_of(user)[1]:
        rows = rows.exclude(**{f"{path}__startswith": shut})
    return rows


def own_home_paths(user) -> list[str]:
    """Return the tree paths of the home pages of a user's own sites, in all languages."""
    return [path for path, _pk, _language in _homes_of(user)[0]]


def home_of(user) -> int | None:
    """Return the number of the home page, in the language of the portal, of a user of one site; None for others."""
    homes = [pk for _path, pk, language in _homes_of(user)[0] if language == settings.LANGUAGE_CODE]
    return homes[0] if len(homes) == 1 else None


def _homes_of(user) -> tuple[list[tuple[str, int, str]], list[str]]:
    """Return (tree path, number, language) of the home pages of a user's own sites, and the tree paths of those below
    them that are not (of the practice site); kept on the user object.
    """
    sites = sites_of(user)
    of_sites, homes = getattr(user, "_homes", (None, ([], [])))
    if of_sites != sites:
        own = PortalSite.objects.filter(pk__in=sites)
        known = PortalSite.objects.filter(Q(pk__in=sites) | Q(kind=PortalSite.Kind.PRACTICE))
        found = Page.objects.filter(translation_key__in=known.values("home_key")).values_list(
            "path", "pk", "locale__language_code", Exists(own.filter(home_key=OuterRef("translation_key")))
        )
        rows = list(found)
        homes = [row[:3] for row in rows if row[3]], [row[0] for row in rows if not row[3]]
        user._homes = sites, homes
    return homes


def is_on_own_way(user, path: str) -> bool:
    """Tell whether a tree path lies in one of the user's own sites, or on the way down to one."""
    if path.startswith(tuple(_homes_of(user)[1])):
        return False
    return any(path.startswith(home) or home.startswith(path) for home in own_home_paths(user))


# --- References -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reference:
    """A reference found in a thing: `field` holds it, `target` is what it leads to, or None where there is nothing."""

    field: str
    target: object | None
    model: type
    pk: str

    @property
    def message(self) -> str:
        """What to tell the person who saves: neither the target's name nor whether there is one."""
        return unreachable(self.model, self.pk)


def unreachable(model, pk) -> str:
    """Return what is said of a number that leads to another site's unpublished thing, or to nothing: the same."""
    kind = model._meta.verbose_name
    return (
        f"Nội dung dẫn tới {kind} (số {pk}) không có, hoặc chưa công khai của trang khác; "
        f"hãy chọn {kind} của trang mình hoặc đã đăng."
    )


def references(obj) -> Iterator[Reference]:
    """Yield what a thing refers to: foreign keys, blocks, rich text, and those of its inline rows.

    A target that does not exist is left out.
    """
    return (reference for reference in every_reference(obj) if reference.target is not None)


def references_once(obj) -> list[Reference]:
    """Return `every_reference` of an object that an action only reads: read once in it."""
    # With the object, so that no other one gets its number meanwhile.
    return known_once(("references", id(obj)), lambda: (obj, list(every_reference(obj))))[1]


def every_reference(obj) -> Iterator[Reference]:
    """Yield what a thing refers to, also where there is nothing; one for each field that leads there."""
    wanted: dict[int, dict[str, set[str]]] = {}
    for type_id, key, _model_path, path in ReferenceIndex._extract_references_from_object(obj):
        wanted.setdefault(type_id, {}).setdefault(key, set()).add(path.split(".", 1)[0])
    for field, key in _keys_left_out(obj):
        type_id = ContentType.objects.get_for_model(field.related_model).pk
        wanted.setdefault(type_id, {}).setdefault(str(key), set()).add(field.name)
    for type_id, fields in wanted.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is None or not has_owner(model):
            continue
        keys = [key for key in fields if is_key(key)]
        found = {str(target.pk): target for target in model._base_manager.filter(pk__in=keys)}
        for key, names in fields.items():
            for name in sorted(names):
                yield Reference(name, found.get(key), model, key)


def is_key(number: str) -> bool:
    """Tell whether a text may be a number that a database takes as a key."""
    return number.isdecimal() and len(number) < 19


def referred_model(model: type) -> type:
    """Return the model by which references to things of a model are known: of each page type it is `Page`."""
    return ReferenceIndex._get_base_content_type(model).model_class()


def _keys_left_out(obj) -> Iterator[tuple]:
    """Yield (field, key) of the keys that the index of references is told to leave out: they do not make public."""
    for field in obj._meta.concrete_fields:
        if (
            getattr(field, "wagtail_reference_index_ignore", False)
            and not field.model.__module__.startswith("wagtail.")
            and (key := field.value_from_object(obj)) is not None
        ):
            yield field, key


def foreign_references(user, obj) -> list[Reference]:
    """Return the references of a thing that its editor may not make.

    These are unpublished things of another site and things that do not exist. A user who tries numbers gets the same
    answer for both.
    """
    return [
        reference
        for reference in every_reference(obj)
        if reference.target is None or not may_refer(user, reference.target)
    ]


def references_foreign_to_owner(obj, among: Iterable[Reference] | None = None) -> list[Reference]:
    """Return the references of a thing, where they are known `among` these, to unpublished things of a site that is not
    its own.

    Approval asks this, no matter who made the reference: publishing would make the other site's draft public.
    """
    owner = owner_of(obj)
    return [
        reference
        for reference in (every_reference(obj) if among is None else among)
        if reference.target is not None
        and not (is_shared(reference.target) or is_public(reference.target))
        and (found := owner_of(reference.target)) is not None
        and (owner is None or found.pk not in (owner.pk, owner.parent_id))
    ]
