"""Pages that are none of the known papers."""

import pytest

from extractors.documents.other import read
from tests.extractors.readings import page, word


@pytest.mark.parametrize(
    ("lines", "label"),
    [
        (["建设项目环境影响", "报告书", "(摘录)", "建设单位：某公司"], "cover"),
        (["关于某公司重金属污染物排放量协议转让的公示", "公示时间：2026年6月3日至2026年6月23日"], "notice"),
        (["关于某项目环境影响报告书的批复", "黔环审〔2025〕37号"], "approval"),
        (["固定污染源排污登记回执", "登记编号：1"], "registration_receipt"),
        (["某某情况说明"], "unknown"),
        ([*[f"第{n}段提到环境影响报告书" for n in range(20)]], "unknown"),
    ],
)
def test_a_page_set_aside_says_what_it_seems_to_be(lines, label):
    assert read([page([word(text, 0.2, 0.1 + 0.03 * n) for n, text in enumerate(lines)])]).label == label
