"""Dossiers again from what the ledger recorded."""

import pytest
from sqlalchemy import delete

from review.rebuilding import rebuild
from storage.ledger import Ledger
from storage.recorded import ReadingLost
from storage.schema import readings
from tests.review.cases import enter, understood


@pytest.mark.parametrize("name", ["b072-002", "b411-000.tif", "d405-000", "s320-000.pdf"])
def test_a_dossier_is_rebuilt_exactly_without_reading_anything(ledger: Ledger, name: str) -> None:
    dossier = understood(name)
    assert rebuild(ledger, enter(ledger, dossier, "x")) == dossier


def test_a_page_whose_reading_is_gone_is_named(ledger: Ledger) -> None:
    case = enter(ledger, understood("b072-002"), "b")
    with ledger.database.write() as connection:
        connection.execute(delete(readings))
    with pytest.raises(ReadingLost) as raised:
        rebuild(ledger, case)
    assert "第 1 页" in raised.value.message
