"""How sure a reading must be: measures readings against the truth, by what speaks for them, and writes the table.

`python -m bench.certainty DIR --readings KEPT` judges every package of DIR with no paper vouching for another, counts
how often a critical value was wrong by evidence (second reader, colour picture, confidence of the least sure
character), and admits evidence as certain, the best first, as long as the share of wrong ones among what is admitted
stays within the policy's target. Writes `reference/certainty.toml` and the curve `docs/pictures/certainty.svg`.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cli.examine import Neighbours
from cli.samples import samples
from extractors.certainty import Colour, Second
from extractors.parts import Part
from reference.policy import policy
from reports.comparison import Judged, compare

EDGES = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
WORST = 5  # times the target: no group of readings that is wrong more often is called certain, however rare it is
TABLE, CURVE = Path("reference/certainty.toml"), Path("docs/pictures/certainty.svg")


class Group(NamedTuple):
    """Readings for which the same speaks."""

    words: bool
    second: Second
    colour: Colour


class Bin(NamedTuple):
    """Readings of one group between two confidences; `risk` is the share expected to be wrong."""

    group: Group
    low: float
    number: int
    wrong: int
    risk: float


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--readings", type=Path, default=Path("data/readings"))
    parser.add_argument("--only", default="*")
    asked = parser.parse_args()
    target = float(policy().certainty_target.value)
    bins = measure(readings(asked.dir, asked.only, asked.readings))
    steps = admit(bins)
    chosen = [step for step in steps if step.wrong_share <= target and step.bin.risk <= WORST * target]
    TABLE.write_text(as_table(chosen, target, asked.dir.name), encoding="utf-8")
    CURVE.parent.mkdir(parents=True, exist_ok=True)
    CURVE.write_text(as_curve(steps, chosen[-1], target), encoding="utf-8")
    for step in chosen:
        print(f"{step.bin.low:5.3f} {step.bin.number:6} {step.bin.wrong:3} {step.review:7.2%} {step.bin.group}")
    rest = sorted({step.bin for step in steps} - {step.bin for step in chosen}, key=lambda bin_: -bin_.number)
    print("left in doubt:")
    for bin_ in rest:
        print(f"{bin_.low:5.3f} {bin_.number:6} {bin_.wrong:3} {bin_.risk:7.2%} {bin_.group}")


def readings(folder: Path, only: str, kept: Path) -> Iterator[Judged]:
    """Every critical value that was read, judged as it stands for itself: with and without the second reader."""
    alone = Neighbours()
    for sample in samples(folder, only, kept):
        for without in ({Part.OTHER_PAPERS}, {Part.OTHER_PAPERS, Part.SECOND_READER}):
            sample.judge(alone)  # completes what is missing
            verdict = sample.judge(Neighbours(), frozenset(without))
            if verdict:
                judged = compare(sample.package.name, sample.truth, verdict.model_dump(mode="json"))
                yield from (each for each in judged if each.critical and each.readers and each.got is not None)


def group_of(judged: Judged) -> Group:
    """What speaks for a value."""
    words = any("一" <= char <= "鿿" for char in judged.got or "")
    return Group(words, Second(judged.second or "none"), _colour(judged))


def _colour(judged: Judged) -> Colour:
    if not judged.under_seal:
        return Colour.CLEAR
    seen = judged.readers.get("rapidocr_colour", "")
    return Colour.SILENT if not seen else Colour.SAME if seen == judged.readers.get("rapidocr") else Colour.DIFFERS


# ---- counting --------------------------------------------------------------------------------------------------


def measure(judged: Iterable[Judged]) -> list[Bin]:
    """Counts by group and confidence; within a group less confidence never means less risk (pooled neighbours)."""
    seen: dict[Group, Counter[tuple[float, bool]]] = {}
    for each in judged:
        low = max(edge for edge in EDGES if edge <= each.confidence)
        seen.setdefault(group_of(each), Counter())[low, each.same] += 1
    return [bin_ for group, counts in seen.items() for bin_ in _bins(group, counts)]


def _bins(group: Group, counts: Counter[tuple[float, bool]]) -> list[Bin]:
    """From the surest down; what is surer but wrong more often is pooled with what comes next."""
    pools: list[tuple[float, int, int]] = []
    for low in sorted({low for low, _ in counts}, reverse=True):
        right, wrong = counts[low, True], counts[low, False]
        pools.append((low, right + wrong, wrong))
        while len(pools) > 1 and _risk(*pools[-1][1:]) < _risk(*pools[-2][1:]):
            below, above = pools.pop(), pools.pop()
            pools.append((below[0], below[1] + above[1], below[2] + above[2]))
    return [Bin(group, low, count, wrong, _risk(count, wrong)) for low, count, wrong in pools]


def _risk(count: int, wrong: int) -> float:
    """Of few readings little is known: half a wrong one is added (Jeffreys' prior)."""
    return (wrong + 0.5) / (count + 1)


class Step(NamedTuple):
    """Admitting one more bin: the share of wrong ones among all that is admitted, and what remains for people."""

    bin: Bin
    wrong_share: float
    review: float


def admit(bins: Sequence[Bin]) -> list[Step]:
    """The bins from the least risk up, with what each step costs and saves."""
    whole = sum(bin_.number for bin_ in bins)
    steps, count, wrong = [], 0, 0
    for bin_ in sorted(bins, key=lambda bin_: bin_.risk):
        count, wrong = count + bin_.number, wrong + bin_.wrong
        steps.append(Step(bin_, (wrong + 0.5) / (count + 1), 1 - count / whole))
    return steps


# ---- what is written -------------------------------------------------------------------------------------------


def as_table(chosen: Sequence[Step], target: float, name: str) -> str:
    """For each group the least confidence with which a reading is certain."""
    least: dict[Group, float] = {}
    counts: Counter[Group] = Counter()
    for step in chosen:
        least[step.bin.group] = min(least.get(step.bin.group, 1.0), step.bin.low)
        counts[step.bin.group] += step.bin.number
    head = f"# Written by bench/certainty.py from {sum(counts.values())} readings of {name}; not to be edited.\n"
    rows = (
        f'[[group]]\nwords = {str(group.words).lower()}\nsecond = "{group.second}"\ncolour = "{group.colour}"\n'
        f"least = {low}\nreadings = {counts[group]}\n"
        for group, low in sorted(least.items())
    )
    return head + f'\ntarget = "{target}"\n\n' + "\n".join(rows)


def as_curve(steps: Sequence[Step], chosen: Step, target: float) -> str:
    """The share of wrong values among the certain ones over the share that goes to people, as a picture."""
    return draw_curve([(step.review, step.wrong_share) for step in steps], (chosen.review, chosen.wrong_share), target)


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
        f'<text x="{cx + 10:.1f}" y="{cy - 8:.1f}">{chosen[0]:.2%} 交人工 · {chosen[1]:.3%} 错</text>'
        '<text x="340" y="390" text-anchor="middle">存疑、须由其他证据或人工确定的比例 left in doubt</text>'
        '<text x="70" y="18">称“确定”的读数中读错的比例 wrong among certain</text>'
        "</svg>\n"
    )


if __name__ == "__main__":
    main()
