"""The credit of a picture in parts: photographer, source, terms; what was written as one stays as the source."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0003_practice_sites'),
    ]

    # The former name was read again before it went: templates and exports read the property `credit`, written from the
    # parts; no search index, stored filter or job reads the column.
    operations = [
        migrations.RenameField(
            model_name='portalimage',
            old_name='credit',
            new_name='source',
        ),
        migrations.AlterField(
            model_name='portalimage',
            name='source',
            field=models.CharField(blank=True, help_text='Nơi cung cấp; hiện dưới ảnh.', max_length=200, verbose_name='nguồn ảnh'),
        ),
        migrations.AddField(
            model_name='portalimage',
            name='photographer',
            field=models.CharField(blank=True, default='', help_text='Hiện dưới ảnh; nhiều người cách nhau bằng dấu phẩy.', max_length=120, verbose_name='người chụp, tác giả ảnh'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='portalimage',
            name='licence',
            field=models.CharField(blank=True, choices=[('own', 'Ảnh của trang, cộng tác viên chụp cho trang'), ('permitted', 'Được phép sử dụng'), ('open', 'Giấy phép mở, ghi nguồn là dùng được'), ('free', 'Không còn hoặc không có bản quyền')], default='', help_text='Chỉ ảnh của trang, cộng tác viên chụp cho trang mới tính nhuận bút cho người chụp.', max_length=10, verbose_name='quyền sử dụng'),
            preserve_default=False,
        ),
    ]
