"""Fill the database named by the settings with generated documents of the register ("dữ liệu minh họa").

    python bench/build_documents.py --documents 100000

Rows are written in bulk, past approval and archive: only for measuring. Numbers follow the patterns in use: with and
without a year, dotted, joint circulars, resolutions of the National Assembly, official letters. May run again: it adds
what is missing.
"""

import argparse
import random
from datetime import date, timedelta

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from base.models import PortalSite  # noqa: E402
from legalref import seeding  # noqa: E402
from legalref.life.effect import StatusCode  # noqa: E402
from legalref.models import DocumentStatus, DocumentType, IssuingBody, LegalDocument, RegisterVersion  # noqa: E402
from legalref.models.document import number_key, suffix_key  # noqa: E402
from legalref.register import indexing  # noqa: E402
from vietnam import document_numbers, text  # noqa: E402

BATCH = 1000
MARK = "Dữ liệu minh họa"
FIRST_YEAR, LAST_YEAR = 1999, 2025
# (share in a thousand, type, family, issuer, letters of the symbol, has the year in its number)
PATTERNS = [
    (330, "Quyết định", "administrative", "ubnd-thanh-pho-long-xuyen", "QĐ-UBND", False),
    (160, "Thông báo", "administrative", "ubnd-thanh-pho-long-xuyen", "TB-UBND", False),
    (140, "Công văn", "administrative", "ubnd-thanh-pho-long-xuyen", "UBND-VHTT", False),
    (80, "Kế hoạch", "administrative", "ubnd-thanh-pho-long-xuyen", "KH-UBND", False),
    (70, "Tờ trình", "administrative", "ubnd-thanh-pho-long-xuyen", "TTr-UBND", False),
    (60, "Báo cáo", "administrative", "ubnd-thanh-pho-long-xuyen", "BC-UBND", False),
    (40, "Quyết định", "legal", "ubnd-tinh-an-giang", "QĐ-UBND", True),
    (30, "Nghị định", "legal", "chinh-phu", "NĐ-CP", True),
    (30, "Thông tư", "legal", "bo-thong-tin-va-truyen-thong", "TT-BTTTT", True),
    (20, "Quyết định", "legal", "thu-tuong-chinh-phu", "QĐ-TTg", True),
    (15, "Quyết định", "legal", "ubnd-thanh-pho-long-xuyen", "QĐ-UBND", True),
    (10, "Thông tư liên tịch", "legal", "bo-thong-tin-va-truyen-thong", "TTLT-BTTTT-BKH&ĐT", True),
    (10, "Luật", "legal", "quoc-hoi", "QH14", True),
    (5, "Nghị quyết", "administrative", "chinh-phu", "NQ-CP", False),
]
FIELDS = [
    "Đất đai",
    "Xây dựng",
    "Giáo dục và đào tạo",
    "Y tế",
    "Tài chính",
    "Giao thông",
    "Văn hóa",
    "Môi trường",
    "Nông nghiệp",
    "Lao động",
    "Tổ chức bộ máy",
    "Thông tin điện tử",
    "Công thương",
    "Tư pháp",
    "",
]
STATUSES = [
    (60, StatusCode.IN_FORCE, 0),
    (5, StatusCode.PARTLY_LAPSED, 0),
    (1, StatusCode.SUSPENDED, 1),
    (14, StatusCode.UNKNOWN, 2),
    (20, StatusCode.LAPSED, 3),
]
DOES = [
    "Ban hành Quy định",
    "Phê duyệt kế hoạch",
    "Về việc triển khai",
    "Sửa đổi, bổ sung quy định",
    "Báo cáo kết quả",
    "Quy định chi tiết",
    "Giao chỉ tiêu",
    "Thông báo kết luận",
    "Công bố danh mục",
    "Hướng dẫn thực hiện",
]
WHAT = [
    "quản lý đất đai và bồi thường, hỗ trợ, tái định cư",
    "trật tự xây dựng đô thị",
    "thu, chi ngân sách địa phương",
    "tuyển sinh vào các trường trung học cơ sở",
    "phòng, chống dịch bệnh",
    "chỉnh trang các tuyến đường nội ô",
    "bảo vệ môi trường, thu gom rác thải sinh hoạt",
    "hỗ trợ hộ nghèo sản xuất",
    "cải cách thủ tục hành chính",
    "cung cấp thông tin trên trang thông tin điện tử",
    "phòng, chống sạt lở bờ sông",
    "quản lý hoạt động văn hóa",
]
WHERE = [
    "trên địa bàn thành phố Long Xuyên",
    "trên địa bàn tỉnh An Giang",
    "tại các phường, xã trực thuộc",
    "năm học mới",
]
SENTENCES = [
    "Tổ chức, cá nhân có liên quan chịu trách nhiệm thi hành {what} theo quy định của pháp luật.",
    "Phòng chuyên môn phối hợp với Ủy ban nhân dân các phường, xã kiểm tra việc {what}.",
    "Kinh phí thực hiện {what} được bố trí từ nguồn ngân sách nhà nước và các nguồn hợp pháp khác.",
    "Định kỳ sáu tháng, đơn vị chủ trì báo cáo kết quả {what} về Văn phòng để tổng hợp.",
    "Trong quá trình thực hiện {what}, nếu có vướng mắc thì phản ánh kịp thời để xem xét, giải quyết.",
]
# What one document in two thousand, and one in twenty thousand, speaks of.
RARE, RAREST = "vườn sầu riêng ghép", "nhãn xuồng cơm vàng"
HEADS, TAILS = (
    "b c d đ g h kh l m n ng nh ph qu r s t th tr v x".split(),
    (
        "an anh ai âm âu ầm ấn ân ẩm áo ang ảnh ạch ập ên iên iếp ình ính inh oan oài ông ơn ường ướng uân uyên uy ương"
    ).split(),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--documents", type=int, default=100_000)
    wanted = parser.parse_args().documents
    seeding.seed_types()
    seeding.seed_issuers()
    there = LegalDocument.objects.filter(source_url="", is_illustrative=True, scope=MARK).count()
    if there >= wanted:
        print(there)
        return
    generated = documents(wanted)
    for _ in range(there):
        next(generated)
    batch = []
    for document in generated:
        batch.append(document)
        if len(batch) == BATCH:
            write(batch)
            batch = []
    write(batch)
    index()
    print(LegalDocument.objects.public().count())


def documents(count: int):
    """Yield `count` unsaved public documents with their status, the same ones at every run."""
    chance = random.Random(2020)
    city = PortalSite.objects.get(kind=PortalSite.Kind.CITY)
    types = {kind.name: kind for kind in DocumentType.objects.all()}
    issuers = {body.slug: body for body in IssuingBody.objects.all()}
    now, numbers = timezone.now(), {}
    taken = set(
        LegalDocument.objects.exclude(scope=MARK).values_list(
            "main_issuer__slug", "family", "document_type__name", "number", "suffix", "year"
        )
    )
    shares = [pattern[0] for pattern in PATTERNS]
    status_shares = [row[0] for row in STATUSES]
    for _ in range(count):
        _share, kind, family, issuer, letters, has_year = chance.choices(PATTERNS, shares)[0]
        issued = date(chance.randint(FIRST_YEAR, LAST_YEAR), 1, 1) + timedelta(days=chance.randrange(365))
        series = (kind, family, issuer, letters, issued.year)
        numbers[series] = numbers.get(series, 0) + 1
        while (issuer, family, kind, str(numbers[series]), letters, issued.year) in taken:
            numbers[series] += 1
        number = str(numbers[series])
        symbol = f"{number}/{issued.year}/{letters}" if has_year else f"{number}/{letters}"
        what = chance.choice(WHAT)
        subject = f"{chance.choice(DOES)} {what} {chance.choice(WHERE)}"
        status, rank = chance.choices([row[1:] for row in STATUSES], status_shares)[0]
        document = LegalDocument(
            owner_site=city,
            document_type=types[kind],
            family=family,
            symbol_as_printed=symbol,
            symbol=symbol,
            number=number,
            suffix=letters,
            number_key=number_key(number),
            suffix_key=suffix_key(letters),
            year=issued.year,
            main_issuer=issuers[issuer],
            issued_on=issued,
            effective_from=issued,
            subject=subject,
            slug=document_numbers.address_slug(kind, number, issued.year, issuer) + f"-mau-{family}",
            field=chance.choice(FIELDS),
            for_components=chance.random() < 0.1,
            scope=MARK,
            is_illustrative=True,
            not_classified=True,
            live=True,
            has_unpublished_changes=False,
            first_published_at=now,
            last_published_at=now,
            full_text=body(chance, what),
            search_text=text.fold(f"{symbol} {subject} {issuers[issuer].name}"),
        )
        document.status_row = DocumentStatus(code=status, rank=rank, computed_on=timezone.localdate())
        yield document


def body(chance, what: str) -> str:
    """Return a text of some 3,000 letters with articles, places nobody else has, and now and then a rare thing."""
    lines = ["QUYẾT ĐỊNH"]
    for article in range(1, 7):
        place = " ".join(f"{chance.choice(HEADS)}{chance.choice(TAILS)}".title() for _ in range(2))
        sentences = " ".join(sentence.format(what=what) for sentence in chance.sample(SENTENCES, 4))
        lines.append(f"Điều {article}. Ấp {place}\n{sentences}")
    draw = chance.random()
    if draw < 1 / 2000:
        lines.append(f"Hỗ trợ {RARE}.")
    elif draw < 1 / 2000 + 1 / 20000:
        lines.append(f"Hỗ trợ {RAREST}.")
    return "\n\n".join(lines)


@transaction.atomic
def write(batch) -> None:
    LegalDocument.objects.bulk_create(batch)
    for document in batch:
        document.status_row.document_id = document.pk
    DocumentStatus.objects.bulk_create([document.status_row for document in batch])


def index() -> None:
    """Write the entries; on PostgreSQL the words are gathered first and their indexes made at the end."""
    if connection.vendor != "postgresql":
        indexing.rebuild()
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexdef ~ 'ON public.legalref_registerentry USING gin'")
        made = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP INDEX IF EXISTS legalref_register_title, legalref_register_words")
        indexing.rebuild()
        for statement in made:
            cursor.execute(statement)
        # The server of a bench runs without autovacuum.
        cursor.execute("VACUUM ANALYZE")
    RegisterVersion.raise_value()


if __name__ == "__main__":
    main()
