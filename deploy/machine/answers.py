"""What the installation has to know: asked question by question, or read from a file, checked either way.

1. `read`: what was answered before, and the file of answers; what stands in it once is not asked again. 2. `ask`: the
rest, each checked at once. 3. `demand`: a run without a person names everything that is missing or wrong together.
4. `draw`: secrets that no person chooses. 5. `settings_text`, `answers_text`: the files that come of it.
"""

import base64
import ipaddress
import os
import re
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tools.console import say

from . import places

# What must not stand in a line of `.env`: its reader gives these a meaning.
UNSAFE = re.compile(r"[\s'\"\\#]|^\$")
HOST = re.compile(r"(?=.{4,200}$)(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)+")
MAIL = re.compile(r"[^@,]+@[^@,]+\.[^@,]+")
OWN, ACME, TRIAL = "own", "acme", "self-signed"
YES, NO = "yes", "no"
Answers = dict[str, str]


class Wrong(Exception):
    """Answers are missing or wrong; the text names each, a line for each."""


@dataclass(frozen=True)
class Question:
    """`check` returns what is wrong with an answer, "" when it is right; `default` may follow from earlier answers."""

    name: str
    text: str
    check: Callable[[str], str]
    default: Callable[[Answers], str] = lambda answers: ""
    is_needed: Callable[[Answers], bool] = lambda answers: True
    is_optional: bool = False


def _host(value: str) -> str:
    return "" if HOST.fullmatch(value) else "Cần tên miền viết thường, không dấu, ví dụ longxuyen.angiang.gov.vn."


def _hosts(value: str) -> str:
    return next((problem for name in value.split(",") if (problem := _host(name))), "")


def _pattern(value: str) -> str:
    if value.count("{label}") != 1 or _host(value.replace("{label}", "x")):
        return "Cần một tên miền có {label} ở chỗ nhãn của phường, xã, ví dụ {label}.longxuyen.angiang.gov.vn."
    return ""


def _one_of(*choices: str) -> Callable[[str], str]:
    return lambda value: "" if value in choices else f"Chọn một trong: {', '.join(choices)}."


def _mail(value: str) -> str:
    return "" if MAIL.fullmatch(value) else "Cần một địa chỉ thư điện tử."


def _mails(value: str) -> str:
    return next((problem for one in value.split(",") if (problem := _mail(one))), "")


def _mail_server(value: str) -> str:
    if re.fullmatch(r"smtp(?:\+tls|\+ssl)?://\S+:\d+", value):
        return ""
    return "Cần dạng smtp+tls://tai-khoan:mat-khau@may-chu:587 (mã hóa %23 cho # trong mật khẩu)."


def _folder(value: str) -> str:
    return "" if re.fullmatch(r"/[\w./-]+", value) else "Cần đường dẫn đầy đủ, bắt đầu bằng /."


def _file(value: str) -> str:
    return _folder(value) or ("" if Path(value).is_file() else f"Không thấy tệp {value}.")


def _keys(value: str) -> str:
    keys = value.split(",")
    right = all(re.fullmatch(r"age1[02-9ac-hj-np-z]{58}", key) for key in keys)
    return "" if right else "Cần khóa công khai dạng age1…; tạo bằng manage.py backup --new-key trên máy khác."


def _networks(value: str) -> str:
    for one in value.split(","):
        try:
            ipaddress.ip_network(one)
        except ValueError:
            return f"«{one}» không phải là một mạng, ví dụ 10.20.0.0/16."
    return ""


def _port(value: str) -> str:
    return "" if value.isdecimal() and 0 < int(value) < 65536 else "Cần một số từ 1 đến 65535."


def _outgoing(answers: Answers, resolver: Path = Path("/etc/resolv.conf")) -> list[str]:
    """Return the addresses of the name servers of this machine and of the mail server that was named."""
    lines = resolver.read_text(encoding="utf-8").splitlines() if resolver.exists() else []
    found = [line.split()[1].partition("%")[0] for line in lines if line.startswith("nameserver ")]
    server = urlsplit(answers.get("PORTAL_EMAIL_URL", "")).hostname
    try:
        found += sorted({row[4][0] for row in socket.getaddrinfo(server, None)}) if server else []
    except OSError:
        say(f"  Không tra được địa chỉ của {server}; hãy ghi địa chỉ của máy chủ thư vào INSTALL_OUTGOING.")
    return list(dict.fromkeys(found))


