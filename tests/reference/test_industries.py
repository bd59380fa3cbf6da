"""The six industries and the names under which permits print them."""

import pytest

from reference.industries import INDUSTRIES, broader, named, recognise


@pytest.mark.parametrize(
    ("printed", "industry"),
    [
        ("铅锌冶炼", "重有色金属冶炼业"),
        ("锑冶炼，铅锌冶炼，银冶炼", "重有色金属冶炼业"),
        ("黄金冶炼,锑冶炼", "重有色金属冶炼业"),
        ("C3212 铅锌冶炼", "重有色金属冶炼业"),
        ("重有色金属冶炼业（铅锌冶炼）", "重有色金属冶炼业"),
        ("铅锌矿采选", "重有色金属矿采选业"),
        ("铅蓄电池制造（3843）", "铅蓄电池制造业"),
        ("电镀", "电镀行业"),
        ("电石法（聚）氯乙烯制造", "化学原料及化学制品制造业"),
        ("皮革鞣制加工", "皮革鞣制加工业"),
    ],
)
def test_printed_classes_mean_an_industry_of_the_guide(printed: str, industry: str) -> None:
    assert recognise(printed) == industry


@pytest.mark.parametrize("printed", ["黄金冶炼", "铝冶炼", "铜冶炼设备制造", "其他电池制造", "水泥制造", ""])
def test_other_classes_do_not(printed: str) -> None:
    assert recognise(printed) is None
    assert broader(printed) is None


@pytest.mark.parametrize("printed", ["无机盐制造", "金属表面处理及热处理加工，水泥制造"])
def test_wider_classes_are_told_apart(printed: str) -> None:
    assert recognise(printed) is None
    assert broader(printed) is not None


def test_several_classes_are_split() -> None:
    assert named("锑冶炼，铅锌冶炼；银冶炼") == ["锑冶炼", "铅锌冶炼", "银冶炼"]


def test_there_are_six() -> None:
    assert len(INDUSTRIES) == 6
