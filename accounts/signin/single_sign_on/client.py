"""The identity provider, asked with Authlib. Imported by `provider.py` only where a provider is set up.

1. `application` reads the provider's description (OpenID Connect Discovery 1.0), once an hour; after a failure it is
not asked for it again for `REST_SECONDS`, so that a crowd of sign-ins does not wait for it. 2. `claims_of` exchanges a
code and checks the token: a key that the provider publishes, issuer, audience, nonce, times to `SKEW_SECONDS`. Tokens
end with the request; neither they nor codes are logged.
"""

import logging
import time

from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import DjangoOAuth2App
from django.conf import settings
from joserfc.errors import JoseError
from requests import RequestException, get

from .offered import AWAY, REFUSED, SKEW_SECONDS, NotIn

logger = logging.getLogger(__name__)

# To connect, and until the next piece of an answer.
WAIT_SECONDS = (3.05, 5)
DESCRIBED_SECONDS, REST_SECONDS = 3600, 20
LONGEST_SUBJECT = 255
# Signatures that only the provider can make: none at all, or one by a secret that both know, is not taken.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
PLACES = (*NEEDED, "end_session_endpoint")
BASIC, POSTED = "client_secret_basic", "client_secret_post"

_known: dict[tuple, tuple[float, DjangoOAuth2App]] = {}
_rests_until: dict[str, float] = {}


def application() -> DjangoOAuth2App:
    """Return the client of the provider; raises NotIn (away) when its description cannot be read."""
    key = (settings.PORTAL_OIDC_ISSUER, settings.PORTAL_OIDC_CLIENT, settings.PORTAL_OIDC_SECRET)
    until, found = _known.get(key, (0.0, None))
    if found is None or time.monotonic() >= until:
        found = _made(_description())
        _known.clear()
        _known[key] = (time.monotonic() + DESCRIBED_SECONDS, found)
    return found


def claims_of(code: str, *, place: str, verifier: str, nonce: str) -> dict:
    """Exchange a code that came to `place`; return what the token of identity says, checked. Raises NotIn."""
    app = application()
    expected = {
        "iss": {"essential": True, "value": settings.PORTAL_OIDC_ISSUER},
        "aud": {"essential": True, "value": settings.PORTAL_OIDC_CLIENT},
    }
    try:
        token = app.fetch_access_token(place, code=code, code_verifier=verifier)
        claims = app.parse_id_token(token, nonce=nonce, claims_options=expected, leeway=SKEW_SECONDS)
    except RequestException as error:
        raise _away(error) from None
    except (OAuthError, JoseError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise refused(type(error).__name__) from None
    if not claims or not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
        raise refused("no token of identity, or no subject")
    return claims


def refused(why: str) -> NotIn:
    """Log why an answer is not taken; return what to raise."""
    logger.warning("The answer of the identity provider was refused: %s", why)
    return NotIn(REFUSED)


def start_anew() -> None:
    """Drop what is known of the provider, so that the next question reads its description."""
    _known.clear()
    _rests_until.clear()


# --- Private ---------------------------------------------------------------------------------------


def _description() -> dict:
    """Read the provider's description. Raises NotIn (away)."""
    issuer = settings.PORTAL_OIDC_ISSUER
    if time.monotonic() < _rests_until.get(issuer, 0):
        raise NotIn(AWAY)
    try:
        answer = get(
            f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=WAIT_SECONDS, allow_redirects=False
        )
        answer.raise_for_status()
        return _checked(answer.json())
    except (RequestException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _away(error) from None


def _checked(found: dict) -> dict:
    """Return of a description what is used: issuer, places, algorithms, how the portal says who it is.

    Raises ValueError for that of another issuer, or with a place that is less protected than the issuer.
    """
    scheme = settings.PORTAL_OIDC_ISSUER.partition("://")[0]
    places = {name: found[name] for name in PLACES if found.get(name)}
    if found["issuer"] != settings.PORTAL_OIDC_ISSUER or not all(name in places for name in NEEDED):
        raise ValueError("another issuer, or a place is missing")
    if not all(place.startswith(f"{scheme}://") for place in places.values()):
        raise ValueError("a place without the protection of the issuer")
    published = found.get("id_token_signing_alg_values_supported") or ["RS256"]
    algorithms = [name for name in ALGORITHMS if name in published]
    if not algorithms:
        raise ValueError("no algorithm that is taken")
    methods = found.get("token_endpoint_auth_methods_supported") or [BASIC]
    return {
        **places,
        "issuer": found["issuer"],
        "id_token_signing_alg_values_supported": algorithms,
        "token_endpoint_auth_method": BASIC if BASIC in methods else POSTED,
    }


def _made(description: dict) -> DjangoOAuth2App:
    method = description.pop("token_endpoint_auth_method")
    return DjangoOAuth2App(
        None,
        name="portal",
        client_id=settings.PORTAL_OIDC_CLIENT,
        client_secret=settings.PORTAL_OIDC_SECRET,
        client_kwargs={
            "scope": "openid",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": method,
            "default_timeout": WAIT_SECONDS,
            # A redirect is no answer: it would lead code and secret elsewhere.
            "max_redirects": 0,
        },
        **description,
    )


def _away(error: Exception) -> NotIn:
    _rests_until[settings.PORTAL_OIDC_ISSUER] = time.monotonic() + REST_SECONDS
    logger.warning("The identity provider gave no usable answer: %s", type(error).__name__)
    return NotIn(AWAY)
