"""A small OpenID provider with a key of its own, which tells whatever a test wants it to."""

import base64
import hashlib
import secrets
import time
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Header, HTTPException
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

ISSUER, CLIENT, SECRET = "https://sso.example", "heyan-desk", "only:the desk/knows"


class OpenIdProvider:
    """`claims` are told beside the usual ones; `lies` takes claims and gives what is signed instead."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.claims: dict[str, Any] = {"preferred_username": "luo", "name": "罗"}
        self.lies: dict[str, Any] = {}
        self.described = ISSUER
        self.signs_with: RSAKey | None = None
        self.secret = SECRET
        self.codes: dict[str, dict[str, str]] = {}
        self.app = FastAPI()
        self.app.get("/.well-known/openid-configuration")(self.describe)
        self.app.get("/authorize")(self.authorize)
        self.app.post("/token")(self.exchange)
        self.app.get("/keys")(self.keys)

    def describe(self) -> dict[str, Any]:
        own = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.described} | {name: ISSUER + path for name, path in own.items()}

    def keys(self) -> Any:
        return KeySet([self.key]).as_dict(private=False)

    def authorize(
        self, client_id: str, redirect_uri: str, state: str, nonce: str, code_challenge: str,
        code_challenge_method: str, response_type: str, scope: str,
    ) -> RedirectResponse:  # fmt: skip
        if (client_id, response_type, code_challenge_method) != (CLIENT, "code", "S256") or "openid" not in scope:
            raise HTTPException(400)
        code = secrets.token_urlsafe(8)
        self.codes[code] = {"nonce": nonce, "challenge": code_challenge, "redirect_uri": redirect_uri}
        return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}", 302)

    def exchange(
        self, code: Annotated[str, Form()], redirect_uri: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()], authorization: Annotated[str, Header()],
    ) -> dict[str, Any]:  # fmt: skip
        asked = self.codes.pop(code, None)
        digest = hashlib.sha256(code_verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        right = given == f"{CLIENT}:{self.secret.replace(':', '%3A').replace('/', '%2F').replace(' ', '%20')}"
        if asked is None or (asked["challenge"], asked["redirect_uri"]) != (challenge, redirect_uri) or not right:
            raise HTTPException(400)
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self.sign(asked["nonce"])}

    def sign(self, nonce: str) -> str:
        now = int(time.time())
        usual = {"iss": ISSUER, "aud": CLIENT, "sub": "42", "iat": now, "exp": now + 300, "nonce": nonce}
        told = {key: value for key, value in (usual | self.claims | self.lies).items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, told, self.signs_with or self.key)
