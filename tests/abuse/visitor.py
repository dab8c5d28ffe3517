"""Somebody at a browser: a session of HTTP over TLS, with cookies, CSRF token and an address of his own.

Every request goes to the web server in front; host names lead to this machine, as a hosts file would have it.
"""

import html
import io
import itertools
import re
import zipfile

import requests
from requests.adapters import HTTPAdapter

ADMIN = "/quan-tri/"
TIMEOUT_SECONDS = 60
SEEN = "portal_seen"
STAMP = re.compile(rf'name="{SEEN}" value="([^"]*)"')
OUTDATED = "đã thay đổi từ lúc bạn mở"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_addresses = itertools.count(20)


class _From(HTTPAdapter):
    """Connects from one address of the loopback net, so that each visitor has an address of his own."""

    def __init__(self, address: str):
        self._address = address
        super().__init__(pool_maxsize=32)

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, source_address=(self._address, 0), **kwargs)


class Visitor:
    """One session; `role` is the name that assertions give it."""

    def __init__(self, stage, role: str = "anonymous", *, address: str | None = None):
        number = next(_addresses)
        self.stage, self.role, self.user = stage, role, None
        self.address = address or f"127.0.{number // 250 + 1}.{number % 250 + 1}"
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = str(stage.certificate)
        self.http.mount("https://", _From(self.address))
        self.http.headers.update({"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)", "Accept-Language": "vi"})

    def elsewhere(self) -> "Visitor":
        """The same session from another address."""
        other = Visitor(self.stage, self.role)
        other.http.cookies.update(self.http.cookies)
        return other

    # --- Asking ---------------------------------------------------------------------------------------

    def ask(self, method: str, path: str, *, host: str = "localhost", headers: dict | None = None, **options):
        """Send one request and return the answer; redirects are not followed unless asked."""
        options.setdefault("allow_redirects", False)
        options.setdefault("timeout", TIMEOUT_SECONDS)
        own = {"Host": f"{host}:{self.stage.port}", **(headers or {})}
        return self.http.request(method, self.stage.url + path, headers=own, **options)

    def get(self, path: str, **options):
        return self.ask("GET", path, **options)

    def post(self, path: str, data=None, *, host: str = "localhost", headers: dict | None = None, **options):
        """Post a form as a browser would: with the token of the session, Origin and Referer.

        A screen of a decision wants to know what it showed: who comes without that looks at it and presses again.
        """
        origin = f"https://{host}:{self.stage.port}"
        own = {"Origin": origin, "Referer": origin + path, **(headers or {})}
        if isinstance(data, dict) or data is None:
            data = {"csrfmiddlewaretoken": self.token(host), **(data or {})}
        is_form = isinstance(data, dict) and path.startswith(ADMIN) and SEEN not in data
        if is_form and options.get("files"):
            # What is attached can be sent once.
            data |= seen_in(self.get(path, host=host).text)
        answer = self.ask("POST", path, data=data, host=host, headers=own, **options)
        if is_form and SEEN not in data and OUTDATED in answer.text:
            answer = self.ask("POST", path, data=data | seen_in(answer.text), host=host, headers=own, **options)
        return answer

    def token(self, host: str = "localhost") -> str:
        """The CSRF token of the session: what its cookie says, fetched with a form when there is none."""
        for _attempt in range(2):
            for cookie in self.http.cookies:
                if "csrftoken" in cookie.name and cookie.domain.removesuffix(".local") == host:
                    return cookie.value
            self.get(f"{ADMIN}login/", host=host)
        return ""

    def cookies(self) -> dict:
        return {cookie.name: cookie.value for cookie in self.http.cookies}

    def form(self, path: str, form_id: str = "", **changes) -> dict:
        """Fetch a page and return the fields of its form as a browser would send them, with some changed."""
        return {**form_fields(self.get(path).text, form_id), **changes}


def seen_in(text: str) -> dict:
    """Return what a screen says that it shows, as its form sends it; nothing for a screen that does not."""
    found = STAMP.search(text)
    return {SEEN: found.group(1)} if found else {}


def form_fields(text: str, form_id: str = "") -> dict:
    """Return the fields of a form: inputs, chosen options, text areas."""
    if form_id:
        found = re.search(rf'<form[^>]*id="{form_id}".*?</form>', text, re.S)
        text = found.group(0) if found else ""
    data: dict = {}
    for tag in re.findall(r"<input\b[^>]*>", text):
        name, kind = _attribute(tag, "name"), (_attribute(tag, "type") or "text").lower()
        if not name or kind in ("submit", "button", "file", "image", "reset"):
            continue
        if kind in ("checkbox", "radio"):
            if not re.search(r"\bchecked\b", tag):
                continue
            _put(data, name, _attribute(tag, "value") if "value=" in tag else "on", many=kind == "checkbox")
        else:
            _put(data, name, _attribute(tag, "value"))
    for attributes, inner in re.findall(r"<textarea\b([^>]*)>(.*?)</textarea>", text, re.S):
        _put(data, _attribute(attributes, "name"), html.unescape(inner).removeprefix("\n").removeprefix("\r\n"))
    for attributes, inner in re.findall(r"<select\b([^>]*)>(.*?)</select>", text, re.S):
        options = re.findall(r"<option\b[^>]*>", inner)
        chosen = [_attribute(tag, "value") for tag in options if re.search(r"\bselected\b", tag)]
        if "multiple" in attributes:
            data[_attribute(attributes, "name")] = chosen
        elif options:
            _put(data, _attribute(attributes, "name"), chosen[0] if chosen else _attribute(options[0], "value"))
    data.pop("", None)
    return data


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag) or re.search(rf"\b{name}='([^']*)'", tag)
    return html.unescape(found.group(1)) if found else ""


def _put(data: dict, name: str, value: str, *, many: bool = False) -> None:
    if name in data and many:
        data[name] = [*(data[name] if isinstance(data[name], list) else [data[name]]), value]
    elif name:
        data[name] = value


def text_of(answer) -> str:
    """Everything an answer shows: status line, headers, body; escapes undone, packed exports opened."""
    parts = [answer.reason or "", *(f"{name}: {value}" for name, value in answer.headers.items())]
    body = answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            parts += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    else:
        parts.append(body.decode("utf-8", "replace"))
    shown = html.unescape("\n".join(parts))
    if "\\u" in shown:
        shown += re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match.group(1), 16)), shown)
    return shown
