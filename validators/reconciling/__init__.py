"""The checks over all cases together: what no single package can show."""

from validators.reconciling.checking import judge

__all__ = ["judge"]
