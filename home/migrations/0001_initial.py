import django.db.models.deletion
import wagtail.contrib.routable_page.models
import wagtail.fields
from django.conf import settings
from django.db import migrations, models

import base.models.hours
from base.operations import table_making


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('base', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        table_making.CreateModels([
            migrations.CreateModel(
                name='CityHomePage',
                fields=[
                    ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                    ('summary', models.TextField(blank=True, help_text='Một đến ba câu; hiện trong danh sách, kết quả tìm kiếm và dữ liệu mô tả.', max_length=400, verbose_name='tóm tắt')),
                    ('author_name', models.CharField(blank=True, max_length=120, verbose_name='tác giả')),
                    ('source_name', models.CharField(blank=True, help_text='Điều 5: nội dung phải ghi rõ tác giả, nguồn.', max_length=200, verbose_name='nguồn')),
                    ('source_url', models.URLField(blank=True, verbose_name='địa chỉ nguồn')),
                    ('is_illustrative', models.BooleanField(default=False, editable=False, verbose_name='dữ liệu minh họa')),
                    ('retained_note', models.TextField(blank=True, editable=False, verbose_name='ghi chú khi giữ lại')),
                    ('retained_note_on', models.DateField(editable=False, null=True, verbose_name='ngày ghi chú')),
                    ('intro', wagtail.fields.RichTextField(blank=True, verbose_name='lời giới thiệu')),
                    ('lead_image_alt', models.CharField(blank=True, help_text='Đọc thay ảnh; bắt buộc khi có ảnh.', max_length=200, verbose_name='mô tả ảnh lớn')),
                    ('featured', wagtail.fields.StreamField([('page', 0)], blank=True, block_lookup={0: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Trang nổi bật'})}, verbose_name='bài nổi bật')),
                    ('tasks', wagtail.fields.StreamField([('task', 4)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Việc cần làm', 'max_length': 80}), 1: ('wagtail.blocks.CharBlock', (), {'label': 'Mô tả ngắn', 'max_length': 160, 'required': False}), 2: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Trang của cổng', 'required': False}), 3: ('wagtail.blocks.URLBlock', (), {'label': 'Hoặc địa chỉ ngoài', 'required': False}), 4: ('wagtail.blocks.StructBlock', [[('label', 0), ('description', 1), ('page', 2), ('url', 3)]], {})}, verbose_name='việc thường làm')),
                    ('links', wagtail.fields.StreamField([('link', 2)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Tên cơ quan, trang', 'max_length': 120}), 1: ('wagtail.blocks.URLBlock', (), {'label': 'Địa chỉ'}), 2: ('wagtail.blocks.StructBlock', [[('label', 0), ('url', 1)]], {})}, verbose_name='liên kết')),
                    ('alert_title', models.CharField(blank=True, max_length=120, verbose_name='tiêu đề thông báo khẩn')),
                    ('alert_text', models.CharField(blank=True, max_length=400, verbose_name='nội dung thông báo khẩn')),
                    ('alert_level', models.CharField(choices=[('info', 'Thông tin'), ('warning', 'Cảnh báo'), ('emergency', 'Khẩn cấp')], default='info', max_length=10, verbose_name='mức độ')),
                    ('alert_until', models.DateTimeField(blank=True, help_text='Bắt buộc khi có thông báo: sau lúc này thông báo tự ẩn.', null=True, verbose_name='hiện đến')),
                    ('lead_image', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='base.portalimage', verbose_name='ảnh lớn')),
                    ('responsible_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.organisationunit', verbose_name='đơn vị chịu trách nhiệm')),
                ],
                options={
                    'verbose_name': 'trang chủ thành phố',
                    'verbose_name_plural': 'trang chủ thành phố',
                },
                bases=(wagtail.contrib.routable_page.models.RoutablePageMixin, base.models.hours.ClearsMetHours, 'wagtailcore.page'),
            ),
            migrations.CreateModel(
                name='Opening',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('city', 'Mở trang thành phố'), ('open', 'Mở trang thành phần'), ('merge', 'Sáp nhập trang'), ('close', 'Đóng trang')], max_length=10, verbose_name='loại hồ sơ')),
                    ('effective_on', models.DateField(verbose_name='từ ngày')),
                    ('legal_act', models.CharField(max_length=300, verbose_name='căn cứ')),
                    ('state', models.CharField(choices=[('draft', 'Bản nháp'), ('submitted', 'Chờ duyệt'), ('approved', 'Đã duyệt'), ('rejected', 'Trả lại')], default='draft', max_length=10, verbose_name='tình trạng')),
                    ('made_at', models.DateTimeField(verbose_name='lập lúc')),
                    ('submitted_at', models.DateTimeField(null=True, verbose_name='gửi lúc')),
                    ('approved_at', models.DateTimeField(null=True, verbose_name='duyệt lúc')),
                    ('versions', models.JSONField(blank=True, default=list, verbose_name='phiên bản đã gửi')),
                    ('handover', models.JSONField(blank=True, default=list, verbose_name='việc chuyển giao')),
                    ('events', models.JSONField(blank=True, default=list, verbose_name='diễn biến')),
                    ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người duyệt')),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người lập')),
                    ('predecessors', models.ManyToManyField(blank=True, related_name='mergers', to='base.portalsite', verbose_name='trang được sáp nhập')),
                    ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='base.portalsite', verbose_name='trang')),
                    ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người gửi')),
                    ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.portalsite', verbose_name='trang kế thừa')),
                ],
                options={
                    'verbose_name': 'hồ sơ trang thành phần',
                    'verbose_name_plural': 'hồ sơ trang thành phần',
                    'ordering': ['-made_at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='WardHomePage',
                fields=[
                    ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                    ('summary', models.TextField(blank=True, help_text='Một đến ba câu; hiện trong danh sách, kết quả tìm kiếm và dữ liệu mô tả.', max_length=400, verbose_name='tóm tắt')),
                    ('author_name', models.CharField(blank=True, max_length=120, verbose_name='tác giả')),
                    ('source_name', models.CharField(blank=True, help_text='Điều 5: nội dung phải ghi rõ tác giả, nguồn.', max_length=200, verbose_name='nguồn')),
                    ('source_url', models.URLField(blank=True, verbose_name='địa chỉ nguồn')),
                    ('is_illustrative', models.BooleanField(default=False, editable=False, verbose_name='dữ liệu minh họa')),
                    ('retained_note', models.TextField(blank=True, editable=False, verbose_name='ghi chú khi giữ lại')),
                    ('retained_note_on', models.DateField(editable=False, null=True, verbose_name='ngày ghi chú')),
                    ('intro', wagtail.fields.RichTextField(blank=True, verbose_name='lời giới thiệu')),
                    ('lead_image_alt', models.CharField(blank=True, help_text='Đọc thay ảnh; bắt buộc khi có ảnh.', max_length=200, verbose_name='mô tả ảnh lớn')),
                    ('featured', wagtail.fields.StreamField([('page', 0)], blank=True, block_lookup={0: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Trang nổi bật'})}, verbose_name='bài nổi bật')),
                    ('tasks', wagtail.fields.StreamField([('task', 4)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Việc cần làm', 'max_length': 80}), 1: ('wagtail.blocks.CharBlock', (), {'label': 'Mô tả ngắn', 'max_length': 160, 'required': False}), 2: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Trang của cổng', 'required': False}), 3: ('wagtail.blocks.URLBlock', (), {'label': 'Hoặc địa chỉ ngoài', 'required': False}), 4: ('wagtail.blocks.StructBlock', [[('label', 0), ('description', 1), ('page', 2), ('url', 3)]], {})}, verbose_name='việc thường làm')),
                    ('links', wagtail.fields.StreamField([('link', 2)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Tên cơ quan, trang', 'max_length': 120}), 1: ('wagtail.blocks.URLBlock', (), {'label': 'Địa chỉ'}), 2: ('wagtail.blocks.StructBlock', [[('label', 0), ('url', 1)]], {})}, verbose_name='liên kết')),
                    ('alert_title', models.CharField(blank=True, max_length=120, verbose_name='tiêu đề thông báo khẩn')),
                    ('alert_text', models.CharField(blank=True, max_length=400, verbose_name='nội dung thông báo khẩn')),
                    ('alert_level', models.CharField(choices=[('info', 'Thông tin'), ('warning', 'Cảnh báo'), ('emergency', 'Khẩn cấp')], default='info', max_length=10, verbose_name='mức độ')),
                    ('alert_until', models.DateTimeField(blank=True, help_text='Bắt buộc khi có thông báo: sau lúc này thông báo tự ẩn.', null=True, verbose_name='hiện đến')),
                    ('lead_image', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='base.portalimage', verbose_name='ảnh lớn')),
                    ('responsible_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.organisationunit', verbose_name='đơn vị chịu trách nhiệm')),
                ],
                options={
                    'verbose_name': 'trang chủ phường, xã',
                    'verbose_name_plural': 'trang chủ phường, xã',
                },
                bases=(wagtail.contrib.routable_page.models.RoutablePageMixin, base.models.hours.ClearsMetHours, 'wagtailcore.page'),
            ),
            migrations.CreateModel(
                name='FirstStepTick',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('step', models.CharField(max_length=40, verbose_name='việc')),
                    ('at', models.DateTimeField(verbose_name='lúc')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='first_step_ticks', to=settings.AUTH_USER_MODEL, verbose_name='người')),
                ],
                options={
                    'verbose_name': 'việc đầu tiên đã làm',
                    'verbose_name_plural': 'việc đầu tiên đã làm',
                    'constraints': [models.UniqueConstraint(fields=('user', 'step'), name='one_tick_a_first_step')],
                },
            ),
        ]),
    ]
