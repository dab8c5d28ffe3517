import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_appointments_of_units'),
    ]

    operations = [
        migrations.CreateModel(
            name='JoinedSignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('issuer', models.CharField(max_length=255, verbose_name='nơi cấp')),
                ('joined_at', models.DateTimeField(verbose_name='gắn lúc')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='dùng gần nhất')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='joined_sign_in', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'tài khoản đăng nhập chung',
                'verbose_name_plural': 'tài khoản đăng nhập chung',
            },
        ),
    ]
