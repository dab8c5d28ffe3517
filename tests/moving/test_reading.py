"""What the readers find in exports of old portals, and what of a stranger's file they refuse."""

import gzip
import io
import re
from datetime import datetime
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase

from moving.pages.given import Given
from moving.reading import FORMATS, dumps
from moving.reading.rows import OldPage, Unreadable
from vietnam.dates import VIETNAM

from . import exports


def read(format: str, content, *, given=None, name: str = "xuat", **more) -> list[OldPage]:
    """The pages that a reader finds in a text, bytes or an uploaded file."""
    if isinstance(content, str):
        content = content.encode()
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    return list(FORMATS[format].read(file, given or Given(), SimpleNamespace(source_name=name, places={}, **more)))


class WordPress(SimpleTestCase):
    def test_a_post_has_its_title_text_day_author_category_and_addresses(self):
        (page,) = read("wordpress", exports.wordpress(exports.wordpress_item(12)))

        self.assertEqual(
            (page.key, page.title, page.author, page.category), ("wp:12", "Bài số 12", "Thu Hà", "Tin hoạt động")
        )
        self.assertEqual(page.published_at, datetime(2019, 6, 5, 8, 30, tzinfo=VIETNAM))
        self.assertEqual(page.addresses, [f"http://{exports.HOST}/2019/06/bai-so-12/", "/?p=12"])
        self.assertEqual(page.html, "<p>Đoạn một của bài 12.</p>\n<p>Đoạn hai của bài 12.</p>")
        self.assertEqual(page.left, "")

    def test_what_is_no_public_post_says_why_it_stays(self):
        for said, left in (
            ({"status": "draft"}, "bản nháp"),
            ({"status": "private"}, "riêng tư"),
            ({"status": "trash"}, "đã xóa vào thùng rác"),
            ({"kind": "nav_menu_item"}, "loại «nav_menu_item»"),
            ({"kind": "attachment", "attachment": "http://x/a.png"}, "tệp đính kèm, đi cùng bài dùng nó"),
        ):
            with self.subTest(left):
                (page,) = read("wordpress", exports.wordpress(exports.wordpress_item(1, **said)))
                self.assertEqual(page.left, left)

    def test_the_picture_of_a_post_is_an_attachment_further_down(self):
        post = exports.wordpress_item(1, thumbnail="5")
        attachment = exports.wordpress_item(5, kind="attachment", attachment="http://x/wp-content/a.png", alt="Cầu mới")

        page, _attachment = read("wordpress", exports.wordpress(post, attachment))

        self.assertEqual((page.lead_picture, page.lead_alt), ("http://x/wp-content/a.png", "Cầu mới"))

    def test_captions_blocks_and_codes_of_extensions_are_no_text(self):
        html = (
            '<!-- wp:paragraph --><p>Một</p><!-- /wp:paragraph -->\n\n[caption id="a" width="300"]'
            '<img src="/a.png" alt=""/> Quang cảnh[/caption]\n\n[gallery ids="1,2"]Hai [sic]'
        )
        (page,) = read("wordpress", exports.wordpress(exports.wordpress_item(1, html=html)))

        self.assertNotIn("wp:", page.html)
        self.assertIn('<figure><img src="/a.png" alt=""/><figcaption>Quang cảnh</figcaption></figure>', page.html)
        self.assertIn("<p>Hai [sic]</p>", page.html)
        self.assertEqual(page.lost, [("shortcodes", '[gallery ids="1,2"]')])

    def test_an_item_without_a_number_is_known_by_its_address(self):
        items = (exports.wordpress_item(number) for number in (1, 2))
        content = re.sub(r"<wp:post_id>\d+</wp:post_id>", "", exports.wordpress(*items).read().decode())

        pages = read("wordpress", content)

        self.assertEqual([page.key for page in pages], [f"wp:http://{exports.HOST}/?p={number}" for number in (1, 2)])
        self.assertEqual(pages[0].addresses, [f"http://{exports.HOST}/2019/06/bai-so-1/"])

    def test_what_a_post_has_beside_its_text_is_named(self):
        item = exports.wordpress_item(5, html='<!-- wp:latest-posts {"postsToShow":3} /--><p>Chữ</p>')
        more = (
            '<category domain="category" nicename="b"><![CDATA[Mục hai]]></category>'
            '<category domain="post_tag" nicename="c"><![CDATA[mùa nước nổi]]></category>'
            "<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment></item>"
        )

        (page,) = read("wordpress", exports.wordpress(item.replace("</item>", more)))

        self.assertEqual(
            page.lost,
            [
                ("shortcodes", "latest-posts"),
                ("comments", ""),
                ("more_categories", "Mục hai"),
                ("more_categories", "mùa nước nổi"),
            ],
        )

    def test_types_and_entities_are_refused_before_they_are_read(self):
        bombs = {
            "outside": '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            "laughs": '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
        }
        for name, declared in bombs.items():
            with self.subTest(name), self.assertRaisesMessage(Unreadable, "DOCTYPE"):
                read("wordpress", f"{declared}<rss><channel><item><title>&x;&b;</title></item></channel></rss>")

    def test_xml_that_is_cut_says_where(self):
        with self.assertRaisesMessage(Unreadable, "hỏng ở dòng"):
            read("wordpress", exports.HEAD + exports.wordpress_item(1)[:200])


