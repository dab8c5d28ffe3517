import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DisposalItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("copy_id", models.BigIntegerField(verbose_name="bản lưu trữ")),
                ("title", models.CharField(max_length=300, verbose_name="tiêu đề")),
                ("object_type", models.CharField(max_length=80, verbose_name="loại")),
                ("site_slug", models.CharField(blank=True, max_length=80, verbose_name="trang")),
                ("approved_at", models.DateTimeField(verbose_name="duyệt lúc")),
                ("retention_class", models.CharField(max_length=30, verbose_name="nhóm lưu trữ")),
                ("retention_until", models.DateField(verbose_name="lưu đến ngày")),
                ("seal", models.CharField(max_length=64, verbose_name="niêm phong")),
                ("is_struck", models.BooleanField(default=False, verbose_name="giữ lại")),
            ],
            options={
                "verbose_name": "mục của danh mục tiêu hủy",
                "verbose_name_plural": "mục của danh mục tiêu hủy",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="DisposalList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500, verbose_name="lý do")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Chờ quyết định"),
                            ("destroyed", "Đã tiêu hủy"),
                            ("refused", "Không đồng ý"),
                            ("withdrawn", "Đã rút"),
                        ],
                        default="proposed",
                        max_length=12,
                        verbose_name="tình trạng",
                    ),
                ),
                ("proposed_by_id", models.BigIntegerField(verbose_name="số tài khoản người lập")),
                ("proposed_by_name", models.CharField(max_length=200, verbose_name="người lập")),
                ("proposed_at", models.DateTimeField(verbose_name="lập lúc")),
                ("decided_by_id", models.BigIntegerField(null=True, verbose_name="số tài khoản người quyết định")),
                ("decided_by_name", models.CharField(blank=True, max_length=200, verbose_name="người quyết định")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="quyết định lúc")),
                ("decision_number", models.CharField(blank=True, max_length=100, verbose_name="số quyết định")),
                ("decision_date", models.DateField(null=True, verbose_name="ngày quyết định")),
                ("decision_file_name", models.CharField(blank=True, max_length=200, verbose_name="tệp quyết định")),
                (
                    "decision_file_digest",
                    models.CharField(blank=True, max_length=64, verbose_name="mã băm tệp quyết định"),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="ý kiến")),
            ],
            options={
                "verbose_name": "danh mục tiêu hủy",
                "verbose_name_plural": "danh mục tiêu hủy",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="RetentionClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=30, unique=True, verbose_name="mã")),
                ("label", models.CharField(max_length=150, verbose_name="nhóm lưu trữ")),
                ("years", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="số năm lưu")),
                ("source", models.CharField(max_length=300, verbose_name="căn cứ")),
            ],
            options={
                "verbose_name": "thời hạn lưu trữ",
                "verbose_name_plural": "thời hạn lưu trữ",
                "ordering": ["label"],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_type", models.CharField(max_length=80, unique=True, verbose_name="loại nội dung")),
            ],
            options={
                "verbose_name": "nhóm lưu trữ của loại nội dung",
                "verbose_name_plural": "nhóm lưu trữ của loại nội dung",
                "ordering": ["object_type"],
            },
        ),
        migrations.AddField(
            model_name="disposal",
            name="content_digest",
            field=models.CharField(blank=True, max_length=64, verbose_name="mã băm nội dung"),
        ),
        migrations.AddField(
            model_name="disposal",
            name="decided_by_id",
            field=models.BigIntegerField(null=True, verbose_name="số tài khoản người quyết định"),
        ),
        migrations.AddField(
            model_name="disposal",
            name="html_digest",
            field=models.CharField(blank=True, max_length=64, verbose_name="mã băm trang"),
        ),
        migrations.AddField(
            model_name="disposal",
            name="list_number",
            field=models.BigIntegerField(null=True, verbose_name="danh mục tiêu hủy"),
        ),
        migrations.AddField(
            model_name="disposal",
            name="object_id",
            field=models.CharField(blank=True, max_length=40, verbose_name="số"),
        ),
        migrations.AddField(
            model_name="disposal",
            name="object_type",
            field=models.CharField(blank=True, max_length=80, verbose_name="loại"),
        ),
        migrations.AddField(
            model_name="disposal",
            name="proposed_by",
            field=models.CharField(blank=True, max_length=200, verbose_name="người lập danh mục"),
        ),
        migrations.AddField(
            model_name="disposal",
            name="proposed_by_id",
            field=models.BigIntegerField(null=True, verbose_name="số tài khoản người lập"),
        ),
        migrations.AddField(
            model_name="disposal",
            name="retention_until",
            field=models.DateField(null=True, verbose_name="đã lưu đến ngày"),
        ),
        migrations.AddConstraint(
            model_name="disposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by_id__isnull", False),
                    ("proposed_by_id__isnull", False),
                    models.Q(("decided_by_id", models.F("proposed_by_id")), _negated=True),
                ),
                name="destroyed_by_two_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposallist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by_id", None),
                    models.Q(("decided_by_id", models.F("proposed_by_id")), _negated=True),
                    _connector="OR",
                ),
                name="disposal_by_two_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposallist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "destroyed"), _negated=True),
                    models.Q(
                        models.Q(("decided_by_id", None), _negated=True),
                        models.Q(("decision_number", ""), _negated=True),
                        models.Q(("decision_file_digest", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="destroyed_by_decision_only",
            ),
        ),
        migrations.AddField(
            model_name="disposalitem",
            name="list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="workflows.disposallist"
            ),
        ),
        migrations.AddField(
            model_name="retentionrule",
            name="retention_class",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rules",
                to="workflows.retentionclass",
                verbose_name="nhóm lưu trữ",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposalitem",
            constraint=models.UniqueConstraint(fields=("list", "copy_id"), name="one_item_a_copy"),
        ),
    ]
