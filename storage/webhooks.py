"""Who is told when a case changes its state, what they are told, and how often it was tried."""

import base64
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from storage import events
from storage.database import Database, clean
from storage.outgoing_tables import deliveries, webhooks
from storage.schema import events as log
from storage.tidings import tell

PREFIX = "whsec_"
WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
PAUSES = tuple(timedelta(seconds=s) for s in (30, 120, 600, 3600, 6 * 3600, 24 * 3600))  # after each failed try
_LEASE = timedelta(minutes=15)  # nobody else sends what somebody is sending
_AT_ONCE = 500  # events looked at in one go


class UnknownWebhook(HeyanError):
    """No webhook of this number."""

    exit_code = ExitCode.USAGE


class Webhook(Frozen):
    """Somebody who is told, without the secret; `waiting` and `failed` count messages."""

    id: int
    url: str
    label: str
    added_at: datetime
    added_by: str
    waiting: int = 0
    failed: int = 0


class Message(Frozen):
    """A message about to be sent: `id` is the same for every try, so that nobody acts on it twice."""

    delivery: int
    id: str
    url: str
    secret: str
    body: str
    tries: int


class Delivery(Frozen):
    """A message as the log of deliveries has it."""

    id: int
    event: int
    body: str
    state: str
    tries: int
    at: datetime
    next_at: datetime | None
    status: int | None
    trouble: str | None


