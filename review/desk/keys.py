"""Who calls the API: a token of somebody's, and what their role includes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from domain.people import User
from review.desk.office import Office, office_of
from review.desk.problems import Keyless
from review.roles import Action, require

BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="./heyan user token NAME")


@dataclass(frozen=True)
class Key:
    """What a route asks of whoever calls it; a test walks over all routes and finds it there."""

    action: Action | None

    def __call__(
        self,
        request: Request,
        office: Annotated[Office, Depends(office_of)],
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    ) -> User:
        """Whose token it is; raises Keyless, Forbidden. A cookie opens nothing here."""
        user = office.people.by_token(given.credentials) if given else None
        if user is None:
            raise Keyless
        request.state.user = user
        if self.action is not None:
            require(user, self.action)
        return user


def key(action: Action | None = None) -> Callable[..., User]:
    """A dependency that lets only those in who may do this; without an action, everybody who has a token."""
    return Key(action)
