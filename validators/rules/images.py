"""Rules on the scans themselves."""

from domain.document import Document
from domain.dossier import Dossier
from domain.field import Doubt
from domain.finding import Severity
from reference.packages import SEALED
from reference.provisions import guide
from validators.places import named, whole
from validators.registry import NotApplicable, Problem, rule


@rule("IMG-001", Severity.BLOCK, "彩色扫描", cites=guide("annex 1"))
def in_colour(document: Document, dossier: Dossier) -> Problem | None:
    """Each document that needs a seal is a colour scan, not grey or black and white.

    Coloured ink on one of its pages is enough: the seal need not stand on every page (domain 10b, question 6).
    """
    if dossier.kind and document.type not in SEALED[dossier.kind]:
        raise NotApplicable(f"{named(document)}不是须盖章的文书")
    for number in document.pages:
        whole(document, number)
    if not document.pages:
        raise Doubt(why=f"{named(document)}没有页面")
    if any(dossier.page(number).page.colour for number in document.pages):
        return None
    return Problem(f"{named(document)}为灰度或黑白扫描，应提交盖有企业公章的彩色扫描件")
