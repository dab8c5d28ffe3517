"""The cast of the demo: one person a role, "Cán bộ mẫu" each; (user name, full name, post, role, site)."""

CITY = "long-xuyen"
# The two accounts of the superuser by which a portal starts; in the demo it is not possible to sign in with them.
STARTERS = ["khoi-dau.1", "khoi-dau.2"]

# The technical admin first, who records the others, then the head, who confirms them.
PEOPLE = [
    ("quan-tri", "Cán bộ mẫu 05", "Quản trị kỹ thuật", "technical_admin", CITY),
    ("truong-ban", "Cán bộ mẫu 01", "Trưởng ban Biên tập", "head", CITY),
    ("pho-truong-ban", "Cán bộ mẫu 02", "Phó Trưởng ban Biên tập", "deputy_head", CITY),
    ("bien-tap", "Cán bộ mẫu 03", "Biên tập viên", "editor", CITY),
    ("thuong-truc", "Cán bộ mẫu 04", "Phòng Văn hóa và Thông tin", "standing_office", CITY),
    ("ke-toan", "Cán bộ mẫu 06", "Kế toán", "accountant", CITY),
    ("cong-tac-vien.long-xuyen", "Cán bộ mẫu 07", "Cộng tác viên thành phố", "contributor", CITY),
    ("cong-tac-vien.my-long", "Cán bộ mẫu 08", "Cộng tác viên phường Mỹ Long", "contributor", "my-long"),
    ("duyet.my-long", "Cán bộ mẫu 09", "Người duyệt được ủy quyền", "ward_approver", "my-long"),
    ("chu-tich.my-long", "Cán bộ mẫu 10", "Chủ tịch UBND phường Mỹ Long", "unit_head", "my-long"),
    ("cong-tac-vien.my-hoa-hung", "Cán bộ mẫu 11", "Cộng tác viên xã Mỹ Hòa Hưng", "contributor", "my-hoa-hung"),
    ("cong-tac-vien.my-xuyen", "Cán bộ mẫu 12", "Cộng tác viên phường Mỹ Xuyên", "contributor", "my-xuyen"),
    ("cong-tac-vien.giao-duc", "Cán bộ mẫu 14", "Chuyên viên Phòng Giáo dục và Đào tạo", "unit_contributor", CITY),
    ("truong-phong.giao-duc", "Cán bộ mẫu 15", "Trưởng phòng Giáo dục và Đào tạo", "unit_leader", CITY),
    ("truc-ban", "Cán bộ mẫu 16", "Trực ban thành phố", "duty", CITY),
    ("truc-ban.my-long", "Cán bộ mẫu 17", "Trực ban phường Mỹ Long", "duty", "my-long"),
    ("cong-tac-vien.dong-xuyen", "Cán bộ mẫu 13", "Cộng tác viên phường Đông Xuyên", "contributor", "dong-xuyen"),
]
# The unit of those who work for one unit alone.
UNIT_OF = {"cong-tac-vien.giao-duc": "giao-duc-dao-tao", "truong-phong.giao-duc": "giao-duc-dao-tao"}
