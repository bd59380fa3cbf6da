"""Who handed in the packages of a case over the desk, and the receipts they got."""

from sqlalchemy import select

from storage.database import Database
from storage.outgoing_tables import uploads


def list_uploaders(database: Database, case: str) -> frozenset[str]:
    """The names of those who handed in a version of a case; what had come before from others counts for nobody.

    Raises StorageAway.
    """
    own = (uploads.c.case_number == case, uploads.c.duplicate.is_not(True))
    with database.read() as connection:
        return frozenset(connection.scalars(select(uploads.c.user_name).where(*own)))


def find_upload_receipt(database: Database, case: str, version: int) -> str | None:
    """The number under which a version was handed in over the desk; raises StorageAway."""
    own = (uploads.c.case_number == case, uploads.c.version == version, uploads.c.duplicate.is_not(True))
    with database.read() as connection:
        return connection.scalars(select(uploads.c.receipt).where(*own).order_by(uploads.c.id)).first()
