"""Paper under uneven light, on dark ground or with its back shining through is made even and white."""

import cv2
import numpy as np

from extractors.engine import Image

_SHRINK = 8
_PRINT_MM = 7.0  # wider than a stroke or a letter, narrower than a shadow
_SMOOTH_MM = 12.0
_UNEVEN = 0.86  # the darker parts of a page's paper have less than this share of the light of its brighter ones
_ENDS = 4, 90  # percentiles that are taken for darker and brighter
_DARKEST = 45.0  # paper is never darker; what is darker is ground, or print
_PALE, _CLEAR = 14, 56  # levels below the paper: from where something shows, from where it is print
_FAINT_PRINT = 0.55  # of a page's darkness that its common print has at least, where pale things may be taken off
_COMMON = 90
_SHINING = 0.02  # of the page
_AWAY = 5  # pixels around print that are its own blur


def even_light(picture: Image, ruler: float) -> Image:
    """The BGR picture as it would be under even white light; the very same picture where the light is even.

    `ruler` is pixels per millimetre. Ink of one colour is bright in some channel: the brightest tells the light; what
    tint the lamp gives stays (extractors/seals.py: balance).
    """
    small = cv2.resize(picture, None, fx=1 / _SHRINK, fy=1 / _SHRINK, interpolation=cv2.INTER_AREA)
    light = _paper(small.max(axis=2), ruler / _SHRINK)
    low, high = np.percentile(light, _ENDS)
    if low > _UNEVEN * high:
        return picture
    smooth = cv2.GaussianBlur(light, (0, 0), _SMOOTH_MM / 4 * ruler / _SHRINK)
    gain = 255.0 / np.maximum(smooth, _DARKEST).astype(np.float32)
    fine = cv2.resize(gain, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(picture, cv2.merge([fine] * 3), dtype=cv2.CV_8U)


def _paper(bright: Image, ruler: float) -> Image:
    """What each place's paper would be without the print on it."""
    side = max(3, round(_PRINT_MM * ruler)) | 1
    return cv2.medianBlur(cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), 5)


def take_off_pale(grey: Image) -> Image:
    """The grey page without what is far paler than its print: its back shining through, a watermark.

    The very same page where there is too little of that, and where the print itself is faint.
    """
    depth = _depth(grey)
    ink = depth > _CLEAR
    if not ink.any():
        return grey
    near = cv2.dilate(ink.astype(np.uint8), np.ones((_AWAY, _AWAY), np.uint8)) > 0
    pale = (depth > _PALE) & ~near
    common = float(np.percentile(depth[ink][::7], _COMMON))
    if float(pale.mean()) < _SHINING or common < _FAINT_PRINT * 255:
        return grey
    return np.where(pale, cv2.add(grey, depth), grey).astype(np.uint8)


def _depth(grey: Image) -> Image:
    """How far below the paper around it each pixel is."""
    small = cv2.resize(grey, None, fx=1 / _SHRINK, fy=1 / _SHRINK, interpolation=cv2.INTER_AREA)
    around = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 5)
    return cv2.subtract(cv2.resize(around, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), grey)
