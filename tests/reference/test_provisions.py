"""What rules rest on."""

import pytest

from reference.provisions import guide


def test_a_section_of_the_guide_is_quoted_with_its_heading() -> None:
    cited = guide("2(2)")
    assert cited.mark == "G 2(2)"
    assert cited.text.endswith("二、（二）重金属污染物：包括：铅、汞、镉、铬、砷。")
    assert cited.text.startswith("《贵州省重金属污染物排放量自愿交易技术指南（试行）》")


def test_what_the_guide_does_not_have_cannot_be_cited() -> None:
    with pytest.raises(KeyError):
        guide("9(9)")
