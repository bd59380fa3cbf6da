"""What a company's name is made of."""

import pytest

from extractors.company_names import parts_of


@pytest.mark.parametrize(
    "name, mark",
    [
        ("贵州锦泰金属冶炼有限公司", "锦泰"),
        ("遵义宏达锌业有限公司", "宏达"),
        ("独山县金都矿业有限公司", "金都"),
        ("贵州省松桃苗族自治县澄垣电镀科技有限责任公司", "澄垣"),
        ("昌屹铬盐化工贵州有限公司", "昌屹"),
        ("铜仁市万山区鑫海冶炼厂", "鑫海"),
        ("贵州锦泰源冶炼有限公司", "锦泰源"),
    ],
)
def test_what_sets_a_company_apart_stands_between_place_and_trade(name, mark):
    assert "".join(name[at] for at in parts_of(name).mark) == mark


@pytest.mark.parametrize("name, mark", [("贵州黔南锌业有限公司", "贵州黔南"), ("铜仁贵州冶炼有限公司", "铜仁贵州")])
def test_a_company_that_only_places_set_apart_is_told_by_them(name, mark):
    assert "".join(name[at] for at in parts_of(name).mark) == mark
