"""The number by which a bank knows a payment: the first of a slip's numbers, also where a seal hid its label."""

import re
from collections.abc import Mapping, Sequence

from domain.field import Status, TextField
from domain.page import ReadPage
from extractors.fields import missing, parsed_field
from extractors.layout import Line, Span, lines, span_of
from extractors.text import fold
from extractors.values import Place

# A seal lies on the label of many slips: what is left of 交易流水号 is still no other number's label.
FLOW = r"(?:交?易|业?务|核?心|网?银|银?行)?流水(?:编?号)?|交易流(?!水)|交易[^\d:]水号"
NUMBERS = {
    "flow": FLOW,
    "slip": r"(?:电子)?回单(?:编号|号(?!码))",
    "issue": r"(?:电子)?回单号码",
    "log": r"日志号(?:码)?",
    "voucher": r"凭证(?:编号|号码|号)",
}
_STAMP = re.compile(r"时间戳")
_LONE = re.compile(r"[0-9]{6,24}")
_LOW = 0.6  # of the height of the tallest
_SCRAPS = r"^[一-鿿]{1,3}([0-9].*)$"
_BEHIND_LABEL = rf"(?:(?:{'|'.join(NUMBERS.values())}):?)?([A-Za-z0-9][A-Za-z0-9-]{{3,}})"
_NAMED = re.compile(r"[一-鿿]{2}")


def read_serial(found: Mapping[str, Place], pages: Sequence[ReadPage]) -> TextField:
    """The first of the slip's numbers that is printed; one that cannot be read is not replaced by another.

    Where only 回单号码 is found, which banks print beside a 流水号, the lone number left of 时间戳 is that 流水号 whose
    label was not read; without one the number that was found is in doubt.
    """
    for key in ("flow", "slip", "log", "voucher"):
        span, page = found[key]
        if span:
            return _field(span, page)
    span, page = found["issue"]
    if span is None:
        return missing("未找到流水号")
    lone = [place for one in pages for place in _beside_stamp(one)]
    if len(lone) == 1:
        return _field(*lone[0])
    doubt = {"status": Status.UNSURE, "why": "仅读到回单号码，未读到流水号"}
    return _field(span, page).model_copy(update=doubt)


def _field(span: Span, page: int) -> TextField:
    tall = _without_low(span)
    own = tall.find(_SCRAPS, 1) or tall
    field = parsed_field(TextField, own, page, _number, "流水号无法识读")
    if field.value is None or not (_runs_on(own, len(field.value)) or _is_cut(tall, own, field.value)):
        return field
    return field.model_copy(update={"status": Status.UNSURE, "why": "流水号可能不完整"})


def _is_cut(span: Span, own: Span, number: str) -> bool:
    """Whether what was read before a number may be its first digit: unless the colour picture has a label there."""
    whole = fold(span.colour_text or "")
    return len(own.glyphs) < len(span.glyphs) and not re.fullmatch(rf"[一-鿿]{{2,}}:?{re.escape(number)}", whole)


def _runs_on(span: Span, end: int) -> bool:
    """Whether other print follows a number within one word: the number itself may go on under it."""
    return end < len(span.glyphs) and span.glyphs[end].word is span.glyphs[end - 1].word


def _without_low(span: Span) -> Span:
    """A number without the strokes of a seal that were read as low letters beside it."""
    tallest = max(word.box.height for word in span.words)
    return Span([glyph for glyph in span.glyphs if glyph.word.box.height > _LOW * tallest])


def _number(text: str) -> tuple[str, None] | None:
    """A number, also behind its label, as the colour picture may give both in one."""
    match = re.match(_BEHIND_LABEL, text)
    return (match[1], None) if match else None


def _beside_stamp(page: ReadPage) -> list[tuple[Span, int]]:
    """The numbers left of 时间戳 on its line, where nothing before them is any other number's label."""
    return [(span, page.number) for row in lines(page.words) if _STAMP.search(row.text) for span in _left(row)]


def _left(row: Line) -> list[Span]:
    stamp = next((n for n, word in enumerate(row.words) if _STAMP.search(word.text)), 0)
    before = row.words[:stamp]
    if any(_NAMED.search(word.text) for word in before):
        return []
    spans = (span_of([word]) for word in before if _LONE.fullmatch(fold(word.text)))
    return [span for span in spans if span]
