from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0002_saved_pages'),
    ]

    operations = [
        migrations.CreateModel(
            name='Equivalent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phrase', models.CharField(help_text='Như người dân gõ: sổ đỏ, giấy khai sinh.', max_length=80, unique=True, verbose_name='từ, cụm từ hoặc chữ viết tắt')),
                ('means', models.TextField(help_text='Mỗi dòng một từ hoặc cụm từ; người tìm từ trên thấy cả trang nói từ này.', max_length=600, verbose_name='nghĩa là')),
                ('is_both_ways', models.BooleanField(default=True, help_text='Người tìm từ ở «nghĩa là» cũng thấy trang nói từ trên. Bỏ chọn với tên gọi hẹp hơn hoặc cũ.', verbose_name='hai chiều')),
                ('source', models.CharField(help_text='Văn bản gọi như vậy (ghi số ký hiệu), hoặc «cách gọi hằng ngày».', max_length=200, verbose_name='nguồn')),
                ('is_active', models.BooleanField(default=True, verbose_name='đang dùng')),
            ],
            options={
                'verbose_name': 'từ đồng nghĩa, chữ viết tắt',
                'verbose_name_plural': 'từ đồng nghĩa, chữ viết tắt',
                'ordering': ['phrase'],
            },
        ),
    ]
