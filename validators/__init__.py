"""Rules over a dossier: what holds, what does not, and what a person must look at."""

from validators.ruleset import ruleset
from validators.runner import check

__all__ = ["RULESET", "check"]

RULESET: str


def __getattr__(name: str) -> str:
    """`RULESET` is worked out when it is first asked for, not on import."""
    if name == "RULESET":
        return ruleset()
    raise AttributeError(name)
