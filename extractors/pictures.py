"""JPEG, PNG, TIFF, BMP and WebP files become page pictures; Pillow decodes, since it tells truncation."""

import struct
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import Image, ImageFile, ImageOps, ImageSequence, UnidentifiedImageError

from domain.errors import IntakeError

_SHORT_SIDE_INCHES = (3.0, 17.0)
_AS_IT_IS = {"JPEG", "PNG"}
_LONGEST = 30_000  # pixels: A0 at 600 dpi has 28,000
_PLAIN_MODES = {"RGB", "L", "1"}
_BROKEN = (UnidentifiedImageError, SyntaxError, ValueError, struct.error, EOFError, IndexError, KeyError, TypeError)


def render_picture(path: Path, target: Path, limits: SimpleNamespace) -> list[dict[str, Any]]:
    """One page per frame; a sound upright JPEG or PNG stays where it is, anything else is written as PNG.

    Raises IntakeError TRUNCATED, BROKEN_FILE, TOO_MANY_PIXELS, TOO_MANY_PAGES.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = limits.max_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(path) as image:
            return _frames(image, path, target, limits)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise too_many_pixels(limits) from error
    except OSError as error:
        raise _broken(error) from error
    except _BROKEN as error:
        raise IntakeError("BROKEN_FILE", f"图片已损坏，无法解码（{type(error).__name__}）。") from error


def _frames(image: Image.Image, path: Path, target: Path, limits: SimpleNamespace) -> list[dict[str, Any]]:
    count = getattr(image, "n_frames", 1)
    if count > limits.max_pages:
        raise IntakeError("TOO_MANY_PAGES", f"图片共 {count} 页，超过上限 {limits.max_pages} 页。")
    frames = enumerate(ImageSequence.Iterator(image))
    return [_page(frame, path, target, index, limits) for index, frame in frames if limits.only in (None, index)]


def _page(frame: Image.Image, path: Path, target: Path, index: int, limits: SimpleNamespace) -> dict[str, Any]:
    if frame.width * frame.height > limits.max_pixels:
        raise too_many_pixels(limits)
    if max(frame.size) > _LONGEST:
        raise IntakeError("TOO_MANY_PIXELS", f"图片的一边超过 {_LONGEST} 像素，不是扫描的纸页。")
    dpi = _dpi(frame)
    colour_space = frame.mode
    frame.load()
    turned = ImageOps.exif_transpose(frame)
    sound = turned.size == frame.size and frame.getexif().get(0x0112, 1) in (0, 1)
    if frame.format in _AS_IT_IS and sound and frame.mode in _PLAIN_MODES and getattr(frame, "n_frames", 1) == 1:
        return page_record(path, dpi, colour_space)
    name = target / f"{index:05d}.png"
    flatten(turned).save(name, compress_level=1)
    return page_record(name, dpi, colour_space)


def page_record(path: Path, dpi: float | None, colour_space: str, words: Any = None) -> dict[str, Any]:
    return {"path": str(path), "dpi": dpi, "colour_space": colour_space, "words": words}


def flatten(image: Image.Image) -> Image.Image:
    """Plain RGB, grey or black-and-white; what is transparent becomes paper."""
    if image.mode in _PLAIN_MODES:
        return image
    if image.mode.startswith("I") or image.mode == "F":
        return image.convert("F").point(lambda value: value / 257).convert("L")
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(paper, rgba).convert("RGB")
    return image.convert("RGB")


def _dpi(frame: Image.Image) -> float | None:
    density = frame.info.get("dpi")
    if not density or not density[0] or not density[1]:
        return None
    across, down = float(density[0]), float(density[1])
    if abs(across - down) > 0.05 * down:
        return None
    return credible_dpi(across, frame.width, frame.height)


def credible_dpi(dpi: float, width: int, height: int) -> float | None:
    """A density by which the page would be smaller than a card or larger than A2 is a default nobody set (72, 96)."""
    if dpi < 30:
        return None
    short = min(width, height) / dpi
    return round(dpi, 2) if _SHORT_SIDE_INCHES[0] <= short <= _SHORT_SIDE_INCHES[1] else None


def too_many_pixels(limits: SimpleNamespace) -> IntakeError:
    return IntakeError("TOO_MANY_PIXELS", f"图片超过 {limits.max_pixels // 1_000_000} 百万像素的上限。")


def _broken(error: OSError) -> IntakeError:
    if "truncated" in str(error).lower() or "unexpected end" in str(error).lower():
        return IntakeError("TRUNCATED", "图片不完整（传输中断？），请重新扫描或上传。")
    return IntakeError("BROKEN_FILE", "图片已损坏，无法解码。")
