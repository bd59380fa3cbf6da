"""How well fields are read: by field and by engine, over the packages read last; nobody's values."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from domain.document import key_of
from domain.page import Frozen
from storage.database import Database
from storage.newest import counts
from storage.schema import documents, events, packages, runs

_RECENT = 50  # packages


class FieldFigures(Frozen):
    """Numbers of fields by what is certain of them: `fields` by type and key (`business_licence.name`), `engines` by
    who read them; `seconds`, `stages` and `pages` are those of the same runs."""

    fields: dict[tuple[str, str], int]
    engines: dict[tuple[str, str], int]
    seconds: float
    stages: dict[str, float]
    pages: int


def read_field_figures(database: Database) -> FieldFigures:
    """The figures of the first runs of the last packages; raises StorageAway."""
    fields: Counter[tuple[str, str]] = Counter()
    engines: Counter[tuple[str, str]] = Counter()
    with database.read() as connection:
        recent = _list_first_runs(connection)
        wanted = select(documents.c.type, documents.c.content).where(documents.c.run_id.in_(recent))
        for kind, content in connection.execute(wanted):
            for path, field in walk(content, kind):
                fields[key_of(path), field["status"]] += 1
                engines.update((engine, field["status"]) for engine in field.get("readers") or ())
        spent = select(func.sum(runs.c.seconds), func.sum(packages.c.page_count)).join_from(runs, packages)
        seconds, pages = connection.execute(spent.where(runs.c.id.in_(recent))).one()
        stages = _add_stages(connection)
    return FieldFigures(fields=fields, engines=engines, seconds=seconds or 0.0, stages=stages, pages=pages or 0)


def _add_stages(connection: Connection) -> dict[str, float]:
    """The seconds of each stage, as the log's last runs tell them."""
    wanted = select(events.c.detail).where(events.c.what == "checked").order_by(events.c.id.desc()).limit(_RECENT)
    spent: Counter[str] = Counter()
    for detail in connection.scalars(wanted):
        spent.update(json.loads(detail).get("stages", {}))
    return dict(spent)


def _list_first_runs(connection: Connection) -> list[int]:
    recent = select(packages.c.id).order_by(packages.c.id.desc()).limit(_RECENT).subquery()
    own = (runs.c.package_id.in_(select(recent.c.id)), counts())
    return list(connection.scalars(select(func.min(runs.c.id)).where(*own).group_by(runs.c.package_id)))


def walk(thing: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field below a recorded document, with the path that leads to it."""
    if isinstance(thing, list):
        for one in thing:
            yield from walk(one, path)
    elif isinstance(thing, dict):
        if "status" in thing and "value" in thing:
            yield path, thing
            return
        for key, one in thing.items():
            yield from walk(one, path if key == "fields" else f"{path}.{key}")
