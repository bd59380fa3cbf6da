"""A case's dossier again from what the ledger recorded: nothing is read or rendered anew."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.decision import Draft
from domain.document import Document
from domain.dossier import Dossier, RefusedFile
from domain.page import ReadPage
from extractors.heard import hear
from extractors.recognition import document_classes
from extractors.understanding import read_documents, set_versions, understand
from review.correcting import over, without_blanks
from storage.ledger import Ledger
from storage.recorded import read_recorded
from storage.records import Claimed


def rebuild(ledger: Ledger, case: str, corrections: Sequence[Draft] = ()) -> Dossier:
    """The newest version of a case with these corrections laid over what was read.

    Raises UnknownCase, ReadingLost, StorageAway.
    """
    return understand_again(ledger.claimed(case), read_recorded(ledger.database, case), corrections)


def understand_again(claimed: Claimed, pages: Sequence[ReadPage], corrections: Sequence[Draft] = ()) -> Dossier:
    """The dossier of recorded pages; `claimed` tells the package's name, its day and its refused files."""
    refused = [
        RefusedFile(name=file.name, code=file.refused_code, message=file.refused or "")
        for file in claimed.files
        if file.refused_code
    ]
    return understand(claimed.package, pages, claimed.submitted_on, refused, correct=over(corrections))


def told_by_machine(pages: Sequence[ReadPage]) -> list[Document]:
    """The documents as the machine tells them apart, in a dossier's order; no paper vouches for another."""
    read = set_versions(read_documents([hear(page) for page in pages if not page.page.blank]))
    return sorted(read, key=lambda document: document.pages)


def recall(papers: Sequence[Mapping[str, Any]]) -> list[Document]:
    """Recorded documents (`domain.document.present`) in their order, without blank sheets."""
    return without_blanks([_recall(paper) for paper in papers])


def _recall(paper: Mapping[str, Any]) -> Document:
    flat = {key: value for key, value in paper.items() if key != "fields"}
    return document_classes()[paper["type"]].model_validate(flat | paper["fields"])
