"""The rows that hang on a model are found among its fields once, not with each instance.

`modelcluster` looks through all relations of a model, of which a page has sixty, whenever one is read, saved, compared
or searched for references: a third of what it costs to make a page of what the database gave.

Held to the models of the portal: those of a migration change while it runs. `install` changes `modelcluster` and the
one module of Wagtail that reads so with every save, in this module alone. It can go when `modelcluster` (6.5 here)
keeps what it found; until then `tests/base/test_known_children.py` compares it with what it finds.
"""

from collections.abc import Callable

from django.apps import apps
from modelcluster import models as clusters
from wagtail.models import reference_index

_relations = clusters.get_all_child_relations
_many_to_many = clusters.get_all_child_m2m_relations


def install() -> None:
    """Let `modelcluster` and Wagtail ask here; called once, when the apps are ready."""
    clusters.get_all_child_relations = reference_index.get_all_child_relations = _known(_relations)
    clusters.get_all_child_m2m_relations = _known(_many_to_many)


def _known(find: Callable) -> Callable:
    found: dict[type, tuple] = {}

    def known(model):
        """Return a new list of what `find` returns for a model or an instance of one."""
        options = model._meta
        if options.apps is not apps or not apps.ready:
            return find(model)
        if options.model not in found:
            found[options.model] = tuple(find(model))
        return list(found[options.model])

    return known
