"""How citations are written: the patterns, all of them bounded, so that the time grows with the text alone."""

import re

from vietnam import document_numbers
from vietnam.document_numbers import DOCUMENT_TYPES

from .plain import BREAK

W = r"[ \n]{1,4}"
S = r"[ \n]{0,3}"
# Marks of copies, and names that are also ordinary headings, stand for no document before a number.
NAMES = sorted({t.name for t in DOCUMENT_TYPES if t.family != document_numbers.TECHNICAL} | {"Văn bản hợp nhất"})
TYPE = "|".join(re.escape(name).replace(r"\ ", W) for name in sorted(NAMES, key=len, reverse=True))
ABBREVIATIONS = "NĐ QĐ TT NQ CT TTLT NQLT TTr TB CV KH BC HD CĐ VBHN PL".split()
ABBREVIATED = "|".join(sorted(ABBREVIATIONS, key=len, reverse=True))
PART = f"Quy{W}chế|Quy{W}định|Điều{W}lệ|Kế{W}hoạch|Đề{W}án|Chương{W}trình|Phương{W}án|Danh{W}mục|Nội{W}quy"
LETTERS = r"[A-Za-zĐđ]{1,14}(?:[&.][A-Za-zĐđ]{1,10}){0,3}\d{0,2}"
FIRST_JOINT = rf"(?:-|{S}-{S}(?=[A-ZĐ]{{2}}|TTg))"
JOINT = r"-(?:[ \n](?=[A-ZĐ]{2}))?"
NUMBER = r"\d{1,6}(?:\.\d{1,4})?[a-zđ]?"
SYMBOL = re.compile(
    rf"(?<![\w/.&:])(?<!\w-)(?P<number>{NUMBER})"
    rf"(?:{S}/{S}\d{{4}}{S}/{S}(?:TTLT|NQLT)(?:{S}[-/]{S}{LETTERS}){{1,9}}"
    rf"|(?:{S}/{S}(?P<year>\d{{4}}))?{S}/{S}{LETTERS}(?:{FIRST_JOINT}{LETTERS}(?:{JOINT}{LETTERS}){{0,9}})?"
    rf"|{S}-{S}[A-ZĐ][A-Za-zĐđ]{{0,4}}{S}/{S}{LETTERS}(?:-{LETTERS}){{0,2}}"
    r"|-(?P<old>HĐBT|HDBT|CP|TTg|UB)"
    r")(?![\w/])"
)
AFTER_COLON = re.compile(rf"(?<=[^\d\W]:)(?P<number>{NUMBER})/\d{{4}}/{LETTERS}(?:-{LETTERS}){{0,4}}(?![\w/])")
SHORT = re.compile(
    rf"(?<!\w)(?P<word>(?:{ABBREVIATED})|(?i:{TYPE})){W}(?:số{S}:?{S})?"
    rf"(?P<number>\d{{1,5}}){S}/{S}(?P<year>(?:19|20)\d\d)(?![\w/]|{S}/{S}[\w])"
)
WORD_BEFORE = re.compile(rf"(?:(?<!\w)(?P<word>(?:{ABBREVIATED})|(?i:{TYPE})){W})?(?:(?<!\w)(?P<no>[Ss]ố){S}:?{S})?$")
OF_PARLIAMENT = re.compile(r"/(?:QH|UBTVQH|NQ-QH)\d{1,2}$")
# The next of a list: "các Nghị định số A, B và C".
NEXT = re.compile(rf"{S}(?:,|;|,?{S}(?:và|hoặc|,)){S}(?:số{W})?")
LAW_TYPE = re.compile(rf"(?<!\w)(?P<type>Bộ{W}luật|Luật|Pháp{W}lệnh|Hiến{W}pháp)(?!\w)")
NOT_A_LAW = re.compile(r"(?:học|Khoa|khoa|Trường|trường|Phòng|phòng|ngành|Hội|Ngày)[ \n]{1,2}$")
DAY = (
    rf"ngày{W}\d{{1,2}}(?:{W}tháng{W}\d{{1,2}}{W}năm{W}\d{{4}}(?!\d)"
    rf"|{S}[/.-]{S}\d{{1,2}}{S}[/.-]{S}\d{{4}}(?!\d))"
)
DATED = re.compile(rf"{S},?{S}(?:(?:ký|ban hành){W})?(?P<day>{DAY})")
OF = re.compile(rf"{S},?{S}(?:của|do){W}")
CENTRAL = (
    "Ủy ban Thường vụ Quốc hội|Uỷ ban Thường vụ Quốc hội|Ủy ban thường vụ Quốc hội|Thủ tướng Chính phủ"
    "|Thanh tra Chính phủ|Văn phòng Chính phủ|Văn phòng Quốc hội|Hội đồng Bộ trưởng|Hội đồng Nhà nước|Chủ tịch nước"
    "|Quốc hội|quốc hội|Chính phủ|Thủ tướng|Bộ Chính trị|Ban Bí thư|Ban Chấp hành Trung ương Đảng"
    "|Ban Chấp hành Trung ương|Ngân hàng Nhà nước Việt Nam|Ngân hàng Nhà nước"
).replace(" ", W)
UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
PROPER = rf"[{UPPER}][\w]{{0,12}}"
LOCAL = (
    rf"(?:Chủ{W}tịch{W})?(?:UBND|HĐND|Ủy{W}ban{W}nhân{W}dân|Uỷ{W}ban{W}nhân{W}dân|Hội{W}đồng{W}nhân{W}dân)"
    rf"{W}(?:tỉnh|thành{W}phố|TP\.?|huyện|quận|thị{W}xã|thị{W}trấn|phường|xã|đặc{W}khu)"
    rf"(?:{W}(?!Về{W}|Quy{W}|Ban{W}|Phê{W}|V/v)(?:{PROPER}|\d{{1,2}}))(?:(?:{W}|{W}-{W})"
    rf"(?!Về{W}|Quy{W}|Ban{W}|Phê{W}|V/v){PROPER}){{0,4}}"
)
ISSUER = re.compile(rf"(?P<exact>{LOCAL}|{CENTRAL})(?!\w)")
ISSUER_TYPE = re.compile(
    rf"(?:Bộ{W}trưởng{W}Bộ|Bộ|Giám{W}đốc{W}Sở|Sở|Trưởng{W}phòng|Phòng|Chánh{W}Văn{W}phòng|Văn{W}phòng|Tỉnh{W}ủy"
    rf"|Thành{W}ủy|Huyện{W}ủy|Đảng{W}ủy|Tổng{W}cục|Cục|Ban|Viện|Tòa{W}án|UBND|HĐND|Ủy{W}ban|Hội{W}đồng)(?!\w)"
)
ISSUER_ENDS = re.compile(
    rf"[;,.:()\"“”«»\[\]{BREAK}]|(?<!\w)(?i:về|quy{W}định|quy{W}chế|ban{W}hành|hướng{W}dẫn|sửa{W}đổi|bổ{W}sung"
    rf"|thay{W}thế|có{W}hiệu|được|phê{W}duyệt|công{W}bố|đối{W}với|trong|tại|theo|thì|là|đã|nhằm|để|nêu|cho|hoặc"
    rf"|và{W}(?:các|những|Nghị|Thông|Quyết|Luật)|năm|ngày|số|cùng|do|của|khi|phải|v/v|này|Nghị{W}định|Nghị{W}quyết|Thông{W}tư)(?!\w)"
)
LONGEST_ISSUER = 100
LONGEST_TITLE = 180
LAW_STOPS = re.compile(rf"[;:.()\"“”«»\[\]{BREAK}]")
LAW_NAMED = re.compile(
    rf"{W}(?:(?:đã{W})?được{W}(?P<issuer>[^;.\x00]{{3,80}}?){W}thông{W}qua{W})?(?P<day>{DAY})"
    rf"|{W}(?:năm{W})?(?P<year>(?:19|20)\d\d)(?![\w/])"
)
ANOTHER = re.compile(rf"(?<!\w)(?:Bộ{W}luật|Luật|Pháp{W}lệnh|Nghị{W}định|Nghị{W}quyết|Thông{W}tư|Quyết{W}định)(?!\w)")
# The name of a law that amends others names them.
AMENDING = re.compile(rf"{W}[Ss]ửa{W}đổi,?{W}")
# Words that are in no law's name; and those that end a name of which nothing tells how far it goes.
NEVER_IN_NAME = re.compile(
    rf"(?<!\w)(?:có{W}hiệu|quy{W}định|hiện{W}hành|đã|là|thì|phải|sẽ|không|kể|từ|được|ban{W}hành|thông{W}qua|này|đó)(?!\w)"
)
NAME_ENDS = re.compile(
    rf"[;:.()\"“”«»\[\]\n/{BREAK}]|,(?!{W}(?:chống|phòng){W})|(?<!\w)(?:có{W}hiệu|quy{W}định|hiện{W}hành|đã|là|thì"
    rf"|phải|sẽ|không|kể|từ|được|ban{W}hành|thông{W}qua|này|đó|về|của|cho|để|tại|theo|trong|với|còn|do|khi|ngày|năm|số(?={S}:?{S}\d)"
    rf"|như|nêu|hoặc|áp{W}dụng|nếu|nhằm|nên|mà"
    rf"|gồm|bao{W}gồm|thực{W}hiện|đối{W}với|kèm"
    rf"|và{W}(?:các|những|văn{W}bản|pháp{W}luật|hướng|theo|Nghị|Thông|Quyết|Luật|Bộ|Pháp|Điều|khoản|điểm|Chương|Mục|Phụ"
    rf"|quyết{W}định|biện{W}pháp))(?!\w)"
)
STANDARD = re.compile(
    rf"(?<!\w)(?P<kind>TCVN|QCVN|TCXDVN|QCXDVN|TCCS)(?:{W}ISO(?:/IEC)?)?{W}(?P<number>\d{{1,6}}(?:-\d{{1,3}})?)"
    rf"{S}:{S}(?P<year>\d{{4}})(?P<tail>/[A-ZĐ]{{2,10}})?(?!\w)"
)
ARTICLE_NUMBER = r"\d{1,3}[a-zđ]?(?:\.\d{1,2}(?:\.[a-zđ])?)?(?![\w/]|\.\d)"
AND = r"(?:[ ]?,[ \n]{0,2}(?:(?:và|hoặc)[ \n]{1,2})?|[ \n]{1,2}(?:và|hoặc)[ \n]{1,2}|[ \n]{1,2}đến[ \n]{1,2})"
PLACE = re.compile(
    rf"(?<!\w)(?:(?P<kind1>[Đđ]iểm){W}(?P<points>[a-zđ](?!\w)(?:{AND}[a-zđ](?!\w))*)"
    rf"|(?P<kind2>[Kk]hoản|[Đđ]iều|ĐIỀU){W}(?P<numbers>{ARTICLE_NUMBER}(?:{AND}{ARTICLE_NUMBER})*)"
    rf"|(?P<kind3>[Cc]hương|[Mm]ục|[Pp]hụ{W}lục){W}(?P<romans>(?:[IVXLC]{{1,6}}|\d{{1,2}})(?![\w/])))"
)
BETWEEN_PLACES = re.compile(
    r"[ \n]{1,3}(?:của[ \n]{1,2})?|[ ]?[,;][ \n]{0,2}(?:(?:và|hoặc|và[ \n]các)[ \n]{1,2})?"
    r"|[ \n]{1,2}(?:và|hoặc|đến|và[ \n]các)[ \n]{1,2}"
)
BEFORE_DOCUMENT = re.compile(r"(?:[ ]?,)?[ \n]{1,3}(?:(?:của|thuộc|trong|tại)[ \n]{1,2})?(?:các[ \n]{1,2})?$")
OWN = re.compile(rf"{W}(?:của{W}|trong{W}|tại{W})?(?P<type>(?i:{TYPE}|Điều{W}lệ)){W}này(?!\w)")
ATTACHED_PART = re.compile(
    rf"(?<!\w)(?P<part>{PART})(?:{W}[^;:.\x00]{{1,200}})?{W}(?:được{W})?[Bb]an{W}hành{W}kèm{W}theo{W}$"
)
LEADS_TO_OWN = re.compile(r"(?<!\w)(?:Như|như|Theo|theo|Tại|tại|của|với|trong|và)[ \n]{1,2}(?:các[ \n]{1,2})?$")
LIKE = re.compile(r"(?<!\w)Như[ \n]{1,2}$")
OF_ANOTHER = re.compile(
    rf"[ \n]{{1,3}}(?:của[ \n]{{1,3}})?[{UPPER}]|[ \n]{{1,3}}của(?!\w)|[ \n]{{1,3}}này(?!\w)|\.[ \n]"
)
BASIS = re.compile(rf"(?<!\w)Căn{W}cứ{W}(?:vào{W}|các{W}){{0,2}}$")
PROPOSED_BY = re.compile(rf"đề{W}nghị{W}của{W}(?P<who>[^;,.\x00]{{3,100}}?){W}tại{W}$")
WITH = re.compile(rf"kèm{W}theo{W}$")
LEADERS = (
    (re.compile(rf"^Trưởng{W}phòng"), "Phòng"),
    (re.compile(rf"^Giám{W}đốc{W}Sở"), "Sở"),
    (re.compile(rf"^Chánh{W}Văn{W}phòng"), "Văn phòng"),
)
PLACE_AND_DAY = re.compile(rf"[^\n\x00]{{0,60}},{S}(?P<day>{DAY})")
CAPITAL_ISSUER = re.compile(
    r"(?:ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|HỘI ĐỒNG NHÂN DÂN)[ \n][" + UPPER + r" \n]{4,60}(?=\x00|\n|$)"
)
MASTHEAD_REACH = 600
