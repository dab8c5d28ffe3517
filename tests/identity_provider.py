"""A small identity provider for tests (OpenID Connect, code flow with PKCE): real keys, real connections.

It signs with `cryptography` itself, so that what reads its tokens is not judged by its own library.
"""

import base64
import json
import secrets
import threading
import time
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT, SECRET = "cong-thong-tin", "bi-mat-chi-khi-thu"
CODE_SECONDS = 60


def plain(data: bytes) -> str:
    """As tokens write bytes: base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A key that signs tokens (ES256), and how it is published."""

    def __init__(self):
        self.private, self.name = ec.generate_private_key(ec.SECP256R1()), secrets.token_hex(4)

    def published(self) -> dict:
        numbers = self.private.public_key().public_numbers()
        x, y = (plain(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.name, "x": x, "y": y}

    def sign(self, claims: dict, **header) -> str:
        head = {"alg": "ES256", "kid": self.name, "typ": "JWT", **header}
        signed = ".".join(plain(json.dumps(part).encode()) for part in (head, claims))
        if head["alg"] == "none":
            return f"{signed}."
        r, s = decode_dss_signature(self.private.sign(signed.encode(), ec.ECDSA(SHA256())))
        return f"{signed}.{plain(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


class IdentityProvider:
    """`sign_in` is what a browser does there. What the tokens say is what the attributes say at that moment.

    `claims`: laid over those of a right token; None takes one out. `header`: the same of its head. `signer`: the key it
    signs with. `described`: the same of the description. `mode`: "ok"; "broken" answers 500, "silent" nothing for long,
    "elsewhere" redirects. `asked`: the paths, in order.
    """

    def __init__(self):
        self.claims, self.header, self.described, self.mode, self.asked = {}, {}, {}, "ok", []
        self.keys = [Key()]
        self.signer = self.keys[0]
        self._codes: dict[str, dict] = {}
        provider = self

        class Talk(BaseHTTPRequestHandler):
            def do_GET(self):
                provider._answer(self, urlsplit(self.path).path, "")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider._answer(self, urlsplit(self.path).path, body)

            def log_message(self, *_arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Talk)
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}/can-bo"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._server.server_close()

    # --- What a person does there -----------------------------------------------------------------

    def sign_in(self, address: str, subject: str, **claims) -> str:
        """Return where the browser goes after a person signed in at `address`; demands what a provider demands."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert address.startswith(f"{self.issuer}/dang-nhap?"), address
        assert (asked["client_id"], asked["response_type"], asked["scope"]) == (CLIENT, "code", "openid")
        assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
        assert len(asked["state"]) >= 20 and len(asked["nonce"]) >= 20
        code = secrets.token_hex(8)
        self._codes[code] = {**asked, "at": time.time(), "claims": {"sub": subject, **claims}}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def rotate(self) -> None:
        """Sign with a new key from now on; the former is no longer published."""
        self.keys = [Key()]
        self.signer = self.keys[0]

    # --- What the portal asks ---------------------------------------------------------------------

    def _answer(self, talk, path: str, body: str) -> None:
        self.asked.append(path)
        status, answer = 404, {}
        if self.mode == "broken":
            status = 500
        elif self.mode == "silent":
            time.sleep(1)
        elif self.mode == "elsewhere":
            status = 302
        elif path == "/can-bo/.well-known/openid-configuration":
            status, answer = 200, self._description()
        elif path == "/can-bo/khoa":
            status, answer = 200, {"keys": [key.published() for key in self.keys]}
        elif path == "/can-bo/the":
            status, answer = self._token(talk.headers.get("Authorization", ""), dict(parse_qsl(body)))
        written = json.dumps(answer).encode()
        talk.send_response(status)
        if status == 302:
            talk.send_header("Location", f"{self.issuer}/khac")
        talk.send_header("Content-Type", "application/json")
        talk.send_header("Content-Length", str(len(written)))
        talk.end_headers()
        try:
            talk.wfile.write(written)
        except OSError:
            pass

    def _description(self) -> dict:
        return whole(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/dang-nhap",
                "token_endpoint": f"{self.issuer}/the",
                "jwks_uri": f"{self.issuer}/khoa",
                "end_session_endpoint": f"{self.issuer}/dang-xuat",
                "id_token_signing_alg_values_supported": ["none", "HS256", "ES256"],
            },
            self.described,
        )

    def _token(self, shown: str, asked: dict) -> tuple[int, dict]:
        """Take a code once, from the portal alone, with its verifier."""
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        known = self._codes.pop(asked.get("code"), None)
        verifier = plain(sha256(asked.get("code_verifier", "").encode()).digest())
        if shown != expected:
            return 401, {"error": "invalid_client"}
        if (
            known is None
            or time.time() - known["at"] > CODE_SECONDS
            or asked.get("redirect_uri") != known["redirect_uri"]
            or verifier != known["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": known["nonce"],
            "name": "Tên ở nơi cấp",
            "email": "can-bo@example.invalid",
            **known["claims"],
        }
        token = self.signer.sign(whole(claims, self.claims), **self.header)
        return 200, {"access_token": secrets.token_hex(8), "token_type": "Bearer", "id_token": token}


def whole(facts: dict, over: dict) -> dict:
    """Lay some facts over others; None takes one out."""
    return {name: value for name, value in {**facts, **over}.items() if value is not None}
