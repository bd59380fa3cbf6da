"""Which schema a database has, and the way from there to this program's."""

from pathlib import Path

from sqlalchemy import inspect, text

from domain.errors import ExitCode, HeyanError
from storage.database import Database

VERSIONS = Path(__file__).parent / "versions"  # file names begin with the revision, counting up


class SchemaMismatch(HeyanError):
    """The database is older or newer than this program, and a person has to decide."""

    exit_code = ExitCode.USAGE


def prepare(database: Database, *, upgrade: bool = False) -> None:
    """Sees to it that the schema is this program's; several processes may do so at once.

    An embedded or empty database is brought there; a server's older one only with `upgrade`.
    Raises StorageAway, SchemaMismatch.
    """
    found, wanted = read_revision(database), head()
    if found == wanted:
        return
    if found and found > wanted:
        raise SchemaMismatch("DATABASE_NEWER", "数据库由更新版本的程序建立，请升级本程序。")
    if found and not (database.on_sqlite or upgrade):
        raise SchemaMismatch("DATABASE_OLD", "数据库结构与本程序版本不符，请先备份，再升级数据库。")
    # Only now: Alembic takes longer to import than most commands take to run.
    from storage.migrations.upgrade import migrate

    migrate(database)


def read_revision(database: Database) -> str | None:
    """The revision that the database is at, None when it is empty or not there yet; raises StorageAway."""
    if database.file and not database.file.exists():
        return None
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def head() -> str:
    """The newest revision that this program knows."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))
