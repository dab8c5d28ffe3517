import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0004_known_words'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.CreateModel(
            name='BestBet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('queries', models.TextField(help_text='Mỗi dòng một cách gõ, ví dụ: tạm trú; có dấu hay không dấu đều được.', max_length=600, verbose_name='khi người đọc tìm')),
                ('is_active', models.BooleanField(default=True, verbose_name='đang dùng')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.page', verbose_name='trang nên xem trước')),
            ],
            options={
                'verbose_name': 'trang nên xem trước',
                'verbose_name_plural': 'trang nên xem trước',
                'ordering': ['queries', 'pk'],
            },
        ),
    ]
