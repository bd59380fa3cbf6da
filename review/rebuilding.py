"""A case's dossier again from what the ledger recorded: nothing is read or rendered anew."""

from collections.abc import Sequence

from domain.decision import Decision
from domain.dossier import Dossier, RefusedFile
from domain.page import ReadPage
from extractors.understanding import understand
from review.correcting import over
from storage.ledger import Ledger
from storage.recorded import read_recorded
from storage.records import Claimed


def rebuild(ledger: Ledger, case: str, corrections: Sequence[Decision] = ()) -> Dossier:
    """The newest version of a case with these corrections laid over what was read.

    Raises UnknownCase, ReadingLost, StorageAway.
    """
    return understand_again(ledger.claimed(case), read_recorded(ledger.database, case), corrections)


def understand_again(claimed: Claimed, pages: Sequence[ReadPage], corrections: Sequence[Decision] = ()) -> Dossier:
    """The dossier of recorded pages; `claimed` tells the package's name, its day and its refused files."""
    refused = [
        RefusedFile(name=file.name, code=file.refused_code, message=file.refused or "")
        for file in claimed.files
        if file.refused_code
    ]
    return understand(claimed.package, pages, claimed.submitted_on, refused, correct=over(corrections))
