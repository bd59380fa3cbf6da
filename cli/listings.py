"""The CSV files of `./heyan eval`: one judged field a line."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from reports.accuracy import Accuracy
from reports.comparison import Judged
from reports.outgoing.cells import guard

ERRORS = ("package", "document", "path", "truth", "got", "raw", "status", "mark", "page", "critical", "silent")
CRITICAL = (
    *("package", "grade", "document", "path", "key", "kind", "truth", "got", "same", "status", "mark"),
    *("confidence", "under_seal", "readers", "why", "silent", "raw", "page"),
)


def write_errors(accuracy: Accuracy, path: Path) -> None:
    """Every field that is not right."""
    _write(path, ERRORS, (_row(error) for package in accuracy.packages for error in package.errors))


def write_critical(accuracy: Accuracy, path: Path) -> None:
    """Every critical field, the right ones too, with the grade of its scan; `readers` is JSON."""
    _write(path, CRITICAL, _critical(accuracy))


def _critical(accuracy: Accuracy) -> Iterator[dict[str, Any]]:
    for package in accuracy.packages:
        for judged in package.judged:
            if judged.critical:
                yield _row(judged) | {"grade": package.grade}


def _row(judged: Judged) -> dict[str, Any]:
    row = judged.model_dump(mode="json")
    told = row | {"readers": json.dumps(row["readers"], ensure_ascii=False)}
    return {key: guard(value) if isinstance(value, str) else value for key, value in told.items()}


def _write(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
