"""What of an old page's markup becomes parts of a draft, and what is taken out and said."""

from django.test import SimpleTestCase

from documents.facts import Facts
from moving.pages import markup
from moving.pages.addresses import OldSite, hosts_of, paths_of
from moving.report import SENTENCES, remarks_of


def made(html: str, *, link=lambda address, words: address, picture=lambda address, facts: 0) -> tuple[list, Facts]:
    """The parts of a piece of markup, and the facts about it."""
    facts = Facts()
    return markup.parts_of(html, "Tiêu đề", markup.Answers(link=link, picture=picture), facts), facts


class Parts(SimpleTestCase):
    def test_text_as_old_editors_wrote_it_becomes_paragraphs_headings_lists_and_tables(self):
        parts, _facts = made(
            '<div class="title"><span style="color:red">Một <strong>hai</strong></span><br><br>Ba</div>'
            "<h1>Đề mục</h1><center>Bốn<ul><li>năm</li></ul></center>"
            "<table><tr><th>Cột</th><th>Số</th></tr><tr><td>a</td><td>1</td></tr></table>"
        )

        self.assertEqual(
            [(part["type"], part.get("html") or part.get("text") or part.get("rows")) for part in parts],
            [
                ("paragraph", "<p>Một <b>hai</b></p><p>Ba</p>"),
                ("heading", "Đề mục"),
                ("paragraph", "<p>Bốn</p><ul><li>năm</li></ul>"),
                ("table", [["Cột", "Số"], ["a", "1"]]),
            ],
        )

    def test_a_table_that_only_places_text_is_text(self):
        parts, _facts = made("<table><tr><td><p>Một</p></td></tr><tr><td><img src='a.png' alt='Ảnh'></td></tr></table>")

        self.assertEqual([part["type"] for part in parts], ["paragraph", "picture"])

    def test_a_figure_gives_its_picture_the_caption(self):
        for html in (
            "<figure><img src='a.png' alt=''><figcaption>Quang cảnh</figcaption></figure>",
            "<div class='wp-caption'><img src='a.png'><p class='wp-caption-text'>Quang cảnh</p></div>",
        ):
            with self.subTest(html):
                parts, _facts = made(html)
                self.assertEqual([(part["type"], part["caption"]) for part in parts], [("picture", "Quang cảnh")])

    def test_lists_keep_every_word_however_they_were_closed(self):
        for html, wanted in (
            ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
            ("<ul>một<li>a</li><p>hai</p></ul>", "<ul><li>một</li><li>a</li><li>hai</li></ul>"),
            ("<ol><li>a<li>b<li>c</ol>", "<ol><li>a</li><li>b</li><li>c</li></ol>"),
            ("<ul><div><li>a</li><li>b</li></div></ul>", "<ul><li>a</li><li>b</li></ul>"),
            (
                "<ul><li><p>x</p><div>y</div><div><ul><li>c</li><li>d</li></ul></div></li></ul>",
                "<ul><li>x<br>y<ul><li>c</li><li>d</li></ul></li></ul>",
            ),
            ("<ul><li><h3>Đề</h3>chữ</li></ul>", "<ul><li>Đề<br>chữ</li></ul>"),
        ):
            with self.subTest(html):
                self.assertEqual([part["html"] for part in made(html)[0]], [wanted])

    def test_a_table_in_a_list_stays_a_table(self):
        table = "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>"

        parts, _facts = made(f"<ul><li>Bảng {table}</li></ul>")

        self.assertEqual(
            [part.get("html") or part["rows"] for part in parts], ["<p>Bảng</p>", [["1", "2"], ["3", "4"]]]
        )

    def test_what_was_set_line_by_line_keeps_its_lines(self):
        parts, _facts = made("<pre>Một <b>hai</b>\nba</pre>")

        self.assertEqual([part["html"] for part in parts], ["<p>Một <b>hai</b><br>ba</p>"])

    def test_a_link_around_paragraphs_leads_from_the_words_of_each(self):
        parts, _facts = made("<a href='https://x.example/'><div>Một</div><p>Hai</p></a>")

        self.assertEqual(
            [part["html"] for part in parts],
            ['<p><a href="https://x.example/">Một</a></p><p><a href="https://x.example/">Hai</a></p>'],
        )

    def test_a_class_of_the_old_portal_makes_no_title_of_a_paragraph(self):
        parts, _facts = made('<p class="title">Không phải tiêu đề</p>')

        self.assertEqual([part["html"] for part in parts], ["<p>Không phải tiêu đề</p>"])


