"""A whole province on a PostgreSQL server: the same is found as on the embedded database, by one process or several."""

from pathlib import Path

import pytest

from tests.flows.provinces import make, open_database, read_last, reconcile, tell


def prepare(folder: Path, url: str | None = None) -> Path:
    folder.mkdir()
    if url:
        (folder / "url").write_text(url)
    make(folder, seed=5, companies=20, cases=110, faults=8)
    return folder


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_gives_the_same_reconciliation_as_the_embedded_database(database_url: str, tmp_path: Path) -> None:
    embedded, server = prepare(tmp_path / "embedded"), prepare(tmp_path / "server", database_url)
    assert tell(reconcile(server, workers=2, at_once=3)) == tell(reconcile(embedded))
    for folder in (embedded, server):
        assert reconcile(folder, full=False).judged == 0
    assert tell(reconcile(server)) == tell(reconcile(embedded))
    assert read_last(server).run.id == 3
    open_database(server).close()
