"""Which accounts are known of a case, and where on a page they are covered, on SQLite and PostgreSQL."""

import json
from functools import cache

from domain.decision import Act, Place, Wish
from domain.document import present
from domain.page import Box, PageReading
from review.account_places import WHOLE, Sheet, find_numbers, find_places
from review.accounts import hidden_places, mask_of, mask_over, masks_of
from review.deciding import decide
from storage.ledger import Ledger
from storage.records import Drop, FileRecord
from storage.versions import read_page_records
from tests.review.cases import WANG, enter, misread, read, record, understood

PAYER, SELLER = "4218792949986252203", "68992080190077543"
OTHER, TYPED = "6217003330001234567", "6228480402564890018"


@cache
def papers() -> tuple[dict, ...]:
    return tuple(present(document) for document in understood("d405-000").documents)


def sheet(number: int, reading: PageReading | None = None, **fields: str | None) -> Sheet:
    """A page of the deal; `reading` in place of what was read on it."""
    own = [paper for paper in papers() if number in paper["pages"]]
    page = next(page for page in read("d405-000").pages if page.number == number)
    return Sheet(number, reading or page.reading, own)


def without_accounts(one: Sheet) -> Sheet:
    """The page as if its accounts had not been read as fields."""
    blank = {"value": None, "raw": "", "page": None, "box": None, "readers": {}}

    def clear(thing: object, key: str = "") -> object:
        if isinstance(thing, dict):
            return (
                thing | blank if key.endswith("account") else {name: clear(part, name) for name, part in thing.items()}
            )
        return [clear(part) for part in thing] if isinstance(thing, list) else thing

    return one._replace(papers=[clear(json.loads(json.dumps(paper))) for paper in one.papers])


def reworded(one: Sheet, was: str, now: str) -> Sheet:
    assert one.reading is not None
    text = one.reading.model_dump_json()
    assert was in text
    return one._replace(reading=PageReading.model_validate_json(text.replace(was, now)))


def is_covered(box: Box, places: tuple[Box, ...]) -> bool:
    return any(place.x0 <= box.x0 and place.x1 >= box.x1 - 0.005 and place.overlap(box) > 0 for place in places)


def box_of(number: int, path: str) -> Box:
    (field,) = [p["fields"][path] for p in papers() if number in p["pages"] and path in p["fields"]]
    return Box(*field["box"])


def test_every_run_version_and_reader_of_a_case_is_known(shared: Ledger) -> None:
    case = enter(shared, understood("d405-000"), "d")
    place = Place(document="payment_slip", path="payee_account")
    decide(shared, Wish(case=case, act=Act.CORRECT, place=place, text=TYPED, reason="误读"), WANG)
    decide(shared, Wish(case=case, act=Act.RETURN), WANG)
    file = FileRecord(position=1, name="2.pdf", sha256="2" * 64, size=3, media="application/pdf")
    day = understood("d405-000").today
    shared.claim(Drop(package=case, content_hash="n" * 64, submitted_on=day, files=(file,)))
    record(shared, case, understood("d405-000", misread(read("d405-000").pages, 1, PAYER, OTHER)))
    for mask in (
        mask_of(shared.database, case),
        mask_over(shared.database, [case]),
        masks_of(shared.database, [case])[case],
    ):
        assert {PAYER, SELLER, TYPED, OTHER} <= mask.numbers
        assert mask(f"{PAYER}、{SELLER}") == "•••• 2203、•••• 7543"
    for version in (1, 2):
        page = read_page_records(shared.database, case, version)[1]
        assert len(hidden_places(shared.database, case, version, page)) >= 2
    assert mask_of(shared.database, "HY-1999-000001")("6222021234567890123") == "•••• 0123"


def test_a_slips_accounts_are_covered_though_no_field_has_them() -> None:
    places = find_places(without_accounts(sheet(1)))
    for path in ("payer_account", "payee_account"):
        assert is_covered(box_of(1, path), places)
    assert WHOLE not in places and not is_covered(box_of(1, "serial"), places)


def test_what_stands_beside_a_label_is_covered_though_it_was_read_as_nothing() -> None:
    unread = reworded(reworded(without_accounts(sheet(1)), PAYER, "甲甲"), SELLER, "乙")
    places = find_places(unread)
    for path in ("payer_account", "payee_account"):
        box = box_of(1, path)
        assert any(place.x0 <= box.x0 + 0.01 and place.x1 >= box.x1 and place.overlap(box) > 0 for place in places)


def test_an_account_in_the_middle_of_a_contracts_line_is_covered() -> None:
    one = without_accounts(sheet(5))
    assert find_places(one) and find_numbers(one) == {SELLER}
    assert any(place.x0 < 0.53 and place.x1 > 0.72 and place.y0 < 0.22 < place.y1 for place in find_places(one))


def test_an_account_split_by_the_reader_is_one_run() -> None:
    one = without_accounts(sheet(1))
    assert one.reading is not None
    words = []
    for word in one.reading.words:
        if PAYER in word.text:
            half, box = word.box.x0 + word.box.width / 2, word.box
            left = {"text": PAYER[:9], "box": Box(box.x0, box.y0, half, box.y1)}
            right = {"text": PAYER[9:], "box": Box(half, box.y0, box.x1, box.y1)}
            words += [word.model_copy(update=part | {"offsets": None, "confidences": None}) for part in (left, right)]
        else:
            words.append(word)
    split = one._replace(reading=one.reading.model_copy(update={"words": tuple(words)}))
    assert PAYER in find_numbers(split) and is_covered(box_of(1, "payer_account"), find_places(split))


def test_a_page_of_no_kind_or_without_reading_is_not_shown_before_somebody_asks() -> None:
    known = sheet(5)
    assert find_places(known._replace(papers=())) == (WHOLE,)
    assert find_places(known._replace(reading=None)) == (WHOLE,)
    assert find_places(known._replace(reading=PageReading(sha256="x", engine="x"))) == (WHOLE,)
    assert find_places(sheet(6)) == (WHOLE,)  # set aside, nobody knows as what
    assert find_places(known._replace(reading=None, blank=True)) == ()


def test_a_slip_on_which_no_place_can_be_told_is_not_shown() -> None:
    slip = sheet(1)
    assert slip.reading is not None
    words = tuple(
        word
        for word in slip.reading.words
        if "号" not in word.text and PAYER not in word.text and SELLER not in word.text
    )
    bare = without_accounts(slip._replace(reading=slip.reading.model_copy(update={"words": words, "second": ()})))
    assert find_places(bare) == (WHOLE,)


def test_figures_of_neighbouring_columns_are_no_account() -> None:
    assert not [place for place in find_places(sheet(2)) if place.y0 > 0.5]  # the table of what is sold