QUESTIONS = (
    Question("PORTAL_HOST", "Tên miền của trang thành phố", _host),
    Question(
        "PORTAL_HOST_PATTERN",
        "Mẫu tên miền của trang phường, xã",
        _pattern,
        default=lambda answers: "{label}." + answers.get("PORTAL_HOST", ""),
    ),
    Question(
        "INSTALL_TLS",
        f"Chứng thư TLS: {OWN} (đã có tệp), {ACME} (xin của Let's Encrypt), {TRIAL} (tự ký, chỉ để thử)",
        _one_of(OWN, ACME, TRIAL),
    ),
    Question(
        "INSTALL_CERTIFICATE",
        "Tệp chứng thư, cả chuỗi (PEM)",
        _file,
        is_needed=lambda answers: answers.get("INSTALL_TLS") == OWN,
    ),
    Question(
        "INSTALL_CERTIFICATE_KEY",
        "Tệp khóa riêng của chứng thư (PEM)",
        _file,
        is_needed=lambda answers: answers.get("INSTALL_TLS") == OWN,
    ),
    Question(
        "INSTALL_ACME_MAIL",
        "Thư điện tử báo cho nơi cấp chứng thư",
        _mail,
        is_needed=lambda answers: answers.get("INSTALL_TLS") == ACME,
    ),
    Question(
        "INSTALL_ACME_NAMES",
        "Các tên miền khác ghi vào chứng thư (của phường, xã), cách nhau bằng dấu phẩy",
        _hosts,
        is_needed=lambda answers: answers.get("INSTALL_TLS") == ACME,
        is_optional=True,
    ),
    Question("PORTAL_MAIL_FROM", "Địa chỉ gửi thư của cổng", _mail),
    Question("PORTAL_EMAIL_URL", "Máy chủ thư (để trống: thư chỉ được ghi ra tệp)", _mail_server, is_optional=True),
    Question(
        "INSTALL_OUTGOING",
        "Địa chỉ mà việc định kỳ được mở kết nối tới: máy chủ thư, máy chủ tên miền",
        _networks,
        default=lambda answers: ",".join(_outgoing(answers)),
        is_optional=True,
    ),
    Question(
        "PORTAL_AUDIT_MAIL", "Ai nhận đầu chuỗi nhật ký và lời báo khi đối chiếu có lỗi", _mails, is_optional=True
    ),
    Question("PORTAL_SECURITY_CONTACT", "Thư điện tử nhận báo cáo lỗ hổng bảo mật", _mail, is_optional=True),
    Question("PORTAL_BACKUP", "Thư mục sao lưu, ở ổ đĩa khác (để trống: chưa sao lưu)", _folder, is_optional=True),
    Question(
        "PORTAL_BACKUP_RECIPIENTS",
        "Khóa công khai để mã hóa bản sao lưu",
        _keys,
        is_needed=lambda answers: bool(answers.get("PORTAL_BACKUP")),
    ),
    Question(
        "PORTAL_BACKUP_KEYS",
        "Thư mục giữ khóa của cổng, ở nơi khác nữa",
        _folder,
        is_needed=lambda answers: bool(answers.get("PORTAL_BACKUP")),
        is_optional=True,
    ),
    Question(
        "INSTALL_SCANNER",
        f"Cài máy quét mã độc ClamAV trên máy này ({YES}/{NO}; cần khoảng 1,5 GB bộ nhớ)",
        _one_of(YES, NO),
        default=lambda answers: YES,
    ),
    Question(
        "INSTALL_RECOGNISER",
        f"Cài Tesseract để tìm được chữ trong bản quét và ảnh chụp giấy tờ ({YES}/{NO})",
        _one_of(YES, NO),
        default=lambda answers: YES,
    ),
    Question(
        "INSTALL_ADMIN_NETWORKS",
        "Các mạng được vào trang quản trị (để trống: mọi nơi, sau khi đăng nhập)",
        _networks,
        is_optional=True,
    ),
    Question("INSTALL_HTTP_PORT", "Cổng mạng của HTTP", _port, default=lambda answers: "80"),
    Question("INSTALL_HTTPS_PORT", "Cổng mạng của HTTPS", _port, default=lambda answers: "443"),
)


