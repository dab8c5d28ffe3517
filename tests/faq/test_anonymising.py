"""What may tell who asked is marked for a person to decide on; what the asker gave as his contact is refused."""

from django.core.exceptions import ValidationError
from django.test import SimpleTestCase

from faq.handling import anonymising, publication
from faq.models import QuestionContact
from tests.city import CityTestCase

from .cast import a_contact, a_question, questions_page


def found(text: str, contact=None) -> list[tuple[str, str]]:
    return [(item.kind, item.text) for item in anonymising.suggestions(text, contact)]


class Suggestions(SimpleTestCase):
    def test_what_looks_like_personal_data_is_found(self):
        for text, kind, said in (
            ("Gọi 0912 345 678 giúp tôi", "số điện thoại", "0912 345 678"),
            ("Số của tôi: +84 912345678", "số điện thoại", "+84 912345678"),
            ("CCCD 089 099 123456 cấp năm 2021", "số căn cước", "089 099 123456"),
            ("CMND số 351234567", "số chứng minh", "351234567"),
            ("Thư: ten.toi@vi-du.example", "thư điện tử", "ten.toi@vi-du.example"),
            ("Theo lời bà Lê Thị Mẫu thì hết hạn", "tên người", "Lê Thị Mẫu"),
            ("Tôi tên là Đặng Văn Thử, ở đây", "tên người", "Đặng Văn Thử"),
            ("Người làm đơn: Huỳnh Ngọc Mẫu.", "tên người", "Huỳnh Ngọc Mẫu"),
            ("Nhà ở số 12/3 đường Trần Hưng Đạo, gần chợ", "địa chỉ", "số 12/3 đường Trần Hưng Đạo"),
            ("Tôi ở tổ 5, khóm Đông An 2, xin hỏi", "địa chỉ", "tổ 5"),
            ("Thửa đất số 123, tờ bản đồ số 4", "địa chỉ", "Thửa đất số 123"),
        ):
            with self.subTest(text):
                self.assertIn((kind, said), found(text))

    def test_law_streets_and_everyday_words_are_left_alone(self):
        for text in (
            "Theo Quyết định số 01/2020/QĐ-UBND và Nghị định số 43/2011/NĐ-CP",
            "Đường Nguyễn Trãi và trường Lê Lợi bị ngập",
            "Anh ấy đã đi, cô ăn cơm, bà uống nước, ông ơi",
            "Cần 15 ngày làm việc, lệ phí 30.000 đồng",
            "Gọi tổng đài 0296 3 840 200 trong giờ hành chính",
        ):
            with self.subTest(text):
                self.assertEqual(found(text), [])

    def test_suggestions_do_not_overlap_and_stand_in_order(self):
        items = anonymising.suggestions("Ông Trần Văn Mẫu, số nhà 5, gọi 0912345678, ông Trần Văn Mẫu.")
        self.assertEqual([item.kind for item in items], ["tên người", "địa chỉ", "số điện thoại", "tên người"])
        self.assertTrue(all(one.end <= other.start for one, other in zip(items, items[1:], strict=False)))

    def test_the_asker_s_own_data_are_marked_however_they_are_written(self):
        contact = QuestionContact(name="Trần Thị Minh Họa", address="Chung cư Minh Họa, lô B2")
        self.assertEqual(
            found("tôi, TRAN THI  MINH HOA, ở chung cư minh họa, lô B2", contact),
            [("tên người hỏi", "TRAN THI  MINH HOA"), ("địa chỉ của người hỏi", "chung cư minh họa, lô B2")],
        )


class Marking(SimpleTestCase):
    def test_marks_are_html_and_everything_else_is_escaped(self):
        marked = anonymising.mark("<b>Gọi</b> 0912 345 678")
        self.assertEqual(marked.html, '&lt;b&gt;Gọi&lt;/b&gt; <mark title="số điện thoại">0912 345 678</mark>')

    def test_rich_text_keeps_its_tags(self):
        marked = anonymising.mark_rich('<p>Bà <a href="/x/">Lê Thị Mẫu</a> &amp; con</p><p>Gọi 0912 345 678</p>')
        self.assertIn('<a href="/x/"><mark title="tên người">Lê Thị Mẫu</mark></a> &amp; con</p>', marked.html)
        self.assertEqual([item.text for item in marked.suggestions], ["Lê Thị Mẫu", "0912 345 678"])

    def test_what_was_chosen_is_replaced_wherever_it_stands_as_whole_words(self):
        items = anonymising.suggestions("Tôi ở tổ 5")
        self.assertEqual(anonymising.replaced("tổ 5 và tổ 55, tổ 5.", items), "[địa chỉ] và tổ 55, [địa chỉ].")
        names = anonymising.suggestions("bà Lê Thị Mẫu")
        self.assertEqual(
            anonymising.replaced_rich("<p><b>Lê Thị Mẫu</b> &amp; ai</p>", names), "<p><b>[tên]</b> &amp; ai</p>"
        )


class Refusal(SimpleTestCase):
    contact = QuestionContact(
        name="Trần Thị Minh Họa", phone="0912 345 678", email="nguoi.hoi@vi-du.example", address="số 5 đường Minh Họa"
    )

    def test_the_asker_s_own_contact_is_refused_in_every_disguise(self):
        for text in (
            "Bà Trần Thị Minh Họa hỏi",
            "tran thi minh hoa",
            "Trần  Thị\nMinh Họa",
            "Trần Thị\u200b Minh Ho\u0323a",
            "gọi 0912.345.678",
            "gọi +84 912 345 678",
            "gọi 09-12-34-56-78",
            "NGUOI.HOI@vi-du.example",
            "nguoi.hoi @ vi-du.example",
            "Số 5, đường Minh Họa".replace(",", ""),
            "Tr&#7847;n Thị Minh Họa",
        ):
            with self.subTest(text):
                self.assertRegex(anonymising.refusal(text, self.contact), "^Còn .* người hỏi; hãy bỏ hoặc thay")

    def test_a_text_without_them_passes(self):
        for text in ("Một người dân hỏi về đường Minh Họa", "Bà Trần Thị Khác hỏi", "gọi 0296 3840 200", ""):
            with self.subTest(text):
                self.assertEqual(anonymising.refusal(text, self.contact), "")

    def test_the_name_passes_when_the_asker_agreed_to_be_named(self):
        agreed = QuestionContact(name="Trần Thị Minh Họa", phone="0912 345 678", may_show_name=True)
        self.assertEqual(anonymising.refusal("Bà Trần Thị Minh Họa hỏi", agreed), "")
        self.assertIn("số điện thoại", anonymising.refusal("gọi 0912345678", agreed))


class ThePage(CityTestCase):
    def test_what_tags_and_codes_hide_is_refused_in_the_answer_too(self):
        questions_page(self.city)
        contact = a_contact(name="Lý Thị Minh Họa")
        question = a_question(self.city, state="replied", contact=contact)
        for answer in (
            "<p>Kính gửi bà Lý Thị Minh Họa</p><p>Nội dung trả lời.</p>",
            "<p>Bà Lý Thị <b>Minh</b> Họa</p>",
            "<p>Lý&nbsp;Thị Minh Họa</p>",
        ):
            with self.subTest(answer), self.assertRaises(ValidationError) as caught:
                publication.prepare_page(
                    question, title="Hỏi", question_text="Xin hỏi.", answer=answer, by=self.cast.standing_office
                )
            self.assertEqual(set(caught.exception.message_dict), {"answer"})
