"""What cameras and copiers do to drawn pages: a table around the sheet, bent lines, uneven light, a back that shows."""

import cv2
import numpy as np

GROUNDS = {"wood": (60, 95, 135), "stone": (112, 110, 110), "black": (20, 20, 20)}  # BGR


def lay_on(picture, ground="wood", off=0.03, room=0.07):
    """The BGR page seen from aside on a table; returns the picture and the sheet's corners as fractions."""
    high, wide = picture.shape[:2]
    size = (round(wide * (1 + 2 * room)), round(high * (1 + 2 * room)))
    flat = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    moved = np.array([(off, 0), (0, off), (-off, 0), (off / 2, -off)], np.float32) * (wide, high)
    corners = (flat + np.array((wide * room, high * room)) + moved).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    cover = cv2.warpPerspective(np.ones((high, wide), np.float32), matrix, size)[:, :, None]
    grain = np.random.default_rng(3).normal(0, 8, (size[1] // 4 + 1, 12)).astype(np.float32)
    table = np.array(GROUNDS[ground], np.float32) + cv2.resize(grain, size)[:, :, None]
    seen = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_CUBIC) * cover + table * (1 - cover)
    return seen.clip(0, 255).astype(np.uint8), corners / size


def bend(picture, deep=0.008):
    """Lines that hang through towards the left, twice as far at the foot of the page as at its head."""
    high, wide = picture.shape[:2]
    xs, ys = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    curve = np.sin(np.pi * (xs / wide + 0.15)) * (0.5 + 0.5 * ys / high)
    return cv2.remap(picture, xs, ys + (curve * deep * high).astype(np.float32), cv2.INTER_CUBIC,
                     borderMode=cv2.BORDER_REPLICATE)  # fmt: skip


def shade(picture, depth=0.5):
    """A lamp from the left and warm light."""
    light = 1 - depth * np.linspace(0, 1, picture.shape[1], dtype=np.float32)[None, :, None] ** 1.5
    return (picture * light * np.array([0.88, 0.95, 1.0], np.float32)).clip(0, 255).astype(np.uint8)


def show_through(picture, strength=0.14):
    """The page's own back printed alike, turned over and pale."""
    back = cv2.GaussianBlur(picture[::-1, ::-1], (0, 0), 1.2).astype(np.float32)
    return (picture * (1 - strength * (255 - back) / 255)).clip(0, 255).astype(np.uint8)
