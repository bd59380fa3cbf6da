import pytest

from domain.quantity import Metal
from reference.metals import is_hexavalent, is_other, may_be_metal, metal_of


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
    ("name", "metal"), [("总络", "Cr"), ("石申", "As"), ("隔及其化合物", "Cd"), ("录", "Hg"), ("总铭", "Cr")]
)
def test_damaged_names_are_probable_and_never_certain(name, metal):
    read = metal_of(name)
    assert read is not None and read.metal is Metal(metal) and not read.certain


@pytest.mark.parametrize("name", ["锑", "铊", "镍", "颗粒物", "二氧化硫", "氨(氨气)", "烷基汞", "铜", "铅蓄电池"])
def test_everything_else_is_no_tradable_metal(name):
    assert metal_of(name) is None


@pytest.mark.parametrize("name", ["六价铬", "六价铬(以Cr6+计)", "Cr6+", "Cr(Ⅵ)"])
def test_hexavalent_chromium_is_never_chromium_itself(name):
    assert is_hexavalent(name) and metal_of(name) is None


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
