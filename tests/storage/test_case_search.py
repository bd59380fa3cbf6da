"""All cases, found by what their papers call them, narrowed, and read page after page, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, update

from domain.people import Role, User
from storage.case_search import CaseFilter, search_cases
from storage.ledger import Ledger
from storage.queue_tables import search_terms
from storage.records import Drop
from storage.schema import packages
from storage.uploads import Uploads

CHEN = User(id=1, name="chen", display="陈", role=Role.OFFICER)
NO_FILTER = CaseFilter()
Call = Callable[..., None]


@pytest.fixture
def call(ledger: Ledger) -> Call:
    """Gives a package a name and a place, as a run records them."""

    def call(number: int, company: str, county: str = "贵阳市", **columns: object) -> None:
        terms = {"company": company, "title": company, "county": county, "code": f"9152{number}"}
        rows = [{"package_id": number, "kind": kind, "folded": text, "text": text} for kind, text in terms.items()]
        with ledger.database.write() as connection:
            connection.execute(insert(search_terms), rows)
            if columns:
                connection.execute(update(packages).where(packages.c.id == number).values(**columns))

    return call


def numbers(ledger: Ledger, asked: CaseFilter = NO_FILTER, **more: int) -> list[int]:
    return [int(one.case.case[-6:]) for one in search_cases(ledger.database, asked, **more).items]


def test_pages_go_on_from_marks_in_both_directions_without_a_gap(ledger: Ledger, claim: Callable[[], str]) -> None:
    for _ in range(7):
        claim()
    first = search_cases(ledger.database, NO_FILTER, size=3)
    assert [int(one.case.case[-6:]) for one in first.items] == [7, 6, 5] and first.marks.newer is None
    second = search_cases(ledger.database, NO_FILTER, below=first.marks.older, size=3)
    assert [int(one.case.case[-6:]) for one in second.items] == [4, 3, 2]
    last = search_cases(ledger.database, NO_FILTER, below=second.marks.older, size=3)
    assert [int(one.case.case[-6:]) for one in last.items] == [1] and last.marks.older is None
    back = search_cases(ledger.database, NO_FILTER, above=last.marks.newer, size=3)
    assert back.items == second.items and (back.marks.newer, back.marks.older) == (second.items[0].case.version + 3, 2)
    assert search_cases(ledger.database, NO_FILTER, above=back.marks.newer, size=3).items == first.items
    assert search_cases(ledger.database, NO_FILTER, above=4, size=3).marks.newer is None
    assert numbers(ledger, below=10**9, size=0) == [7] and numbers(ledger, above=10**9) == []


def test_a_case_is_found_by_company_code_number_and_the_packages_name(
    ledger: Ledger, claim: Callable[[], str], call: Call, a_drop: Callable[..., Drop]
) -> None:
    for _ in range(2):
        claim()
    call(1, "贵州甲冶炼有限公司"), call(2, "遵义乙化工有限公司")
    ledger.claim(a_drop("x", "丙公司 100%_材料.zip"))  # nobody could read it yet
    for text, found in (("甲冶炼", [1]), (" 乙 化工 ", [2]), ("91522", [2]), ("-000001", [1]), ("丙公司", [3]), ("%_", [3]),
                        ("有限公司", [2, 1]), ("丁", []), ("hy-2026", [3, 2, 1])):  # fmt: skip
        year = datetime.now(UTC).year
        assert numbers(ledger, CaseFilter(text=text.replace("2026", str(year)))) == found, text


def test_a_case_that_came_back_is_there_once_and_found_by_what_its_first_version_tells(
    ledger: Ledger, claim: Callable[[], str], call: Call, a_drop: Callable[..., Drop]
) -> None:
    case, _ = claim(), claim()
    call(1, "贵州甲冶炼有限公司", "清镇市")
    ledger.quarantine(case, "X", "x")
    assert ledger.claim(a_drop("y", f"{case} 补正.zip")).version == 2
    found = search_cases(ledger.database, CaseFilter(text="甲冶炼")).items
    assert [(one.case.case, one.case.version, one.company, one.county) for one in found] == [
        (case, 2, "贵州甲冶炼有限公司", "清镇市")
    ]
    assert numbers(ledger) == [1, 2]  # what was received last comes first


def test_cases_are_narrowed_by_state_kind_county_and_day_of_receipt(
    ledger: Ledger, claim: Callable[[], str], call: Call
) -> None:
    for _ in range(3):
        claim()
    late = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)  # 23:59 in Guizhou
    call(1, "甲", "清镇市", kind="supply", state="verified", received_at=late)
    call(2, "乙", "清镇市", kind="demand", state="review", received_at=late.replace(hour=16))
    call(3, "丙", "播州区", kind="demand", state="review", received_at=late.replace(day=9))
    assert numbers(ledger, CaseFilter(state="review")) == [3, 2]
    assert numbers(ledger, CaseFilter(kind="demand", county="清镇市")) == [2]
    assert numbers(ledger, CaseFilter(until=datetime(2026, 3, 1).date())) == [1]
    assert numbers(ledger, CaseFilter(since=datetime(2026, 3, 2).date())) == [3, 2]
    assert numbers(ledger, CaseFilter(since=datetime(2026, 3, 2).date(), until=datetime(2026, 3, 2).date())) == [2]


def test_somebodys_own_cases_are_those_they_handed_in(
    ledger: Ledger, claim: Callable[[], str], a_drop: Callable[..., Drop]
) -> None:
    uploads = Uploads(ledger.database)
    for name, content in (("甲.zip", "a"), ("乙.zip", "b")):
        uploads.open(name, 1, 1, CHEN, content.rjust(64, "c"))
    own, others = claim(), claim()
    uploads.match("甲.zip", own, 1, duplicate=False)
    uploads.match("乙.zip", others, 1, duplicate=True)
    assert numbers(ledger, CaseFilter(by="chen")) == [1]
    assert numbers(ledger, CaseFilter(by="luo")) == []
