"""The files of a reconciliation: the workbook and the page, each there whole or not at all."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from reports.reconciliation import workbook
from reports.reconciliation.page import render
from storage.reconciling import Run
from storage.reconciling_results import Result


class Written(NamedTuple):
    """Where the files lie."""

    workbook: Path
    page: Path


def write_reports(result: Result, folder: Path) -> Written:
    """Writes both files into a folder, which is made if need be; the same run again replaces them."""
    folder.mkdir(parents=True, exist_ok=True)
    written = name_reports(result.run, folder)
    _write(written.workbook, lambda path: workbook.write(result, path))
    _write(written.page, lambda path: path.write_text(render(result), encoding="utf-8"))
    return written


def name_reports(run: Run, folder: Path) -> Written:
    """Where the files of a run lie, or would lie."""
    name = f"对账-{run.today}-{run.id:04d}"
    return Written(folder / f"{name}.xlsx", folder / f"{name}.html")


def _write(path: Path, make: Callable[[Path], object]) -> None:
    half = path.with_suffix(f".{os.getpid()}.part")
    try:
        make(half)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
