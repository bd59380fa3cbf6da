"""Critical values read again on a real package by the real second reader."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from domain.document import key_of, values
from domain.page import Box, ReadPage
from extractors.heard import hear
from extractors.opening import Opened, open_package
from extractors.recorded import beside, load
from extractors.rereading import crop_of, crop_widely, missing, read_again
from extractors.second_reader import Kind, read_crops
from extractors.understanding import read_documents

PACKAGE = Path("fixtures/scans/b072-003.zip")


class Kept(dict[str, str]):
    """A cache in memory."""

    def put(self, key: str, json: str) -> None:
        self[key] = json


@pytest.fixture(scope="module")
def once() -> tuple[ReadPage, ...]:
    """The package as the first reader read it."""
    pages = load(beside(PACKAGE)).pages
    return tuple(p.model_copy(update={"reading": p.reading.model_copy(update={"second": ()})}) for p in pages)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return open_package(PACKAGE, tmp_path_factory.mktemp("opened"))


@pytest.fixture(scope="module")
def kept() -> Kept:
    return Kept()


@pytest.fixture(scope="module")
def again(once: tuple[ReadPage, ...], opened: Opened, kept: Kept) -> tuple[ReadPage, ...]:
    return read_again(once, opened.images, kept)


def test_every_critical_value_is_wished_for_and_read(once: tuple[ReadPage, ...], again: tuple[ReadPage, ...]):
    wished = [wish for wishes in missing(once).values() for wish in wishes]
    assert len(wished) >= 10
    assert sum(len(page.reading.second) for page in again) == len(wished)
    assert missing(again) == {}


def test_most_figures_codes_and_dates_are_read_alike_by_both(again: tuple[ReadPage, ...]):
    told = [
        field.second
        for document in read_documents([hear(page) for page in again])
        for path, field in values(document)
        if key_of(path) in document.CRITICAL and field.second and not isinstance(field.value, str)
    ]
    assert sum(second.startswith("agrees") for second in told) >= 0.8 * len(told) > 0


def test_a_code_is_cropped_so_widely_that_a_first_digit_told_too_short_is_whole():
    picture = np.full((200, 600), 255, np.uint8)
    cv2.putText(picture, "33349957", (200, 110), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 2)
    inked = np.flatnonzero((picture < 128).any(axis=0))
    box = Box((inked[0] + 9) / 600, 75 / 200, (inked[-1] + 1) / 600, 120 / 200)
    wide = crop_widely(picture, box)
    assert wide is not None
    cut_off = crop_of(picture, box, Kind.CODE)
    assert (wide.picture < 128).any(axis=0).sum() == (picture < 128).any(axis=0).sum()
    assert (cut_off < 128).any(axis=0).sum() < (wide.picture < 128).any(axis=0).sum()
    assert read_crops([wide])[0].text == "33349957"
    assert crop_widely(picture, Box(1.2, 0.1, 1.4, 0.2)) is None


def test_what_was_read_again_once_comes_from_the_cache(
    once: tuple[ReadPage, ...], opened: Opened, kept: Kept, again: tuple[ReadPage, ...]
):
    gone = [image.model_copy(update={"path": image.path.with_name("gone")}) for image in opened.images]
    assert read_again(once, gone, kept) == again


def test_pages_that_were_read_again_are_left_as_they_are(opened: Opened, again: tuple[ReadPage, ...]):
    assert read_again(again, opened.images) == again


def test_without_second_readings_pages_are_heard_as_they_were_read(once: tuple[ReadPage, ...]):
    assert [hear(page) for page in once] == list(once)
