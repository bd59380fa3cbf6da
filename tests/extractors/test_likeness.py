"""The hash of a page's picture."""

import cv2
import numpy as np
import pytest

from domain.copies import FARTHEST, distance
from extractors.likeness import picture_hash


def a_form(seed: int, dpi: int = 200) -> np.ndarray:
    """A page with a ruled table and lines of text, drawn anew at any resolution."""
    rng = np.random.default_rng(seed)
    width, height = round(8.27 * dpi), round(11.7 * dpi)
    page = np.full((height, width), 255, np.uint8)
    y = 0.1
    while y < 0.85:
        left, right = rng.uniform(0.1, 0.2), rng.uniform(0.5, 0.9)
        if rng.random() < 0.4:
            corner, other = (round(left * width), round(y * height)), (round(right * width), round((y + 0.08) * height))
            cv2.rectangle(page, corner, other, 0, max(1, dpi // 100))
        for place in np.arange(left + 0.02, right - 0.05, rng.uniform(0.05, 0.12)):
            start = (round(place * width), round((y + 0.03) * height))
            cv2.putText(
                page, str(rng.integers(1000)), start, cv2.FONT_HERSHEY_SIMPLEX, dpi / 250, 0, max(1, dpi // 100)
            )
        y += rng.uniform(0.04, 0.12)
    return page


def scanned(
    page: np.ndarray, shift: float = 0.02, scale: float = 0.97, skew: float = 0.15, noise: float = 4
) -> np.ndarray:
    """The page copied a little smaller and off its place, with what is left of its skew, a shadow, specks and noise."""
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew, scale)
    turn[:, 2] += (shift * width, -shift * height)
    moved = cv2.warpAffine(page, turn, (width, height), borderValue=255).astype(np.float32)
    moved *= np.linspace(1, 0.85, width, dtype=np.float32)
    rng = np.random.default_rng(9)
    moved[rng.random(moved.shape) < 0.00002] = 0
    grey = (moved + rng.normal(0, noise, moved.shape)).clip(0, 255).astype(np.uint8)
    return cv2.GaussianBlur(grey, (0, 0), 0.8)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("dpi", [150, 300])
def test_the_same_sheet_scanned_again_has_nearly_the_same_hash(seed: int, dpi: int) -> None:
    first, again = picture_hash(a_form(seed)), picture_hash(scanned(a_form(seed, dpi)))
    assert distance(first, again) <= FARTHEST / 2


def test_pages_laid_out_otherwise_are_far_apart() -> None:
    hashes = [picture_hash(scanned(a_form(seed))) for seed in range(5)]
    assert min(distance(one, two) for i, one in enumerate(hashes) for two in hashes[:i]) > FARTHEST


def test_a_hash_is_256_bits_as_text_and_a_blank_page_has_none() -> None:
    assert len(picture_hash(a_form(1))) == 64
    assert picture_hash(np.full((2339, 1654), 250, np.uint8)) == ""
    assert picture_hash(np.full((3, 2), 250, np.uint8)) == ""
