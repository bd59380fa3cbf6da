"""The two sides of a deal as its papers print them."""

from enum import StrEnum

from domain.dossier import Kind
from extractors.deals import Deal
from validators.places import Place, place
from validators.wording import PARTY_LABELS, ROLES


class Role(StrEnum):
    """Which side of a deal a company is on."""

    TRANSFEROR = "transferor"
    TRANSFEREE = "transferee"

    @property
    def word(self) -> str:
        return ROLES[self.value]

    @property
    def kind(self) -> Kind:
        """The package with which this side was verified (guide 4(1)–(3))."""
        return Kind.SUPPLY if self is Role.TRANSFEROR else Kind.DEMAND

    @property
    def project(self) -> str:
        """The key under which a deal's paper names this side's project."""
        return "supply_project" if self is Role.TRANSFEROR else "demand_project"


def party(deal: Deal, role: Role, key: str) -> Place[str]:
    """A field of one side by its catalogue key (`name`, `uscc`, `account_name`, `account`)."""
    side = getattr(deal, role.value)
    return place(deal, f"{role}.{key}", role.word + PARTY_LABELS[key], getattr(side, key))
