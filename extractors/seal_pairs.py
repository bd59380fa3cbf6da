"""Two round seals whose ink touches, which were found as one, taken apart."""

from domain.page import Box, ReadPage, Seal
from extractors.seal_owners import BESIDE

_PAGE_MM, _TWO_SEALS_MM = 297.0, 58.0  # no single seal is that large (domain 6.1)


def apart(seal: Seal, page: ReadPage) -> list[Seal]:
    """The one seal, or two round ones whose ink touches, found as one of twice the length, taken apart."""
    box = seal.box
    wide, high = box.width * page.page.width, box.height * page.page.height
    large = max(wide, high) / max(page.page.width, page.page.height) * _PAGE_MM
    if large < _TWO_SEALS_MM or max(wide, high) < 1.3 * min(wide, high):
        return [seal]
    if high > wide:
        side = box.width * page.page.width / page.page.height
        ends = (Box(box.x0, box.y0, box.x1, box.y0 + side), Box(box.x0, box.y1 - side, box.x1, box.y1))
    else:
        side = box.height * page.page.height / page.page.width
        ends = (Box(box.x0, box.y0, box.x0 + side, box.y1), Box(box.x1 - side, box.y0, box.x1, box.y1))
    texts = seal.text.split(BESIDE) if seal.text.count(BESIDE) == 1 else ["", ""]
    return [
        seal.model_copy(update={"box": end, "text": text, "views": (), "imprint": ""})
        for end, text in zip(ends, texts, strict=True)
    ]
