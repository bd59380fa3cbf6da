"""How many dots a page has, and whether they are enough to go by."""

from domain.page import Page
from reference.policy import policy

_ROUNDED = 0.99  # 199.9 dpi is what a page of 210.1 mm becomes
_A4, _LIKE_A4 = 297 / 210, 0.06


def is_coarse(page: Page) -> bool:
    """Whether a page has fewer dots to the inch than the policy asks for (IMG-005)."""
    dpi = dots_per_inch(page)
    return bool(dpi and dpi < policy().legibility.value.dpi * _ROUNDED)


def dots_per_inch(page: Page) -> float | None:
    """What the file tells, else what was measured as far as the page has the shape of A4."""
    return page.dpi or (page.quality.dpi if page.quality and _is_like_a4(page) else None)


def _is_like_a4(page: Page) -> bool:
    shape = max(page.width, page.height) / min(page.width, page.height)
    return abs(shape / _A4 - 1) < _LIKE_A4
