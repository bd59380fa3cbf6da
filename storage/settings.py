"""Settings from the environment (`HEYAN_*`), refused with a clear sentence when they make no sense."""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import ExitCode, HeyanError

# Each of these may be given as `HEYAN_<NAME>_FILE`: a file that holds nothing but the secret (compose, systemd).
SECRETS = ("database_url", "s3_access_key", "s3_secret_key")
DATABASES = ("sqlite:///", "postgresql+psycopg://")
PULSE = "watcher.beat"  # in the data folder, touched while the watcher's loop turns
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")

Hidden = Field(default="", repr=False)


class SettingsError(HeyanError):
    """The environment says something that cannot be meant."""

    exit_code = ExitCode.USAGE


class Settings(BaseSettings):
    """All that is set by environment. Relative paths start from the working directory; times are in seconds."""

    model_config = SettingsConfigDict(env_prefix="HEYAN_", frozen=True, extra="ignore", env_ignore_empty=True)

    data: Path = Path("data")
    bucket: str = ""
    s3_endpoint: str = ""
    s3_access_key: str = Hidden
    s3_secret_key: str = Hidden
    s3_region: str = "us-east-1"
    s3_secure: bool = True
    database_url: str = Hidden
    workers: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=lambda: os.cpu_count() or 1)
    quiet_seconds: Annotated[float, Field(ge=0, le=86_400)] = 30.0
    poll_seconds: Annotated[float, Field(gt=0, le=3_600)] = 5.0
    package_seconds: Annotated[float, Field(gt=0)] = 7_200.0  # a package that takes longer counts as hanging
    webhook_hosts: str = ""  # `host` or `host:port`, by commas: may be told over http and inside the office's network
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8000
    database_url_file: Path | None = None
    s3_access_key_file: Path | None = None
    s3_secret_key_file: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        return _with_places(_with_secrets(given)) if isinstance(given, Mapping) else given

    @model_validator(mode="after")
    def _refuse_nonsense(self) -> Self:
        if not self.database_url.startswith(DATABASES):
            raise ValueError(f"HEYAN_DATABASE_URL 须以 {' 或 '.join(DATABASES)} 开头")
        if self.on_s3:
            _check_s3(self)
        elif "://" in self.bucket:
            raise ValueError("HEYAN_BUCKET 须为文件夹或 s3://桶名")
        return self

    @property
    def on_s3(self) -> bool:
        return self.bucket.startswith("s3://")

    @property
    def bucket_name(self) -> str:
        """The bucket's name on the S3 server."""
        return self.bucket.removeprefix("s3://").rstrip("/")

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The hosts of `webhook_hosts`."""
        return frozenset(host.strip().lower() for host in self.webhook_hosts.split(",") if host.strip())

    @property
    def quiet(self) -> timedelta:
        """How long nothing may change in an intake folder without `_READY` before it is taken as complete."""
        return timedelta(seconds=self.quiet_seconds)


def load_settings(**given: Any) -> Settings:
    """The settings of the environment, overruled by what is given; raises SettingsError with every complaint."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError("SETTINGS", "；".join(_complain(one) for one in error.errors())) from None


def _complain(error: Mapping[str, Any]) -> str:
    # Never the input itself: it may be a secret.
    name = "".join(f"HEYAN_{part}".upper() for part in error["loc"][:1])
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"设置 {name} 有误：{text}" if name else f"设置有误：{text}"


def _with_secrets(given: Mapping[str, Any]) -> dict[str, Any]:
    filled = dict(given)
    for name in SECRETS:
        path = filled.get(f"{name}_file")
        if path and filled.get(name):
            raise ValueError(f"HEYAN_{name.upper()} 与 HEYAN_{name.upper()}_FILE 只能设一个")
        if path:
            filled[name] = _read_secret(f"HEYAN_{name.upper()}_FILE", Path(path))
    return filled


def _read_secret(variable: str, path: Path) -> str:
    try:
        secret = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{variable} 所指文件无法读取（{type(error).__name__}）") from None
    if not secret:
        raise ValueError(f"{variable} 所指文件为空")
    return secret


def _with_places(given: dict[str, Any]) -> dict[str, Any]:
    data = Path(given.get("data") or "data")
    return given | {
        "bucket": str(given.get("bucket") or data / "bucket"),
        "database_url": given.get("database_url") or f"sqlite:///{data / 'heyan.db'}",
    }


def _check_s3(settings: Settings) -> None:
    if not _BUCKET_NAME.fullmatch(settings.bucket_name):
        raise ValueError("HEYAN_BUCKET 的桶名须为 3 至 63 位小写字母、数字、点或连字符")
    wanted = {name: getattr(settings, name) for name in ("s3_endpoint", "s3_access_key", "s3_secret_key")}
    missing = [f"HEYAN_{name.upper()}" for name, value in wanted.items() if not value]
    if missing:
        raise ValueError(f"使用 s3:// 时须设 {'、'.join(missing)}")
    if "/" in settings.s3_endpoint:
        raise ValueError("HEYAN_S3_ENDPOINT 只写 主机:端口，不带 http:// 与路径（是否加密由 HEYAN_S3_SECURE 决定）")
