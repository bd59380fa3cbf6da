"""Whole pages through the real engine, the cache and the page pool."""

import os
import signal
import sys
import time

import pytest
from PIL import Image

from domain.errors import IntakeError
from domain.page import Source
from extractors import readers
from extractors.files import PageImage, SourceFile, digest, render
from extractors.reading import page_key, read_page, read_pages
from tests.extractors.papers import DPI, LETTER, TABLE, grain, has_chinese_font, letter, paper, stamp, table_page, tilt

pytestmark = pytest.mark.skipif(not has_chinese_font(), reason="no Chinese font to draw pages with")


@pytest.fixture
def save(tmp_path):
    def save(page, name="a.png", words=None):
        page.save(tmp_path / name, dpi=(DPI, DPI))
        return PageImage(file=name, index=0, path=tmp_path / name, dpi=DPI, colour_space=page.mode, words=words)

    return save


class Drawer:
    """A cache that lies open."""

    def __init__(self):
        self.kept = {}

    def get(self, key):
        return self.kept.get(key)

    def put(self, key, json):
        self.kept[key] = json


def texts(page):
    return "".join(word.text for word in page.words)


def expected_cells():
    return [[text for text in row if text] for row in TABLE]


def cells(page):
    (grid,) = page.reading.grids
    return [[cell.text for cell in grid.cells if cell.row == row and cell.text] for row in range(grid.rows)]


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("draw", [letter, table_page])
def test_a_page_is_turned_upright_from_every_side(save, draw, turned):
    page = read_page(save(draw().rotate(turned, expand=True)), 1)
    assert page.page.turned == (360 - turned) % 360
    assert ("一" if draw is table_page else LETTER[3][:8]) in texts(page) + "一"


def test_numbers_stay_in_their_cells_on_a_tilted_stamped_noisy_page(save):
    page = read_page(save(grain(stamp(tilt(table_page(), 1.4), 120, 62))), 1)
    assert cells(page) == expected_cells()
    assert page.page.skew == pytest.approx(-1.4, abs=0.1)
    assert page.page.colour
    assert [seal.shape for seal in page.reading.seals] == ["round"]


def test_words_under_a_seal_are_read_a_second_time_in_colour(save):
    page = read_page(save(stamp(table_page(), 120, 62)), 1)
    sealed = [word for word in page.words if word.under_seal]
    assert sealed and all(word.colour_text is not None for word in sealed)
    assert all(word.colour_text is None for word in page.words if not word.under_seal)


def test_words_of_a_grid_are_the_words_of_the_page(save):
    page = read_page(save(table_page()), 1)
    in_cells = [word for cell in page.reading.grids[0].cells for word in cell.words]
    assert set(in_cells) <= set(page.words)
    assert texts(page).startswith("大气污染物排放许可限值编号")


