import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_appointments_and_signing_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="resumed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="mở lại lúc"),
        ),
        migrations.AddField(
            model_name="user",
            name="suspended_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="tạm khóa vì không dùng lúc"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="unused_warned_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="đã báo lâu không dùng ngày"),
        ),
        migrations.AlterField(
            model_name="appointmentdecision",
            name="kind",
            field=models.CharField(
                choices=[
                    ("appoint", "Phân công"),
                    ("end", "Chấm dứt, thu hồi"),
                    ("replace", "Thay thế"),
                    ("delegate", "Ủy quyền"),
                    ("board", "Thành lập, kiện toàn Ban Biên tập"),
                ],
                max_length=10,
                verbose_name="loại",
            ),
        ),
        migrations.CreateModel(
            name="BoardMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(verbose_name="ghi lúc")),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Trưởng ban"),
                            (2, "Phó Trưởng ban"),
                            (3, "Ủy viên thường trực"),
                            (4, "Thành viên"),
                            (5, "Thư ký"),
                        ],
                        verbose_name="chức danh trong Ban Biên tập",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="họ và tên")),
                ("post", models.CharField(blank=True, max_length=150, verbose_name="chức vụ")),
                ("agency", models.CharField(blank=True, max_length=200, verbose_name="cơ quan, đơn vị")),
                ("duties", models.CharField(blank=True, max_length=300, verbose_name="phụ trách")),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="đến hết ngày")),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="board_members",
                        to="accounts.appointmentdecision",
                        verbose_name="theo quyết định",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.appointmentdecision",
                        verbose_name="thôi theo quyết định",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="board_memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="tài khoản",
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
            ],
            options={
                "verbose_name": "thành viên Ban Biên tập",
                "verbose_name_plural": "thành viên Ban Biên tập",
                "ordering": ["rank", "pk"],
            },
        ),
        migrations.CreateModel(
            name="BoardDelegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(verbose_name="ghi lúc")),
                ("scope", models.CharField(max_length=300, verbose_name="việc được ủy quyền")),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_to", models.DateField(verbose_name="đến hết ngày")),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="board_delegations",
                        to="accounts.appointmentdecision",
                        verbose_name="theo quyết định",
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
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_given",
                        to="accounts.boardmember",
                        verbose_name="người ủy quyền",
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_taken",
                        to="accounts.boardmember",
                        verbose_name="người được ủy quyền",
                    ),
                ),
            ],
            options={
                "verbose_name": "ủy quyền trong Ban Biên tập",
                "verbose_name_plural": "ủy quyền trong Ban Biên tập",
                "ordering": ["-valid_from", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(verbose_name="ghi lúc")),
                ("title", models.CharField(max_length=200, verbose_name="nội dung")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("editing", "Biên tập, đưa tin"),
                            ("technical", "Quản trị kỹ thuật"),
                            ("security", "An toàn thông tin"),
                            ("law", "Pháp luật"),
                        ],
                        max_length=10,
                        verbose_name="lĩnh vực",
                    ),
                ),
                ("document", models.CharField(max_length=200, verbose_name="theo kế hoạch, công văn")),
                ("organiser", models.CharField(max_length=200, verbose_name="đơn vị tổ chức")),
                ("held_from", models.DateField(verbose_name="từ ngày")),
                ("held_to", models.DateField(db_index=True, verbose_name="đến ngày")),
                ("hours", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="số giờ")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
                    ),
                ),
            ],
            options={
                "verbose_name": "lớp đào tạo, bồi dưỡng",
                "verbose_name_plural": "lớp đào tạo, bồi dưỡng",
                "ordering": ["-held_to", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(verbose_name="ghi lúc")),
                ("name", models.CharField(max_length=150, verbose_name="họ và tên")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("attended", "Có dự"),
                            ("certified", "Có dự, được cấp chứng nhận"),
                            ("absent", "Vắng"),
                        ],
                        max_length=10,
                        verbose_name="kết quả",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="tài khoản",
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
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="accounts.boardmember",
                        verbose_name="thành viên Ban Biên tập không có tài khoản",
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="accounts.training",
                        verbose_name="lớp",
                    ),
                ),
            ],
            options={
                "verbose_name": "người dự lớp",
                "verbose_name_plural": "người dự lớp",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="boardmember",
            index=models.Index(fields=["valid_to", "rank"], name="board_member_end"),
        ),
        migrations.AddConstraint(
            model_name="boardmember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("rank", 1), ("valid_to", None)), fields=("rank",), name="one_board_head"
            ),
        ),
        migrations.AddConstraint(
            model_name="boardmember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="board_member_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="boarddelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gte", models.F("valid_from"))), name="board_delegation_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="boarddelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("giver", models.F("taker")), _negated=True), name="board_delegation_to_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.CheckConstraint(
                condition=models.Q(("held_to__gte", models.F("held_from"))), name="training_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(fields=("training", "person"), name="one_attendance_a_person"),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(fields=("training", "member"), name="one_attendance_a_member"),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("member__isnull", True), ("person__isnull", False)),
                    models.Q(("member__isnull", False), ("person__isnull", True)),
                    _connector="OR",
                ),
                name="attendance_of_one",
            ),
        ),
    ]
