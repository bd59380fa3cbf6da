"""PDF pages become pictures at the scan's own resolution, with their text layer where they are no scans."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from domain.errors import IntakeError
from extractors.pictures import credible_dpi, page_record, too_many_pixels

_POINTS_PER_INCH = 72
_MAX_POINTS = 14_400  # the largest page that PDF readers accept (ISO 32000-1, annex C)
_SCAN_COVER = 0.8
_PLAIN_DPI = 200
_MIN_DPI = 60
_MAX_SIDE = 3600  # A4 at 300 dpi and a little, for scans whose resolution is not credible
_ERRORS = {
    pdfium.FPDF_ERR_PASSWORD: ("ENCRYPTED_PDF", "PDF 设有密码，请去除密码后重新提交。"),
    pdfium.FPDF_ERR_SECURITY: ("ENCRYPTED_PDF", "PDF 使用了不支持的加密方式，请去除加密后重新提交。"),
}


def render_pdf(path: Path, target: Path, limits: SimpleNamespace) -> list[dict[str, Any]]:
    """Every page as a PNG below `target`.

    Raises IntakeError ENCRYPTED_PDF, TRUNCATED, BROKEN_FILE, TOO_MANY_PAGES, TOO_MANY_PIXELS, PAGE_TOO_BIG. The size of
    a page is checked before anything is rendered.
    """
    document = _open(path)
    count = len(document)
    if count == 0:
        raise IntakeError("BROKEN_FILE", "PDF 中没有任何页面。")
    if count > limits.max_pages:
        raise IntakeError("TOO_MANY_PAGES", f"PDF 共 {count} 页，超过上限 {limits.max_pages} 页。")
    wanted = range(count) if limits.only is None else (limits.only,)
    for index in wanted:
        _check_size(_page_of(document, index), index)
    layers = TextLayers(path)
    return [_render(_page_of(document, index), index, target, limits, layers) for index in wanted]


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        code = pdfium.FPDF_GetLastError() if error.err_code is None else error.err_code
        if code in _ERRORS:
            raise IntakeError(*_ERRORS[code]) from error
        if not _ends_properly(path):
            raise IntakeError("TRUNCATED", "PDF 不完整（传输中断？），请重新上传。") from error
        raise IntakeError("BROKEN_FILE", "PDF 已损坏，无法打开。") from error


def _ends_properly(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2048))
        return b"%%EOF" in file.read()


def _page_of(document: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage:
    try:
        return document[index]
    except pypdfium2.PdfiumError as error:
        raise IntakeError("BROKEN_FILE", f"PDF 第 {index + 1} 页已损坏。") from error


def _check_size(page: pypdfium2.PdfPage, index: int) -> None:
    width, height = page.get_size()
    if not (0 < width <= _MAX_POINTS and 0 < height <= _MAX_POINTS):
        raise IntakeError("PAGE_TOO_BIG", f"PDF 第 {index + 1} 页的页面尺寸异常（{width:.0f}×{height:.0f} 点）。")


def _render(
    page: pypdfium2.PdfPage, index: int, target: Path, limits: SimpleNamespace, layers: "TextLayers"
) -> dict[str, Any]:
    scan = Scan.of(page)
    scale, dpi = _scale(page, scan, limits)
    width, height = page.get_size()
    if width * height * scale * scale > limits.max_pixels:
        raise too_many_pixels(limits)
    picture = page.render(scale=scale, rev_byteorder=True).to_pil().convert("L" if scan and scan.grey else "RGB")
    name = target / f"{index:05d}.png"
    picture.save(name, compress_level=1)
    words = None if scan else layers.words(index)
    return page_record(name, dpi, "L" if scan and scan.grey else "RGB", words)


def _scale(page: pypdfium2.PdfPage, scan: "Scan | None", limits: SimpleNamespace) -> tuple[float, float | None]:
    """Pixels per point, and the true dpi if credible: a scan keeps its own pixels up to `max_dpi`."""
    if scan is None:
        return _PLAIN_DPI / _POINTS_PER_INCH, float(_PLAIN_DPI)
    width, height = page.get_size()
    own = max(scan.dpi, _MIN_DPI)
    dpi = credible_dpi(own, round(width / _POINTS_PER_INCH * own), round(height / _POINTS_PER_INCH * own))
    if dpi is None:
        return min(own / _POINTS_PER_INCH, _MAX_SIDE / max(width, height)), None
    dpi = min(dpi, float(limits.max_dpi))
    return dpi / _POINTS_PER_INCH, dpi


class Scan:
    """The image or strips of images that cover a page: its resolution and whether it holds grey only."""

    def __init__(self, dpi: float, grey: bool) -> None:
        self.dpi = dpi
        self.grey = grey

    @classmethod
    def of(cls, page: pypdfium2.PdfPage) -> "Scan | None":
        """None when images cover less than 80 % of the page: then it was printed to PDF and not scanned."""
        images = list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4))
        width, height = page.get_size()
        covers = [_cover(image, width, height) for image in images]
        if not images or sum(covers) < _SCAN_COVER * width * height:
            return None
        largest = images[covers.index(max(covers))]
        return cls(_image_dpi(largest), all(_grey(image) for image in images))


def _cover(image: Any, width: float, height: float) -> float:
    left, bottom, right, top = image.get_bounds()
    return float(max(0.0, min(right, width) - max(left, 0.0)) * max(0.0, min(top, height) - max(bottom, 0.0)))


def _image_dpi(image: Any) -> float:
    """Pixels per inch along the longer side; a page turned by 90° swaps the sides of its image."""
    left, bottom, right, top = image.get_bounds()
    return float(max(image.get_px_size()) / max(right - left, top - bottom, 1e-6) * _POINTS_PER_INCH)


def _grey(image: Any) -> bool:
    grey_spaces = (pdfium.FPDF_COLORSPACE_DEVICEGRAY, pdfium.FPDF_COLORSPACE_CALGRAY)
    return image.get_metadata().colorspace in grey_spaces


class TextLayers:
    """The text layers of a PDF's pages, opened with pdfplumber only when the first page without a scan is met."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pdf: Any = None

    def words(self, index: int) -> list[dict[str, Any]] | None:
        """The page's words, or None where there is no layer to be trusted (none, mostly turned, or unmapped glyphs)."""
        if self._pdf is None:
            import pdfplumber

            self._pdf = pdfplumber.open(self._path)
        page = self._pdf.pages[index]
        words = page.extract_words(return_chars=True, keep_blank_chars=False, use_text_flow=False)
        text = "".join(word["text"] for word in words)
        turned = sum(not char["upright"] for char in page.chars)
        if not text or turned > len(page.chars) // 5 or len(re.findall(r"\(cid:|\ufffd", text)) > len(text) // 50:
            return None
        return [_layer_word(word, page) for word in words]


def _layer_word(word: dict[str, Any], page: Any) -> dict[str, Any]:
    left, top, width, height = page.bbox[0], page.bbox[1], float(page.width), float(page.height)
    box = ((word["x0"] - left) / width, (word["top"] - top) / height,
           (word["x1"] - left) / width, (word["bottom"] - top) / height)  # fmt: skip
    wide = max(word["x1"] - word["x0"], 1e-6)
    offsets = [min(1.0, max(0.0, (char["x0"] - word["x0"]) / wide)) for char in word["chars"] for _ in char["text"]]
    return {"text": word["text"], "box": box, "confidence": 1.0, "offsets": offsets}
