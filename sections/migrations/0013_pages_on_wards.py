from django.db import migrations, models

import sections.models.reach


class Migration(migrations.Migration):

    dependencies = [
        ('sections', '0012_days_on_earlier_portals'),
    ]

    operations = [
        operation
        for model_name in ('articlepage', 'noticepage')
        for operation in (
            migrations.AddField(
                model_name=model_name,
                name='on_every_ward',
                field=models.BooleanField(default=False, help_text='Bài đứng ở «Tin từ thành phố» của các trang ấy, dẫn về đây; sửa hay gỡ ở đây thì ở đó theo ngay.', verbose_name='hiện trên trang của mọi phường, xã'),
            ),
            migrations.AddField(
                model_name=model_name,
                name='on_wards',
                field=sections.models.reach.WardsField(blank=True, default=list, verbose_name='hoặc chỉ trên trang của'),
            ),
        )
    ]
