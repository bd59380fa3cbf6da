"""A case's dossier again from what the ledger recorded: nothing is read or rendered anew."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from domain.decision import Draft
from domain.document import Document
from domain.dossier import Dossier, Kind, RefusedFile
from extractors.recognition import document_classes
from extractors.seal_roles import understand_seals
from extractors.understanding import read_papers, set_versions, understand
from review.correcting import over, without_blanks
from storage.ledger import Ledger
from storage.recorded import Recorded, read_recorded
from storage.records import Claimed

_CASES = 8  # on which people are likely to decide at the same time


def rebuild(ledger: Ledger, case: str, corrections: Sequence[Draft] = ()) -> Dossier:
    """The newest version of a case with these corrections laid over what was read.

    Raises UnknownCase, ReadingLost, StorageAway.
    """
    return understand_again(ledger.claimed(case), read_recorded(ledger.database, case), corrections)


def understand_again(claimed: Claimed, recorded: Recorded, corrections: Sequence[Draft] = ()) -> Dossier:
    """The dossier of recorded pages; `claimed` tells the package's name, its day and its refused files."""
    correct, read = over(corrections), _read(recorded)
    refused = _refused(claimed)
    return understand(claimed.package, recorded.pages, claimed.submitted_on, refused, correct=correct, read=read)


def take_as_recorded(
    claimed: Claimed, recorded: Recorded, papers: Sequence[Mapping[str, Any]], kind: str | None
) -> Dossier:
    """The dossier as a run left it, its documents as that run understood them; raises ValidationError, KeyError
    where these documents have another form by now."""
    documents = tuple(map(_recall, papers))
    known = without_blanks(documents)
    return Dossier(
        package=claimed.package,
        kind=Kind(kind) if kind else None,
        today=claimed.submitted_on,
        documents=documents,
        pages=understand_seals(known, recorded.pages),
        refused=tuple(_refused(claimed)),
    )


def _refused(claimed: Claimed) -> list[RefusedFile]:
    return [
        RefusedFile(name=file.name, code=file.refused_code, message=file.refused or "")
        for file in claimed.files
        if file.refused_code
    ]


def told_by_machine(recorded: Recorded) -> list[Document]:
    """The documents as the machine tells them apart, in a dossier's order; no paper vouches for another."""
    return sorted(set_versions(_read(recorded)), key=lambda document: document.pages)


@lru_cache(maxsize=_CASES)
def _read(recorded: Recorded) -> tuple[Document, ...]:
    """Documents read once for all decisions on a case: two thirds of the time until a correction shows."""
    return tuple(read_papers(recorded.pages))


def recall(papers: Sequence[Mapping[str, Any]]) -> list[Document]:
    """Recorded documents (`domain.document.present`) in their order, without blank sheets."""
    return without_blanks([_recall(paper) for paper in papers])


def _recall(paper: Mapping[str, Any]) -> Document:
    flat = {key: value for key, value in paper.items() if key != "fields"}
    return document_classes()[paper["type"]].model_validate(flat | paper["fields"])
