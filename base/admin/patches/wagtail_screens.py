"""Wagtail's own screens, by the names of their addresses: which of them the portal uses, and for whom.

They state no access themselves (`..screen_access`). What is on none of these lists is not there, for any user: so a new
release opens nothing by itself; a test compares the lists with the addresses that exist. Whose page or file it is, is
asked here too, so that a foreign number and one that nothing has are answered alike. Made for Wagtail 8.0; an entry can
go when its address goes.
"""

from django.apps import apps
from django.contrib.admin.utils import unquote
from wagtail.models import Page

from ... import authority
from ...models import PortalFile, PortalImage
from ...parts import are_parts

# For every user who may enter; Wagtail and the hooks of `base.wagtail_hooks` narrow what they show.
OPEN = frozenset(
    """
    wagtailadmin_home wagtailadmin_login wagtailadmin_logout wagtailadmin_account wagtailadmin_sprite
    wagtailadmin_javascript_catalog wagtailadmin_dismissibles wagtailadmin_block_preview
    wagtailadmin_password_reset wagtailadmin_password_reset_done wagtailadmin_password_reset_confirm
    wagtailadmin_password_reset_complete
    wagtailadmin_api:pages:listing wagtailadmin_api:pages:detail wagtailadmin_api:pages:find
    wagtailadmin_explore_root wagtailadmin_pages:choose_parent
    wagtailadmin_pages:search wagtailadmin_pages:search_results
    wagtailadmin_choose_page wagtailadmin_choose_page_search
    wagtailadmin_choose_page_external_link wagtailadmin_choose_page_email_link
    wagtailadmin_choose_page_phone_link wagtailadmin_choose_page_anchor_link
    wagtailadmin_reports:locked_pages wagtailadmin_reports:locked_pages_results
    wagtailadmin_editing_sessions:release wagtailsnippets:index wagtail_localize:javascript_catalog
    wagtaildocs:index wagtaildocs:index_results wagtaildocs:add wagtaildocs:add_multiple
    wagtaildocs:delete_upload_multiple
    wagtailimages:index wagtailimages:index_results wagtailimages:add wagtailimages:add_multiple
    wagtailimages:delete_upload_multiple
    wagtaildocs_chooser:choose wagtaildocs_chooser:choose_results wagtaildocs_chooser:create
    wagtailimages_chooser:choose wagtailimages_chooser:choose_results wagtailimages_chooser:create
    """.split()
)
# One page, named by the argument: of the user's own sites.
OWN_PAGE = dict.fromkeys(
    """
    wagtailadmin_pages:edit wagtailadmin_pages:preview_on_edit wagtailadmin_pages:view_draft wagtailadmin_pages:delete
    wagtailadmin_pages:copy wagtailadmin_pages:usage wagtailadmin_pages:lock wagtailadmin_pages:unlock
    wagtailadmin_pages:history wagtailadmin_pages:history_results wagtailadmin_pages:revisions_index
    wagtailadmin_pages:revisions_view wagtailadmin_pages:revisions_revert
    wagtailadmin_pages:workflow_action wagtailadmin_pages:collect_workflow_action_data
    wagtailadmin_pages:confirm_workflow_cancellation wagtailadmin_pages:workflow_preview
    wagtailadmin_pages:workflow_history wagtailadmin_pages:workflow_history_detail
    """.split(),
    "page_id",
) | {
    "wagtailadmin_pages:revisions_compare": "pk",
    "wagtailadmin_pages:add": "parent_page_id",
    "wagtailadmin_pages:preview_on_add": "parent_page_id",
    "wagtailadmin_pages:add_subpage": "parent_page_id",
}
# One picture or file, named by the argument: to work on it, it must be of the user's own sites or shared.
OWN_FILE = {
    "wagtailimages:edit": ("image_id", PortalImage),
    "wagtailimages:delete": ("image_id", PortalImage),
    "wagtailimages:image_usage": ("image_id", PortalImage),
    "wagtailimages:edit_multiple": ("image_id", PortalImage),
    "wagtailimages:delete_multiple": ("image_id", PortalImage),
    "wagtaildocs:edit": ("document_id", PortalFile),
    "wagtaildocs:delete": ("document_id", PortalFile),
    "wagtaildocs:document_usage": ("document_id", PortalFile),
    "wagtaildocs:edit_multiple": ("doc_id", PortalFile),
    "wagtaildocs:delete_multiple": ("doc_id", PortalFile),
}
# To choose it, a public one of another site will do.
CHOSEN_FILE = {
    "wagtailimages_chooser:chosen": ("pk", PortalImage),
    "wagtailimages_chooser:select_format": ("image_id", PortalImage),
    "wagtaildocs_chooser:chosen": ("pk", PortalFile),
}
# The page below which one looks: of the own sites, or on the way down to them.
OWN_WAY = dict.fromkeys(
    ("wagtailadmin_choose_page_child", "wagtailadmin_explore", "wagtailadmin_explore_results"), "parent_page_id"
)
# One thing of any kind, named by its kind and key: of the user's own sites. They tell who else works on it.
OWN_THING = frozenset({"wagtailadmin_editing_sessions:ping"})
# Done with several things at once, named by model and action: only tags, which no reader sees. Which of the files are
# the user's own, the action asks (`base.files.tags`).
BULK = frozenset({"wagtail_bulk_action"})
BULK_ACTIONS = frozenset({("base", "portalimage", "add_tags"), ("base", "portalfile", "add_tags")})
# For those who work for all sites: they show what is going on everywhere.
CITY = frozenset(
    """
    wagtailadmin_pages:type_use wagtailadmin_pages:type_use_results
    wagtailadmin_tag_autocomplete wagtailadmin_tag_model_autocomplete
    wagtailadmin_reports:workflow wagtailadmin_reports:workflow_results
    wagtailadmin_reports:workflow_tasks wagtailadmin_reports:workflow_tasks_results
    wagtailadmin_reports:aging_pages wagtailadmin_reports:aging_pages_results
    """.split()
)
# For the break-glass account alone: accounts, groups and workflows decide who may approve.
SUPERUSER = frozenset(
    f"{space}:{name}"
    for space, names in {
        "wagtailusers_users": "index index_results add edit history history_results usage copy",
        "wagtailusers_groups": "index index_results add edit history history_results usage",
        "wagtaillocales": "index index_results add edit delete history history_results usage copy",
        "wagtailsettings": "edit preview_on_edit",
        "wagtailadmin_workflows": (
            "index index_results add enable disable edit usage usage_results remove add_task select_task_type"
            " task_index task_index_results edit_task disable_task enable_task task_chooser task_chooser_results"
            " task_chooser_create task_chosen"
        ),
        "wagtailadmin_collections": "index add edit delete",
        "wagtailadmin_reports": "site_history site_history_results page_types_usage page_types_usage_results",
    }.items()
    for name in names.split()
)
# For no user: what they do goes through the portal's own actions, or must not be done at all. Hosts and their first
# pages come from a dossier of two persons and are repaired by `manage.py doctor`; addresses are redirected by two
# persons; translations are pages like others (decision 0094).
CLOSED = frozenset(
    """
    wagtailadmin_api:pages:action wagtailadmin_api:documents:listing wagtailadmin_api:documents:detail
    wagtailadmin_api:documents:find wagtailadmin_api:images:listing wagtailadmin_api:images:detail
    wagtailadmin_api:images:find wagtailadmin_error_test
    wagtailadmin_pages:unpublish wagtailadmin_pages:convert_alias wagtailadmin_pages:move
    wagtailadmin_pages:move_confirm wagtailadmin_pages:set_page_position wagtailadmin_pages:set_privacy
    wagtailadmin_pages:revisions_unschedule wagtailadmin_choose_page_chosen_multiple
    wagtailadmin_collections:set_privacy
    wagtaildocs_chooser:chosen_multiple wagtailimages_chooser:chosen_multiple
    wagtailimages:url_generator wagtailimages:url_generator_output wagtailimages:preview
    wagtailimages:create_multiple_from_uploaded_image wagtaildocs:create_multiple_from_uploaded_document
    wagtailembeds:chooser wagtailembeds:chooser_upload
    wagtailusers_users:delete wagtailusers_groups:delete
    wagtailforms:index wagtailforms:index_results wagtailforms:list_submissions
    wagtailforms:list_submissions_results wagtailforms:delete_submissions
    wagtailsites:index wagtailsites:index_results wagtailsites:add wagtailsites:edit wagtailsites:delete
    wagtailsites:history wagtailsites:history_results wagtailsites:usage wagtailsites:copy
    wagtailredirects:index wagtailredirects:index_results wagtailredirects:add wagtailredirects:edit
    wagtailredirects:delete wagtailredirects:start_import wagtailredirects:process_import
    wagtail_localize:submit_page_translation wagtail_localize:update_translations
    wagtail_localize:edit_string_translation wagtail_localize:edit_override wagtail_localize:download_pofile
    wagtail_localize:upload_pofile wagtail_localize:preview_translation wagtail_localize:stop_translation
    wagtail_localize:translations_report wagtail_localize:translations_report_results
    wagtail_localize:submit_snippet_translation wagtail_localize:machine_translate
    wagtail_localize:convert_to_alias wagtail_localize:snippets_api_listing
    wagtail_localize:snippets_api_detail
    """.split()
)

