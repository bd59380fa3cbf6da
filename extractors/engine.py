"""The reading engine: RapidOCR's PP-OCRv6 models on OpenVINO, or on ONNX Runtime where OpenVINO does not load."""

import functools
import importlib.util
from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Image = NDArray[Any]  # of uint8; OpenCV's stubs do not tell more than "some array"
Quads = NDArray[np.float32]

ENGINE = f"rapidocr-{version('rapidocr')}/PP-OCRv6-small/heyan-1"
_DETECT_SIDE = (1600, 2400)


class Reading(NamedTuple):
    """What one crop says; `offsets` are the left edges of its characters as fractions of the crop's width."""

    text: str
    confidence: float
    offsets: tuple[float, ...]


class Engine:
    """Detection and recognition over one set of loaded models; not to be shared between threads."""

    def __init__(self, threads: int) -> None:
        from rapidocr import RapidOCR

        self._ocr = RapidOCR(params=_options(threads))

    def detect(self, image: Image) -> Quads:
        """Text lines of a BGR picture as n×4×2 corners in pixels, clockwise from the top left."""
        import cv2

        scale = _detect_scale(image.shape[0], image.shape[1])
        small = image if scale == 1 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        found: Any = self._ocr(small, use_det=True, use_cls=False, use_rec=False)
        if getattr(found, "boxes", None) is None:
            return np.zeros((0, 4, 2), np.float32)
        return np.asarray(found.boxes, np.float32) / np.float32(scale)

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        """Readings of crops of single lines, in their order; a crop without text reads as an empty string."""
        if not crops:
            return []
        found: Any = self._ocr.recognize_txt(list(crops))
        lines = zip(found.txts, found.scores, found.word_results, strict=True)
        return [Reading(text.strip(), float(score), _offsets(text, info)) for text, score, info in lines]

    def upside_down(self, crops: Sequence[Image]) -> list[float]:
        """For each crop of a line how much speaks for it standing on its head: -1 (upright) to 1 (upside down)."""
        if not crops:
            return []
        judged: Any = self._ocr.cls_and_rotate(list(crops))[1]
        return [score if label == "180" else -score for label, score in judged.cls_res]


@functools.cache
def load_engine(threads: int) -> Engine:
    """The engine of this process, loaded at the first call."""
    return Engine(threads)


def _options(threads: int) -> dict[str, Any]:
    from rapidocr import EngineType

    kind = EngineType.OPENVINO if _loads("openvino") else EngineType.ONNXRUNTIME
    return {
        "Global.log_level": "error",
        "Global.max_side_len": 4000,
        "Global.return_word_box": True,
        "EngineConfig.openvino.inference_num_threads": threads,
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        **{f"{stage}.engine_type": kind for stage in ("Det", "Cls", "Rec")},
    }


def _loads(module: str) -> bool:
    """Found and able to start: OpenVINO's libraries need a CPU and a glibc that a machine may not have."""
    if importlib.util.find_spec(module) is None:
        return False
    try:
        __import__(module).Core()
    except (ImportError, OSError, RuntimeError):
        return False
    return True


def _detect_scale(height: int, width: int) -> float:
    longest = max(height, width)
    low, high = _DETECT_SIDE
    return low / longest if longest < low else min(1.0, high / longest)


def _offsets(text: str, info: Any) -> tuple[float, ...]:
    """Left edges of the stripped text's characters.

    The recogniser tells in which of its columns a character was seen, near the character's middle; the edge is taken
    half-way between neighbours. Blanks have no column and get their predecessor's right edge.
    """
    columns = [column for word in info.word_cols for column in word]
    if not columns or not info.line_txt_len:
        return ()
    middles = [(column + 0.5) / info.line_txt_len for column in columns]
    edges = _edges(middles)
    dense = iter(range(len(middles)))
    result: list[float] = []
    for char in text:
        result.append(edges[min(len(result), len(edges) - 1)] if char.isspace() else edges[next(dense, len(edges) - 1)])
    lead = len(text) - len(text.lstrip())
    return tuple(round(min(1.0, max(0.0, edge)), 4) for edge in result[lead : lead + len(text.strip())])


def _edges(middles: Sequence[float]) -> list[float]:
    steps = [(a + b) / 2 for a, b in pairwise(middles)]
    first = middles[0] - (steps[0] - middles[0] if steps else middles[0])
    return [max(0.0, first), *steps]
