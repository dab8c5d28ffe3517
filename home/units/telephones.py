"""What may stand as the telephone of a unit or of a post: the public dials it."""

import re

# One number or several, as offices write them: "0296 384 1234", "(0296) 3841234 - máy lẻ 12", "1022".
TELEPHONE = re.compile(r"(?:[\d\s.()+/,;-]|máy lẻ|số máy|nhánh)*", re.IGNORECASE)
FEWEST_DIGITS = 3


def problems_of_phone(field: str, number: str) -> dict[str, list[str]]:
    """Return what is wrong with a telephone number as {field: messages}, {} for none and for no number."""
    if not number or (TELEPHONE.fullmatch(number) and len(re.findall(r"\d", number)) >= FEWEST_DIGITS):
        return {}
    return {field: ["Số điện thoại chưa đúng; hãy ghi bằng chữ số, ví dụ 0296 000 0000, hoặc để trống."]}
