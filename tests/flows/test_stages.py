"""What the flow retries, and how it finds its server."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from domain.errors import IntakeError, StorageAway
from flows.embedded import ServerAway, prefect_server


def test_only_a_store_that_is_away_is_tried_again() -> None:
    from flows import intake_flow

    def after(error: Exception) -> bool:
        return intake_flow.storage_away(None, None, SimpleNamespace(data=error))

    assert after(StorageAway("S3", "不可用"))
    assert not after(IntakeError("ZIP_BOMB", "疑似压缩炸弹"))
    assert not after(ValueError())
    retried = {name for name, t in vars(intake_flow).items() if getattr(t, "retries", 0)}
    assert retried == {"claim", "pages", "check", "settle", "quarantine"}


def test_a_server_that_is_named_is_used_and_none_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    with prefect_server(tmp_path / "prefect", 60) as ready:
        assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:1/api"
        with pytest.raises(ServerAway) as away:
            ready()
    assert (away.value.exit_code, away.value.code) == (4, "FLOW_SERVER")
    assert not (tmp_path / "prefect").exists()
