"""Settings from the environment (`HEYAN_*`), refused with a clear sentence when they make no sense."""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import ExitCode, HeyanError
from domain.people import Role

# Each of these may be given as `HEYAN_<NAME>_FILE`: a file that holds nothing but the secret (compose, systemd).
SECRETS = ("database_url", "s3_access_key", "s3_secret_key", "oidc_client_secret")
DATABASES = ("sqlite:///", "postgresql+psycopg://")
RECONCILIATIONS = "reconciliations"  # in the data folder: the reports of reconciliation
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
    flow_server_seconds: Annotated[float, Field(gt=0, le=7_200)] = 600.0  # our own Prefect server may take to start
    least_free_mb: Annotated[int, Field(ge=0)] = 500  # of disk below which no new package is taken
    most_unfinished: Annotated[int, Field(ge=1)] = 20  # cases received and not checked, above which neither
    log_format: Literal["text", "json"] = "text"  # of the watcher
    webhook_hosts: str = ""  # `host` or `host:port`, by commas: may be told over http and inside the office's network
    # Another sign-in service beside the local passwords; without an issuer there is none.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = Hidden
    oidc_scope: str = "openid profile"
    oidc_name_claim: str = "preferred_username"  # what somebody new is called here; it lets nobody in
    oidc_role_claim: str = "roles"  # `realm_access.roles` looks inside
    oidc_roles: str = ""  # `their-word=reviewer`, by commas; of several that fit the first one counts
    oidc_admit: Literal["known", "mapped"] = "known"  # mapped: whoever has one of these roles is added
    oidc_return_url: str = ""  # where the desk's own address is not the one that browsers see
    # Who signs what goes out, and where objections to a public notice go.
    issuer: Annotated[str, Field(max_length=60)] = "受理部门（盖章）"
    contact: Annotated[str, Field(max_length=200)] = ""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8000
    database_url_file: Path | None = None
    s3_access_key_file: Path | None = None
    s3_secret_key_file: Path | None = None
    oidc_client_secret_file: Path | None = None

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
        if self.oidc_issuer:
            _check_oidc(self)
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
    def oidc_role_map(self) -> tuple[tuple[str, Role], ...]:
        """What the sign-in service's words for roles mean here, the first one first; raises ValueError."""
        pairs = (pair.rpartition("=") for pair in self.oidc_roles.split(",") if pair.strip())
        return tuple((word.strip(), Role(role.strip())) for word, _, role in pairs)

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


def _check_oidc(settings: Settings) -> None:
    issuer = urlsplit(settings.oidc_issuer)
    # Whoever can change what the service answers signs in as anybody.
    if issuer.scheme != "https" and issuer.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("HEYAN_OIDC_ISSUER 须以 https:// 开头")
    if not settings.oidc_client_id:
        raise ValueError("使用 HEYAN_OIDC_ISSUER 时须设 HEYAN_OIDC_CLIENT_ID")
    if settings.oidc_return_url and not settings.oidc_return_url.endswith("/oidc/return"):
        raise ValueError("HEYAN_OIDC_RETURN_URL 须以 /oidc/return 结尾")
    try:
        roles = settings.oidc_role_map
    except ValueError:
        raise ValueError(f"HEYAN_OIDC_ROLES 须写作 对方角色={'|'.join(Role)}，以逗号分隔") from None
    if settings.oidc_admit == "mapped" and not roles:
        raise ValueError("HEYAN_OIDC_ADMIT=mapped 时须设 HEYAN_OIDC_ROLES")
