"""The clean case for all tests of rules."""

import pytest

from tests.validators.papers import CLEAN, Case


@pytest.fixture
def clean() -> Case:
    """The seller's package that every rule passes."""
    return CLEAN
