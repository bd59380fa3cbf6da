"""Sends a message, signed as Standard Webhooks describes it: id, time and body under HMAC-SHA256."""

import base64
import hashlib
import hmac
import time
from collections.abc import Collection

import httpx

from reports.webhooks.guard import BadAddress, Resolve, Target, aim, look_up
from storage.webhooks import PREFIX, Message, Webhooks

SECONDS = 10.0


def send(
    message: Message, allowed: Collection[str] = (), resolve: Resolve = look_up, now: float | None = None
) -> tuple[int | None, str | None]:
    """What the other side answered, and what went wrong (None: it has the message). No redirect is followed."""
    try:
        target = aim(message.url, allowed, resolve)
        status = _post(target, message.body.encode(), sign(message, int(time.time() if now is None else now)))
    except BadAddress as error:
        return None, error.message
    except (httpx.HTTPError, OSError) as error:
        return None, type(error).__name__
    return status, None if 200 <= status < 300 else f"HTTP {status}"


def sign(message: Message, at: int) -> dict[str, str]:
    """The headers by which the other side knows that a message is ours, and when it was sent."""
    key = base64.b64decode(message.secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message.id}.{at}.{message.body}".encode(), hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(signed).decode()}"
    return {"webhook-id": message.id, "webhook-timestamp": str(at), "webhook-signature": signature}


def deliver_due(webhooks: Webhooks, allowed: Collection[str] = (), resolve: Resolve = look_up) -> int:
    """Sends everything whose time has come; gives how many messages were tried. Raises StorageAway."""
    webhooks.spread()
    due = webhooks.take_due()
    for message in due:
        webhooks.settle(message, *send(message, allowed, resolve))
    return len(due)


def _post(target: Target, body: bytes, headers: dict[str, str]) -> int:
    # To the address that was checked, not to whatever the name says a moment later.
    ip = f"[{target.ip}]" if ":" in target.ip else target.ip
    host = f"[{target.host}]" if ":" in target.host else target.host
    own = {"Host": f"{host}:{target.port}", "Content-Type": "application/json", "User-Agent": "heyan"}
    extensions = {"sni_hostname": target.host} if target.scheme == "https" else {}
    url = f"{target.scheme}://{ip}:{target.port}{target.path}"
    with (
        httpx.Client(timeout=SECONDS, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", url, content=body, headers=own | headers, extensions=extensions) as response,
    ):
        return response.status_code  # what else it says is not read
