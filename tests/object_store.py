"""An object store of the S3 kind in memory, on this machine: for tests.

It knows what the portal asks for, one bucket, versions where they are switched on; it checks every signature (Signature
Version 4, in the header or in the address) as a store does, and refuses what none is on. `is_away`: it hangs up.
"""

import hmac
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import md5, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.test import override_settings

KEY, SECRET, REGION, BUCKET = "khoa-thu", "bi-mat-thu", "us-east-1", "cong"
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<scope>[^,]+), SignedHeaders=(?P<names>[^,]+), "
    r"Signature=(?P<stated>\w+)"
)
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass
class Version:
    """What was written under a key once; `content` None: the mark of a deletion."""

    number: str
    content: bytes | None
    written_at: datetime


@dataclass
class Store:
    """The store: contents by key, each with its versions, the newest last; `asked`: (method, path with query).

    `refusal`: what is answered who did not sign.
    """

    has_versions: bool = False
    is_open: bool = False
    refusal: int = 403
    is_away: bool = False
    versions: dict[str, list[Version]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def contents(self) -> dict[str, bytes]:
        """Return what is under each key now."""
        newest = {key: versions[-1].content for key, versions in self.versions.items() if versions}
        return {key: content for key, content in newest.items() if content is not None}

    def put(self, key: str, content: bytes | None) -> None:
        found = self.versions.setdefault(key, [])
        if not self.has_versions:
            found.clear()
        if content is not None or self.has_versions:
            number = f"v{len(self.asked)}" if self.has_versions else "null"
            found.append(Version(number, content, datetime.now(UTC)))

    def remove(self, key: str, number: str) -> None:
        self.versions[key] = [version for version in self.versions.get(key, ()) if version.number != number]

    def settings(self, beginning: str = "PORTAL_S3") -> dict[str, str]:
        """Return the settings of a portal whose files are here; of backups they begin otherwise."""
        named = {"BUCKET": BUCKET, "ENDPOINT": self.endpoint, "REGION": REGION, "KEY": KEY, "SECRET": SECRET}
        return {f"{beginning}_{name}": value for name, value in named.items()}


@contextmanager
def running(**state) -> Iterator[Store]:
    """Start a store; stop it whatever happened."""
    store = Store(**state)
    server = _Server(("127.0.0.1", 0), type("Of", (_Handler,), {"store": store}))
    store.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()


def files_in(store: Store) -> override_settings:
    """Return the settings under which this process has its files in a store."""
    from_base = {
        alias: {"BACKEND": "base.files.object_store.PrivateObjects", "OPTIONS": {"folder": folder}}
        for alias, folder in (("default", "media"), ("archive", "archive"))
    }
    static = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    return override_settings(STORAGES=from_base | static, **store.settings())


def backups_in(store: Store) -> override_settings:
    """Return the settings under which the backups of this process go to a store too."""
    options = {"folder": "portal-backups", "named": "PORTAL_BACKUP_S3"}
    backup = {"backup": {"BACKEND": "base.files.object_store.PrivateObjects", "OPTIONS": options}}
    return override_settings(STORAGES=settings.STORAGES | backup, **store.settings("PORTAL_BACKUP_S3"))


class _Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True

    def handle_error(self, _request, _address):
        """A client that hangs up, as some tests want it to, is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: Store

    def answer(self):
        parts = urlsplit(self.path)
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.store.is_away:
            self.close_connection = True
            return
        self.store.asked.append((self.command, self.path))
        bucket, _, key = unquote(parts.path).removeprefix("/").partition("/")
        reads = self.command in ("GET", "HEAD")
        if not (self._is_signed(parts) or (self.store.is_open and reads and "X-Amz-Signature" not in self.query)):
            self._refuse(self.store.refusal, "AccessDenied")
        elif bucket != BUCKET:
            self._refuse(404, "NoSuchBucket")
        elif key:
            {"GET": self._get, "HEAD": self._get, "PUT": self._put, "DELETE": self._delete}[self.command](key)
        else:
            self._of_bucket()

    do_GET = do_HEAD = do_PUT = do_DELETE = answer

    # --- Objects -----------------------------------------------------------------------------------

    def _get(self, key: str):
        content = self.store.contents().get(key)
        if content is None:
            self._refuse(404, "NoSuchKey")
            return
        headers = {
            "ETag": f'"{md5(content, usedforsecurity=False).hexdigest()}"',
            "Last-Modified": f"{self.store.versions[key][-1].written_at:%a, %d %b %Y %H:%M:%S} GMT",
            "Accept-Ranges": "bytes",
            "x-amz-request-id": "1",
        }
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not wanted:
            self._say(200, content, headers)
            return
        first, last = wanted.groups()
        start = int(first) if first else max(0, len(content) - int(last))
        end = min(int(last), len(content) - 1) if first and last else len(content) - 1
        if start > end:
            self._refuse(416, "InvalidRange")
            return
        self._say(206, content[start : end + 1], {**headers, "Content-Range": f"bytes {start}-{end}/{len(content)}"})

    def _put(self, key: str):
        source = unquote(self.headers.get("x-amz-copy-source", ""))
        if source:
            content = self.store.contents()[source.removeprefix(f"{BUCKET}/")]
            self.store.put(key, content)
            self._say(200, _xml("CopyObjectResult", "<LastModified>2026-01-01T00:00:00Z</LastModified>"))
            return
        stated = self.headers["x-amz-content-sha256"]
        if stated not in ("UNSIGNED-PAYLOAD", sha256(self.body).hexdigest()):
            self._refuse(400, "XAmzContentSHA256Mismatch")
            return
        self.store.put(key, self.body)
        self._say(200, b"", {"ETag": f'"{md5(self.body, usedforsecurity=False).hexdigest()}"'})

    def _delete(self, key: str):
        if "versionId" in self.query:
            self.store.remove(key, self.query["versionId"])
        else:
            self.store.put(key, None)
        self._say(204, b"")

    # --- The bucket --------------------------------------------------------------------------------

    def _of_bucket(self):
        prefix = self.query.get("prefix", "")
        if "versioning" in self.query:
            status = "<Status>Enabled</Status>" if self.store.has_versions else ""
            self._say(200, _xml("VersioningConfiguration", status))
        elif "versions" in self.query:
            found = [(key, one) for key, versions in self.store.versions.items() for one in versions]
            rows = "".join(
                f"<{kind}><Key>{escape(key)}</Key><VersionId>{one.number}</VersionId></{kind}>"
                for key, one in found
                if key.startswith(prefix) and (kind := "DeleteMarker" if one.content is None else "Version")
            )
            self._say(200, _xml("ListVersionsResult", f"<IsTruncated>false</IsTruncated>{rows}"))
        else:
            # Two at a time, so that the pages of a list are asked for.
            keys = [key for key in sorted(self.store.contents()) if key.startswith(prefix)]
            keys = [key for key in keys if key > self.query.get("continuation-token", "")]
            rows = "".join(
                f"<Contents><Key>{escape(key)}</Key><Size>{len(self.store.contents()[key])}</Size>"
                f"<LastModified>{self.store.versions[key][-1].written_at:%Y-%m-%dT%H:%M:%SZ}</LastModified></Contents>"
                for key in keys[:2]
            )
            more = f"<NextContinuationToken>{escape(keys[1])}</NextContinuationToken>" if len(keys) > 2 else ""
            is_cut = "true" if more else "false"
            self._say(200, _xml("ListBucketResult", f"<IsTruncated>{is_cut}</IsTruncated>{more}{rows}"))

    # --- Signatures --------------------------------------------------------------------------------

    def _is_signed(self, parts) -> bool:
        query = dict(self.query)
        if "X-Amz-Signature" in query:
            key, _, scope = query["X-Amz-Credential"].partition("/")
            names, stated, moment = query["X-Amz-SignedHeaders"], query.pop("X-Amz-Signature"), query["X-Amz-Date"]
            payload, most = "UNSIGNED-PAYLOAD", int(query["X-Amz-Expires"])
        else:
            found = SIGNED.fullmatch(self.headers.get("Authorization", ""))
            if not found:
                return False
            key, scope, names, stated = found["key"], found["scope"], found["names"], found["stated"]
            moment, payload, most = self.headers["x-amz-date"], self.headers["x-amz-content-sha256"], 900
        signed_at = datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if key != KEY or not timedelta(minutes=-15) < datetime.now(UTC) - signed_at <= timedelta(seconds=most):
            return False
        words = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query.items())
        heads = "".join(f"{name}:{' '.join(self.headers.get(name, '').split())}\n" for name in names.split(";"))
        asked = "&".join("=".join(word) for word in words)
        request = "\n".join([self.command, parts.path, asked, heads, names, payload])
        text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, sha256(request.encode()).hexdigest()])
        secret = f"AWS4{SECRET}".encode()
        for part in scope.split("/"):
            secret = hmac.digest(secret, part.encode(), "sha256")
        return hmac.compare_digest(hmac.new(secret, text.encode(), "sha256").hexdigest(), stated)

    # --- Answers -----------------------------------------------------------------------------------

    def _refuse(self, status: int, code: str):
        self._say(status, _xml("Error", f"<Code>{code}</Code><BucketName>{BUCKET}</BucketName>"))

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None):
        self.send_response(status)
        usual = {"Content-Type": "binary/octet-stream", "Content-Length": str(len(body))}
        for name, value in {**usual, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


def _xml(name: str, inner: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{NAMESPACE}">{inner}</{name}>'.encode()
