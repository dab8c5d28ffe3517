"""The eye for English: what it sees, and what it lets pass."""

from django.test import SimpleTestCase

from tests.language.catalogues import untranslated_alike
from tests.language.english import SYLLABLE, english, foreign_words, shown, texts


class EnglishWords(SimpleTestCase):
    def test_are_those_that_no_vietnamese_syllable_can_be(self):
        for text, words in (
            ("Publish page", ("Publish", "page")),
            ("Đã lưu draft", ("draft",)),
            ("Save", ("Save",)),
            ("2 locales", ("locales",)),
            ("None", ("None",)),
            ("Lỗi: not found.", ("not", "found")),
            ("Không thể xóa article", ("article",)),
        ):
            with self.subTest(text):
                self.assertEqual(english(text), words)

    def test_are_not_seen_in_vietnamese_without_marks(self):
        for text in (
            "Trang cho ban trong hay trong kho",
            "Lưu và gửi duyệt",
            "Xem toàn văn",
            "anh em oai phong ngoan ngoãn",
            "Quy chế ban hành kèm theo",
            "Không có gì",
            "Tài khoản của tôi",
            "Khuya",
            "Nguyễn Huy Quang",
        ):
            with self.subTest(text):
                self.assertEqual(english(text), ())

    def test_are_not_seen_in_addresses_numbers_of_documents_files_and_names_of_accounts(self):
        for text in (
            "https://example.invalid/some/page/",
            "editor@example.invalid",
            "Nghị định 43/2011/NĐ-CP",
            "Thông tư 32/2017/TT-BTTTT",
            "bieu-mau.docx",
            "cong-tac-vien.my-long",
            "Văn bản 12729/VPCP-KGVX",
            "%(count)s trang",
            "{name}: xong",
            "DL-QA-ANSWER",
            "hãy khởi động run_jobs --forever",
        ):
            with self.subTest(text):
                self.assertEqual(english(text), ())

    def test_that_are_vietnamese_syllables_too_are_seen_where_a_library_means_them(self):
        self.assertEqual(untranslated_alike("To"), ("To",))
        self.assertEqual(untranslated_alike("  No  "), ("No",))
        self.assertEqual(untranslated_alike("Không"), ())

    def test_that_may_stand_have_a_reason_and_would_be_seen_without_it(self):
        for words, reason in foreign_words().items():
            with self.subTest(words):
                self.assertTrue(reason.strip())
                self.assertFalse(SYLLABLE.fullmatch(words) and words.isascii(), "needs no exception")


class WhatAPageShows(SimpleTestCase):
    def found(self, html):
        return [text for _place, text in texts(html) if english(text)]

    def test_is_its_text_and_the_attributes_that_people_see_or_hear(self):
        html = """
            <title>Edit</title><p>Some text</p><a href="/x" title="Go there">Đi</a><img src="x" alt="A picture">
            <input type="submit" value="Send"><input type="text" value="user data" placeholder="Your name">
            <button aria-label="Close">×</button><optgroup label="Group"></optgroup><option>One choice</option>
        """

        self.assertEqual(
            self.found(html),
            ["Edit", "Some text", "Go there", "A picture", "Send", "Your name", "Close", "Group", "One choice"],
        )

    def test_is_what_scripts_show_of_the_data_of_the_page(self):
        html = """
            <script type="text/json">{"label": "Insert a block", "type": "FieldPanel", "icon": "arrow-up"}</script>
            <div data-messages='{"error": "Something went wrong"}' data-w-confirm-text-value="Are you sure"
                 data-controller="w-dialog w-swap" data-markup="&lt;b title='Read this'&gt;x&lt;/b&gt;"></div>
            <template><span>Hidden until later</span></template>
        """

        self.assertEqual(
            self.found(html),
            ["Insert a block", "Something went wrong", "Are you sure", "Read this", "Hidden until later"],
        )

    def test_is_not_code_style_or_what_is_marked_as_another_language(self):
        html = """
            <script>var message = "Hello world"</script><style>.some-class { color: red }</style>
            <p lang="en">An English sentence <b>and more</b></p><p>Sau đó</p><textarea>What people wrote</textarea>
            <p>Hãy chạy <code>portal-manage first_link</code></p>
        """

        self.assertEqual(self.found(html), [])
        self.assertIn("Sau đó", [text for _place, text in texts(html)])

    def test_is_read_in_dialogs_and_tables_too(self):
        dialog = shown(b'{"html": "<h1>Choose a page</h1>", "step": "browse"}', "application/json")
        table = shown("Tiêu đề,Status\nBài,live now\n".encode(), "text/csv; charset=utf-8")

        self.assertIn("Choose a page", [text for _place, text in dialog])
        self.assertEqual([text for _place, text in table if english(text)], ["Status", "live now"])
