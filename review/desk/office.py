"""What the desk works with: records, people, queue, originals, and the clock on the wall."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import Request

from domain.outgoing import Sender
from review.desk.sign_on import Provider, open_provider
from review.outgoing import SENDER, sender_of
from storage.bucket import Bucket, open_bucket
from storage.ledger import Ledger, open_ledger
from storage.people import People
from storage.queue import Queue
from storage.settings import Settings


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Office:
    """All that a page may need; `data` is the local folder that holds what can be made again (pictures of pages)."""

    ledger: Ledger
    people: People
    queue: Queue
    bucket: Bucket
    data: Path
    clock: Callable[[], datetime] = now
    allowed_hosts: frozenset[str] = frozenset()  # may be told over http and inside the own network
    sign_on: Provider | None = None  # vouches for people beside the local passwords
    sender: Sender = SENDER  # signs what goes out


def open_office(settings: Settings) -> Office:
    """The office that the settings describe; raises StorageAway, SchemaMismatch."""
    ledger = open_ledger(settings.database_url)
    people, queue = People(ledger.database), Queue(ledger.database)
    bucket = open_bucket(settings)
    hosts, sign_on = settings.allowed_hosts, open_provider(settings)
    sender = sender_of(settings)
    return Office(ledger, people, queue, bucket, settings.data, allowed_hosts=hosts, sign_on=sign_on, sender=sender)


def office_of(request: Request) -> Office:
    """The office behind a request, for routes to depend on."""
    office: Office = request.app.state.office
    return office
