"""Passed cases that are drawn for a second review."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from domain.decision import Act, Wish
from domain.drawing import draw
from domain.return_notice import Defect, ReturnNotice
from review.deciding import decide
from review.notices import draft_notice
from review.second_review import check_draws, due
from storage import drawing
from storage.ledger import Ledger
from tests.review.cases import BOSS, LI, WANG, enter, record, understood

HEADS = [f"{number:064x}" for number in range(4000)]
CASE = "HY-2026-000001"


def drawn_of(share: str, seed: str = "2026") -> set[str]:
    return {head for head in HEADS if draw(CASE, head, seed, Decimal(share))}


def test_about_the_share_is_drawn_and_always_the_same_ones() -> None:
    assert 150 <= len(drawn_of("0.05")) <= 250
    assert drawn_of("0.05") == drawn_of("0.05") != drawn_of("0.05", "2027")


def test_a_larger_share_draws_the_same_and_more() -> None:
    assert drawn_of("0") == set() and drawn_of("1") == set(HEADS)
    assert drawn_of("0.1") < drawn_of("0.5")


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every case is drawn."""
    monkeypatch.setattr(drawing, "draw", lambda *_: True)
    yield


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "draw", lambda *_: False)


def waiting(ledger: Ledger) -> list[str]:
    return [case.case for case in due(ledger)]


def test_a_drawn_case_waits_until_somebody_looked_at_it(ledger: Ledger, everything: None) -> None:
    passed = enter(ledger, understood("b072-002"), "b")
    enter(ledger, understood("s1211-000"), "s")  # waits for its first review
    assert waiting(ledger) == [passed]
    decide(ledger, Wish(case=passed, act=Act.AGREE), WANG)
    assert due(ledger) == ()


def test_the_draw_rests_on_the_end_of_the_log_after_the_case_passed_and_can_be_worked_out_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = enter(ledger, understood("b072-002"), "b")
    before, event = (it for it in ledger.events(case) if it.what in ("checked", "drawn"))
    assert event.detail["from"] == event.prev_hash == before.hash
    assert check_draws(ledger) == ()
    monkeypatch.setattr("review.second_review.draw", lambda *_: not event.detail["drawn"])
    assert [it.number for it in check_draws(ledger)] == [event.number]


def test_a_case_is_drawn_once_however_often_it_is_checked(ledger: Ledger, nothing: None) -> None:
    case = enter(ledger, understood("b072-002"), "b")
    for _ in range(3):
        record(ledger, case, understood("b072-002"))
    assert [it.what for it in ledger.events(case)].count("drawn") == 1


def test_a_case_that_came_back_with_a_new_version_does_not_escape_what_was_drawn(ledger: Ledger, nothing: None) -> None:
    case = enter(ledger, understood("b072-002"), "b")
    decide(ledger, Wish(case=case, act=Act.REOPEN, reason="需求量读错"), LI)
    decide(ledger, Wish(case=case, act=Act.RETURN, notice=a_notice(ledger, case)), LI)
    again = understood("b072-002").model_copy(update={"package": f"{case} 补正"})
    assert enter(ledger, again, "c") == case
    assert (ledger.show(case).case.version, ledger.show(case).case.state) == (2, "clear")
    assert waiting(ledger) == [case]
    assert check_draws(ledger) == ()


def a_notice(ledger: Ledger, case: str) -> ReturnNotice:
    """A 补正通知 of one defect."""
    defect = Defect(rule="DEM-002", problem="需求量有误", pages=(1,), provision="指南", ask="请更正")
    return draft_notice(ledger.show(case), ()).model_copy(update={"defects": (defect,)})


def test_what_was_agreed_to_counts_for_that_pass_alone(ledger: Ledger, nothing: None) -> None:
    case = enter(ledger, understood("b072-002"), "b")
    decide(ledger, Wish(case=case, act=Act.AGREE), WANG)
    decide(ledger, Wish(case=case, act=Act.REOPEN, reason="需求量读错"), LI)
    assert waiting(ledger) == []
    decide(ledger, Wish(case=case, act=Act.VERIFY), BOSS)
    assert waiting(ledger) == [case]  # passed wrongly once: the next pass is looked at, whatever was drawn
    decide(ledger, Wish(case=case, act=Act.AGREE), LI)
    assert waiting(ledger) == []
