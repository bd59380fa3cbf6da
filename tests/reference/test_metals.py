import re

import pytest

from domain.quantity import Metal
from reference.metals import IN_LIST, IN_TEXT, is_hexavalent, is_other, may_be_metal, metal_of


@pytest.mark.parametrize(
    ("name", "metal"),
    [
        ("铅", "Pb"),
        ("总铅", "Pb"),
        ("铅及其化合物", "Pb"),
        ("铅及其化合物(以Pb计)", "Pb"),
        ("鉛", "Pb"),
        ("汞及其化合物", "Hg"),
        ("总镉", "Cd"),
        ("鎘", "Cd"),
        ("铬酸雾", "Cr"),
        ("总铬", "Cr"),
        ("类金属砷", "As"),
        ("砷及其化合物", "As"),
        ("As", "As"),
    ],
)
def test_printed_names_of_the_five_metals_are_certain(name, metal):
    read = metal_of(name)
    assert read is not None and read.metal is Metal(metal) and read.certain


@pytest.mark.parametrize(
    ("name", "metal"),
    [("总络", "Cr"), ("石申", "As"), ("隔及其化合物", "Cd"), ("录", "Hg"), ("总铭", "Cr"), ("钻各及其化合物", "Cr")],
)
def test_damaged_names_are_probable_and_never_certain(name, metal):
    read = metal_of(name)
    assert read is not None and read.metal is Metal(metal) and not read.certain


@pytest.mark.parametrize("name", ["锑", "铊", "镍", "颗粒物", "二氧化硫", "氨(氨气)", "烷基汞", "铜", "铅蓄电池"])
def test_everything_else_is_no_tradable_metal(name):
    assert metal_of(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "六价铬",
        "六价铬(以Cr6+计)",
        "Cr6+",
        "Cr(Ⅵ)",
        "Cr(6)",
        "铬(Ⅵ)",
        "铬(VI)",
        "铬(6+)",
        "铬(+6)",
        "铬(六价)",
        "铬6+",
        "络(Ⅵ)",
    ],
)
def test_hexavalent_chromium_is_never_chromium_itself(name):
    assert is_hexavalent(name) and metal_of(name) is None


@pytest.mark.parametrize("name", ["铬(Ⅲ)", "铬(三价)", "三价铬", "铅(溶解态)", "砷(无机)", "总铅(一类)"])
def test_a_part_of_a_metal_is_never_surely_the_metal_and_never_surely_nothing(name):
    read = metal_of(name)
    assert read is None or not read.certain
    assert not is_other(name) and may_be_metal(name)


@pytest.mark.parametrize("name", ["铅(Pb)", "铅(kg/a)", "总铅(千克/年)", "铅(铅", "汞及其化合物(Hg)", "镉(含化合物)"])
def test_brackets_that_repeat_the_metal_or_give_its_unit_leave_it_certain(name):
    read = metal_of(name)
    assert read is not None and read.certain


@pytest.mark.parametrize("name", ["颗粒物", "氨(氨气)", "总锑", "锑", "六价铬"])
def test_known_pollutants_are_surely_none_of_the_five(name):
    assert is_other(name)


@pytest.mark.parametrize("name", ["总铭", "总钅", "铬", "未知物"])
def test_names_outside_the_list_are_never_surely_something_else(name):
    assert not is_other(name)


@pytest.mark.parametrize("name", ["砷及其化合物(以As计)", "砷及其化合物(以Aṣ计)", "砷及其化合物(以A5", "总砷(以As计)"])
def test_what_stands_in_brackets_does_not_change_the_metal(name):
    read = metal_of(name)
    assert read is not None and read.metal is Metal.AS and read.certain


@pytest.mark.parametrize(
    ("name", "may"), [("总铭", True), ("钅及其化合物", True), ("P6", True), ("CODer", False), ("二氧化硫", False)]
)
def test_only_short_names_may_be_a_damaged_metal(name, may):
    assert may_be_metal(name) is may


@pytest.mark.parametrize(
    "name", ["铅反其化合物", "'总铅", "总铅1", "总铅mg/L", "金属铅", "铅及其化合物以Pb计", "铅(以Pb计)及其化合物"]
)
def test_a_name_with_a_metal_s_character_is_probably_that_metal_and_never_surely_nothing(name):
    read = metal_of(name)
    assert read is not None and read.metal is Metal.PB and not read.certain


# ---- every name, every single damage ---------------------------------------------------------------------------