class NukeViet(SimpleTestCase):
    def test_an_article_is_joined_from_its_tables(self):
        (page,) = read("nukeviet", exports.nukeviet({"picture": "2019_06/a.jpg", "alt": "Cầu", "files": "kh.pdf,"}))

        self.assertEqual((page.key, page.title, page.author), ("nv:nv4_vi_news:1", "Tin số 1", "Minh Tâm"))
        self.assertEqual(
            (page.category, page.source, page.summary), ("Tin hoạt động", "Báo thử nghiệm", "Giới thiệu tin 1")
        )
        self.assertEqual(
            page.addresses, ["/news/Tin-hoat-dong/Tin-so-1-1.html", "/vi/news/Tin-hoat-dong/Tin-so-1-1.html"]
        )
        self.assertEqual(page.html, "<p>Nội dung tin 1.</p>")
        self.assertEqual(
            (page.lead_picture, page.files), ("/uploads/news/2019_06/a.jpg", [("/uploads/news/kh.pdf", "")])
        )
        self.assertEqual(page.published_at.astimezone(VIETNAM), datetime(2019, 6, 5, 9, 0, 1, tzinfo=VIETNAM))

    def test_odd_quoting_is_read_as_mysql_writes_it(self):
        odd = "O'Brien \\ \"hai\"; -- không phải chú thích /* cũng không */\r\n');DROP TABLE x;('"
        (page,) = read("nukeviet", exports.nukeviet({"title": odd, "html": f"<p>{odd}\\</p>"}))

        self.assertEqual((page.title, page.html), (odd, f"<p>{odd}\\</p>"))

    def test_two_signs_that_are_not_around_a_literal_stand_for_themselves(self):
        written = (
            """CREATE TABLE `b` (`a` text, `b` text);\nINSERT INTO `b` VALUES ('<img alt="" src="x">', "d''e""f");"""
        )

        ((_table, row),) = dumps.rows(io.BytesIO(written.encode()), re.compile("b"))

        self.assertEqual(row, {"a": '<img alt="" src="x">', "b": "d''e\"f"})

    def test_single_pages_come_behind_the_articles(self):
        content = exports.nukeviet({"title": "Tin"}).read() + exports.NUKEVIET_PAGES.encode()

        _article, page, hidden = read("nukeviet", content)

        self.assertEqual(
            (page.key, page.title, page.html, page.addresses, page.lead_picture, page.left),
            (
                "nv:nv4_vi_about:3",
                "Giới thiệu",
                "<p>Về cổng.</p>",
                ["/about/gioi-thieu.html", "/vi/about/gioi-thieu.html"],
                "/uploads/about/tru-so.jpg",
                "",
            ),
        )
        self.assertEqual(hidden.left, "chưa đăng")

    def test_states_that_readers_did_not_see_stay(self):
        pages = read("nukeviet", exports.nukeviet({"status": 0}, {"status": 5}, {"status": 1}))

        self.assertEqual([page.left for page in pages], ["chưa đăng", "đang chờ duyệt", ""])

    def test_a_packed_dump_and_one_in_an_older_set_of_letters_are_read(self):
        content = exports.nukeviet({"title": "Tin thu"}).read()
        (packed,) = read("nukeviet", gzip.compress(content))
        (older,) = read("nukeviet", exports.nukeviet({"title": "caf\xe9"}).read().decode().encode("cp1252", "ignore"))

        self.assertEqual((packed.title, older.title), ("Tin thu", "café"))

    def test_a_dump_that_is_cut_or_no_dump_is_refused_in_a_sentence(self):
        content = exports.nukeviet({}, {}).read()
        for wrong, said in (
            (content[:-40], "bị cụt giữa chừng"),
            (b"khong phai sql", "không có bảng tin bài"),
            (content.replace(b"1559690000", b"NOW()"), "gặp «(»"),
        ):
            with self.subTest(said), self.assertRaisesMessage(Unreadable, said):
                read("nukeviet", wrong)

    def test_literals_longer_than_a_piece_are_whole(self):
        long = "á'" * dumps.PIECE
        (page,) = read("nukeviet", exports.nukeviet({"html": long}))

        self.assertEqual(len(page.html), len(long))
        self.assertEqual(page.html, long)


