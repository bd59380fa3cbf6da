"""Parts of the reading left out: what is left without them, and that nothing else changes."""

from datetime import date
from decimal import Decimal

from domain.document import values
from domain.field import Field, Status
from domain.page import Box, Cell, Grid, Page, PageReading, ReadPage, Seal, SecondReading, Word
from extractors.documents.supply_form import SupplyForm
from extractors.parts import Part, leave_out, without_doubt
from extractors.understanding import understand

PLACE = Box(0.1, 0.1, 0.2, 0.12)


def word(text: str, colour_text: str | None = None) -> Word:
    return Word(
        text=text, box=PLACE, confidence=0.9, colour_text=colour_text, offsets=tuple(i / 9 for i in range(len(text)))
    )


def page(*words: Word) -> ReadPage:
    cell = Cell(row=0, row_end=1, col=0, col_end=1, box=PLACE, words=words)
    reading = PageReading(
        sha256="0",
        engine="e",
        words=words,
        grids=(Grid(box=PLACE, rows=1, cols=1, cells=(cell,)),),
        seals=(Seal(box=PLACE, colour="red", shape="round", text="甲公司", confidence=0.9),),
        second=(SecondReading(reader="tesseract", kind="digits", box=PLACE, text="4"),),
    )
    return ReadPage(
        page=Page(number=1, file="1.png", index=0, sha256="0", width=9, height=9, dpi=None), reading=reading
    )


def left(part: Part, *words: Word) -> PageReading:
    (result,) = leave_out([page(*words)], frozenset({part}))
    return result.reading


def test_without_the_separation_of_ink_words_are_as_the_colour_picture_gave_them() -> None:
    reading = left(Part.SEAL_INK, word("46.4", "464"), word("铅"), word("5", ""))
    assert [w.text for w in reading.words] == ["464", "铅"]
    assert reading.grids[0].cells[0].text == "464铅"
    assert reading.words[0].offsets is None and reading.words[1].offsets


def test_what_lies_under_a_seal_was_then_not_read_again_either() -> None:
    assert left(Part.SEAL_INK, word("46.4", "464").model_copy(update={"under_seal": True})).second == ()
    assert len(left(Part.SEAL_INK, word("46.4")).second) == 1


def test_second_readings_and_what_seals_say_can_be_left_out() -> None:
    assert left(Part.SECOND_READER, word("5")).second == ()
    (seal,) = left(Part.SEAL_TEXT, word("5")).seals
    assert (seal.text, seal.confidence, seal.shape) == ("", 0.0, "round")


def test_nothing_left_out_leaves_pages_as_they_are() -> None:
    whole = page(word("46.4", "464"))
    assert leave_out([whole], frozenset()) == leave_out([whole], frozenset({Part.CERTAINTY})) == [whole]


def test_without_certainty_whatever_was_read_is_certain() -> None:
    doubtful = Field[Decimal](value=Decimal(5), status=Status.UNSURE)
    form = SupplyForm(type="supply_form", name=Field[str](status=Status.UNSURE), surplus={"Pb": doubtful})
    (sure,) = without_doubt([form])
    statuses = {path: field.status for path, field in values(sure)}
    assert statuses["surplus.Pb"] is Status.CERTAIN
    assert statuses["name"] is Status.UNSURE  # nothing was read: there is nothing to be certain of
    assert statuses["uscc"] is Status.MISSING


def test_a_package_is_understood_with_any_part_left_out() -> None:
    for part in Part:
        assert understand("甲", [page(word("铅"))], date(2026, 11, 23), without=frozenset({part})).pages
