"""Rules on the scans themselves."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.document import Document
from domain.dossier import Dossier
from domain.field import Doubt
from domain.finding import Severity
from domain.page import Page, Quality
from extractors.documents.other import Other
from reference.packages import SEALED
from reference.policy import policy
from reference.provisions import guide, practice
from validators.legibility import dots_per_inch, is_coarse
from validators.places import named, whole
from validators.registry import NotApplicable, Problem, rule
from validators.wording import pages

SCANNING = practice(
    "类推《纸质档案数字化规范》（DA/T 31-2017）：扫描分辨率不低于200 dpi，图像应清晰、完整。", "S DA/T 31"
)


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


# ---- legible ---------------------------------------------------------------------------------------------------

_NEAR = Decimal("1.25")  # up to a quarter above the least, an eye must tell
_UNTOLD = ("unknown", "blank")  # labels of pages of which nothing tells what they are
_SIDES = {"left": "左", "top": "上", "right": "右", "bottom": "下"}


_BARE = 3  # words of the last page of a paper: too little print to measure


class Flaw(NamedTuple):
    """What is wrong with a page, `sure` where no eye need tell."""

    page: int
    what: str
    sure: bool


@rule("IMG-005", Severity.REVIEW, "分辨率与清晰度", cites=(guide("annex 1"), SCANNING))
def legible(document: Document | Other, dossier: Dossier) -> Problem | None:
    """At least 200 dpi, and legible (sharpness, contrast, nothing cut off).

    Readings of before sharpness was measured tell the resolution at most; where they do not, nothing can be said.
    A page set aside may be one of the papers that nobody can read.
    """
    if isinstance(document, Other):
        return _set_aside(document, dossier)
    shown = [dossier.page(number).page for number in document.pages]
    measured = [page for page in shown if page.quality or page.dpi]
    if not measured:
        raise NotApplicable(f"{named(document)}未测得分辨率和清晰度")
    for page in measured:
        whole(document, page.number)
    flaws = [flaw for page in measured for flaw in _flaws(page, dossier)]
    if sure := [flaw for flaw in flaws if flaw.sure]:
        return Problem(f"{named(document)}{_told(sure)}，请重新扫描")
    if flaws:
        raise Doubt(why=f"{named(document)}{_told(flaws)}")
    return None


def _set_aside(document: Other, dossier: Dossier) -> Problem | None:
    """What stands on a sealed or printed page cannot be read, and so nobody knows which paper it is.

    A page whose print tells what it is (a cover, a notice) is no doubt for being near a limit. One with hardly any
    print may be the end of a letter: a person tells.
    """
    papers = [dossier.page(number) for number in document.pages]
    printed = [
        page.page for page in papers if page.words or any(seal.shape != "partial" for seal in page.reading.seals)
    ]
    judged = [page for page in printed if page.quality and not dossier.page(page.number).well_read]
    unclear = [flaw for page in judged if page.quality for flaw in _unclear(page.number, page.quality)]
    if document.label not in _UNTOLD:
        unclear = [flaw for flaw in unclear if flaw.sure]
    bare = {page.page.number for page in papers if 0 < len(page.words) <= _BARE}
    unclear = [flaw._replace(sure=flaw.sure and flaw.page not in bare) for flaw in unclear]
    if not unclear:
        raise NotApplicable(f"{named(document)}不是须核对的文书")
    for flaw in unclear:
        whole(document, flaw.page)
    if not any(flaw.sure for flaw in unclear):
        raise Doubt(why=f"{named(document)}可能无法辨认：{_told(unclear)}")
    return Problem(f"{named(document)}无法辨认是何文书：{_told(unclear)}，请重新扫描")


def _told(flaws: Sequence[Flaw]) -> str:
    """Each flaw once, with its pages."""
    kinds = dict.fromkeys(flaw.what for flaw in flaws)
    return "；".join(f"{pages(tuple(flaw.page for flaw in flaws if flaw.what == what))}{what}" for what in kinds)


def _flaws(page: Page, dossier: Dossier) -> Iterator[Flaw]:
    yield from _coarse(page)
    if page.quality:
        if not dossier.page(page.number).well_read:
            yield from _unclear(page.number, page.quality)
        if page.quality.cut:
            sides = "、".join(_SIDES[side] for side in page.quality.cut)
            yield Flaw(page.number, f"{sides}侧内容超出画面，扫描不完整", True)


def _coarse(page: Page) -> Iterator[Flaw]:
    """Too few dots: for sure where the file tells its resolution, else as far as the page has the shape of A4."""
    least, dpi = policy().legibility.value.dpi, dots_per_inch(page)
    if dpi and is_coarse(page):
        about = f"约{dpi:.0f} dpi，低于{least} dpi"
        yield Flaw(page.number, about if page.dpi else f"文件未注明分辨率，按A4幅面估算{about}", page.dpi is not None)


def _unclear(number: int, quality: Quality) -> Iterator[Flaw]:
    least = policy().legibility.value
    looks = (
        ("字迹模糊，清晰度", quality.sharpness, least.sharpness),
        ("字迹过淡，对比度", quality.contrast, least.contrast),
        ("可识读的文字比例", quality.legible, least.legible),
    )
    for what, value, limit in looks:
        found = Decimal(str(value))
        if found < limit * _NEAR:
            below = "低于" if found < limit else "接近"
            yield Flaw(number, f"{what}{found:.2f}（{below}下限{limit:.2f}）", found < limit)
