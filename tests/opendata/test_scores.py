"""Completeness and timeliness as data (NĐ 224/2026/NĐ-CP Điều 12): what the head has signed, and nothing else."""

from reporting.models import ScoreSheet
from tests.opendata.test_api import Api, problems
from tests.reporting.scores import few_criteria, measured, signed


class Scores(Api):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        few_criteria()
        found = measured()
        signed(found["my-long"], office=cls.cast.standing_office, head=cls.cast.head)
        cls.open = found["my-xuyen"]

    def test_each_criterion_of_a_signed_sheet_is_a_row(self):
        sheet = ScoreSheet.objects.get(site=self.city.my_long)

        answer = self.ask("cham-diem/")

        self.assertEqual(problems(answer, "ChamDiemRows"), [])
        self.assertEqual({row["kind"] for row in answer["rows"]}, set(sheet.lines.values_list("criterion", flat=True)))
        self.assertEqual({(row["site"], row["month"]) for row in answer["rows"]}, {("my-long", "2020-07")})
        points = float(sum(line.awarded for line in sheet.lines.all()))
        self.assertEqual(sum(row["points"] for row in answer["rows"]), points)

    def test_what_is_not_signed_is_nowhere(self):
        self.assertEqual(self.ask("cham-diem/", **{"don-vi": "my-xuyen"})["rows"], [])
        self.ask(f"cham-diem/{self.open.lines.first().pk}/", status=404)

    def test_one_criterion_of_all_sheets_can_be_asked_for(self):
        rows = self.ask("cham-diem/", loai="muc-tin-tuc")["rows"]

        self.assertEqual([row["kind"] for row in rows], ["muc-tin-tuc"])
