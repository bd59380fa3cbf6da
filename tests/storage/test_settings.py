from pathlib import Path

import pytest

from storage.settings import SettingsError, load_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("HEYAN_"):
            monkeypatch.delenv(name)


def test_everything_has_a_default_inside_the_data_folder() -> None:
    settings = load_settings()
    assert settings.bucket == "data/bucket"
    assert settings.database_url == "sqlite:///data/heyan.db"
    assert settings.workers >= 1


def test_the_data_folder_moves_bucket_and_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEYAN_DATA", "/srv/heyan")
    settings = load_settings()
    assert settings.bucket == "/srv/heyan/bucket"
    assert settings.database_url == "sqlite:////srv/heyan/heyan.db"


def test_secrets_may_lie_in_files_and_never_show(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("hush-hush\n")
    monkeypatch.setenv("HEYAN_BUCKET", "s3://heyan")
    monkeypatch.setenv("HEYAN_S3_ENDPOINT", "store:9000")
    monkeypatch.setenv("HEYAN_S3_ACCESS_KEY", "me")
    monkeypatch.setenv("HEYAN_S3_SECRET_KEY_FILE", str(secret))
    settings = load_settings()
    assert (settings.s3_secret_key, settings.bucket_name) == ("hush-hush", "heyan")
    assert "hush-hush" not in repr(settings)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"HEYAN_WORKERS": "0"}, "HEYAN_WORKERS"),
        ({"HEYAN_PORT": "http"}, "HEYAN_PORT"),
        ({"HEYAN_QUIET_SECONDS": "-1"}, "HEYAN_QUIET_SECONDS"),
        ({"HEYAN_DATABASE_URL": "mysql://root:pw@host/db"}, "HEYAN_DATABASE_URL"),
        ({"HEYAN_BUCKET": "gs://heyan"}, "HEYAN_BUCKET"),
        ({"HEYAN_BUCKET": "s3://heyan"}, "HEYAN_S3_ENDPOINT"),
        ({"HEYAN_BUCKET": "s3://Hey_An"}, "HEYAN_BUCKET"),
        ({"HEYAN_S3_SECRET_KEY_FILE": "/nowhere/key"}, "HEYAN_S3_SECRET_KEY_FILE"),
        ({"HEYAN_S3_SECRET_KEY_FILE": "/nowhere/key", "HEYAN_S3_SECRET_KEY": "pw"}, "HEYAN_S3_SECRET_KEY_FILE"),
    ],
)
def test_nonsense_is_refused_by_name_and_without_telling_secrets(
    variables: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=named) as raised:
        load_settings()
    assert "pw" not in str(raised.value)
