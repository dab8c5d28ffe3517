import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0004_file_scans_and_versions"),
        ("legalref", "0002_document_types"),
    ]

    operations = [
        migrations.CreateModel(
            name="BookEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="số")),
                ("symbol", models.CharField(max_length=160, verbose_name="số, ký hiệu")),
                ("issuer_id_then", models.BigIntegerField(verbose_name="cơ quan ban hành")),
                ("family", models.CharField(max_length=20, verbose_name="nhóm")),
                ("year", models.PositiveSmallIntegerField(verbose_name="năm")),
                ("identity", models.CharField(max_length=200, verbose_name="khóa so sánh")),
                ("subject", models.TextField(verbose_name="trích yếu")),
                ("taken_on", models.DateField(verbose_name="ngày lấy số")),
                ("taken_at", models.DateTimeField(verbose_name="lúc")),
                ("taken_by_id", models.BigIntegerField(verbose_name="số tài khoản")),
                ("taken_by_name", models.CharField(max_length=200, verbose_name="người lấy số")),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="book_entries",
                        to="legalref.legaldocument",
                        verbose_name="văn bản",
                    ),
                ),
                (
                    "document_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="legalref.documenttype",
                        verbose_name="loại văn bản",
                    ),
                ),
            ],
            options={
                "verbose_name": "số trong sổ",
                "verbose_name_plural": "số trong sổ",
                "ordering": ["book", "number"],
            },
        ),
        migrations.CreateModel(
            name="BookCancellation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500, verbose_name="lý do")),
                ("cancelled_at", models.DateTimeField(verbose_name="hủy lúc")),
                ("cancelled_by_id", models.BigIntegerField(verbose_name="số tài khoản")),
                ("cancelled_by_name", models.CharField(max_length=200, verbose_name="người hủy")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cancellation",
                        to="legalref.bookentry",
                        verbose_name="số",
                    ),
                ),
            ],
            options={
                "verbose_name": "số bị hủy",
                "verbose_name_plural": "số bị hủy",
            },
        ),
        migrations.CreateModel(
            name="NumberBook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "family",
                    models.CharField(
                        choices=[("legal", "Văn bản quy phạm pháp luật"), ("administrative", "Văn bản hành chính")],
                        default="administrative",
                        max_length=20,
                        verbose_name="nhóm",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="năm")),
                ("first_number", models.PositiveIntegerField(default=1, verbose_name="số đầu tiên")),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="number_books",
                        to="legalref.issuingbody",
                        verbose_name="cơ quan ban hành",
                    ),
                ),
                (
                    "owner_site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="number_books",
                        to="base.portalsite",
                        verbose_name="trang quản lý",
                    ),
                ),
                (
                    "types",
                    models.ManyToManyField(
                        related_name="+", to="legalref.documenttype", verbose_name="loại văn bản lấy số trong sổ"
                    ),
                ),
            ],
            options={
                "verbose_name": "sổ đăng ký văn bản",
                "verbose_name_plural": "sổ đăng ký văn bản",
                "ordering": ["-year", "issuer__name", "pk"],
            },
        ),
        migrations.AddField(
            model_name="bookentry",
            name="book",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="legalref.numberbook",
                verbose_name="sổ",
            ),
        ),
        migrations.AddIndex(
            model_name="numberbook",
            index=models.Index(fields=["issuer", "family", "year"], name="legalref_nu_issuer__46cf50_idx"),
        ),
        migrations.AddConstraint(
            model_name="bookentry",
            constraint=models.UniqueConstraint(fields=("book", "number"), name="one_entry_a_number"),
        ),
        migrations.AddConstraint(
            model_name="bookentry",
            constraint=models.UniqueConstraint(
                fields=("issuer_id_then", "family", "year", "identity"), name="no_numbers_that_look_alike"
            ),
        ),
    ]
