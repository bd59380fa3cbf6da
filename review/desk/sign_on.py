"""Another sign-in service (OpenID Connect) that vouches for people: where to send them, and who came back."""

import hmac
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from domain.people import Role
from storage.settings import Settings

log = logging.getLogger("heyan.desk")
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # signed with the service's own key: never "none", never our secret
AWAY = "统一认证服务无法访问，请稍后再试或用本地密码登录"
STALE = "登录请求已过期，或不是从本浏览器发起，请重新登录"
UNPROVEN = "统一认证返回的身份无法核实，未予登录，请重试或联系负责人"
NAMELESS = "统一认证没有给出用户名，请联系负责人"
_SECONDS = 5.0  # that the service may take
_KEPT = 3600.0  # seconds for which its description and keys are kept
_LEEWAY = 60  # seconds by which its clock may differ


class NotVouched(HeyanError):
    """The service vouches for nobody; the message may be shown."""

    exit_code = ExitCode.USAGE


class Trip(Frozen):
    """What a browser carries to the service and back, in a cookie of ours that the service never sees.

    `links` is the number of the user who set out to link an account over there to their own; None to sign in.
    """

    state: str
    nonce: str
    verifier: str
    next: str
    links: int | None = None


class Vouched(Frozen):
    """For whom the service vouches: `subject` is its lasting name for them, `name` what it calls them today.

    `role` is what its claim maps to, None where it maps to nothing.
    """

    subject: str
    name: str
    display: str
    role: Role | None


class Provider:
    """The service that the settings name. Nothing is asked of it before somebody signs in. May be shared by threads."""

    def __init__(
        self, settings: Settings, client: httpx.Client | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.settings = settings
        self._client = client or httpx.Client(timeout=_SECONDS, follow_redirects=False)
        self._clock = clock
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    def start(self, return_url: str, next_: str, links: int | None = None) -> tuple[str, Trip]:
        """The service's address to send a browser to, and what it carries; raises NotVouched."""
        trip = Trip(state=generate_token(32), nonce=generate_token(32), verifier=generate_token(64), next=next_)
        trip = trip.model_copy(update={"links": links})
        asked = {
            "response_type": "code",
            "client_id": self.settings.oidc_client_id,
            "redirect_uri": return_url,
            "scope": self.settings.oidc_scope,
            "state": trip.state,
            "nonce": trip.nonce,
            "code_challenge": create_s256_code_challenge(trip.verifier),
            "code_challenge_method": "S256",
        }
        address = str(self._describe()["authorization_endpoint"])
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", trip

    def finish(self, trip: Trip, answer: Mapping[str, str], return_url: str) -> Vouched:
        """Who came back, after state, code, signature, issuer, audience, nonce and times were checked."""
        if not hmac.compare_digest(answer.get("state", "").encode(), trip.state.encode()):
            raise NotVouched("SIGN_ON_STATE", STALE)
        if answer.get("iss", self.settings.oidc_issuer) != self.settings.oidc_issuer or not answer.get("code"):
            raise NotVouched("SIGN_ON_ANSWER", UNPROVEN)
        tokens = self._exchange(answer["code"], trip.verifier, return_url)
        try:
            claims = self._check(tokens, trip.nonce)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            log.warning("identity not proven: %s", getattr(error, "error", type(error).__name__))
            raise NotVouched("SIGN_ON_TOKEN", UNPROVEN) from error
        return self._present(claims)

    def _exchange(self, code: str, verifier: str, return_url: str) -> dict[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": return_url, "code_verifier": verifier}
        known = self._describe()
        client, secret = self.settings.oidc_client_id, self.settings.oidc_client_secret
        basic = "client_secret_basic" in known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if secret and basic:
            auth = httpx.BasicAuth(quote(client, safe=""), quote(secret, safe=""))
            return self._ask("POST", known["token_endpoint"], data=form, auth=auth)
        own = {"client_id": client} | ({"client_secret": secret} if secret else {})
        return self._ask("POST", known["token_endpoint"], data=form | own)

    def _check(self, tokens: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        known = self._describe()
        try:
            token = self._decode(tokens["id_token"], self._keep(known["jwks_uri"]))
        except InvalidKeyIdError:  # the service has a new key since
            token = self._decode(tokens["id_token"], self._keep(known["jwks_uri"], anew=True))
        expected = {
            "iss": {"essential": True, "value": self.settings.oidc_issuer},
            "aud": {"essential": True, "value": self.settings.oidc_client_id},
        }
        known_here = {"nonce": nonce, "client_id": self.settings.oidc_client_id} | (
            {"access_token": tokens["access_token"]} if tokens.get("access_token") else {}
        )
        claims = CodeIDToken(token.claims, token.header, expected, known_here)
        claims.validate(now=int(self._clock()), leeway=_LEEWAY)
        _check_audience(claims.get("aud"), self.settings.oidc_client_id)
        return dict(claims)

    def _decode(self, text: str, keys: dict[str, Any]) -> jwt.Token:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        return jwt.decode(text, KeySet.import_key_set(keys), registry=registry)  # type: ignore[arg-type]

    def _present(self, claims: dict[str, Any]) -> Vouched:
        name = claims.get(self.settings.oidc_name_claim)
        if not isinstance(name, str) or not name.strip():
            raise NotVouched("SIGN_ON_NAME", NAMELESS)
        held = claims
        for part in self.settings.oidc_role_claim.split("."):
            held = held.get(part, {}) if isinstance(held, dict) else {}
        told = {held} if isinstance(held, str) else {one for one in held if isinstance(one, str)}
        role = next((role for value, role in self.settings.oidc_role_map if value in told), None)
        return Vouched(subject=str(claims["sub"]), name=name, display=str(claims.get("name") or "")[:60], role=role)

    def _describe(self) -> dict[str, Any]:
        known = self._keep(self.settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration")
        if known.get("issuer") != self.settings.oidc_issuer:
            raise NotVouched("SIGN_ON_ISSUER", UNPROVEN)
        return known

    def _keep(self, address: str, *, anew: bool = False) -> dict[str, Any]:
        at, kept = self._kept.get(address, (0.0, {}))
        if anew or not kept or self._clock() - at > _KEPT:
            kept = self._ask("GET", address)
            self._kept[address] = self._clock(), kept
        return kept

    def _ask(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        try:
            answer = self._client.request(method, address, **more)
            found = answer.raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            log.warning("sign-in service: %s", type(error).__name__)
            refused = isinstance(error, httpx.HTTPStatusError) and method == "POST"
            raise NotVouched("SIGN_ON_AWAY", UNPROVEN if refused else AWAY) from error
        if not isinstance(found, dict):
            raise NotVouched("SIGN_ON_ANSWER", UNPROVEN)
        return found


def _check_audience(audience: object, client: str) -> None:
    # The library takes an empty audience for none at all and lets it pass.
    if audience != client and not (isinstance(audience, list) and client in audience):
        raise ValueError("aud")


def open_provider(settings: Settings) -> Provider | None:
    """The service of the settings, None where there is none."""
    return Provider(settings) if settings.oidc_issuer else None
