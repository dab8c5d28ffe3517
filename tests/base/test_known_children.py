"""What hangs on a model is what `modelcluster` finds among its fields, for every model."""

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import TestCase
from modelcluster import models as clusters
from modelcluster.models import ClusterableModel
from wagtail.models import reference_index

from base.queries import known_children
from legalref.models import LegalDocument


class KnownChildren(TestCase):
    def test_of_every_model_are_those_that_are_found_twice(self):
        for model in apps.get_models():
            for thing in (model, model()) if issubclass(model, ClusterableModel) else (model,):
                for _time in ("as they are found", "as they are known"):
                    with self.subTest(model._meta.label):
                        self.assertEqual(clusters.get_all_child_relations(thing), known_children._relations(thing))
                        self.assertEqual(
                            clusters.get_all_child_m2m_relations(thing), known_children._many_to_many(thing)
                        )

    def test_are_there_for_documents(self):
        self.assertTrue(clusters.get_all_child_relations(LegalDocument))
        self.assertEqual(
            reference_index.get_all_child_relations(LegalDocument), clusters.get_all_child_relations(LegalDocument)
        )

    def test_are_not_changed_by_who_got_them(self):
        clusters.get_all_child_relations(LegalDocument).clear()

        self.assertEqual(clusters.get_all_child_relations(LegalDocument), known_children._relations(LegalDocument))


class ModelsOfAMigration(TestCase):
    def test_are_looked_through_each_time(self):
        historical = MigrationLoader(connection).project_state().apps.get_model("legalref", "LegalDocument")

        found = clusters.get_all_child_relations(historical)

        self.assertEqual(found, known_children._relations(historical))
        self.assertEqual({field.related_model._meta.apps for field in found} - {historical._meta.apps}, set())