NAMES = {
    Metal.PB: ("铅", "总铅", "铅及其化合物", "铅(以Pb计)", "铅及其化合物(以Pb计)"),
    Metal.HG: ("汞", "总汞", "汞及其化合物"),
    Metal.CD: ("镉", "总镉", "镉及其化合物"),
    Metal.CR: ("铬", "总铬", "铬及其化合物", "铬酸雾"),
    Metal.AS: ("砷", "总砷", "类金属砷", "砷及其化合物", "砷及其化合物(以As计)"),
}
WRONG = {
    Metal.PB: ["铝", "沿", "船", "钻", "铂", "钳"],
    Metal.HG: ["录", "末", "永", "求", "禾", "泵"],
    Metal.CD: ["隔", "镐", "镅", "锅"],
    Metal.CR: ["络", "铭", "烙", "路", "洛", "辂", "骆", "铪", "格", "饹"],
    Metal.AS: ["石申", "碑", "砰", "神", "碎", "砗"],
}
SIGN = {Metal.PB: "铅", Metal.HG: "汞", Metal.CD: "镉", Metal.CR: "铬", Metal.AS: "砷"}
CASES = [(metal, name) for metal, names in NAMES.items() for name in names]


@pytest.mark.parametrize(("metal", "name"), CASES)
def test_every_known_damage_of_a_metal_s_character_is_probably_that_metal(metal, name):
    for wrong in WRONG[metal]:
        read = metal_of(name.replace(SIGN[metal], wrong))
        assert read is not None and read.metal is metal and not read.certain, wrong
        assert not is_other(name.replace(SIGN[metal], wrong))


@pytest.mark.parametrize(("metal", "name"), CASES)
def test_no_single_lost_or_wrong_character_makes_a_metal_s_name_surely_something_else(metal, name):
    damaged = [name[:i] + wrong + name[i + 1 :] for i in range(len(name)) for wrong in ("", "某", "口", "1", "八")]
    for text in damaged:
        read = metal_of(text)
        assert read is None or read.metal is metal, text
        assert not text or (not is_other(text) and (read is not None or may_be_metal(text))), text


@pytest.mark.parametrize("name", ["鉛", "鎘", "总鉻", "鉻及其化合物"])
def test_a_traditional_character_is_the_same_character(name):
    read = metal_of(name)
    assert read is not None and read.certain


@pytest.mark.parametrize("name", ["六价络", "六价铭", "六价饹(以Cr6+计)", "六价格", "Cr6", "Cr(VI)", "Cr(Vl)", "Cr+6"])
def test_damaged_hexavalent_chromium_is_never_chromium_itself(name):
    assert is_hexavalent(name) and metal_of(name) is None


@pytest.mark.parametrize("name", ["大价铬", "价铬", "亢价络", "六份铬"])
def test_what_is_probably_hexavalent_is_neither_chromium_nor_surely_something_else(name):
    assert metal_of(name) is None and not is_other(name) and may_be_metal(name)


def test_total_chromium_that_tells_what_it_holds_is_chromium_and_to_be_looked_at():
    read = metal_of("总铬(含六价铬)")
    assert read is not None and read.metal is Metal.CR and not read.certain and not is_hexavalent("总铬(含六价铬)")


@pytest.mark.parametrize("name", ["络酸雾", "铭酸雾", "铬酸霧"])
def test_a_damaged_mist_of_chromic_acid_is_probably_chromium(name):
    read = metal_of(name)
    assert read is not None and read.metal is Metal.CR and not read.certain


@pytest.mark.parametrize("name", ["硫酸雾", "硝酸雾", "磷酸雾", "金", "颗粒物", "总氮", "氨氮", "总锌", "锑及其化合物"])
def test_other_pollutants_never_become_a_metal(name):
    assert metal_of(name) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("铅99.13kg/a", "铅"),
        ("络99.13kg/a", "络"),
        ("石申(As)3.2", "石申"),
        ("拟出让量(隔)", "隔"),
        ("总录0.4", "录"),
        ("登录平台后永久有效", None),
        ("目录见第3页", None),
    ],
)
def test_a_damaged_character_is_a_name_only_where_a_name_must_stand(text, found):
    match = re.search(IN_TEXT, text)
    assert (match[0] if match else None) == found


def test_an_unknown_character_in_a_list_of_metals_with_figures_is_a_name_too():
    assert [m[0] for m in re.finditer(IN_LIST, "铅99.13kg/a、请0.46kg/a和共5kg/a")] == ["铅", "请"]
