"""What changed between two versions of a case: papers that came or went, and values that differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from domain.decision import Place
from domain.document import Document, Version, values
from domain.field import Field
from domain.page import Frozen
from extractors.documents.other import Other
from review.rebuilding import recall
from review.typing_in import show
from storage.ledger import Ledger
from storage.versions import read_papers

Key = tuple[str, Version | None, int]  # type, version, and which of those alike


class Paper(Frozen):
    """A document of one of the versions, by what it goes by."""

    document: str
    version: Version | None
    ordinal: int
    pages: tuple[int, ...]


class Difference(Frozen):
    """A value that is not what it was; empty where nothing stood or stands. Pages are those of each version."""

    place: Place
    before: str
    after: str
    page_before: int | None
    page_after: int | None


class Differences(Frozen):
    """From an older version to a newer one."""

    old: int
    new: int
    gone: tuple[Paper, ...]
    came: tuple[Paper, ...]
    values: tuple[Difference, ...]


def compare_versions(ledger: Ledger, case: str, old: int, new: int) -> Differences:
    """What changed between two versions as they were last read; raises UnknownCase, StorageAway."""
    was, now = (_keyed(recall(read_papers(ledger.database, case, number))) for number in (old, new))
    return Differences(
        old=old,
        new=new,
        gone=tuple(_paper(key, document) for key, document in was.items() if key not in now),
        came=tuple(_paper(key, document) for key, document in now.items() if key not in was),
        values=tuple(it for key in was if key in now for it in _differences(key, was[key], now[key])),
    )


def _keyed(documents: Sequence[Document]) -> dict[Key, Document]:
    counted: Counter[tuple[str, Version | None]] = Counter()
    found = {}
    for document in documents:
        if not isinstance(document, Other):
            pair = (document.type, document.version)
            counted[pair] += 1
            found[*pair, counted[pair]] = document
    return found


def _paper(key: Key, document: Document) -> Paper:
    return Paper(document=key[0], version=key[1], ordinal=key[2], pages=document.pages)


def _differences(key: Key, was: Document, now: Document) -> Iterator[Difference]:
    """Rows are compared by their order: a row that went in between shifts those below it."""
    before, after = dict(values(was)), dict(values(now))
    nothing = Field[Any]()
    for path in dict.fromkeys([*before, *after]):
        old, new = before.get(path, nothing), after.get(path, nothing)
        if old.value != new.value:
            place = Place(document=key[0], version=key[1], ordinal=key[2], path=path)
            pages = {"page_before": old.page, "page_after": new.page}
            yield Difference(place=place, before=show(old), after=show(new), **pages)
