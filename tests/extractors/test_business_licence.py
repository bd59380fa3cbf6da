"""营业执照: the day of issue is the line at the lower right, and no other day."""

from datetime import date

import pytest

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


def landscape(*name):
    """The upper part of a licence that lies flat, with some words where its name stands."""
    kind = [word("类型", 0.08, 0.4), word("有限责任公司(自然人投资或控股)", 0.18, 0.4), word("经营范围", 0.08, 0.5)]
    capital = [word("注册资本", 0.53, 0.34), word("壹佰万圆整", 0.63, 0.34)]
    return read([page([word("营业执照", 0.4, 0.2), *name, *capital, *kind, word("铅锌矿采选", 0.18, 0.5)])])


@pytest.mark.parametrize("label", ["", "名", "称", "z称"])
def test_a_name_is_found_though_the_letters_of_its_label_were_lost(label):
    name = landscape(*([word(label, 0.08, 0.34)] if label else []), word("贵州甲铅锌矿业有限公司", 0.18, 0.34)).name
    assert name.value == "贵州甲铅锌矿业有限公司" and name.certain


def test_a_name_that_may_begin_a_line_higher_or_with_the_rest_of_its_label_is_doubt():
    two = landscape(word("贵州省铜仁市松桃", 0.18, 0.325), word("苗族自治县铅锌有限公司", 0.18, 0.34)).name
    run = landscape(word("名城铅锌矿业有限公司", 0.18, 0.34)).name
    assert two.status is run.status is Status.UNSURE


def test_a_kind_whose_label_lost_a_letter_is_no_second_line_of_the_name():
    kind = [word("类", 0.08, 0.36), word("有限责任公司(自然人独资)", 0.18, 0.36), word("住所", 0.08, 0.5)]
    name = [word("称", 0.08, 0.34), word("正安恒源矿业有限公司", 0.18, 0.34)]
    licence = read([page([word("营业执照", 0.4, 0.2), *name, *kind, word("正安县", 0.18, 0.5)])])
    assert licence.name.value == "正安恒源矿业有限公司" and licence.name.certain
    assert licence.entity_type.value == "有限责任公司（自然人独资）"


def test_the_kind_of_a_company_is_no_name():
    assert landscape().name.status is Status.MISSING


@pytest.mark.parametrize(
    ("read_as", "certain"),
    [
        ("王洪波", True),
        ("阿卜杜·热合曼", True),
        ("王洪波所贵州省榕江县茶店镇上", False),
        ("潘兴林已审核2026.02", False),
    ],
)
def test_a_person_whose_name_ran_together_with_what_is_printed_beside_it_is_doubt(read_as, certain):
    named = read([page([word("营业执照", 0.4, 0.2), word("法定代表人", 0.08, 0.46), word(read_as, 0.2, 0.46)])])
    assert named.legal_representative.certain is certain
