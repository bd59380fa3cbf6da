"""Keeps account numbers out of what is logged, tracebacks with what was in a faulty request included."""

import logging
from typing import Protocol

from review.masking import UNKNOWN

_LOGS = ("", "uvicorn", "uvicorn.access")


class Form(Protocol):
    """How a line of a log is written."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""


class Hushed:
    """A form without account numbers."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """For logging."""
        return UNKNOWN(self._form.format(record))


def hush() -> None:
    """Hides account numbers in all that the desk logs from now on."""
    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.StreamHandler())
    for name in _LOGS:
        for handler in logging.getLogger(name).handlers:
            form: Form = handler.formatter or logging.Formatter()
            handler.formatter = Hushed(form)  # type: ignore[assignment]
