"""The version of the rules: a finding says under which it was made."""

from functools import cache
from hashlib import sha256
from pathlib import Path

_HOUSE = Path(__file__).parent.parent
_SOURCES = ("validators/**/*.py", "reference/**/*.py", "reference/**/*.toml")


@cache
def ruleset() -> str:
    """Twelve hex digits over the source of all rules and of the reference data they rest on."""
    digest = sha256()
    for path in sorted(path for pattern in _SOURCES for path in _HOUSE.glob(pattern)):
        digest.update(path.relative_to(_HOUSE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
