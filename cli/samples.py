"""Packages whose truth is known, and what is said of them: read once, judged as often as wanted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cli import screen
from cli.examine import Neighbours, Reader, examine, judge
from cli.options import today
from domain.books import Books
from domain.errors import ExitCode, HeyanError
from extractors.opening import fingerprint, open_package
from extractors.parts import WHOLE, Part
from extractors.reading import ENGINE
from extractors.recorded import SUFFIX, Readings, beside, load, save
from extractors.rereading import read_again
from extractors.views import Place, View, view_places
from extractors.wishes import missing
from reports.verdict import Verdict


@dataclass(frozen=True)
class Sample:
    """A package, what is on it, and where its readings are kept."""

    package: Path
    truth: Mapping[str, Any]
    kept: Path

    @property
    def day(self) -> date:
        """On which it was handed in."""
        return date.fromisoformat(self.truth["today"]) if "today" in self.truth else today()

    def judge(self, neighbours: Neighbours, without: frozenset[Part] = WHOLE) -> Verdict | None:
        """The verdict on what was read before; None where nothing was."""
        readings = load(self.kept, ENGINE) if without else self._complete()
        consult = partial(neighbours.consult, books=world(self.truth))
        return judge(readings, self.day, consult, without) if readings else None

    def _complete(self) -> Readings | None:
        """What was read before; critical values that the second reader has not seen yet are read again now."""
        readings = load(self.kept, ENGINE)
        if readings is None or not missing(readings.pages):
            return readings
        with TemporaryDirectory(prefix="heyan-") as work:
            pages = read_again(readings.pages, open_package(self.package, Path(work)).images)
        whole = readings.model_copy(update={"pages": pages})
        save(whole, self.kept)
        return whole

    def read(self, neighbours: Neighbours, workers: int, record: bool) -> Verdict:
        """The verdict after reading anew; `record` keeps the readings beside the package as well."""

        def keep(readings: Readings) -> None:
            for path in [self.kept, beside(self.package)][: 2 if record else 1]:
                save(readings, path)

        consult = partial(neighbours.consult, books=world(self.truth))
        with screen.progress(self.package.name) as tell:
            return examine(self.package, self.day, Reader(workers, progress=tell), keep, consult)

    def view(self, places: Sequence[Place]) -> dict[Place, View]:
        """What a reviewer sees at these places; the pages are laid as they were when they were read."""
        readings = load(self.kept, ENGINE)
        pages = {page.number: page.page for page in readings.pages} if readings else {}
        return view_places(self.package, pages, places)


class AmbiguousTruth(HeyanError):
    """Nobody can tell which package a truth file is of: every figure of the wrong one would count as misread."""

    exit_code = ExitCode.USAGE

    def __init__(self, truth: Path, packages: Sequence[Path]) -> None:
        names = "、".join(sorted(path.name for path in packages))
        super().__init__("AMBIGUOUS_TRUTH", f"{truth.name} 旁有多个同名材料包（{names}），无法判断属于哪一个。")


def samples(folder: Path, only: str, readings: Path) -> list[Sample]:
    """The packages below the folder; their readings are kept by content, so that nothing is read twice."""
    return [
        Sample(
            package=package,
            truth=json.loads(truth.read_text(encoding="utf-8")),
            kept=readings / f"{fingerprint(package)[:24]}{SUFFIX}",
        )
        for package, truth in packages(folder, only)
    ]


def packages(folder: Path, only: str = "*") -> list[tuple[Path, Path]]:
    """Each package below the folder with its truth file: `X.truth.json` beside `X` or `X.zip`, or one inside.

    Raises AmbiguousTruth where several packages stand beside a truth file that has the name of all of them.
    """
    found = [(_beside(path), path) for path in folder.rglob("?*.truth.json")]
    found += [(path.parent, path) for path in folder.rglob("truth.json")]
    return sorted((package, truth) for package, truth in found if package is not None and package.match(only))


def _beside(truth: Path) -> Path | None:
    name = truth.name.removesuffix(".truth.json")
    noise = (truth.name, name + SUFFIX)
    near = [path for path in truth.parent.iterdir() if name in (path.name, path.stem) and path.name not in noise]
    if len(near) > 1:
        raise AmbiguousTruth(truth, near)
    return near[0] if near else None


def world(truth: Mapping[str, Any]) -> Books:
    """What the truth file says is known beyond the package: submissions, balances, notices, registers.

    Copied pages are looked for among the packages themselves.
    """
    return Books.model_validate(truth.get("books", {}))
