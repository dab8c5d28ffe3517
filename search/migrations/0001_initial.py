import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import base.models.hours
from base.operations import table_making


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('base', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        table_making.CreateModels([
            migrations.CreateModel(
                name='SearchPage',
                fields=[
                    ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                    ('summary', models.TextField(blank=True, help_text='Một đến ba câu; hiện trong danh sách, kết quả tìm kiếm và dữ liệu mô tả.', max_length=400, verbose_name='tóm tắt')),
                    ('author_name', models.CharField(blank=True, max_length=120, verbose_name='tác giả')),
                    ('source_name', models.CharField(blank=True, help_text='Điều 5: nội dung phải ghi rõ tác giả, nguồn.', max_length=200, verbose_name='nguồn')),
                    ('source_url', models.URLField(blank=True, verbose_name='địa chỉ nguồn')),
                    ('is_illustrative', models.BooleanField(default=False, editable=False, verbose_name='dữ liệu minh họa')),
                    ('retained_note', models.TextField(blank=True, editable=False, verbose_name='ghi chú khi giữ lại')),
                    ('retained_note_on', models.DateField(editable=False, null=True, verbose_name='ngày ghi chú')),
                    ('responsible_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.organisationunit', verbose_name='đơn vị chịu trách nhiệm')),
                ],
                options={
                    'verbose_name': 'trang tìm kiếm',
                    'verbose_name_plural': 'trang tìm kiếm',
                },
                bases=(base.models.hours.ClearsMetHours, 'wagtailcore.page'),
            ),
        ]),
    ]
