"""Whether this machine has what reading needs: the engine's models, tesseract and its Chinese language data."""

import subprocess
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

LANGUAGES = frozenset({"chi_sim"})
_SECONDS = 10


def missing() -> tuple[str, ...]:
    """The names of what is not there; asked again only where something was missing."""
    try:
        return _whole()
    except _Incomplete as found:
        return found.args


class _Incomplete(Exception):
    """What is missing; exceptions are not cached."""


@lru_cache(maxsize=1)
def _whole() -> tuple[str, ...]:
    lost = (*_lost_models(), *_lost_languages())
    if lost:
        raise _Incomplete(*lost)
    return ()


def _lost_models() -> tuple[str, ...]:
    found = find_spec("rapidocr")
    folders = found.submodule_search_locations if found else None
    models = [path for folder in folders or () for path in Path(folder).rglob("*.onnx")]
    return () if models else ("rapidocr",)


def _lost_languages() -> tuple[str, ...]:
    try:
        told = subprocess.run(
            ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=_SECONDS, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ("tesseract",)
    return tuple(f"tesseract:{language}" for language in sorted(LANGUAGES - set(told.split())))
