"""What each part brings: every part is left out once."""

from extractors.parts import Part
from reports.ablation import FIGURES, ablate
from reports.accuracy import tally


def test_every_part_is_left_out_in_turn_after_the_whole() -> None:
    asked: list[frozenset[Part]] = []
    whole = tally([])

    def judge(parts: frozenset[Part]):
        asked.append(parts)
        return whole

    rows = ablate(whole, judge)
    assert [row.part for row in rows] == [None, *Part]
    assert asked == [frozenset({part}) for part in Part]
    assert set(rows[0].figures) == set(FIGURES)
