"""The life of a trade: each step after those that it needs, none after what ends it."""

import pickle

import pytest

from domain.life import LIFE, IllegalStep, Step, Subject, check_step, is_sent_back, next_steps, open_objections

S = Step
LISTED = (S.REGISTERED, S.SUBMITTED, S.VERIFIED)
DEAL = (S.PUBLISHED, S.AGREED, S.NOTICED)


def hindered(step: Step, taken: tuple[Step, ...]) -> IllegalStep:
    with pytest.raises(IllegalStep) as raised:
        check_step(step, "HY-2026-000001", taken)
    return raised.value


def test_every_step_has_its_law_with_a_section_of_part_4() -> None:
    assert set(LIFE) == set(Step)
    assert all(law.section.startswith("4(") for law in LIFE.values())


def test_the_guides_way_is_legal_from_end_to_end() -> None:
    way = (*LISTED, S.PUBLISHED, S.AGREED, S.NOTICED, S.OBJECTED, S.SETTLED, S.CONTRACTED, S.FILED, S.ANNOUNCED)
    for number, step in enumerate(way):
        check_step(step, "HY-2026-000001", way[:number])


@pytest.mark.parametrize(
    ("step", "taken", "missing"),
    [
        (S.VERIFIED, (S.SUBMITTED,), (S.REGISTERED,)),
        (S.PUBLISHED, (S.REGISTERED, S.SUBMITTED), (S.VERIFIED,)),
        (S.WITHDRAWN, LISTED, (S.PUBLISHED,)),
        (S.AGREED, LISTED, (S.PUBLISHED,)),
        (S.CONTRACTED, (S.PUBLISHED, S.AGREED), (S.NOTICED,)),
        (S.FILED, DEAL, (S.CONTRACTED,)),
        (S.ANNOUNCED, (*DEAL, S.CONTRACTED), (S.FILED,)),
        (S.VERIFIED, (S.REGISTERED, S.SUBMITTED, S.RETURNED), (S.SUBMITTED,)),
        (S.CONTRACTED, (*DEAL, S.OBJECTED), (S.SETTLED,)),
        (S.SETTLED, (*DEAL, S.OBJECTED, S.SETTLED), (S.OBJECTED,)),
    ],
)
def test_an_illegal_step_names_what_is_missing(step: Step, taken: tuple[Step, ...], missing: tuple[Step, ...]) -> None:
    found = hindered(step, taken)
    assert (found.code, found.missing) == ("STEP_MISSING", missing)
    assert "HY-2026-000001" in found.message
    assert pickle.loads(pickle.dumps(found)).missing == missing


@pytest.mark.parametrize("step", [S.NOTICED, S.CONTRACTED, S.AGREED])
def test_nothing_follows_a_failed_deal(step: Step) -> None:
    assert hindered(step, (*DEAL, S.FAILED)).code == "STEP_BARRED"


def test_a_withdrawn_listing_is_not_offered_again_and_a_step_is_taken_once() -> None:
    public = (*LISTED, S.PUBLISHED)
    assert hindered(S.REOFFERED, (*public, S.WITHDRAWN)).code == "STEP_BARRED"
    assert hindered(S.PUBLISHED, public).code == "STEP_TAKEN"
    check_step(S.REOFFERED, "x", (*public, S.REOFFERED))


def test_next_steps_are_those_that_the_law_lets_through() -> None:
    assert next_steps(Subject.DEAL, DEAL) == (S.OBJECTED, S.FAILED, S.CONTRACTED)
    assert next_steps(Subject.DEAL, (*DEAL, S.OBJECTED)) == (S.OBJECTED, S.SETTLED, S.FAILED)
    assert S.PUBLISHED in next_steps(Subject.LISTING, LISTED)


def test_objections_and_returns_are_counted_in_their_order() -> None:
    assert open_objections([S.OBJECTED, S.OBJECTED, S.SETTLED]) == 1
    assert is_sent_back([S.SUBMITTED, S.RETURNED]) and not is_sent_back([S.SUBMITTED, S.RETURNED, S.SUBMITTED])
