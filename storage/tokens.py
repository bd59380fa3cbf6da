"""Tokens by which programs come in, as their rows lie in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from storage.people_records import Token, UnknownUser
from storage.people_tables import tokens, users


def keep_token(connection: Connection, user_id: int, label: str, token_hash: str, now: datetime) -> None:
    """Records a new token by the hash of it."""
    new = {"user_id": user_id, "label": label, "token_hash": token_hash, "issued_at": now}
    connection.execute(insert(tokens).values(new))


def find_owner(connection: Connection, token_hash: str) -> Row[Any] | None:
    """Whose token it is; None where it was revoked, or where its owner may do nothing: a token opens no more doors."""
    own = select(users).join(tokens, tokens.c.user_id == users.c.id)
    valid = (tokens.c.token_hash == token_hash, tokens.c.revoked_at.is_(None))
    return connection.execute(own.where(*valid, ~users.c.disabled, ~users.c.must_change)).first()


def list_tokens(connection: Connection, user_id: int) -> tuple[Token, ...]:
    """A person's tokens, oldest first, revoked ones too."""
    wanted = select(*(tokens.c[key] for key in Token.model_fields)).where(tokens.c.user_id == user_id)
    return tuple(Token(**row._mapping) for row in connection.execute(wanted.order_by(tokens.c.id)))


def revoke_token(connection: Connection, user_id: int, token_id: int, now: datetime) -> str | None:
    """Makes a person's token worthless and gives its label, None where it was already; raises UnknownUser."""
    own = (tokens.c.id == token_id, tokens.c.user_id == user_id)
    row = connection.execute(select(tokens).where(*own)).first()
    if row is None:
        raise UnknownUser("UNKNOWN_TOKEN", f"该用户没有编号为 {token_id} 的令牌")
    if row.revoked_at is not None:
        return None
    connection.execute(update(tokens).where(*own).values(revoked_at=now))
    return str(row.label)


def revoke_tokens(connection: Connection, user_id: int, now: datetime) -> int:
    """Makes all tokens of a person worthless; gives how many there were."""
    mine = (tokens.c.user_id == user_id, tokens.c.revoked_at.is_(None))
    return connection.execute(update(tokens).where(*mine).values(revoked_at=now)).rowcount
