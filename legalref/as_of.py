"""The day for which somebody asks what was in force: `?ngay=2021-01-01`, on the page of a document and in the API."""

from datetime import date

from django.utils.translation import gettext as _

from vietnam.dates import parse_vn

DAY = "ngay"
LONGEST = 40


def read_day(written: str) -> date:
    """Read "2021-01-01", "01/01/2021" or "ngày 01 tháng 01 năm 2021".

    Raises ValueError with a message in the reader's language for anything else, and for a day that does not exist.
    """
    written = " ".join(written.split())[:LONGEST]
    # Of ISO 8601 only the whole date: Python would take "20210101" and weeks as well.
    if len(written) == 10 and written[4] == written[7] == "-":
        reader = date.fromisoformat
    else:
        reader = parse_vn
    try:
        return reader(written)
    except ValueError:
        message = _("Không đọc được ngày «%(written)s»; hãy ghi ngày/tháng/năm, ví dụ 01/01/2021.")
        raise ValueError(message % {"written": written}) from None