class OtherDumps(SimpleTestCase):
    def test_joomla(self):
        page, draft = read("joomla", exports.JOOMLA)

        self.assertEqual((page.title, page.html), ("Hội nghị đầu năm", "<p>Giới thiệu.</p><p>Toàn bài.</p>"))
        self.assertEqual(
            page.addresses[:2],
            ["/tin-tuc/tin-hoat-dong/31-hoi-nghi-dau-nam.html", "/tin-tuc/tin-hoat-dong/31-hoi-nghi-dau-nam"],
        )
        self.assertEqual(
            (page.author, page.lead_picture, page.lead_alt), ("Ngọc Lan", "images/hn.jpg", "Quang cảnh hội nghị")
        )
        self.assertEqual(draft.left, "chưa đăng")

    def test_joomla_by_the_name_of_an_account_and_with_the_links_beside_a_text(self):
        content = exports.JOOMLA_ACCOUNTS

        (page,) = read("joomla", content)

        self.assertEqual(page.author, "Ngọc Lan")
        self.assertEqual(page.html, '<p>Bài.</p><ul><li><a href="/lien-he?a=1&amp;b=2">Liên hệ</a></li></ul>')

    def test_joomla_with_a_description_of_pictures_that_is_deep_without_end(self):
        page, _draft = read("joomla", exports.JOOMLA.replace('{\\"image_intro', "[" * 200_000 + '{\\"image_intro'))

        self.assertEqual((page.title, page.lead_picture), ("Hội nghị đầu năm", ""))

    def test_drupal(self):
        page, draft = read("drupal", exports.DRUPAL)

        self.assertEqual((page.title, page.author, page.category), ("Lễ hội mùa nước nổi", "Quốc Bảo", "Văn hóa"))
        self.assertEqual(page.addresses, ["/tin-tuc/le-hoi", "/node/7"])
        self.assertEqual(
            (page.html, page.summary, draft.left), ("<p>Lễ hội &amp; chợ quê.</p>", "Tóm tắt", "chưa đăng")
        )

    def test_drupal_names_what_no_text_holds(self):
        with_text, without = read("drupal", exports.DRUPAL_FIELDS)

        self.assertEqual(
            (with_text.html, with_text.lead_picture, with_text.lead_alt, with_text.category),
            ("<p>Bài.</p>", "/sites/default/files/2018/le.jpg", "Quang cảnh", "Văn hóa"),
        )
        self.assertEqual(
            with_text.lost, [("more_categories", "Du lịch"), ("fields", "field_dia_diem"), ("translations", "")]
        )
        self.assertEqual((without.key, without.title, without.html), ("drupal:8", "Chỉ có trường", ""))

    def test_drupal_before_7_says_what_to_do(self):
        written = """INSERT INTO `node` (`nid`,`vid`,`type`,`title`,`status`) VALUES (1,1,'page','Cũ',1);
        INSERT INTO `node_revisions` (`nid`,`vid`,`title`,`body`) VALUES (1,1,'Cũ','<p>Bài</p>');"""

        with self.assertRaisesMessage(Unreadable, "Drupal 6"):
            read("drupal", written)

    def test_a_dump_of_another_system_says_what_is_missing(self):
        for format in ("joomla", "drupal", "nukeviet"):
            with self.subTest(format), self.assertRaisesMessage(Unreadable, "Bản kết xuất không có bảng"):
                read(format, "CREATE TABLE x (a int); INSERT INTO x VALUES (1);")


