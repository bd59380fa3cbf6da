"""Passed cases that are drawn for a second review."""

from decimal import Decimal

import pytest

from domain.decision import Act, Wish
from review import second_review
from review.deciding import decide
from review.second_review import due, is_drawn
from storage.ledger import Ledger
from tests.review.cases import WANG, enter, understood

NUMBERS = [f"HY-2026-{number:06d}" for number in range(1, 4001)]


def test_about_the_share_is_drawn_and_always_the_same_ones() -> None:
    drawn = [case for case in NUMBERS if is_drawn(case, Decimal("0.05"), "2026")]
    assert 150 <= len(drawn) <= 250
    assert drawn == [case for case in NUMBERS if is_drawn(case, Decimal("0.05"), "2026")]
    assert drawn != [case for case in NUMBERS if is_drawn(case, Decimal("0.05"), "2027")]


def test_a_larger_share_draws_the_same_and_more() -> None:
    drawn = {
        share: {case for case in NUMBERS if is_drawn(case, Decimal(share), "s")} for share in ("0", "0.1", "0.5", "1")
    }
    assert drawn["0"] == set() and drawn["1"] == set(NUMBERS)
    assert drawn["0.1"] < drawn["0.5"]


def test_a_drawn_case_waits_until_somebody_looked_at_it(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_review, "is_drawn", lambda case: True)
    passed = enter(ledger, understood("b072-002"), "b")
    enter(ledger, understood("s1211-000"), "s")  # waits for its first review
    assert [case.case for case in due(ledger)] == [passed]
    decide(ledger, Wish(case=passed, act=Act.AGREE), WANG)
    assert due(ledger) == ()
