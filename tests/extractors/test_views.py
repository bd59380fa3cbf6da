"""Views of places: cut from the upright page, with surroundings, wherever the package can still be opened."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from domain.page import Box, Page
from extractors.views import clip, cover, plan_clip, view_page, view_places

SIZE = (1240, 1754)
BOX = Box(0.4, 0.3, 0.5, 0.32)


def sheet(tmp_path: Path) -> Path:
    """A page with one red bar below the middle of nothing else."""
    picture = Image.new("RGB", SIZE, "white")
    ImageDraw.Draw(picture).rectangle([v * s for v, s in zip(BOX, SIZE * 2)], fill=(40, 40, 40))
    path = tmp_path / "1.png"
    picture.save(path, dpi=(150, 150))
    return path


def record(number: int = 1) -> Page:
    return Page(number=number, file="1.png", index=0, sha256="0", width=SIZE[0], height=SIZE[1], dpi=150)


def test_a_place_is_shown_with_its_surroundings_and_where_it_stands_in_them(tmp_path: Path) -> None:
    (view,) = view_places(sheet(tmp_path), {1: record()}, [(1, BOX)]).values()
    grey = np.asarray(Image.open(io.BytesIO(view.grey)).convert("L"), np.float32)
    high, wide = grey.shape
    inside = grey[
        round(view.frame.y0 * high) + 2 : round(view.frame.y1 * high) - 2,
        round(view.frame.x0 * wide) + 2 : round(view.frame.x1 * wide) - 2,
    ]
    assert inside.mean() < 80 < 200 < grey[: round(view.frame.y0 * high) - 4].mean()
    assert (
        Image.open(io.BytesIO(view.colour)).size == Image.open(io.BytesIO(view.grey)).size == (view.width, view.height)
    )


def test_pages_without_a_record_and_packages_that_cannot_be_opened_have_no_views(tmp_path: Path) -> None:
    assert view_places(sheet(tmp_path), {}, [(1, BOX)]) == {}
    assert view_places(sheet(tmp_path), {2: record(2)}, [(2, BOX)]) == {}
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"no pdf")
    assert view_places(broken, {1: record()}, [(1, BOX)]) == {}


def pixels(jpeg: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"), np.float32)


def two_pages(tmp_path: Path) -> Path:
    """A PDF of two pages: a grey bar on the second only."""
    first, second = Image.new("RGB", SIZE, "white"), Image.open(sheet(tmp_path))
    folder = tmp_path / "package"
    folder.mkdir()
    first.save(folder / "both.pdf", save_all=True, append_images=[second], resolution=150)
    (folder / "broken.pdf").write_bytes(b"no pdf")
    return folder


def test_a_whole_page_is_shown_and_a_place_is_cut_out_of_it(tmp_path: Path) -> None:
    page = record(2).model_copy(update={"file": "both.pdf", "index": 1})
    view = view_page(two_pages(tmp_path), page)
    assert view is not None
    assert Image.open(io.BytesIO(view.colour)).size == Image.open(io.BytesIO(view.grey)).size == SIZE
    room, frame = plan_clip(*SIZE, BOX)
    grey = pixels(clip(view.grey, BOX))
    assert grey.shape == (room.height, room.width)
    inside = grey[round(frame.y0 * room.height) + 2 : round(frame.y1 * room.height) - 2]
    assert inside[:, round(frame.x0 * room.width) + 2 : round(frame.x1 * room.width) - 2].mean() < 80


def test_around_a_place_off_the_page_the_whole_page_is_shown(tmp_path: Path) -> None:
    room, frame = plan_clip(*SIZE, Box(1.2, 1.2, 1.3, 1.3))
    assert (room.size, frame) == (SIZE, Box(0, 0, 1, 1))


def test_a_page_of_a_file_that_is_gone_or_broken_or_shorter_has_no_view(tmp_path: Path) -> None:
    package = two_pages(tmp_path)
    for changes in ({"file": "gone.pdf"}, {"file": "broken.pdf"}, {"file": "both.pdf", "index": 2}):
        assert view_page(package, record().model_copy(update=changes)) is None


def test_what_is_covered_cannot_be_read_and_the_rest_can(tmp_path: Path) -> None:
    view = view_page(sheet(tmp_path), record())
    assert view is not None
    hidden = pixels(cover(view.grey, [BOX]))
    assert hidden.shape == SIZE[::-1]
    inside = hidden[round(BOX.y0 * SIZE[1]) + 3 : round(BOX.y1 * SIZE[1]) - 3, 500:600]
    assert 120 < inside.min() and inside.max() < 160
    assert hidden[:400].min() > 240