def read(*paths: Path) -> Answers:
    """Return what the files say, a later one before an earlier one; files that are not there say nothing."""
    found: Answers = {}
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            name, is_setting, value = line.strip().partition("=")
            if is_setting and not name.startswith("#"):
                found[name] = value
    return found


def ask(answers: Answers) -> Answers:
    """Ask for what is not answered yet, each until it is right; an empty answer takes what is proposed."""
    answers = dict(answers)
    for question in QUESTIONS:
        if question.name in answers or not question.is_needed(answers):
            continue
        proposed = question.default(answers)
        while True:
            say(f"{question.text}{f' [{proposed}]' if proposed else ''}:")
            value = input("> ").strip() or proposed
            if not (problem := problem_of(question, value)):
                break
            say(f"  {problem}")
        answers[question.name] = value
    return answers


def demand(answers: Answers) -> Answers:
    """Return the answers with what is proposed for those that are missing. Raises Wrong."""
    answers, wrong = dict(answers), []
    for question in QUESTIONS:
        if not question.is_needed(answers):
            continue
        value = answers.setdefault(question.name, question.default(answers))
        if problem := problem_of(question, value):
            wrong.append(f"{question.name} ({question.text}): {problem}")
    if wrong:
        raise Wrong("\n".join(wrong))
    return answers


def problem_of(question: Question, value: str) -> str:
    """Return what is wrong with an answer; "" when it is right."""
    if not value:
        return "" if question.is_optional else "Chưa có câu trả lời."
    if UNSAFE.search(value):
        return "Không được có khoảng trắng, dấu nháy, dấu \\ hay dấu #, và không bắt đầu bằng $."
    return question.check(value)


def draw(answers: Answers) -> Answers:
    """Return the answers with the secrets that were not drawn yet; those that were stay."""
    drawn = {
        "SECRET_KEY": secrets.token_hex(48),
        "PORTAL_PERSONAL_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "PORTAL_WATCH_TOKEN": secrets.token_hex(24),
    }
    return drawn | answers


def settings_text(answers: Answers) -> str:
    """Return the text of the portal's `.env`: what was answered, what follows from where things lie."""
    socket_here = f"unix:{places.SCANNER_SOCKET}"
    placed = {
        "PORTAL_VAR": str(places.VAR),
        "PORTAL_SEALS": str(places.SEALS),
        "PORTAL_AUDIT_KEYS": str(places.KEYS / "audit_keys"),
        "DATABASE_URL": places.database_url(places.ACCOUNT),
        "PORTAL_DATABASE_ROLE": places.ACCOUNT,
        "PORTAL_ACCEL_PREFIX": places.ACCEL,
        "PORTAL_CLAMAV": socket_here if answers["INSTALL_SCANNER"] == YES else "",
    }
    # What a person changed in the file, or added to it, stays.
    values = placed | {name: value for name, value in answers.items() if not name.startswith("INSTALL_")}
    if answers["INSTALL_SCANNER"] == NO and values["PORTAL_CLAMAV"] == socket_here:
        values["PORTAL_CLAMAV"] = ""
    lines = [f"{name}={value}" for name, value in sorted(values.items()) if value != ""]
    return "\n".join(["# Ghi bởi deploy/install; mọi biến đều có giải thích trong .env.example.", *lines, ""])


def answers_text(answers: Answers) -> str:
    """Return the text of the file that remembers what is no setting of the portal."""
    lines = [f"{name}={value}" for name, value in sorted(answers.items()) if name.startswith("INSTALL_")]
    return "\n".join(["# Câu trả lời của deploy/install.", *lines, ""])
