"""The rims of round seals: circles that ink runs around, also where it is worn, cut off or crossed by other ink."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from extractors.crops import Rect
from extractors.engine import Image

_SCALE = 2.0  # pixels per millimetre at which circles are looked for
_RADII_MM, _STEP_MM = (15.0, 30.5), 0.5  # seals are 36–60 mm wide (domain 6.1); a worn or askew one seems smaller
_SOFT = 1.0  # pixels: a thin rim's direction is told from its surroundings
_EDGE = 0.12  # change of strength from one pixel to the next but one that makes an edge
_VOTES = 0.16  # of a circle's edge, that point to its middle
_SPREAD = 5  # pixels around a middle that edges miss it by
_APART_MM = 10.0  # two impressions of one seal lie closer, two seals' middles do not
_MOST = 6  # circles on one piece of paper
_RAYS = 180
_LOOSE_MM, _CLOSE_MM = 1.8, 0.5  # how far the rim may lie off the circle that was voted for, and off the ellipse
_INKED = 0.3
_ROUND = 0.88  # what is flatter is an oval
_THIN_MM, _THIN = 2.0, 0.45  # so far to either side there is less ink than this share of the rim's
_BAND, _LETTERS = (0.66, 0.9), (0.06, 0.6)  # where letters stand, and how much of it is ink


class Rim(NamedTuple):
    """The ellipse of a seal's rim in pixels: middle, diameters and turn (degrees) as OpenCV tells them.

    `covered` is the share of the way around where there is ink, 0–1.
    """

    centre: tuple[float, float]
    diameters: tuple[float, float]
    turn: float
    covered: float

    @property
    def radius(self) -> float:
        return sum(self.diameters) / 4

    def enlarge(self, times: float) -> "Rim":
        """The rim on a picture that is so many times larger."""
        (x, y), (a, b) = ((v + 0.5) * times - 0.5 for v in self.centre), (v * times for v in self.diameters)
        return self._replace(centre=(x, y), diameters=(a, b))

    def share_on(self, page: Rect) -> float:
        """The share of the rim that lies on the page."""
        return float(np.mean([0 <= x < page.x1 and 0 <= y < page.y1 for x, y in self._around()]))

    def _around(self) -> Image:
        angles = np.arange(_RAYS) * 2 * np.pi / _RAYS
        turn = np.radians(self.turn)
        along = np.stack([np.cos(angles) * self.diameters[0] / 2, np.sin(angles) * self.diameters[1] / 2], axis=1)
        axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        points: Image = along @ axes + np.array(self.centre)
        return points

    @property
    def rect(self) -> Rect:
        """The upright rectangle around the ellipse."""
        a, b, t = self.diameters[0] / 2, self.diameters[1] / 2, np.radians(self.turn)
        wide, high = float(np.hypot(a * np.cos(t), b * np.sin(t))), float(np.hypot(a * np.sin(t), b * np.cos(t)))
        (x, y) = self.centre
        return Rect(round(x - wide), round(y - high), round(x + wide) + 1, round(y + high) + 1)


def find_rims(strength: Image, ruler: float, least: float, step_mm: float = _STEP_MM) -> list[Rim]:
    """Rims of at least `least` cover in a picture of ink strength (0–1), those with most ink around first.

    Edges of ink vote for the middle of the circle that they may be part of (gradient Hough transform); what is
    voted for is measured, and fitted with an ellipse.
    """
    shrink = _SCALE / ruler
    small = cv2.GaussianBlur(
        cv2.resize(strength, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), (0, 0), _SOFT
    )
    rims = (_measure(small, circle) for circle in _voted(small, step_mm))
    found: list[Rim] = []
    for rim in sorted((rim for rim in rims if rim and rim.covered >= least), key=lambda rim: -rim.covered):
        if all(np.hypot(*np.subtract(rim.centre, other.centre)) >= _APART_MM * _SCALE for other in found):
            found.append(rim)
    return [rim.enlarge(1 / shrink) for rim in found]


def is_lettered(strength: Image, rim: Rim) -> bool:
    """Whether a rim in a picture of 2 pixels per millimetre is one thin line with letters along it, as of a seal."""
    line = float(np.median(along(strength, rim, -0.5)))
    beside = max(float(np.median(along(strength, rim, off))) for off in (_THIN_MM, -0.5 - _THIN_MM))
    shares = np.linspace(*_BAND, 8)
    letters = float(np.mean([along(strength, rim, (share - 1) * rim.radius / _SCALE) for share in shares]))
    return beside < _THIN * line and _LETTERS[0] < letters < _LETTERS[1]


def along(picture: Image, rim: Rim, off_mm: float) -> Image:
    """Values of such a picture along a rim, so many millimetres outside of it (inside where negative)."""
    angles = np.arange(_RAYS) * 2 * np.pi / _RAYS
    radius = rim.radius + off_mm * _SCALE
    xs, ys = rim.centre[0] + radius * np.cos(angles), rim.centre[1] + radius * np.sin(angles)
    values = cv2.remap(picture, xs[None].astype(np.float32), ys[None].astype(np.float32), cv2.INTER_LINEAR)
    line: Image = values[0].astype(np.float32)
    return line


# ---- voting ----------------------------------------------------------------------------------------------------


def _voted(small: Image, step_mm: float) -> Iterator[tuple[float, float, float]]:
    """Middle and radius of the circles with most votes, one after another."""
    radii = np.arange(*_RADII_MM, step_mm) * _SCALE
    votes = _vote(small, radii)
    reach = round(_APART_MM * _SCALE)
    for _ in range(_MOST):
        best = int(votes.argmax())
        level, y, x = np.unravel_index(best, votes.shape)
        if votes[level, y, x] < _VOTES:
            return
        yield float(x) - _PAD, float(y) - _PAD, float(radii[level])
        votes[:, max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1] = 0


_PAD = round(_RADII_MM[1] * _SCALE)  # middles may lie off the paper


def _vote(small: Image, radii: Image) -> Image:
    """For every radius the share of a circle's edge that points to each pixel as its middle."""
    down, across = cv2.Sobel(small, cv2.CV_32F, 0, 1, scale=0.25), cv2.Sobel(small, cv2.CV_32F, 1, 0, scale=0.25)
    steep = cv2.magnitude(across, down)
    ys, xs = np.nonzero(steep > _EDGE)
    nx, ny = across[ys, xs] / steep[ys, xs], down[ys, xs] / steep[ys, xs]  # towards more ink: from outside inwards
    height, width = small.shape[0] + 2 * _PAD, small.shape[1] + 2 * _PAD
    votes = np.zeros((len(radii), height, width), np.float32)
    for level, radius in enumerate(radii):
        cx, cy = np.rint(xs + radius * nx).astype(int) + _PAD, np.rint(ys + radius * ny).astype(int) + _PAD
        inside = (cx >= 0) & (cx < width) & (cy >= 0) & (cy < height)
        counted = np.bincount(cy[inside] * width + cx[inside], minlength=height * width).reshape(height, width)
        around = cv2.boxFilter(counted.astype(np.float32), -1, (_SPREAD, _SPREAD), normalize=False)
        votes[level] = around / (2 * np.pi * radius)
    return votes


