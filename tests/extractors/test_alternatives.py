"""What a recogniser saw beside what it said."""

import numpy as np
import pytest

from extractors.alternatives import FLOOR, fit, read_places, write_places

CHARACTERS = ["blank", "恒", "旭", "辉", "(", "_", " "]


def columns(*shares):
    """One column for each dict of shares; what they leave is nothing's."""
    made = np.full((len(shares), len(CHARACTERS)), 1e-7, np.float32)
    for column, said in zip(made, shares, strict=True):
        for char, share in said.items():
            column[CHARACTERS.index(char)] = share
        column[0] = max(1 - sum(said.values()), 1e-7)
    return made


def test_a_place_tells_what_the_recogniser_wavered_between_and_whether_anything_stands_there():
    written = write_places(columns({"旭": 0.7, "恒": 0.3}, {}, {"辉": 1.0}, {}), CHARACTERS)
    assert written == "旭0恒1_7 辉0_7"
    assert read_places(written) == [{"旭": 0, "恒": 1, "": 7}, {"辉": 0, "": 7}]


def test_a_character_that_was_held_possible_and_not_said_has_a_place_of_its_own():
    assert write_places(columns({"恒": 0.1}, {}, {"辉": 1.0}), CHARACTERS) == "_0恒2 辉0_7"


def test_characters_without_a_gap_between_them_are_places_of_their_own():
    assert write_places(columns({"恒": 0.9}, {"恒": 0.8}, {"辉": 0.9}), CHARACTERS) == "恒0_4 辉0_2"


def test_what_is_no_chinese_character_counts_as_nothing():
    assert read_places("(0恒2_5") == [{"": 0, "恒": 2}]
    assert write_places(columns({"_": 0.9}, {}, {" ": 0.9}), CHARACTERS) == ""


def test_a_line_without_characters_has_no_places():
    assert write_places(columns({}, {}), CHARACTERS) == "" and read_places("") == []


@pytest.mark.parametrize(
    "text, lacking, shares",
    [
        ("旭辉", 0, (0, 0)),
        ("恒辉", 2, (2, 0)),
        ("辉", 6, (0,)),
        ("朔辉", FLOOR, (FLOOR, 0)),
        ("恒辉旭", 2 + FLOOR, (2, 0, FLOOR)),
        ("", 6 + 7, ()),
    ],
)
def test_a_text_lacks_what_its_characters_are_less_likely_than_those_said(text, lacking, shares):
    found = fit(read_places("旭0恒2_6 辉0_7"), text)
    assert found.lacking == lacking and found.shares == shares
