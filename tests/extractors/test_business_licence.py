"""营业执照: the day of issue is the line at the lower right, and no other day."""

from datetime import date

from domain.field import Status
from extractors.documents.business_licence import read
from tests.extractors.readings import page, word

UPRIGHT = [
    word("营业执照", 0.4, 0.2),
    word("统一社会信用代码91522200MA6HFAKE4P", 0.3, 0.3),
    word("成立日期2014年01月01日", 0.5, 0.56),
    word("营业期限2014年01月01日至2043年12月31日", 0.5, 0.6),
]


def test_the_day_of_issue_stands_at_the_lower_right():
    licence = read([page([*UPRIGHT, word("2019年10月11日", 0.6, 0.86)])])
    assert licence.issued_on.value == date(2019, 10, 11)


def test_the_end_of_the_term_is_never_taken_for_the_day_of_issue():
    licence = read([page([*UPRIGHT, word("年 10", 0.6, 0.86), word("11", 0.68, 0.86), word("日", 0.74, 0.86)])])
    assert licence.issued_on.status is Status.MISSING
    assert licence.valid_to.value == date(2043, 12, 31)
