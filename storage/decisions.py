"""Decisions on cases: recorded once, in force until undone, and refused where somebody else was faster."""

from datetime import datetime
from typing import Any

from domain.errors import ExitCode, HeyanError


class Conflict(HeyanError):
    """Somebody else was faster: `who` changed the item or case at `at`."""

    exit_code = ExitCode.REVIEW

    def __init__(self, who: str, at: datetime) -> None:
        super().__init__("CONFLICT", f"该事项已由 {who} 于 {at:%Y-%m-%d %H:%M} 处理，请刷新后再决定")
        self.who, self.at = who, at

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.who, self.at)
