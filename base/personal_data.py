"""What in a text looks like personal data: shown to writer and approver before it is public (Quy chế Điều 6).

Telephone numbers of mobile networks, mail addresses that are no office's, numbers of identity cards. A pattern proves
nothing, so it only warns: an office may have given its mobile number.
"""

import re

# Prefixes of the mobile networks, with or without the country's number; spaces, dots and hyphens between digits.
MOBILE = re.compile(r"(?<![\d/.-])(?:\+?84[ .-]?|0)[35789](?:[ .-]?\d){8}(?![\d/])")
MAIL = re.compile(r"[\w.+-]+@(?!example\.invalid)[\w-]+(?:\.[\w-]+)+")
OFFICIAL = (".gov.vn", ".invalid", ".edu.vn")
# Twelve digits: century and sex, province, year, running number (Thông tư 59/2021/TT-BCA).
IDENTITY = re.compile(r"(?<![\d/.-])0\d{2}[ .]?\d{3}[ .]?\d{6}(?![\d/])")
MARKUP = re.compile(r"<[^>]*>")


def kinds_in(text: str) -> list[str]:
    """Return what a text (plain or HTML) seems to hold: "số điện thoại di động", "thư điện tử cá nhân", "số căn cước".

    Example: "Gọi 0912 345 678" gives ["số điện thoại di động"].
    """
    plain = MARKUP.sub(" ", text)
    found = []
    if IDENTITY.search(plain):
        found.append("số căn cước")
        plain = IDENTITY.sub(" ", plain)
    if MOBILE.search(plain):
        found.append("số điện thoại di động")
    if any(not mail.lower().endswith(OFFICIAL) for mail in MAIL.findall(plain)):
        found.append("thư điện tử cá nhân")
    return found