LISTS = (OPEN, OWN_PAGE, OWN_FILE, CHOSEN_FILE, OWN_WAY, OWN_THING, BULK, CITY, SUPERUSER, CLOSED)


def may_open(user, name: str, kwargs) -> bool:
    """Tell whether a user may open one of Wagtail's screens, by the name of its address."""
    if name in CLOSED:
        return False
    if name in OPEN:
        return True
    if name in OWN_PAGE:
        page = _item(OWN_PAGE[name], Page, kwargs)
        return page is not None and authority.belongs_to(user, page) and are_parts(page, kwargs)
    if name in OWN_FILE:
        item = _item(*OWN_FILE[name], kwargs)
        return item is not None and (authority.belongs_to(user, item) or authority.is_shared(item))
    if name in CHOSEN_FILE:
        item = _item(*CHOSEN_FILE[name], kwargs)
        return item is not None and authority.may_refer(user, item)
    if name in OWN_WAY:
        page = _item(OWN_WAY[name], Page, kwargs)
        return page is not None and (user.is_superuser or authority.is_on_own_way(user, page.path))
    if name in OWN_THING:
        thing = _thing(kwargs)
        return thing is not None and (authority.belongs_to(user, thing) or authority.is_city_person(user))
    if name in BULK:
        return (kwargs.get("app_label"), kwargs.get("model_name"), kwargs.get("action")) in BULK_ACTIONS
    if name in CITY:
        return authority.is_city_person(user)
    return name in SUPERUSER and user.is_superuser


def _item(argument, model, kwargs):
    key = str(kwargs.get(argument, ""))
    return model._default_manager.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None


def _thing(kwargs):
    """The page or record that an address names by `app_label`, `model_name` and `object_id`."""
    try:
        model = apps.get_model(kwargs["app_label"], kwargs["model_name"])
    except LookupError:
        return None
    return _item("object_id", model, {"object_id": unquote(str(kwargs["object_id"]))})
