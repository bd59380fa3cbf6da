"""Whether an industry that papers print is one of the guide's six."""

from collections.abc import Iterable, Sequence

from domain.dossier import Dossier
from domain.field import Doubt
from reference.industries import broader, recognise
from validators.places import Place, place
from validators.registry import Problem


def judge_industry(places: Sequence[Place[str]], dossier: Dossier) -> Problem | None:
    """One printed name that is surely one of the six is enough; raises Doubt where none could be read."""
    printed = [it for it in places if it.field.certain and it.field.value]
    if any(recognise(it.known) for it in printed):
        return None
    if not printed:
        raise Doubt(*(it.field for it in places[:1]), why="；".join(it.doubt for it in places[:1]))
    return _wider_class(printed, dossier)


def _wider_class(printed: Iterable[Place[str]], dossier: Dossier) -> Problem | None:
    """A class wider than the guide's industry counts where another word on the papers says that this part is meant."""
    listed = list(printed)
    wide = next((found for it in listed if (found := broader(it.known))), None)
    if wide is None:
        names = "，".join(it.says for it in listed)
        return Problem(f"{names}，不属于指南所列六个重点行业")
    if any(word in hint for hint in _hints(dossier) for word in wide.words):
        return None
    raise Doubt(why=f"{listed[0].says}，“{wide.alias}”只有一部分属于{wide.industry}")


def _hints(dossier: Dossier) -> list[str]:
    """Words that tell more of what the company does: its name, its scope, its project."""
    keys = ("name", "business_scope", "project")
    found = [(d, key, getattr(d, key)) for d in dossier.documents for key in keys if hasattr(d, key)]
    return [place(d, key, key, field).known for d, key, field in found if field.certain and field.value]
