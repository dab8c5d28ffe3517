"""The last numbers of questions and comments go on in the books of all series.

The tables they come from are dropped by the next migration: code before this one gives its numbers from them, and is not
running while one migrates (docs/operations.md). Both ways take the higher number, so that none is given twice.
"""

from django.db import migrations

SERIES = {"HD": "QuestionBook", "GY": "CommentBook"}


def into_one_book(apps, schema_editor):
    """Copy the last number of each year; safe to run twice."""
    books = apps.get_model("faq", "RegisterBook").objects
    for series, name in SERIES.items():
        for year, last in apps.get_model("faq", name).objects.values_list("year", "last_number"):
            book, _is_new = books.get_or_create(series=series, year=year)
            book.last_number = max(book.last_number, last)
            book.save(update_fields=["last_number"])


def into_books_of_their_own(apps, schema_editor):
    """Copy the last numbers back; those in the common books stay, unread."""
    books = apps.get_model("faq", "RegisterBook").objects
    for series, name in SERIES.items():
        for year, last in books.filter(series=series).values_list("year", "last_number"):
            book, _is_new = apps.get_model("faq", name).objects.get_or_create(year=year)
            book.last_number = max(book.last_number, last)
            book.save(update_fields=["last_number"])


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0006_question_about_a_service"),
    ]

    operations = [
        migrations.RunPython(into_one_book, into_books_of_their_own),
    ]
