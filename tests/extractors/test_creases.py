"""Creases and streaks are told from rules, and the watermark of a sheet from its print."""

import cv2
import numpy as np

from extractors.creases import find_creases
from extractors.engine import Image
from extractors.rulings import find_rulings

MM = 6.0  # pixels
HIGH, WIDE = 1600, 1200


def sheet() -> Image:
    """White paper with a table of three columns whose rules are as dark as print."""
    grey = np.full((HIGH, WIDE), 236, np.uint8)
    for x in (150, 500, 800, 1050):
        cv2.line(grey, (x, 200), (x, 1300), 40, 2)
    for y in range(200, 1301, 100):
        cv2.line(grey, (150, y), (1050, y), 40, 2)
    return grey


def crease(grey: Image, upper: int, lower: int, level: int = 160) -> Image:
    folded = grey.copy()
    line = cv2.line(np.full_like(grey, 255), (upper, 0), (lower, HIGH - 1), level, 2)
    return np.minimum(folded, line)


def columns(grey: Image) -> int:
    """How many lines down stand on the height of the second row."""
    down = find_rulings(grey, MM).down[240:260].any(axis=0)
    return int(np.count_nonzero(np.diff(np.concatenate(([0], down.view(np.int8)))) == 1))


def test_a_crease_from_edge_to_edge_is_no_line_of_the_table() -> None:
    assert columns(sheet()) == columns(crease(sheet(), 640, 652)) == 4


def test_a_streak_that_leans_as_the_sheet_lay_is_none_either() -> None:
    assert columns(crease(sheet(), 560, 680)) == 4


def test_a_line_that_ends_with_the_table_stays_however_pale() -> None:
    grey = sheet()
    cv2.line(grey, (640, 200), (640, 1300), 160, 2)
    assert columns(grey) == 5


def test_a_crease_along_a_line_of_the_table_leaves_the_line() -> None:
    assert columns(crease(sheet(), 500, 500)) == 4


def test_lines_that_a_crease_crosses_are_not_cut() -> None:
    across = find_rulings(crease(sheet(), 640, 652), MM).across
    for y in range(200, 1301, 100):
        assert across[y - 3 : y + 4, 160:1040].any(axis=0).all()


def test_a_crease_across_the_sheet_parts_no_rows() -> None:
    laid = np.minimum(sheet(), cv2.line(np.full((HIGH, WIDE), 255, np.uint8), (0, 750), (WIDE - 1, 756), 160, 2))
    rows = find_rulings(laid, MM).across[:, 300:330].any(axis=1)
    assert int(np.count_nonzero(np.diff(np.concatenate(([0], rows.view(np.int8)))) == 1)) == 12


def test_paper_without_creases_has_none() -> None:
    assert not find_creases(236 - sheet(), MM).any()


def test_a_watermark_is_ink_but_not_dark_ink() -> None:
    grey = sheet()
    cv2.putText(grey, "COPY", (300, 900), cv2.FONT_HERSHEY_SIMPLEX, 6, 170, 20)
    found = find_rulings(grey, MM)
    at = grey == 170
    assert found.ink[at].mean() > 200 and not found.dark[at].any() and found.dark[grey == 40].all()
