"""File names: what would deceive the reader or the machine that opens the file."""

import re
import unicodedata

from django.core.exceptions import ValidationError

LONGEST_NAME = 200
# What a machine runs when it is opened.
RUNS = frozenset(
    """
    ade adp apk app asp aspx bat cgi chm cmd com cpl crt dll dmg docm dotm elf exe gadget hta htm html inf ins iso jar
    js jse jsp lnk mde mht mhtml msc msi msp mst php php3 php5 phtml pif pl potm ppam ppsm pptm ps1 py reg rb scr sct
    sh shb shtml sldm svg svgz swf sys url vb vbe vbs ws wsc wsf wsh xhtml xlam xlsm xltm xml xsl
    """.split()
)
# Marks that turn the direction of writing or are not seen: "cong<RLO>fdp.exe" is shown as "congexe.pdf".
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


def check_name(name: str) -> None:
    """Refuse a name that hides what the file is; raises ValidationError."""
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        raise ValidationError("Tên tệp có ký tự điều khiển; hãy đổi tên tệp rồi tải lại.")
    if _UNSEEN.search(name):
        raise ValidationError(
            "Tên tệp có ký tự ẩn hoặc ký tự đảo chiều chữ, có thể che đuôi tệp thật; hãy gõ lại tên tệp rồi tải lại."
        )
    if len(name) > LONGEST_NAME:
        raise ValidationError(f"Tên tệp dài {len(name)} ký tự, nhiều nhất là {LONGEST_NAME}; hãy đặt tên ngắn hơn.")
    inner = [part.strip().lower() for part in name.replace("\\", "/").rsplit("/", 1)[-1].split(".")[1:-1]]
    for part in inner:
        if part in RUNS:
            raise ValidationError(
                f"Tên tệp có hai đuôi, đuôi giữa «.{part}» là loại chạy được; hãy đổi tên tệp cho đúng một đuôi."
            )
