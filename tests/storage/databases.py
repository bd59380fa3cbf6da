"""New databases with the newest schema, by copy: the steps there take longer than most tests."""

import tempfile
from functools import cache
from pathlib import Path

from storage.ledger import Ledger, open_ledger


def open_embedded(file: Path) -> Ledger:
    """The ledger in this file; where there is none yet it is made, with nothing in it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_newest())
    return open_ledger(f"sqlite:///{file}")


@cache
def _newest() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        open_ledger(f"sqlite:///{folder}/heyan.db").close()
        return (Path(folder) / "heyan.db").read_bytes()
