import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0003_practice_sites"),
        ("sections", "0002_freshness_amounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NewSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=255, verbose_name="tên mục")),
                ("directing_document", models.CharField(max_length=200, verbose_name="văn bản chỉ đạo")),
                ("directed_on", models.DateField(verbose_name="ngày văn bản chỉ đạo")),
                ("proposal", models.CharField(blank=True, max_length=200, verbose_name="văn bản đề xuất kinh phí")),
                ("budget_line", models.CharField(blank=True, max_length=200, verbose_name="nguồn, khoản mục kinh phí")),
                ("amount", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="kinh phí (đồng)")),
                ("decision", models.CharField(blank=True, max_length=200, verbose_name="văn bản quyết định kinh phí")),
                ("recorded_at", models.DateTimeField(verbose_name="ghi lúc")),
                (
                    "page",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="new_section",
                        to="sections.sectionindexpage",
                        verbose_name="mục",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="new_sections",
                        to="base.portalsite",
                        verbose_name="trang",
                    ),
                ),
            ],
            options={
                "verbose_name": "chuyên mục mới",
                "verbose_name_plural": "chuyên mục mới",
                "ordering": ["-directed_on", "-pk"],
            },
        ),
    ]
