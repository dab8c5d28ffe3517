import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import base.operations.encryption
from base.operations import table_making


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('base', '0001_initial'),
    ]

    operations = [
        table_making.CreateModels([
            migrations.CreateModel(
                name='AppointmentDecision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('recorded_at', models.DateTimeField(verbose_name='ghi lúc')),
                    ('number', models.CharField(max_length=300, verbose_name='số, ký hiệu')),
                    ('signed_on', models.DateField(blank=True, null=True, verbose_name='ngày ký')),
                    ('issuing_body', models.CharField(max_length=200, verbose_name='cơ quan ban hành')),
                    ('title', models.CharField(max_length=300, verbose_name='trích yếu')),
                    ('kind', models.CharField(choices=[('appoint', 'Phân công'), ('end', 'Chấm dứt, thu hồi'), ('replace', 'Thay thế'), ('delegate', 'Ủy quyền')], max_length=10, verbose_name='loại')),
                    ('sent_to_department_on', models.DateField(blank=True, null=True, verbose_name='gửi Sở ngày')),
                    ('sent_by_letter', models.CharField(blank=True, max_length=120, verbose_name='theo công văn')),
                    ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.portalfile', verbose_name='bản chụp quyết định')),
                    ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người ghi')),
                ],
                options={
                    'verbose_name': 'quyết định phân công',
                    'verbose_name_plural': 'quyết định phân công',
                    'ordering': ['-signed_on', '-pk'],
                    'constraints': [models.UniqueConstraint(fields=('number', 'signed_on', 'issuing_body'), name='one_decision_a_number')],
                },
            ),
            migrations.CreateModel(
                name='Appointment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('recorded_at', models.DateTimeField(verbose_name='ghi lúc')),
                    ('role', models.CharField(max_length=30, verbose_name='vai trò')),
                    ('role_label', models.CharField(max_length=100, verbose_name='tên vai trò')),
                    ('valid_from', models.DateField(verbose_name='từ ngày')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='đến hết ngày')),
                    ('state', models.CharField(choices=[('prepared', 'Chờ hiệu lực'), ('in_force', 'Đang hiệu lực'), ('ended', 'Đã kết thúc'), ('revoked', 'Đã thu hồi'), ('replaced', 'Đã thay thế')], default='prepared', max_length=10, verbose_name='tình trạng')),
                    ('needs_confirmation', models.BooleanField(default=False, verbose_name='cần người thứ hai xác nhận')),
                    ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='xác nhận lúc')),
                    ('began_on', models.DateField(blank=True, null=True, verbose_name='có quyền từ ngày')),
                    ('ended_on', models.DateField(blank=True, null=True, verbose_name='có quyền đến hết ngày')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='kết thúc lúc')),
                    ('end_reason', models.CharField(blank=True, max_length=300, verbose_name='lý do kết thúc')),
                    ('warned_month_on', models.DateField(editable=False, null=True, verbose_name='đã báo trước 30 ngày làm việc')),
                    ('warned_week_on', models.DateField(editable=False, null=True, verbose_name='đã báo trước 7 ngày làm việc')),
                    ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người xác nhận')),
                    ('delegated_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to='accounts.appointment', verbose_name='ủy quyền từ')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL, verbose_name='người được phân công')),
                    ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người ghi')),
                    ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replacements', to='accounts.appointment', verbose_name='thay cho')),
                    ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='base.portalsite', verbose_name='trang')),
                    ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='accounts.appointmentdecision', verbose_name='theo quyết định')),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='endings', to='accounts.appointmentdecision', verbose_name='kết thúc theo quyết định')),
                ],
                options={
                    'verbose_name': 'phân công',
                    'verbose_name_plural': 'phân công',
                    'ordering': ['site__kind', 'site__name', 'role', '-valid_from', 'pk'],
                    'indexes': [models.Index(fields=['state', 'valid_to'], name='appointment_state_end')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'in_force')), fields=('person', 'role', 'site'), name='one_appointment_in_force'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='appointment_ends_after_start')],
                },
            ),
            migrations.CreateModel(
                name='AttemptCount',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('scope', models.CharField(max_length=20)),
                    ('key', models.CharField(max_length=120)),
                    ('network', models.CharField(blank=True, max_length=45)),
                    ('count', models.PositiveIntegerField(default=0)),
                    ('last_at', models.DateTimeField(db_index=True)),
                ],
                options={
                    'verbose_name': 'số lần thử',
                    'verbose_name_plural': 'số lần thử',
                    'indexes': [models.Index(fields=['scope', 'network', 'last_at'], name='counts_of_a_network')],
                    'constraints': [models.UniqueConstraint(fields=('scope', 'key'), name='one_count_a_scope_and_key')],
                },
            ),
            migrations.CreateModel(
                name='DepartmentList',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('recorded_at', models.DateTimeField(verbose_name='ghi lúc')),
                    ('as_of', models.DateField(verbose_name='tính đến ngày')),
                    ('members', models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ('changes', models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ('sent_on', models.DateField(blank=True, null=True, verbose_name='gửi ngày')),
                    ('letter', models.CharField(blank=True, max_length=120, verbose_name='theo công văn')),
                    ('previous', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.departmentlist')),
                    ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người ghi')),
                ],
                options={
                    'verbose_name': 'danh sách gửi Sở',
                    'verbose_name_plural': 'danh sách gửi Sở',
                    'ordering': ['-recorded_at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='PasswordHistory',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('encoded', models.CharField(max_length=128)),
                    ('ended_at', models.DateTimeField()),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_passwords', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'mật khẩu cũ',
                    'verbose_name_plural': 'mật khẩu cũ',
                    'ordering': ['-ended_at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='PortalSession',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key_digest', models.CharField(max_length=64, unique=True)),
                    ('started', models.DateTimeField(verbose_name='bắt đầu')),
                    ('last_seen', models.DateTimeField(verbose_name='hoạt động gần nhất')),
                    ('verified_at', models.DateTimeField(blank=True, null=True)),
                    ('entered_at', models.DateTimeField(blank=True, null=True)),
                    ('address', models.CharField(blank=True, max_length=45, verbose_name='địa chỉ mạng')),
                    ('network', models.CharField(blank=True, max_length=45)),
                    ('agent', models.CharField(blank=True, max_length=80, verbose_name='trình duyệt')),
                    ('ended', models.DateTimeField(blank=True, null=True, verbose_name='kết thúc')),
                    ('why', models.CharField(blank=True, choices=[('signed_out', 'đã đăng xuất'), ('idle', 'để không quá lâu'), ('too_old', 'quá thời hạn một phiên'), ('elsewhere', 'được kết thúc từ một phiên khác'), ('credentials', 'mật khẩu, xác thực hoặc quyết định giao quyền đã thay đổi'), ('replaced', 'được thay bằng một phiên mới')], max_length=15, verbose_name='lý do')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='portal_sessions', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'phiên đăng nhập',
                    'verbose_name_plural': 'phiên đăng nhập',
                    'ordering': ['-last_seen', '-pk'],
                    'indexes': [models.Index(fields=['user', 'ended'], name='session_of_user')],
                },
            ),
            migrations.CreateModel(
                name='RecoveryCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=64)),
                    ('used_at', models.DateTimeField(blank=True, null=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'mã khôi phục',
                    'verbose_name_plural': 'mã khôi phục',
                    'constraints': [models.UniqueConstraint(fields=('user', 'digest'), name='one_recovery_code_once')],
                },
            ),
            migrations.CreateModel(
                name='RescuedText',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('label', models.CharField(max_length=255, verbose_name='nội dung')),
                    ('path', models.CharField(max_length=500, verbose_name='địa chỉ màn hình')),
                    ('window', models.CharField(blank=True, max_length=40)),
                    ('object_type', models.CharField(blank=True, max_length=100)),
                    ('object_id', models.CharField(blank=True, max_length=60)),
                    ('sealed_fields', base.operations.encryption.EncryptedTextField(blank=True)),
                    ('is_personal', models.BooleanField(default=False)),
                    ('stored_at', models.DateTimeField(verbose_name='giữ lúc')),
                    ('site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rescued_texts', to='base.portalsite')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rescued_texts', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'văn bản giữ lại',
                    'verbose_name_plural': 'văn bản giữ lại',
                    'ordering': ['-stored_at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='ResetRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('typed', models.CharField(max_length=254)),
                    ('address', models.CharField(blank=True, max_length=45)),
                    ('asked_at', models.DateTimeField()),
                    ('handled_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'verbose_name': 'yêu cầu đặt lại mật khẩu',
                    'verbose_name_plural': 'yêu cầu đặt lại mật khẩu',
                    'indexes': [models.Index(fields=['handled_at'], name='reset_unhandled')],
                },
            ),
            migrations.CreateModel(
                name='RoleGroup',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(max_length=30, verbose_name='vai trò')),
                    ('group', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='role_group', to='auth.group')),
                    ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_groups', to='base.portalsite')),
                ],
                options={
                    'verbose_name': 'nhóm vai trò',
                    'verbose_name_plural': 'nhóm vai trò',
                    'constraints': [models.UniqueConstraint(fields=('role', 'site'), name='one_group_a_role_and_site')],
                },
            ),
        ]),
    ]
