"""Names that one reader alone vouches for, and names that another reader saw as other papers state them."""

import pytest

from domain.field import Status, TextField
from extractors.certainty import Second
from extractors.documents.demand_form import DemandForm
from extractors.documents.eia_table import EiaTable
from extractors.names import is_broken, settle_names

WHOLE = "贵州宏和铬盐化工有限公司"


def read(value, confidence=0.99, second=Second.AGREES, status=Status.CERTAIN, **readers):
    told = {"rapidocr": value} | readers
    return TextField(value=value, raw=value, confidence=confidence, second=second, status=status, readers=told)


def settled(*documents):
    return settle_names(documents)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("台炼有限公司", True),
        ("晟丰锑品冶限公司年产9000吨精锑扩建项目", True),
        (WHOLE, False),
        ("朔锦锌业（贵州）有限公司", False),
        ("贵州瀚岭锑品冶炼有限责任公司年产3万吨电铅改建项目", False),
        ("某某矿业股份有限公司", False),
        ("年产8000吨精锑改建项目", False),
        ("铜仁市锰业集团公司", False),
    ],
)
def test_a_company_s_name_that_lost_its_beginning_or_middle_is_broken(name, broken):
    assert is_broken(name) is broken


@pytest.mark.parametrize(
    ("name", "kept"),
    [(f"{WHOLE}使用", WHOLE), (f"{WHOLE}铜仁分公司", None), (f"{WHOLE}第二冶炼厂", None), (WHOLE, None)],
)
def test_what_was_read_on_behind_a_company_s_legal_form_is_none_of_its_name(name, kept):
    (alone,) = settled(DemandForm(name=read(name)))
    assert (alone.name.value, alone.name.certain) == ((kept, False) if kept else (name, True))


def test_a_broken_name_counts_only_where_both_readers_read_it():
    (alone,) = settled(DemandForm(name=read("台炼有限公司", second=Second.DIFFERS)))
    (both,) = settled(DemandForm(name=read("台炼有限公司")))
    assert alone.name.status is Status.UNSURE and both.name.certain


@pytest.mark.parametrize(("confidence", "certain"), [(0.73, False), (0.97, True)])
def test_a_name_that_the_second_reader_read_otherwise_needs_more_certainty(confidence, certain):
    (form,) = settled(DemandForm(name=read(WHOLE, confidence, Second.DIFFERS)))
    assert form.name.certain is certain


def test_what_is_no_name_is_left_as_it_is():
    (form,) = settled(DemandForm(county=read("毕节市赫章县", 0.7, Second.DIFFERS)))
    assert form.county.certain


def test_a_name_that_the_colour_picture_gives_as_another_paper_states_it_is_that_name():
    torn = read("费州宏和铬盐化工有限公司", 0.6, Second.DIFFERS, Status.UNSURE, rapidocr_colour=WHOLE)
    form, table = settled(DemandForm(name=read(WHOLE)), EiaTable(builder=torn))
    assert table.builder.value == WHOLE and table.builder.certain and form.name.certain


def test_a_name_that_no_reader_gives_as_another_paper_states_it_stays_as_it_was_read():
    other = "贵州宏和铬盐化工有限责任公司"
    torn = read(other, 0.6, Second.DIFFERS, Status.UNSURE, rapidocr_colour=other)
    _, table = settled(DemandForm(name=read(WHOLE)), EiaTable(builder=torn))
    assert table.builder.value == other and table.builder.status is Status.UNSURE


def test_a_project_s_last_character_is_put_right_but_stays_in_doubt():
    (table,) = settled(EiaTable(project=read("年产8000吨精锑改建项日")))
    assert table.project.value == "年产8000吨精锑改建项目" and table.project.status is Status.UNSURE


@pytest.mark.parametrize(
    ("project", "certain"),
    [
        ("年产8000吨精锑改建项目", True),
        ("铬盐清洁生产线技改", True),
        ("贵州宏和铬盐化工有限公司年产8000吨精", False),
        ("年", False),
    ],
)
def test_a_project_s_name_that_does_not_say_it_is_one_was_cut_off(project, certain):
    (table,) = settled(EiaTable(project=read(project)))
    assert table.project.certain == certain and table.project.value == project
