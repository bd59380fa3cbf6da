"""How sure a reading must be: measures readings against the truth, by what speaks for them, and writes the table.

`python -m bench.certainty DIR… --readings KEPT` judges every package of DIR with no paper vouching for another and
counts how often a critical value was wrong by evidence: second reader, colour picture, confidence of the least sure
character. Each group of readings is certain from the lowest confidence above which its share of wrong ones stays under
a cap; the cap is the largest, up to five times the policy's target, with which the share over all stays under the
target. Writes `reference/certainty.toml` and the curve `docs/pictures/certainty.svg`.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cli.examine import Neighbours
from cli.samples import samples
from extractors.agreement import stands_alike
from extractors.certainty import Colour, Second
from extractors.comparing import COLOUR_READER, READER
from extractors.parts import Part
from extractors.text import fold
from reference.policy import policy
from reports.comparison import Judged, compare

EDGES = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
WORST = 5  # times the target: no group of readings that is wrong more often is called certain, however rare it is
LOWEST = 0.5  # a character of which the engine itself is not sure by even odds is never certain
CAPS = tuple(n / 10000 for n in (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200, 500, 1000, 3000))
TABLE, CURVE = Path("reference/certainty.toml"), Path("docs/pictures/certainty.svg")


class Group(NamedTuple):
    """Readings for which the same speaks."""

    words: bool
    second: Second
    colour: Colour


Counts = dict[Group, Counter[tuple[float, bool]]]  # by lower edge of confidence and whether the value was right


class Choice(NamedTuple):
    """From which confidence each group is certain under a cap; the share of all left in doubt, and of the certain
    ones expected to be wrong."""

    cap: float
    least: dict[Group, float]
    review: float
    wrong: float


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dirs", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--readings", type=Path, default=Path("data/readings"))
    parser.add_argument("--only", default="*")
    asked = parser.parse_args()
    target = float(policy().certainty_target.value)
    seen = count(judged for folder in asked.dirs for judged in readings(folder, asked.only, asked.readings))
    choices = [choose(seen, cap) for cap in CAPS]
    best = max((c for c in choices if c.wrong <= target and c.cap <= WORST * target), key=lambda c: c.cap)
    TABLE.write_text(as_table(seen, best, target), encoding="utf-8")
    CURVE.parent.mkdir(parents=True, exist_ok=True)
    CURVE.write_text(draw_curve([(c.review, c.wrong) for c in choices], (best.review, best.wrong), target), "utf-8")
    for choice in choices:
        mark = "*" if choice is best else " "
        print(f"{mark} cap {choice.cap:.2%}  in doubt {choice.review:6.2%}  wrong among certain {choice.wrong:.3%}")
    for group in sorted(seen):
        right, wrong = (sum(n for (_, same), n in seen[group].items() if same is what) for what in (True, False))
        print(f"{group.words!s:6}{group.second:8}{group.colour:8}{right:6} right{wrong:4} wrong", best.least.get(group))


def readings(folder: Path, only: str, kept: Path) -> Iterator[Judged]:
    """Every critical value that was read, judged as it stands for itself: with and without the second reader."""
    alone = Neighbours()
    for sample in samples(folder, only, kept):
        for without in ({Part.OTHER_PAPERS}, {Part.OTHER_PAPERS, Part.SECOND_READER}):
            sample.judge(alone)  # completes what is missing
            verdict = sample.judge(Neighbours(), frozenset(without))
            if verdict:
                judged = compare(sample.package.name, sample.truth, verdict.model_dump(mode="json"))
                yield from (each for each in judged if each.critical and each.readers and each.truth and each.got)


def group_of(judged: Judged) -> Group:
    """What speaks for a value."""
    words = any("一" <= char <= "鿿" for char in judged.got or "")
    return Group(words, Second(judged.second or "none"), _colour(judged))


def _colour(judged: Judged) -> Colour:
    """Ink under which both pictures read alike counts like none: nothing speaks against the reading. What outvotes the
    first reading was read on the colour picture itself."""
    if not judged.under_seal or judged.second == Second.OUTVOTES:
        return Colour.CLEAR
    seen, read = fold(judged.readers.get(COLOUR_READER, "")), fold(judged.readers.get(READER, ""))
    return Colour.SILENT if not seen else Colour.CLEAR if stands_alike(read, read, seen) else Colour.DIFFERS


# ---- counting --------------------------------------------------------------------------------------------------


def count(judged: Iterable[Judged]) -> Counts:
    """Right and wrong readings by group and confidence."""
    seen: Counts = {}
    for each in judged:
        sure = LOWEST if each.second == Second.OUTVOTES else each.confidence  # that of the first reading says nothing
        low = max(edge for edge in EDGES if edge <= sure)
        seen.setdefault(group_of(each), Counter())[low, each.same] += 1
    return seen


def choose(seen: Counts, cap: float) -> Choice:
    """What is certain under a cap on the share of wrong readings of each group; what one engine alone read never is."""
    least = {group: low for group, counts in seen.items() if (low := _least(counts, cap)) is not None}
    least = {group: low for group, low in least.items() if group.second is not Second.SILENT}
    twice = [group for group in seen if group.second is not Second.NONE]  # the same values, read by both
    certain = Counter[bool]()
    for group in twice:
        for (low, same), number in seen[group].items():
            certain[same] += number * (low >= least.get(group, 2.0))
    return Choice(cap, least, 1 - certain.total() / sum(seen[g].total() for g in twice), _risk(certain))


def _least(counts: Counter[tuple[float, bool]], cap: float) -> float | None:
    """The lowest confidence from which up the readings stay under the cap."""
    lowest, above = None, Counter[bool]()
    for low in sorted({low for low, _ in counts if low >= LOWEST}, reverse=True):
        above.update({same: counts[low, same] for same in (True, False)})
        if _risk(above) <= cap:
            lowest = low
    return lowest


def _risk(counts: Counter[bool]) -> float:
    """The share expected to be wrong; of few readings little is known: half a wrong one is added (Jeffreys' prior)."""
    return (counts[False] + 0.5) / (counts.total() + 1)


# ---- what is written -------------------------------------------------------------------------------------------


def as_table(seen: Counts, best: Choice, target: float) -> str:
    """For each group the least confidence with which a reading is certain."""
    both = sum(seen[group].total() for group in seen if group.second is not Second.NONE)
    head = f"# Written by bench/certainty.py from {both} values read twice; not to be edited.\n"
    rows = [
        f'[[group]]\nwords = {str(group.words).lower()}\nsecond = "{group.second}"\ncolour = "{colour}"\n'
        f"least = {low}\nreadings = {seen[group].total()}\n"
        for group, low in sorted(best.least.items())
        for colour in ([group.colour, Colour.SAME] if group.colour is Colour.CLEAR else [group.colour])
    ]
    return head + f'\ntarget = "{target}"\n\n' + "\n".join(rows)


def draw_curve(points: Sequence[tuple[float, float]], chosen: tuple[float, float], target: float) -> str:
    """An SVG of 640 × 400; x is the review rate to 30 %, y the wrong share from 0.001 % to 10 %, on a log scale."""
    from math import log10

    def place(review: float, wrong: float) -> tuple[float, float]:
        return 70 + min(review, 0.3) / 0.3 * 540, 350 - (log10(max(wrong, 1e-5)) + 5) / 4 * 320

    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points if point[0] <= 0.3))
    (cx, cy), ty = place(*chosen), place(0, target)[1]
    ticks = "".join(
        f'<line x1="70" x2="610" y1="{(y := place(0, 10.0**n)[1]):.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        f'<text x="62" y="{y + 4:.1f}" text-anchor="end">{10.0 ** (n + 2):g} %</text>'
        for n in range(-5, 0)
    ) + "".join(
        f'<text x="{place(share / 100, 1e-5)[0]:.1f}" y="368" text-anchor="middle">{share} %</text>'
        for share in range(0, 31, 5)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="400" font-family="sans-serif" font-size="12">'
        '<rect width="640" height="400" fill="white"/>'
        f"{ticks}"
        f'<line x1="70" x2="610" y1="{ty:.1f}" y2="{ty:.1f}" stroke="#c33" stroke-dasharray="6 4"/>'
        f'<text x="606" y="{ty - 6:.1f}" text-anchor="end" fill="#c33">目标 target {target:.1%}</text>'
        f'<polyline points="{line}" fill="none" stroke="#246" stroke-width="2"/>'
        f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="5" fill="#246"/>'
        f'<text x="{cx + 10:.1f}" y="{cy - 8:.1f}">{chosen[0]:.2%} 存疑 · {chosen[1]:.3%} 错</text>'
        '<text x="340" y="390" text-anchor="middle">存疑、须由其他证据或人工确定的比例 left in doubt</text>'
        '<text x="70" y="18">称“确定”的读数中读错的比例 wrong among certain</text>'
        "</svg>\n"
    )


if __name__ == "__main__":
    main()
