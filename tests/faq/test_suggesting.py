"""What a question seems to be about and who should answer it, each with a reason that people understand."""

from datetime import date

from base.models import OrganisationUnit
from faq.models import QuestionTopic
from faq.office import suggesting
from tests.city import CityTestCase

from .cast import a_contact, a_question, a_topic


class Words(CityTestCase):
    def test_a_phrase_is_found_as_whole_words_with_or_without_marks(self):
        for text, phrase, is_found in (
            ("Xin hỏi về Đất Đai", "đất đai", True),
            ("xin hoi ve dat dai nha toi", "đất đai", True),
            ("Xin hỏi việc đặt dài", "đất đai", False),
            ("Hèm rượu đổ ra đường", "hẻm", False),
            ("Hẻm 5 đường Lê Lợi", "hẻm", True),
            ("Làm căn cước công dân", "cước công", True),
            ("Sổ đỏ, thửa đất", "so do", True),
            ("Khai sinh cho con", "khai si", False),
            ("Thủ tục hoà giải", "hòa giải", True),
        ):
            with self.subTest(text=text, phrase=phrase):
                self.assertIs(suggesting.names(text, phrase), is_found)


class Topics(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        QuestionTopic.objects.update(is_active=False)
        cls.land = a_topic("Đất đai (thử)", keywords="sổ đỏ\ngiấy chứng nhận quyền sử dụng đất\ntách thửa")
        cls.birth = a_topic("Hộ tịch (thử)", keywords="khai sinh\nkết hôn")
        cls.old = a_topic("Lĩnh vực cũ", keywords="khai sinh", is_active=False)

    def test_keywords_in_the_title_weigh_more_and_the_reason_names_them(self):
        question = a_question(
            self.city,
            title="Tách thửa đất vườn",
            text="Tôi muốn hỏi về việc này, con tôi đã có giấy khai sinh.",
            topic=self.birth,
        )
        first, second = suggesting.topics(question)
        self.assertEqual((first.topic, second.topic), (self.land, self.birth))
        self.assertIn("«tách thửa»", first.reason)
        self.assertIn("«khai sinh»", second.reason)

    def test_a_topic_that_is_put_aside_is_not_suggested(self):
        question = a_question(self.city, title="Khai sinh", text="Xin hỏi khai sinh cho con ở đâu, lúc nào?")
        self.assertNotIn(self.old, [found.topic for found in suggesting.topics(question)])

    def test_what_earlier_questions_of_a_topic_have_in_common_speaks_for_it(self):
        for number in range(2):
            a_question(
                self.city,
                state="classified",
                topic=self.birth,
                title=f"Trích lục bản sao {number}",
                text="Xin trích lục bản sao hộ tịch của ông nội tôi thì nộp ở đâu?",
            )
        new = a_question(self.city, title="Xin trích lục", text="Cho hỏi trích lục bản sao mất bao nhiêu ngày?")
        best = suggesting.topics(new)[0]
        self.assertEqual(best.topic, self.birth)
        self.assertIn("giống các câu hỏi trước", best.reason)
        self.assertIn("«trích lục»", best.reason)

    def test_a_question_without_any_sign_gets_no_suggestion(self):
        question = a_question(self.city, title="Xin chào", text="Cho tôi gửi lời thăm hỏi đến quý vị ạ.")
        self.assertEqual(suggesting.topics(question), [])

    def test_it_takes_two_queries_however_many_questions(self):
        question = a_question(self.city, title="Tách thửa", text="Tách thửa đất vườn cần giấy tờ gì vậy ạ?")
        with self.assertNumQueries(2):
            suggesting.topics(question)


class Units(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office = OrganisationUnit.objects.create(
            name="Phòng Tài nguyên (thử)", slug="phong-tai-nguyen-thu", kind=OrganisationUnit.Kind.OFFICE
        )
        cls.land = a_topic("Đất đai (thử)", unit=cls.office)
        cls.other = a_topic("Vệ sinh môi trường (thử)")

    def suggested(self, topic, **fields):
        return suggesting.unit(a_question(self.city, **fields), topic)

    def test_the_unit_of_the_topic_comes_first(self):
        found = self.suggested(self.land, text="Nhà tôi ở Phường Mỹ Long, xin hỏi việc tách thửa đất.")
        self.assertEqual(found.unit, self.office)
        self.assertIn("thường trả lời lĩnh vực «Đất đai (thử)»", found.reason)

    def test_then_the_ward_that_the_text_names(self):
        found = self.suggested(self.other, text="Rác ở phường Mỹ Xuyên không ai thu gom đã ba ngày nay.")
        self.assertEqual(found.unit, self.city.my_xuyen.unit)
        self.assertIn("nêu tên Phường Mỹ Xuyên", found.reason)

    def test_then_the_ward_of_the_asker(self):
        found = self.suggested(self.other, contact=a_contact(ward=self.city.dong_xuyen.unit))
        self.assertEqual((found.unit, found.reason), (self.city.dong_xuyen.unit, "người hỏi ở Phường Đông Xuyên"))

    def test_then_the_unit_whose_site_was_asked(self):
        found = self.suggested(None, site=self.city.my_long)
        self.assertEqual(found.unit, self.city.my_long.unit)
        self.assertIn("gửi trên trang", found.reason)

    def test_a_proposal_to_amend_the_regulation_goes_to_the_standing_office_whatever_it_says(self):
        topic = a_topic("Kiến nghị (thử)", kind=QuestionTopic.Kind.AMENDMENT)
        found = self.suggested(topic, text="Phường Mỹ Long đề nghị sửa Điều 10 của Quy chế.", site=self.city.my_long)
        self.assertEqual(found.unit, self.city.site.unit)
        self.assertIn("Điều 24", found.reason)

    def test_a_unit_that_is_there_no_more_is_passed_over(self):
        self.office.valid_to = self.office.valid_from = date(2020, 1, 1)
        self.office.save()
        found = self.suggested(QuestionTopic.objects.get(pk=self.land.pk))
        self.assertEqual(found.unit, self.city.site.unit)


class Alike(CityTestCase):
    def test_open_questions_that_sound_alike_come_first_and_others_not_at_all(self):
        question = a_question(self.city, title="Đường hẻm 12 ngập nước", text="Hẻm 12 ngập nước mỗi khi mưa lớn.")
        near = a_question(self.city, title="Hẻm 12 ngập nước", text="Mưa lớn là hẻm 12 ngập nước, xin khắc phục.")
        far = a_question(self.city, title="Lịch tiếp công dân", text="Chủ tịch tiếp công dân vào ngày nào trong tháng?")
        self.assertEqual(suggesting.similar(question, [far, near, question]), [near])