class TakenOut(SimpleTestCase):
    def test_nothing_that_runs_frames_or_watches_comes_through_and_each_is_said(self):
        for html, fact in (
            ("<script>alert(1)</script>", "scripts"),
            ("<noscript><img src='http://x/t.gif'></noscript>", "scripts"),
            ("<iframe src='https://x.example'></iframe>", "frames"),
            ("<object data='x.swf'></object><embed src='x.swf'>", "frames"),
            ("<img src='t.gif' width='1' height='1'>", "trackers"),
            ("<p style='display:none'>mua thuốc</p>", "hidden"),
            ("<p onclick='alert(1)'>chữ</p>", "handlers"),
            ("<video src='a.mp4'></video>", "media"),
            ("<form action='http://x'><input name='mk'><button>Gửi</button></form>", "controls"),
            ("<svg onload='alert(1)'><script>1</script></svg>", "drawings"),
        ):
            with self.subTest(html):
                parts, facts = made(f"<p>Trước</p>{html}<p>Sau</p>")
                said = repr(parts).lower()
                self.assertTrue(facts.counts[fact], facts.counts)
                self.assertIn("Trước", repr(parts))
                self.assertIn("Sau", repr(parts))
                for word in (
                    "script",
                    "alert",
                    "iframe",
                    "onclick",
                    "onload",
                    "<img",
                    "<form",
                    "mua thuốc",
                    "http://x",
                ):
                    self.assertNotIn(word, said)

    def test_links_where_a_page_has_plain_words_and_struck_words_are_said(self):
        for html, fact in (
            ("<h2><a href='https://x.example/a'>Đề mục</a></h2>", "plain_links"),
            ("<a href='https://x.example/b'><h2>Đề mục</h2></a>", "plain_links"),
            (
                "<figure><img src='a.png'><figcaption><a href='https://x.example/c'>Ảnh</a></figcaption></figure>",
                "plain_links",
            ),
            ("<a href='https://x.example/d'><img src='a.png' alt='Ảnh'></a>", "plain_links"),
            ("<p>Phí <del>10.000</del> 12.000 đồng</p>", "struck"),
        ):
            with self.subTest(html):
                self.assertEqual(made(html)[1].counts[fact], 1)

    def test_every_fact_has_a_sentence(self):
        facts = Facts()
        for name in set(markup.LEFT_OUT.values()) - {""}:
            facts.note(name, "ví dụ")
            self.assertIn(name, SENTENCES)

        self.assertEqual(len(remarks_of(facts)), len(facts.counts))

    def test_markup_that_is_not_closed_or_tries_to_break_out_stays_text(self):
        parts, _facts = made(
            '<p>Một <b>hai<p>ba &lt;script&gt;alert(1)&lt;/script&gt; <a href="x" onmouseover="y">l</a>'
        )

        self.assertNotIn("<script", repr(parts))
        self.assertNotIn("onmouseover", repr(parts))

    def test_comments_and_declarations_are_no_text(self):
        parts, _facts = made("<!-- ghi chú --><!DOCTYPE html><?php echo 1 ?><p>Chữ</p><![CDATA[x]]>")

        self.assertNotIn("ghi chú", repr(parts))
        self.assertNotIn("php", repr(parts))

    def test_what_is_nested_too_deep_or_too_long_is_refused_in_a_sentence(self):
        for html, said in (
            ("<div>" * 1_500 + "x", "lồng nhau"),
            ("<b>" * 1_500 + "x", "lồng nhau"),
            ("x" * (markup.LONGEST + 1), "dài hơn"),
        ):
            with self.subTest(said), self.assertRaisesMessage(markup.NotMade, said):
                made(html)

    def test_letters_that_no_database_takes_go(self):
        parts, _facts = made("<p>Một\0\x08 hai</p>")

        self.assertEqual(parts[0]["html"], "<p>Một hai</p>")

    def test_letters_that_no_database_takes_are_in_no_remark(self):
        facts = Facts()
        facts.note("bad_links", "/a\0b\ud800")

        self.assertEqual(facts.samples, {"bad_links": ["/ab"]})


class Addresses(SimpleTestCase):
    old = OldSite(("www.cu.gov.vn", "cu.vn"))

    def test_addresses_of_the_old_portal_are_known_however_they_are_written(self):
        for address, path in (
            ("http://www.cu.gov.vn/tin/bai-1.html#dau", "/tin/bai-1.html"),
            ("https://cu.gov.vn/tin/bai-1.html", "/tin/bai-1.html"),
            ("//cu.vn/tin/", "/tin"),
            ("/index.php?b=2&a=1", "/index.php?a=1&b=2"),
            ("https://khac.gov.vn/tin/", ""),
            ("javascript:alert(1)", ""),
            ("http://[::1/", ""),
            ("http://[tên miền]/", ""),
            ("http://cu.vn//[a]/b", "/[a]/b"),
            ("/tin/bai%00.html", ""),
            ("/" + "a" * 400, ""),
        ):
            with self.subTest(address):
                self.assertEqual(self.old.path_of(address), path)

    def test_a_page_has_each_of_its_paths_once_and_never_the_front_page(self):
        self.assertEqual(paths_of(["/a/", "http://cu.vn/a", "/", "/?p=1", "/b"], self.old), ["/a", "/b"])

    def test_host_names_are_read_from_what_people_copy(self):
        self.assertEqual(hosts_of("https://Www.Cu.gov.vn/tin, cu.vn"), ["www.cu.gov.vn", "cu.vn"])
        with self.assertRaisesMessage(ValueError, "co!ng"):
            hosts_of("co!ng")
