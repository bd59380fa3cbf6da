"""Values on pages that are blurred, faint or hardly legible."""

import pytest

from domain.field import Field, Status
from domain.page import Quality
from extractors.blurred import doubt_blurred
from extractors.documents.demand_form import DemandForm
from tests.extractors.readings import page

FINE = Quality(dpi=300, sharpness=0.8, contrast=0.8, legible=1.0)
READ = Field[str](value="锦泰矿业", raw="锦泰矿业", page=1, status=Status.CERTAIN)


def doubted(field, **worse):
    form = DemandForm(pages=(1,), name=field)
    (read,) = doubt_blurred([form], [page([], quality=FINE.model_copy(update=worse))])
    return read.name.status


@pytest.mark.parametrize("worse", [{"sharpness": 0.2}, {"contrast": 0.1}, {"legible": 0.5}])
def test_what_stands_on_a_page_that_is_too_bad_in_any_way_is_in_doubt(worse):
    assert doubted(READ) is Status.CERTAIN
    assert doubted(READ, **worse) is Status.UNSURE


def test_both_readers_together_are_believed():
    assert doubted(READ.model_copy(update={"second": "agrees"}), sharpness=0.2) is Status.CERTAIN


def test_a_blank_cell_of_a_faint_page_may_hold_print_that_nobody_sees():
    blank = Field[str](page=1, status=Status.CERTAIN)
    assert doubted(blank) is Status.CERTAIN
    assert doubted(blank, contrast=0.1) is Status.UNSURE


def test_what_was_not_read_off_the_page_is_left_as_it_is():
    assert doubted(Field[str](value="x", page=1, status=Status.CERTAIN), contrast=0.1) is Status.CERTAIN
