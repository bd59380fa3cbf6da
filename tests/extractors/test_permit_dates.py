"""The date of issue on a permit's cover, under a stamp, told by the term of validity beside it."""

from datetime import date

import pytest

from domain.field import Status
from extractors.documents.permit_certificate import read
from tests.extractors.readings import page, word

TERM = "有效期限：自2025年11月11日至2030年11月10日止"


def issued(text, confidence=0.99, term=TERM):
    words = [word("排污许可证", 0.4, 0.1), word(term, 0.1, 0.5)]
    return read([page([*words, word(f"发证日期：{text}", 0.5, 0.7, confidence=confidence)])]).issued_on


def test_a_faint_date_that_is_the_first_day_of_the_term_is_certain():
    assert issued("2025年11月11日", 0.3).certain and issued("2025年11月11日", 0.3).value == date(2025, 11, 11)


def test_a_faint_date_of_another_day_stays_in_doubt():
    assert issued("2025年11月17日", 0.3).status is Status.UNSURE


@pytest.mark.parametrize(
    ("text", "value"),
    [("225年11月11日", date(2025, 11, 11)), ("225年11月12日", None), ("224年11月11日", None), ("25年11月11日", None)],
)
def test_a_date_that_lost_one_digit_of_its_year_is_told_by_the_term(text, value):
    assert (issued(text).value, issued(text).certain) == (value, value is not None)


def test_a_date_is_not_told_by_a_term_that_is_in_doubt_itself():
    assert not issued("225年11月11日", term="有效期限：自2025年11月91日至2030年11月10日止").certain
