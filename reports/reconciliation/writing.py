"""The files of a reconciliation: the workbook and the page, each there whole or not at all."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from reports.reconciliation import workbook
from reports.reconciliation.page import render
from storage.reconciling_results import Result


class Written(NamedTuple):
    """Where the files lie."""

    workbook: Path
    page: Path


def write_reports(result: Result, folder: Path) -> Written:
    """Writes both files into a folder, which is made if need be; the same run again replaces them."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"对账-{result.run.today}-{result.run.id:04d}"
    written = Written(folder / f"{name}.xlsx", folder / f"{name}.html")
    _write(written.workbook, lambda path: workbook.write(result, path))
    _write(written.page, lambda path: path.write_text(render(result), encoding="utf-8"))
    return written


def _write(path: Path, make: Callable[[Path], object]) -> None:
    half = path.with_suffix(f".{os.getpid()}.part")
    try:
        make(half)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
