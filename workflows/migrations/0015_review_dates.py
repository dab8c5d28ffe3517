import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0008_mail_forgotten_at_once"),
        ("workflows", "0014_seed_page_templates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewDate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counted_from", models.DateField(verbose_name="tính từ ngày")),
                ("chosen_on", models.DateField(null=True, verbose_name="ngày đã chọn")),
                ("review_on", models.DateField(db_index=True, verbose_name="rà soát trước hết ngày")),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="rà soát lúc")),
                ("note", models.TextField(blank=True, verbose_name="ghi chú rà soát")),
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.WAGTAIL_PAGE_MODEL,
                        verbose_name="trang",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người rà soát",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="base.portalsite",
                        verbose_name="trang thông tin",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="base.organisationunit",
                        verbose_name="đơn vị chịu trách nhiệm",
                    ),
                ),
            ],
            options={
                "verbose_name": "lịch rà soát",
                "verbose_name_plural": "lịch rà soát",
                "ordering": ["review_on", "pk"],
            },
        ),
    ]
