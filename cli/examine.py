"""A package on the spot: from its path to its verdict, with nothing stored."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.books import Books
from domain.copies import Seen, copies, seen
from domain.dossier import Dossier
from domain.errors import HeyanError, IntakeError
from extractors import reading
from extractors.opening import open_package
from extractors.parts import WHOLE, Part
from extractors.reading import ReadingCache, read_pages
from extractors.recorded import Readings
from extractors.rereading import read_again
from extractors.understanding import understand
from reports.verdict import Verdict, quarantined, verdict
from validators import check
from validators.runner import UNKNOWN

Progress = Callable[[int, int], None]
Consult = Callable[[Dossier], Books]  # what is known beyond a package, looked up once it is understood


def nobody(dossier: Dossier) -> Books:
    """Nothing is known beyond the package."""
    return UNKNOWN


class Neighbours:
    """The packages of one call: each is compared with those before it, for pages that two companies share."""

    def __init__(self) -> None:
        self._seen: list[Seen] = []

    def consult(self, dossier: Dossier, books: Books = UNKNOWN) -> Books:
        """The books with the pages that a package before this one held as well."""
        mine = seen(dossier)
        found = copies(self._seen, mine)
        self._seen.append(mine)
        return books.model_copy(update={"copies": found})


@dataclass(frozen=True)
class Reader:
    """How packages are read: processes, where readings are kept (None: nowhere), and who hears of progress."""

    workers: int
    cache: ReadingCache | None = None
    progress: Progress | None = None

    def read(self, path: Path) -> Readings:
        """All pages of the package; raises IntakeError where it cannot be processed."""
        started = time.monotonic()
        with TemporaryDirectory(prefix="heyan-") as work:
            opened = open_package(path, Path(work))
            once = tuple(read_pages(opened.images, self.workers, self.cache, self.progress))
            pages = read_again(once, opened.images, self.cache)
        return Readings(
            package=opened.name,
            engine=reading.ENGINE,
            seconds=round(time.monotonic() - started, 3),
            pages=pages,
            refused=opened.refused,
        )


class ProgramFailed(HeyanError):
    """The program, not the papers, is at fault; the next package goes on."""


def judge(readings: Readings, today: date, consult: Consult = nobody, without: frozenset[Part] = WHOLE) -> Verdict:
    """Understands what was read, runs every rule against what is known beyond the package, settles."""
    try:
        return _judge(readings, today, consult, without)
    except Exception as error:
        return _failed(readings.package, error, readings.seconds)


def _failed(package: str, error: Exception, seconds: float) -> Verdict:
    """One package's trouble must not take the verdicts of the others with it."""
    logging.getLogger("heyan").exception("%s", package)
    trouble = ProgramFailed("PROGRAM_FAILED", f"程序内部错误（{type(error).__name__}），请报告给维护者")
    return quarantined(package, trouble, seconds)


def _judge(readings: Readings, today: date, consult: Consult, without: frozenset[Part]) -> Verdict:
    started = time.monotonic()
    dossier = understand(readings.package, readings.pages, today, readings.refused, without)
    findings = check(dossier, consult(dossier))
    return verdict(dossier, findings, readings.seconds + time.monotonic() - started)


def examine(
    path: Path,
    today: date,
    reader: Reader,
    keep: Callable[[Readings], None] | None = None,
    consult: Consult = nobody,
) -> Verdict:
    """One package's verdict; a package that cannot be processed gives a verdict too. `keep` gets the readings."""
    started = time.monotonic()
    try:
        readings = reader.read(path)
        if keep is not None:
            keep(readings)
        return judge(readings, today, consult)
    except IntakeError as error:
        return quarantined(path.name, error, time.monotonic() - started)
    except HeyanError:  # a failing machine, not this package's trouble: loudly
        raise
    except Exception as error:
        return _failed(path.name, error, time.monotonic() - started)
