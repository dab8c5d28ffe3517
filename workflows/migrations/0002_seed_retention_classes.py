from django.db import migrations

# The terms the portal begins with; the owner changes them on the screen «Thời hạn lưu trữ».
CLASSES = [
    ("permanent", "Văn bản, quyết định duyệt, thông tin thường trực", None, "Luật Lưu trữ; Quy chế Điều 21.1"),
    ("news", "Tin, bài", 10, "Quy chế Điều 21.1; chủ quản quyết định"),
    ("notice", "Thông báo, lịch công tác", 10, "Quy chế Điều 21.1; chủ quản quyết định"),
    ("questions", "Hỏi đáp", 10, "Quy chế Điều 10, 21.1; chủ quản quyết định"),
    ("logs", "Nhật ký", 2, "Nghị định 53/2022/NĐ-CP; chủ quản quyết định"),
]


def seed(apps, schema_editor):
    model = apps.get_model("workflows", "RetentionClass")
    for key, label, years, source in CLASSES:
        model.objects.get_or_create(key=key, defaults={"label": label, "years": years, "source": source})


def remove(apps, schema_editor):
    apps.get_model("workflows", "RetentionClass").objects.filter(key__in=[row[0] for row in CLASSES]).delete()


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial")]

    operations = [migrations.RunPython(seed, remove)]
