"""The clean case for all tests of rules."""

import pytest

from tests.validators.deals import BUYER_CASE, DEAL
from tests.validators.papers import CLEAN, Case


@pytest.fixture
def clean() -> Case:
    """The seller's package that every rule passes."""
    return CLEAN


@pytest.fixture
def buyer() -> Case:
    """The buyer's package that every rule passes."""
    return BUYER_CASE


@pytest.fixture
def deal() -> Case:
    """The deal between seller and buyer that every rule passes."""
    return DEAL
