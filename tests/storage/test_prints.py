"""Copied pages among all that was handed in before."""

from collections.abc import Callable
from datetime import date

import pytest

from domain.copies import seen
from domain.dossier import Dossier
from domain.field import Field, Status
from domain.finding import State
from domain.page import Box, Page, PageReading, ReadPage, Word
from extractors.documents.business_licence import BusinessLicence
from storage.books import Mentioned
from storage.ledger import Ledger
from storage.records import Drop

FIGURES = ("0.0236", "41.2", "34.6", "0.0017", "44.91", "0851-2128524", "13.1")
OTHERS = ("0.0541", "18.7", "22.9", "0.0066", "91.04", "0852-3344551", "60.3")


def a_page(number: int, figures: tuple[str, ...], picture: str = "") -> ReadPage:
    words = tuple(Word(text=text, box=Box(0.1, 0.1, 0.2, 0.2), confidence=0.9) for text in figures)
    page = Page(number=number, file="1.pdf", index=number - 1, sha256="f" * 64, width=10, height=14, dpi=200)
    return ReadPage(page=page, reading=PageReading(sha256="f" * 64, engine="fake 1", words=words, picture=picture))


def sure(text: str) -> Field[str]:
    return Field[str](value=text, raw=text, page=1, confidence=1.0, status=Status.CERTAIN)


def package(code: str, name: str, *pages: ReadPage) -> Dossier:
    licence = BusinessLicence(pages=(1,), uscc=sure(code), name=sure(name))
    return Dossier(package=name, kind="supply", today=date(2026, 11, 23), documents=(licence,), pages=pages)


@pytest.fixture
def hand_in(ledger: Ledger, a_drop: Callable[..., Drop]) -> Callable[..., str]:
    count = iter(range(100))

    def record(dossier: Dossier, case: str | None = None) -> str:
        case = case or ledger.claim(a_drop(str(next(count)))).case
        ledger.record(case, dossier, (), state=State.CLEAR, seconds=1.0, ruleset="1", verdict="{}")
        return case

    return record


def found(ledger: Ledger, dossier: Dossier, case: str | None = None) -> list[tuple[int, str, str, int]]:
    copies = ledger.books(Mentioned(pages=seen(dossier)), case).copies
    return [(it.page, it.case, it.name, it.their_page) for it in copies]


A = package("A1", "甲公司", a_page(1, ("1",)), a_page(2, FIGURES))
B = package("B1", "乙公司", a_page(1, FIGURES), a_page(2, OTHERS))


def test_a_page_of_another_company_is_found_with_both_places(ledger: Ledger, hand_in) -> None:
    case = hand_in(A)
    hand_in(package("C1", "丙公司", a_page(1, OTHERS[:3])))
    assert found(ledger, B) == [(1, case, "甲公司", 2)]


def test_the_same_company_and_the_same_case_are_no_copies(ledger: Ledger, hand_in) -> None:
    case = hand_in(A)
    assert found(ledger, package("A1", "甲公司（新）", a_page(1, FIGURES))) == []
    assert found(ledger, package("A2", "甲 公司", a_page(1, FIGURES))) == []
    assert found(ledger, B, case) == []


def test_what_a_later_run_reads_takes_the_place_of_what_an_earlier_read(ledger: Ledger, hand_in) -> None:
    case = hand_in(A)
    hand_in(package("A1", "甲公司", a_page(1, OTHERS)), case)
    assert found(ledger, B) == [(2, case, "甲公司", 1)]


def test_forms_that_look_alike_with_other_figures_are_no_copies(ledger: Ledger, hand_in) -> None:
    hand_in(package("A1", "甲公司", a_page(1, FIGURES, "f" * 64)))
    assert found(ledger, package("B1", "乙公司", a_page(1, OTHERS, "f" * 64))) == []


def test_a_page_among_very_many_is_found_by_the_index(ledger: Ledger, hand_in) -> None:
    many = [a_page(n, tuple(f"0.{n:03d}{k}7" for k in range(8))) for n in range(1, 300)]
    case = hand_in(package("A1", "甲公司", *many))
    copied = a_page(1, tuple(f"0.123{k}7" for k in range(1, 8)))
    assert found(ledger, package("B1", "乙公司", copied)) == [(1, case, "甲公司", 123)]