class Feeds(SimpleTestCase):
    def test_rss(self):
        (page,) = read("rss", exports.RSS)

        self.assertEqual((page.title, page.author, page.category), ("Ra quân dọn rác", "Thu Hà", "Tin hoạt động"))
        self.assertIn("<p>Sáng nay, đoàn viên dọn rác.</p>", page.html)
        self.assertEqual(page.published_at, datetime(2019, 6, 5, 8, 30, tzinfo=VIETNAM))

    def test_atom_with_markup_as_xml(self):
        (page,) = read("rss", exports.ATOM)

        self.assertEqual((page.key, page.author, page.category), ("atom:urn:tin:9", "Minh Tâm", "Môi trường"))
        self.assertIn("<p>Trồng <b>cây</b> &lt;xanh&gt;.</p>", page.html)


class SavedPagesAndTables(SimpleTestCase):
    def test_a_saved_page_by_its_usual_places(self):
        given = Given(exports.packed({"tin/hoi-cho.html": exports.saved().encode(), "anh/a.png": b"x"}))
        (page,) = read("trang-luu", b"", given=given)

        self.assertEqual((page.title, page.html), ("Hội chợ xuân", "<p>Gian hàng mở cửa.</p>"))
        self.assertEqual(page.addresses, [f"http://{exports.HOST}/tin/hoi-cho.html", "/tin/hoi-cho.html"])
        self.assertEqual(page.published_at, datetime(2019, 1, 2, 7, 0, tzinfo=VIETNAM))

    def test_a_person_says_where_a_part_is(self):
        html = (
            '<title>Cổng</title><b class="ten">Tên bài</b><div id="chinh">Chữ</div>'
            '<i class="n">Thứ Tư, 05/06/2019 | 14h05</i>'
        )
        given = Given(exports.packed({"a.htm": html.encode()}))
        places = {"title": ".ten", "text": "#chinh", "day": ".n"}
        file = io.BytesIO()
        (page,) = FORMATS["trang-luu"].read(file, given, SimpleNamespace(places=places))

        self.assertEqual((page.title, page.html), ("Tên bài", "Chữ"))
        self.assertEqual(page.published_at, datetime(2019, 6, 5, 14, 5, tzinfo=VIETNAM))

    def test_a_table_with_its_pages_in_the_zip(self):
        table = (
            "Tiêu đề,Địa chỉ cũ,Tệp HTML,Ngày đăng,Tệp kèm theo\n"
            "Bài một,/mot.html,bai/mot.html,05/06/2019,tep/kh.pdf | Kế hoạch\n"
            "Bài hai,/hai.html,bai/khong-co.html,,\n"
        )
        given = Given(exports.packed({"bai/mot.html": "<p>Một</p>".encode()}))
        one, two = read("bang", SimpleUploadedFile("bai.csv", table.encode()), given=given, name="bai.csv")

        self.assertEqual((one.html, one.files, one.problem), ("<p>Một</p>", [("tep/kh.pdf", "Kế hoạch")], ""))
        self.assertIn("Không có «bai/khong-co.html» trong ZIP", two.problem)


class GivenAlong(SimpleTestCase):
    def test_a_file_is_found_by_its_old_address_wherever_the_zip_begins_and_never_guessed(self):
        paths = ("uploads/2019/05/a.png", "uploads/2020/07/a.png", "uploads/2019/05/b c.png", "c.png", "khac/d.png")
        given = Given(exports.packed(dict.fromkeys(paths, b"x")))

        for wanted, found in (
            ("/wp-content/uploads/2019/05/a.png", "uploads/2019/05/a.png"),
            ("/wp-content/uploads/2019/05/a-300x200.png", "uploads/2019/05/a.png"),
            ("/2020/07/a.png", "uploads/2020/07/a.png"),
            ("/wp-content/uploads/2021/01/a.png", ""),
            ("/a.png", ""),
            ("/uploads/2019/05/b%20c.png", "uploads/2019/05/b c.png"),
            ("/anh/c.png", "c.png"),
            ("/anh/d.png", ""),
            ("/../../etc/passwd", ""),
            ("/", ""),
        ):
            with self.subTest(wanted):
                self.assertEqual(given.find(wanted), found)