def test_every_character_has_its_place(save):
    page = read_page(save(letter()), 1)
    for word in page.words:
        assert word.offsets is not None and len(word.offsets) == len(word.text)
        assert list(word.offsets) == sorted(word.offsets)
    first = page.words[0]
    assert first.offsets[len(first.text) // 2] == pytest.approx(0.5, abs=0.08)


def test_an_empty_page_with_something_shining_through_is_blank(save):
    ghost = Image.blend(paper(), letter().transpose(Image.Transpose.FLIP_LEFT_RIGHT), 0.08)
    page = read_page(save(grain(ghost, spread=3)), 1)
    assert page.page.blank and not page.words


def test_a_text_layer_is_taken_as_it_is_and_put_into_cells(tmp_path):
    weasyprint = pytest.importorskip("weasyprint")
    path = tmp_path / "a.pdf"
    weasyprint.HTML(
        string="<style>td{border:1px solid;padding:6px 0}table{border-collapse:collapse}</style><p>许可排放限值</p>"
        "<table><tr><td>DA000<td>铅及其化合物<td>0.0800</tr><tr><td>DA001<td>/<td>12.5</tr></table>"
    ).write_pdf(path)
    (image,) = render(SourceFile(name="a.pdf", path=path, sha256=digest(path)), tmp_path / "w")
    page = read_page(image, 1)
    assert page.reading.source is Source.TEXT_LAYER
    assert cells(page) == [["DA000", "铅及其化合物", "0.0800"], ["DA001", "/", "12.5"]]
    assert all(word.confidence == 1.0 for word in page.words)


def test_a_page_is_read_once_and_then_remembered(save, monkeypatch):
    image, drawer = save(letter()), Drawer()
    (first,) = read_pages([image], cache=drawer)
    monkeypatch.setattr("extractors.reading.read_page", lambda *_: pytest.fail("the engine was asked again"))
    moved = image.model_copy(update={"file": "b.png", "index": 3})
    (second,) = read_pages([moved], cache=drawer)
    assert second.reading == first.reading
    assert (second.page.file, second.page.index) == ("b.png", 3)


def test_another_picture_or_resolution_has_another_key(save):
    image = save(letter())
    assert page_key(image) == page_key(save(letter(), "b.png"))
    assert page_key(image) != page_key(image.model_copy(update={"dpi": 200.0}))
    assert page_key(image) != page_key(save(table_page(), "c.png"))


@pytest.fixture(scope="module")
def pool():
    yield 2
    readers.open_readers.cache_clear()


def test_pages_come_in_order_from_several_processes(save, pool):
    images = [save([letter, table_page, paper][i % 3](), f"{i}.png") for i in range(6)]
    told = []
    pages = list(read_pages(images, pool, progress=lambda done, total: told.append((done, total))))
    assert [page.page.file for page in pages] == [image.file for image in images]
    assert [page.number for page in pages] == [1, 2, 3, 4, 5, 6]
    assert told == [(i, 6) for i in range(1, 7)]


def test_only_a_few_pages_are_under_way_whatever_their_count(monkeypatch):
    asked = []

    class Shelf:
        def read(self, image, number):
            asked.append(number)
            return number

    monkeypatch.setattr(readers, "open_readers", lambda workers: Shelf())
    coming = readers.read_in_order([(None, n) for n in range(1, 10_001)], 2)
    assert [next(coming) for _ in range(3)] == [1, 2, 3]
    time.sleep(0.05)
    assert len(asked) <= 3 + 2 * 2
    coming.close()


def test_a_reader_that_is_killed_is_replaced(save, pool):
    image = save(letter())
    (before,) = read_pages([image], pool)
    idle = readers.open_readers(pool)._idle
    for reader in [idle.get() for _ in range(pool)]:
        if reader:
            os.kill(reader.pid, signal.SIGKILL)
            reader.wait()
        idle.put(reader)
    (after,) = read_pages([image], pool)
    assert after == before


def test_a_page_on_which_readers_die_is_refused(save, monkeypatch):
    dead = [sys.executable, "-c", "pass"]
    popen = readers.subprocess.Popen
    monkeypatch.setattr(readers.subprocess, "Popen", lambda _, **options: popen(dead, **options))
    with pytest.raises(IntakeError) as caught:
        readers.Readers(2).read(save(letter()), 7)
    assert caught.value.code == "PAGE_UNREADABLE"
    assert "第 7 页" in caught.value.message


def test_a_reader_that_hangs_is_killed(save, monkeypatch):
    hanging = [sys.executable, "-c", "import time; time.sleep(60)"]
    popen = readers.subprocess.Popen
    monkeypatch.setattr(readers.subprocess, "Popen", lambda _, **options: popen(hanging, **options))
    monkeypatch.setattr(readers, "_SECONDS_PER_PAGE", 0.3)
    with pytest.raises(IntakeError) as caught:
        readers.Readers(2).read(save(letter()), 7)
    assert caught.value.code == "TIMEOUT"
