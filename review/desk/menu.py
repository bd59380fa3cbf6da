"""The line of links at the top of every page: each module under `routes` may add its own as `MENU`."""

from typing import NamedTuple

from fastapi import Request

from domain.people import User
from review.roles import Action, may


class Entry(NamedTuple):
    """A link for those who may follow it; the smaller `place` stands further left."""

    path: str
    text: str
    action: Action
    place: int = 50


def menu_of(request: Request, user: User) -> list[Entry]:
    """The links that this person may follow."""
    return [entry for entry in sorted(request.app.state.menu, key=lambda it: it.place) if may(user, entry.action)]
