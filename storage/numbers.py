"""Numbers that are given out one after the other, each once."""

from sqlalchemy import Connection, insert, update

from storage.schema import counters


def take_number(connection: Connection, name: str) -> int:
    """The next number of a series, from 1; nobody else's, since whoever writes has locked the chain."""
    count = update(counters).where(counters.c.name == name).values(value=counters.c.value + 1)
    value = connection.execute(count.returning(counters.c.value)).scalar()
    if value is None:
        value = connection.execute(insert(counters).values(name=name, value=1).returning(counters.c.value)).scalar_one()
    return int(value)