# ---- measuring -------------------------------------------------------------------------------------------------


def _measure(small: Image, circle: tuple[float, float, float]) -> Rim | None:
    """The ellipse through the ink nearest to a circle, and how much of it is inked."""
    x, y, radius = circle
    angles = np.arange(_RAYS) * 2 * np.pi / _RAYS
    reach = np.arange(-_LOOSE_MM, _LOOSE_MM + 0.01, 0.25) * _SCALE
    rays = radius - _SCALE / 2 + reach[None, :]
    px, py = x + rays * np.cos(angles)[:, None], y + rays * np.sin(angles)[:, None]
    ink = cv2.remap(small, px.astype(np.float32), py.astype(np.float32), cv2.INTER_LINEAR)
    best = ink.argmax(axis=1)
    hit = ink.max(axis=1) > _INKED
    if hit.sum() < _RAYS // 4:
        return None
    points = np.stack([px[np.arange(_RAYS), best], py[np.arange(_RAYS), best]], axis=1)[hit].astype(np.float32)
    return _fit(points, radius)


def _fit(points: Image, radius: float) -> Rim | None:
    """An ellipse through most of the points, near to a circle; its cover counts those that lie on it."""
    kept = points
    for _ in range(3):
        if len(kept) < 20:
            return None
        centre, diameters, turn = cv2.fitEllipse(kept)
        off = np.abs(_distance(points, centre, diameters, turn) - 1) * radius
        kept = points[off <= max(_CLOSE_MM * _SCALE, float(np.percentile(off, 60)))]
    covered = float((off <= 2 * _CLOSE_MM * _SCALE).sum()) / _RAYS
    if min(diameters) < _ROUND * max(diameters) or abs(sum(diameters) / 4 - radius) > 2 * _LOOSE_MM * _SCALE:
        return None
    thick = _SCALE  # the points lie in the middle of the rim's line
    return Rim((centre[0], centre[1]), (diameters[0] + thick, diameters[1] + thick), turn, covered)


def _distance(points: Image, centre: Sequence[float], diameters: Sequence[float], turn: float) -> Image:
    """From the ellipse's middle; 1 on the ellipse."""
    angle = np.radians(turn)
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    shares: Image = np.linalg.norm(2 * ((points - np.array(centre)) @ axes.T) / np.array(diameters), axis=1)
    return shares
