"""Amounts of money as Vietnamese papers write them: in figures, and written out ("Bằng chữ")."""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
GROUPS = ("", "nghìn", "triệu")
BILLION = 1_000_000_000


def in_figures(amount: int) -> str:
    """Write whole đồng with a point after each thousand: 2530000 → "2.530.000".

    >>> in_figures(1_234_567_890), in_figures(-149_000), in_figures(0)
    ('1.234.567.890', '-149.000', '0')
    """
    return f"{amount:,}".replace(",", ".")


def written_out(amount: int) -> str:
    """Write whole đồng as text, as below the sum of a statement.

    >>> written_out(1_000_005)
    'Một triệu không trăm linh năm đồng'
    >>> written_out(149_000)
    'Một trăm bốn mươi chín nghìn đồng'
    """
    text = _number(abs(amount))
    text = f"âm {text}" if amount < 0 else text
    return f"{text[0].upper()}{text[1:]} đồng"


def _number(number: int) -> str:
    """Words of a number from 0 on; above a billion, the billions are a number of their own."""
    if number < BILLION:
        return _below_a_billion(number, is_first=True) or DIGITS[0]
    billions, rest = divmod(number, BILLION)
    return " ".join(part for part in (_number(billions), "tỷ", _below_a_billion(rest, is_first=False)) if part)


def _below_a_billion(number: int, *, is_first: bool) -> str:
    """Words of up to three groups of three digits; groups of nothing are left out, "" for 0."""
    words = []
    for place in (2, 1, 0):
        group = number // 1000**place % 1000
        if group:
            words += [_group(group, is_first=is_first and not words), GROUPS[place]]
    return " ".join(word for word in words if word)


def _group(number: int, *, is_first: bool) -> str:
    """Words of 1 to 999; "không trăm" and "linh" are said unless it begins the number."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [] if is_first and not hundreds else [DIGITS[hundreds], "trăm"]
    if tens == 0:
        return " ".join([*words, *((["linh"] if words else []) + [DIGITS[ones]] if ones else [])])
    words += ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    if ones:
        words.append(_ones(tens, ones))
    return " ".join(words)


def _ones(tens: int, ones: int) -> str:
    """The last digit behind tens: "mười một", "hai mươi mốt", "hai mươi tư", "mười lăm"."""
    if ones == 5:
        return "lăm"
    if tens > 1 and ones == 1:
        return "mốt"
    if tens > 1 and ones == 4:
        return "tư"
    return DIGITS[ones]
