import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import base.operations.encryption
from base.operations import table_making


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('base', '0001_initial'),
        ('faq', '0001_initial'),
        ('wagtailcore', '__first__'),
    ]

    operations = [
        table_making.CreateModels([
            migrations.CreateModel(
                name='CorrectionComplaint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=20, unique=True, verbose_name='số')),
                    ('year', models.PositiveSmallIntegerField(verbose_name='năm')),
                    ('secret', base.operations.encryption.EncryptedTextField(verbose_name='mã tra cứu')),
                    ('language_code', models.CharField(default='vi', max_length=10, verbose_name='ngôn ngữ')),
                    ('address', models.CharField(max_length=500, verbose_name='địa chỉ trang')),
                    ('page_title', models.CharField(max_length=255, verbose_name='tên trang')),
                    ('text', models.TextField(verbose_name='chỗ sai và cách sửa đề nghị')),
                    ('text_digest', models.CharField(editable=False, max_length=64)),
                    ('received_at', models.DateTimeField(verbose_name='tiếp nhận lúc')),
                    ('is_suspect', models.BooleanField(default=False, verbose_name='nghi không phải phản ánh')),
                    ('state', models.CharField(choices=[('received', 'Đã tiếp nhận, đang xem xét'), ('corrected', 'Đã đính chính'), ('right', 'Đã xem xét: thông tin đúng, không đính chính'), ('merged', 'Xem xét chung với phản ánh cùng nội dung'), ('spam', 'Không phải phản ánh')], default='received', max_length=10, verbose_name='tình trạng')),
                    ('reply', models.TextField(blank=True, verbose_name='trả lời')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='trả lời lúc')),
                    ('decided_by_name', models.CharField(blank=True, max_length=200, verbose_name='người trả lời')),
                    ('is_illustrative', models.BooleanField(default=False, editable=False, verbose_name='dữ liệu minh họa')),
                    ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repeats', to='personaldata.correctioncomplaint', verbose_name='gộp vào')),
                    ('owner_site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='correction_complaints', to='base.portalsite', verbose_name='trang xử lý')),
                    ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.WAGTAIL_PAGE_MODEL, verbose_name='trang bị phản ánh')),
                ],
                options={
                    'verbose_name': 'phản ánh thông tin sai',
                    'verbose_name_plural': 'các phản ánh thông tin sai',
                    'ordering': ['-received_at', '-pk'],
                    'indexes': [models.Index(fields=['owner_site', 'state'], name='complaint_of_site')],
                },
            ),
            migrations.CreateModel(
                name='ComplaintContact',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', base.operations.encryption.EncryptedTextField(blank=True, verbose_name='họ và tên')),
                    ('email', base.operations.encryption.EncryptedTextField(blank=True, verbose_name='thư điện tử')),
                    ('phone', base.operations.encryption.EncryptedTextField(blank=True, verbose_name='số điện thoại')),
                    ('address', base.operations.encryption.EncryptedTextField(blank=True, verbose_name='địa chỉ')),
                    ('may_show_name', models.BooleanField(default=False, verbose_name='đồng ý nêu tên khi đăng công khai')),
                    ('consent_text', models.TextField(blank=True, verbose_name='nội dung đã đồng ý')),
                    ('consented_at', models.DateTimeField(blank=True, null=True, verbose_name='đồng ý lúc')),
                    ('consent_source', models.CharField(blank=True, max_length=100, verbose_name='đồng ý qua')),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='rút lại đồng ý lúc')),
                    ('purge_on', models.DateField(blank=True, null=True, verbose_name='xóa từ ngày')),
                    ('purged_at', models.DateTimeField(blank=True, null=True, verbose_name='đã xóa lúc')),
                    ('ward', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.organisationunit', verbose_name='phường, xã')),
                    ('complaint', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='contact', to='personaldata.correctioncomplaint', verbose_name='phản ánh')),
                ],
                options={
                    'verbose_name': 'thông tin người phản ánh',
                    'verbose_name_plural': 'thông tin người phản ánh',
                    'indexes': [models.Index(condition=models.Q(('purged_at', None)), fields=['purge_on'], name='complainant_to_purge')],
                },
            ),
            migrations.CreateModel(
                name='DataSubjectRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=20, unique=True, verbose_name='số')),
                    ('year', models.PositiveSmallIntegerField(verbose_name='năm')),
                    ('kind', models.CharField(choices=[('know', 'Được biết dữ liệu của mình được xử lý thế nào'), ('access', 'Nhận bản sao dữ liệu của mình'), ('correct', 'Chỉnh sửa thông tin liên hệ'), ('delete', 'Xóa dữ liệu của mình'), ('withdraw', 'Rút lại sự đồng ý'), ('object', 'Phản đối, hạn chế việc xử lý')], max_length=10, verbose_name='yêu cầu')),
                    ('language_code', models.CharField(default='vi', max_length=10, verbose_name='ngôn ngữ')),
                    ('identified_by', models.CharField(choices=[('secret', 'Số và mã tra cứu'), ('in_person', 'Giấy tờ xuất trình tại trụ sở'), ('letter', 'Văn bản có chữ ký')], max_length=10, verbose_name='nhận diện bằng')),
                    ('details', base.operations.encryption.EncryptedTextField(blank=True, verbose_name='nội dung yêu cầu')),
                    ('name', base.operations.encryption.EncryptedTextField(blank=True, verbose_name='họ và tên')),
                    ('email', base.operations.encryption.EncryptedTextField(blank=True, verbose_name='thư điện tử')),
                    ('phone', base.operations.encryption.EncryptedTextField(blank=True, verbose_name='số điện thoại')),
                    ('address', base.operations.encryption.EncryptedTextField(blank=True, verbose_name='địa chỉ')),
                    ('received_at', models.DateTimeField(verbose_name='tiếp nhận lúc')),
                    ('received_by_name', models.CharField(blank=True, max_length=200, verbose_name='người nhập')),
                    ('state', models.CharField(choices=[('received', 'Đã tiếp nhận'), ('accepted', 'Đã chấp nhận, đang thực hiện'), ('done', 'Đã thực hiện'), ('refused', 'Không chấp nhận')], default='received', max_length=10, verbose_name='tình trạng')),
                    ('answer', models.TextField(blank=True, verbose_name='trả lời')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='quyết định lúc')),
                    ('decided_by_name', models.CharField(blank=True, max_length=200, verbose_name='người quyết định')),
                    ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='thực hiện lúc')),
                    ('done_by_name', models.CharField(blank=True, max_length=200, verbose_name='người thực hiện')),
                    ('purge_on', models.DateField(blank=True, null=True, verbose_name='xóa từ ngày')),
                    ('purged_at', models.DateTimeField(blank=True, null=True, verbose_name='đã xóa lúc')),
                    ('comment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='data_requests', to='faq.consultationcomment', verbose_name='ý kiến góp ý')),
                    ('complaint', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='data_requests', to='personaldata.correctioncomplaint', verbose_name='phản ánh')),
                    ('owner_site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_requests', to='base.portalsite', verbose_name='trang xử lý')),
                    ('question', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='data_requests', to='faq.question', verbose_name='câu hỏi')),
                ],
                options={
                    'verbose_name': 'yêu cầu về dữ liệu cá nhân',
                    'verbose_name_plural': 'các yêu cầu về dữ liệu cá nhân',
                    'ordering': ['-received_at', '-pk'],
                    'indexes': [models.Index(fields=['owner_site', 'state'], name='data_request_of_site')],
                },
            ),
            migrations.CreateModel(
                name='RetainedText',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=200, verbose_name='tiêu đề')),
                    ('text', models.TextField(verbose_name='nội dung')),
                    ('made_by_name', models.CharField(max_length=200, verbose_name='người soạn')),
                    ('made_at', models.DateTimeField(verbose_name='soạn lúc')),
                    ('question', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='retained_text', to='faq.question', verbose_name='câu hỏi')),
                ],
                options={
                    'verbose_name': 'bản ẩn danh để lưu',
                    'verbose_name_plural': 'các bản ẩn danh để lưu',
                },
            ),
        ]),
    ]