class Webhooks:
    """All webhooks in a database. All methods raise StorageAway; may be shared by threads and processes."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock

    def add(self, url: str, label: str, by: str) -> tuple[Webhook, str]:
        """A new webhook, told of everything from now on, and its secret, which is shown this once."""
        secret = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
        with self._write() as connection:
            cursor = connection.scalar(select(func.max(log.c.id))) or 0
            new = {"url": clean(url), "label": clean(label), "secret": secret, "added_at": self._clock()}
            made = insert(webhooks).values(new | {"added_by": by, "cursor": cursor}).returning(webhooks)
            row = connection.execute(made).one()
            events.append(connection, None, by, "webhook added", {"id": row.id, "url": clean(url)})
            return _present(row, {}), secret

    def list(self) -> tuple[Webhook, ...]:
        """All that were not removed, oldest first."""
        counted = select(deliveries.c.webhook_id, deliveries.c.state, func.count().label("number"))
        with self._database.read() as connection:
            grouped = counted.group_by(deliveries.c.webhook_id, deliveries.c.state)
            numbers = {(row.webhook_id, row.state): row.number for row in connection.execute(grouped)}
            return tuple(_present(row, numbers) for row in _active(connection))

    def remove(self, number: int, by: str) -> None:
        """Tells somebody nothing more; what waits for them is not sent. Raises UnknownWebhook."""
        with self._write() as connection:
            row = _get(connection, number)
            connection.execute(update(webhooks).where(webhooks.c.id == number).values(removed_at=self._clock()))
            own = (deliveries.c.webhook_id == number, deliveries.c.state == WAITING)
            connection.execute(update(deliveries).where(*own).values(state=FAILED, next_at=None, trouble="removed"))
            events.append(connection, None, by, "webhook removed", {"id": number, "url": row.url})

    def probe(self, number: int) -> Message:
        """A message that tells nothing, to try a webhook with; raises UnknownWebhook."""
        body = json.dumps({"type": "ping", "at": self._clock().isoformat(timespec="seconds")})
        with self._database.read() as connection:
            row = _get(connection, number)
        mark = f"ping_{secrets.token_hex(8)}"
        return Message(delivery=0, id=mark, url=row.url, secret=row.secret, body=body, tries=0)

    def log(self, number: int, page: int = 1, size: int = 50) -> tuple[Delivery, ...]:
        """What was sent or waits to be, newest first; raises UnknownWebhook."""
        columns = [deliveries.c[key] for key in Delivery.model_fields]
        wanted = select(*columns).where(deliveries.c.webhook_id == number).order_by(deliveries.c.id.desc())
        with self._database.read() as connection:
            _get(connection, number)
            rows = connection.execute(wanted.offset((page - 1) * size).limit(size))
            return tuple(Delivery(**row._mapping) for row in rows)

    def spread(self) -> int:
        """Makes a message for every webhook of each change since the last time; gives how many."""
        with self._database.read() as connection:
            end = connection.scalar(select(func.max(log.c.id))) or 0
            behind = [row.id for row in _active(connection) if row.cursor < end]
        if not behind:
            return 0
        with self._write() as connection:
            return sum(self._spread(connection, row) for row in _active(connection))

    def take_due(self, most: int = 20) -> tuple[Message, ...]:
        """The messages whose time has come; nobody else gets them for a while."""
        now = self._clock()
        due = (deliveries.c.state == WAITING, deliveries.c.next_at <= now)
        wanted = select(deliveries, webhooks.c.url, webhooks.c.secret).join(webhooks)
        with self._database.read() as connection:
            if connection.execute(select(deliveries.c.id).where(*due).limit(1)).first() is None:
                return ()
        with self._write() as connection:
            rows = connection.execute(wanted.where(*due).order_by(deliveries.c.id).limit(most)).all()
            ids = [row.id for row in rows]
            connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(next_at=now + _LEASE))
        return tuple(_message(row) for row in rows)

    def settle(self, message: Message, status: int | None, trouble: str | None) -> None:
        """Notes how a try ended: without `trouble` it was delivered, else it is tried again later, up to the last."""
        tries, done = message.tries + 1, trouble is None
        again = PAUSES[message.tries] if not done and message.tries < len(PAUSES) else None
        state = DELIVERED if done else WAITING if again else FAILED
        told = {"state": state, "tries": tries, "status": status, "trouble": trouble and clean(trouble)}
        told |= {"next_at": self._clock() + again if again else None}
        with self._database.write() as connection:
            own = (deliveries.c.id == message.delivery, deliveries.c.state == WAITING)
            connection.execute(update(deliveries).where(*own).values(told))

    def _spread(self, connection: Connection, row: Row[Any]) -> int:
        wanted = select(log).where(log.c.id > row.cursor).order_by(log.c.id).limit(_AT_ONCE)
        seen = connection.execute(wanted).all()
        if not seen:
            return 0
        now = self._clock()
        common = {"webhook_id": row.id, "state": WAITING, "tries": 0, "at": now, "next_at": now}
        told = [(event.id, tell(event)) for event in seen]
        new = [common | {"event": number, "body": json.dumps(body)} for number, body in told if body]
        if new:
            connection.execute(insert(deliveries), new)
        connection.execute(update(webhooks).where(webhooks.c.id == row.id).values(cursor=seen[-1].id))
        return len(new)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._database.write() as connection:
            events.lock_chain(connection)
            yield connection


def _active(connection: Connection) -> list[Row[Any]]:
    wanted = select(webhooks).where(webhooks.c.removed_at.is_(None)).order_by(webhooks.c.id)
    return list(connection.execute(wanted).all())


def _get(connection: Connection, number: int) -> Row[Any]:
    row = connection.execute(select(webhooks).where(webhooks.c.id == number, webhooks.c.removed_at.is_(None))).first()
    if row is None:
        raise UnknownWebhook("UNKNOWN_WEBHOOK", f"没有编号为 {number} 的通知地址")
    return row


def _present(row: Row[Any], numbers: dict[tuple[int, str], int]) -> Webhook:
    own = {key: row._mapping[key] for key in ("id", "url", "label", "added_at", "added_by")}
    return Webhook(**own, waiting=numbers.get((row.id, WAITING), 0), failed=numbers.get((row.id, FAILED), 0))


def _message(row: Row[Any]) -> Message:
    mark = f"msg_{row.webhook_id}_{row.event}"
    return Message(delivery=row.id, id=mark, url=row.url, secret=row.secret, body=row.body, tries=row.tries)
