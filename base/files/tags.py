"""Tagging several pictures or files at once: the one bulk action that the administration knows.

Wagtail's others publish, take down, move and delete in one step. Moving files to another collection is none of ours
either: the collection is what says whose a file is (`models/files.py: owner_site`), and what lies in the root is for
all sites. A move would give drafts' files to other people, or take them away, with no form looking at any of them.

1. A user who ticks files, or writes numbers into the address, gets those that they may change and see in their list;
   others are as if they were not there, where Wagtail would name them.
2. Tags are words of the office: readers see none of them. Each file gets its entry in the audit trail.
"""

from django import forms
from django.http import Http404
from wagtail.admin.forms.tags import TagField
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.documents.views.bulk_actions import AddTagsBulkAction as TagDocuments
from wagtail.images.views.bulk_actions import AddTagsBulkAction as TagImages
from wagtail.log_actions import log
from wagtail.search import index

from vietnam import text

from ..authority import own_collections


class TagForm(forms.Form):
    """The words to add, as on the form of one file."""

    # The field itself is hidden behind its widget: a browser could not say at it that it is empty.
    use_required_attribute = False

    tags = TagField(label="Thẻ", help_text="Cách nhau bằng dấu phẩy; thẻ đã có của từng tệp được giữ.")

    def clean_tags(self):
        return [text.nfc(tag) for tag in self.cleaned_data["tags"]]


class _OwnOnly:
    """What our actions do otherwise than Wagtail's: find, write down, make findable."""

    form_class = TagForm
    display_name = "Gắn thẻ"

    def get_actionable_objects(self):
        """Return the files asked for that the user may change, and those of their list that they may only see.

        Not "all": that would reach beyond what the list shows under its filters. Raises Http404 where none is left.
        """
        keys = [key for key in self.request.GET.getlist("id") if key.isdecimal() and len(key) < 19]
        listed = self.model.objects.filter(pk__in=keys, collection__in=own_collections(self.request.user))
        listed = list(listed.order_by("title", "pk"))
        if not listed:
            raise Http404
        allowed = [file for file in listed if self.check_perm(file)]
        return allowed, {"items_with_no_access": [file for file in listed if file not in allowed]}

    def get_execution_context(self):
        return {"tags": self.cleaned_form.cleaned_data["tags"], "by": self.request.user}

    @classmethod
    def execute_action(cls, files, tags=(), by=None, **kwargs):
        for file in files:
            file.tags.add(*tags)
            index.insert_or_update_object(file)
            log(instance=file, action="portal.file.tag", user=by, data={"tags": ", ".join(tags)})
        return len(files), 0


class TagOwnImages(_OwnOnly, TagImages):
    """Add tags to pictures."""


class TagOwnDocuments(_OwnOnly, TagDocuments):
    """Add tags to files."""


ACTIONS = (TagOwnImages, TagOwnDocuments)


def offer_only_ours() -> None:
    """Tell Wagtail that it knows all bulk actions: ours, and none of its own."""
    bulk_action_registry.has_scanned_for_bulk_actions = True
    for action in ACTIONS:
        for model in action.models:
            of_model = {model._meta.model_name: {action.action_type: action}}
            bulk_action_registry.actions.setdefault(model._meta.app_label, {}).update(of_model)
