"""The second reader on pictures of single values: the real Tesseract."""

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from extractors.second_reader import Crop, Heard, Kind, read_crops, reader_name
from fixtures.make.render import find_font


def draw(text: str, height: int = 34) -> np.ndarray:
    font = ImageFont.truetype(find_font("Noto Sans CJK SC"), height - 8, index=2)
    canvas = Pictures.new("L", (round(font.getlength(text)) + 12, height), 255)
    ImageDraw.Draw(canvas).text((6, height / 2), text, fill=20, font=font, anchor="lm")
    return np.asarray(canvas)


def test_it_reads_figures_codes_dates_and_names_in_the_order_of_the_crops():
    wanted = [
        ("0.0860", Kind.DIGITS),
        ("贵州远山冶炼有限公司", Kind.WORDS),
        ("DA003", Kind.OUTLET),
        ("2024年01月19日", Kind.DATE),
        ("132.5", Kind.DIGITS),
    ]
    heard = read_crops([Crop(draw(text), kind) for text, kind in wanted])
    assert [one.text for one in heard] == [text for text, _ in wanted]
    assert all(0 < one.confidence <= 1 for one in heard)


def test_an_empty_crop_is_heard_as_nothing():
    assert read_crops([Crop(np.full((30, 90), 255, np.uint8), Kind.DIGITS)]) == [Heard("", 0.0)]


def test_no_crops_need_no_reader():
    assert read_crops([]) == []


def test_grey_print_on_grey_paper_is_read_as_well():
    faint = cv2.addWeighted(draw("46.40"), 0.5, np.full_like(draw("46.40"), 200), 0.5, 0)
    assert read_crops([Crop(faint, Kind.DIGITS)])[0].text == "46.40"


def test_the_reader_is_named_with_its_version():
    assert reader_name().startswith("tesseract-5")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_can_be_read(kind: Kind):
    assert len(read_crops([Crop(draw("20"), kind)])) == 1
