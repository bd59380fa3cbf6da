"""The checks over all cases together: what no single package can show."""

from validators.reconciling.checking import judge, next_change

__all__ = ["judge", "next_change"]
