"""The people who work with the system, and the four roles they may have."""

from enum import StrEnum

from domain.page import Frozen


class Role(StrEnum):
    """What somebody is here for; `review/roles.py` says what each may do."""

    OFFICER = "officer"  # 经办人: hands packages in
    REVIEWER = "reviewer"  # 审核人: settles what waits
    SUPERVISOR = "supervisor"  # 负责人: assigns, approves, looks after the people
    AUDITOR = "auditor"  # 审计人: looks at everything, changes nothing


WORKING = frozenset({Role.REVIEWER, Role.SUPERVISOR})  # who may be given work; `review/roles.py` lets them take it


class User(Frozen):
    """A person who signs in; `name` is what they sign in with and never changes, `display` is how pages call them."""

    id: int
    name: str
    display: str
    role: Role
    disabled: bool = False

    @property
    def actor(self) -> str:
        """Who acts, as the log tells it."""
        return f"{self.role}:{self.name}"
