from domain.field import Status
from extractors.layout import Line
from extractors.party_names import read_name
from extractors.sides import Told
from tests.extractors.readings import word

NAME = "贵州瀚源金属冶炼有限公司"


def told(text, x=0.4, y=0.2, page=1, confidence=0.99):
    return Told("transferor", "name", Line([word(text, x, y, confidence)]), page)


def test_a_name_whose_beginning_a_stamp_took_yields_to_the_whole_one_printed_elsewhere():
    read = read_name([told("贵州源合民", 0.4), told("台炼有限公司", 0.48), told(NAME, page=3)])
    assert (read.value, read.page) == (NAME, 3) and read.certain


def test_a_name_that_is_only_read_without_its_beginning_is_in_doubt():
    for prints in ([told("台炼有限公司")], [told("贵州源合民", 0.4), told("金属冶炼有限公司", 0.48)]):
        read = read_name(prints)
        assert read.value and read.status is Status.UNSURE and read.why == "名称可能不完整"


def test_short_names_with_a_place_and_a_trade_are_whole():
    for name in ("贵州锦辉皮业有限公司", "川砾锌业（贵州）有限公司", "甲乙锑业有限公司", "某某矿业集团有限公司"):
        assert read_name([told(name)]).certain


def test_a_doubtful_reading_yields_to_what_the_paper_prints_twice():
    read = read_name([told("贵州翰源金属冶炼有限公司", confidence=0.2), told(NAME, y=0.4), told(NAME, page=3)])
    assert read.value == NAME and read.certain


def test_a_sure_reading_that_the_paper_contradicts_twice_is_doubted_and_kept():
    read = read_name([told("贵州某某金属冶炼有限公司"), told(NAME, y=0.4), told(NAME, page=3)])
    assert read.value == "贵州某某金属冶炼有限公司" and read.status is Status.UNSURE


def test_one_other_reading_changes_nothing():
    assert read_name([told("贵州某某金属冶炼有限公司"), told(NAME, y=0.4)]).certain
