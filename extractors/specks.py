"""Specks of a stain or a watermark that were read as figures: far smaller than the print around them."""

import re

import numpy as np

from domain.page import ReadPage
from extractors.layout import Span
from extractors.text import fold

SPECK = "字迹远小于表中其他数字，疑为污点"
_SMALL = 0.5  # of the usual height of figures; a line of print keeps its height
_ENOUGH = 4  # figures that tell the usual height


def figure_height(page: ReadPage) -> float:
    """The usual height of a page's figures, as a fraction of its height; 0 where there are too few to tell."""
    heights = [word.box.height for word in page.words if re.fullmatch(r"\d[\d.,]+", fold(word.text))]
    return float(np.median(heights)) if len(heights) >= _ENOUGH else 0.0


def is_speck(span: Span, usual: float) -> bool:
    """Whether what was read as a figure of one or two characters is too low to be one."""
    return len(span.text) <= 2 and max(word.box.height for word in span.words) < _SMALL * usual
