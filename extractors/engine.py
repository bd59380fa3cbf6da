"""The reading engine: RapidOCR's PP-OCRv6 models on OpenVINO, or on ONNX Runtime where OpenVINO does not load."""

import functools
import importlib.util
import math
import threading
from collections.abc import Sequence
from importlib.metadata import version
from itertools import groupby, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractors.alternatives import write_places

Image = NDArray[Any]  # of uint8; OpenCV's stubs do not tell more than "some array"
Quads = NDArray[np.float32]

ENGINE = f"rapidocr-{version('rapidocr')}/PP-OCRv6-small/heyan-13"
_DETECT_SIDE = (1200, 1600)  # beyond 1600 nothing more was found, at up to three times the work
_LINE_HEIGHT = 48  # what the recogniser takes, whatever the width
_LEAST_WIDTH, _WIDTH_STEP, _BATCH = 160, 32, 6


class Reading(NamedTuple):
    """What one crop says; `offsets` are the left edges of its characters as fractions of the crop's width,
    `confidence` is the mean over its characters and `confidences` each one's own; `places` tells what else was seen
    (extractors/alternatives.py), where that was asked for."""

    text: str
    confidence: float
    offsets: tuple[float, ...]
    confidences: tuple[float, ...] = ()
    places: str = ""


class Engine:
    """Detection and recognition over one set of loaded models; threads take turns by its `lock`."""

    def __init__(self, threads: int) -> None:
        from rapidocr import RapidOCR

        ocr: Any = RapidOCR(params=_options(threads))
        self._ocr, self._recogniser = ocr, ocr._load_rec_model()
        self.lock = threading.Lock()

    def detect(self, image: Image) -> Quads:
        """Text lines of a BGR picture as n×4×2 corners in pixels, clockwise from the top left."""
        import cv2

        scale = _detect_scale(image.shape[0], image.shape[1])
        small = image if scale == 1 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        found: Any = self._ocr(small, use_det=True, use_cls=False, use_rec=False)
        if getattr(found, "boxes", None) is None:
            return np.zeros((0, 4, 2), np.float32)
        return np.asarray(found.boxes, np.float32) / np.float32(scale)

    def recognise(self, crops: Sequence[Image], with_places: bool = False) -> list[Reading]:
        """Readings of crops of single lines, in their order; a crop without text reads as an empty string."""
        readings: dict[int, Reading] = {}
        widths = [_line_width(crop) for crop in crops]
        order = sorted(range(len(crops)), key=lambda i: widths[i])
        for width, group in groupby(order, key=lambda i: widths[i]):
            same = list(group)
            for start in range(0, len(same), _BATCH):
                batch = same[start : start + _BATCH]
                readings.update(zip(batch, self._recognise([crops[i] for i in batch], width, with_places), strict=True))
        return [readings[i] for i in range(len(crops))]

    def _recognise(self, crops: Sequence[Image], width: int, with_places: bool) -> list[Reading]:
        """One batch of crops, all padded to one width.

        RapidOCR pads every crop to at least 320 columns; for table cells of a few digits that is most of the work.
        """
        columns = self._recogniser.session(np.stack([_line_input(crop, width) for crop in crops]))
        lines, infos = self._recogniser.postprocess_op(
            columns,
            return_word_box=True,
            wh_ratio_list=[min(crop.shape[1] / crop.shape[0], width / _LINE_HEIGHT) for crop in crops],
            max_wh_ratio=width / _LINE_HEIGHT,
        )
        characters = self._recogniser.postprocess_op.character
        places = [write_places(line, characters) for line in columns] if with_places else [""] * len(crops)
        return [
            Reading(text.strip(), float(score), _offsets(text, info), _confidences(text, info), seen)
            for (text, score), info, seen in zip(lines, infos, places, strict=True)
        ]

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


def _line_width(crop: Image) -> int:
    wide = math.ceil(_LINE_HEIGHT * float(crop.shape[1]) / float(crop.shape[0]))
    return max(_LEAST_WIDTH, math.ceil(wide / _WIDTH_STEP) * _WIDTH_STEP)


def _line_input(crop: Image, width: int) -> NDArray[np.float32]:
    import cv2

    wide = min(width, max(1, math.ceil(_LINE_HEIGHT * crop.shape[1] / crop.shape[0])))
    line = cv2.resize(crop, (wide, _LINE_HEIGHT)).astype(np.float32).transpose(2, 0, 1) / 127.5 - 1
    padded = np.zeros((3, _LINE_HEIGHT, width), np.float32)
    padded[:, :, :wide] = line
    return padded


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


def _confidences(text: str, info: Any) -> tuple[float, ...]:
    """One for each character of the stripped text."""
    blank = len(text) - len(text.lstrip())
    own = info.confs[blank : blank + len(text.strip())]
    return tuple(round(float(confidence), 3) for confidence in own)


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
