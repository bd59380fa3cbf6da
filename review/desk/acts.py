"""What may be decided of a case or an item now, and what was decided before."""

from collections.abc import Sequence
from typing import Any

from domain.decision import CLOSED, Act, Decision, Ending, in_force
from review.desk.files import CaseFile
from review.desk.masking import hide, is_account
from review.desk.office import Office
from review.desk.papers import label_path
from storage.decisions import Decisions
from storage.records import Item

OPEN = frozenset({"review", "clear"})
WHY_NOT = {
    "received": "材料正在核验，完成后方可处理。",
    "quarantined": "材料已隔离，须重新提交。",
    Ending.RETURNED: "已退回补正，等待重新提交。",
    Ending.REFUSED: "已不予受理，案卷关闭。",
    Ending.VERIFIED: "已核验通过，案卷关闭。",
}


def offer_acts(office: Office, file: CaseFile, item: Item | None = None) -> dict[str, Any]:
    """What the column of acts shows; `can_decide` is False where the case is closed or not there yet."""
    decisions = Decisions(office.ledger.database).of_case(file.number)
    state = file.record.case.state
    own = [one for one in in_force(decisions) if one.version == file.version]
    return {
        "edition": file.record.case.edition,
        "can_decide": state in OPEN,
        "closed": WHY_NOT.get(state, ""),
        "decisions": _about(decisions, item)[::-1],
        "undoable": own[-1] if own and state not in CLOSED else None,
        "label_path": label_path,
        "hide_place": lambda path, text: _hide(file, path, text),
        "people": {user.name: user.display for user in office.people.list()},
        "now": office.clock(),
        "trouble": None,
        "told": None,
    }


def _about(decisions: Sequence[Decision], item: Item | None) -> list[Decision]:
    """All decisions of the case, or those on an item and on readings."""
    shown = [one for one in decisions if one.act is not Act.UNDO]
    return shown if item is None else [one for one in shown if one.item in (item.id, None)]


def _hide(file: CaseFile, path: str, text: str | None) -> str:
    if not text:
        return "—"
    return hide(text) if is_account(path) and not file.revealed else text
