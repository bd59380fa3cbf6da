"""What may be decided of a case or an item now, and what was decided before."""

from collections.abc import Sequence
from typing import Any

from domain.decision import OF_ITEMS, Act, Decision, Ending, in_force
from domain.people import User
from reference.policy import policy
from review.deciding import RIGHTS, possible
from review.desk.files import CaseFile
from review.desk.labels import label_path
from review.desk.office import Office
from review.masking import hide, is_account
from review.roles import Action, may
from review.second_person import Stake, find_stakes, name_of
from storage.decisions import Decisions
from storage.records import Item, ItemState

_OF_STATES = {
    Act.CONFIRM: frozenset({ItemState.OPEN, ItemState.PENDING, ItemState.WAIVED}),
    Act.WAIVE: frozenset({ItemState.OPEN, ItemState.CONFIRMED}),
    Act.APPROVE: frozenset({ItemState.PENDING}),
}
WHY_NOT = {
    "received": "材料正在核验，完成后方可处理。",
    "quarantined": "材料已隔离，须重新提交。",
    Ending.RETURNED: "已退回补正，等待重新提交。",
    Ending.REFUSED: "不予通过，案件办结。",
    Ending.VERIFIED: "已核验通过，案件办结。",
}


def offer_acts(office: Office, file: CaseFile, user: User, item: Item | None = None) -> dict[str, Any]:
    """What the column of acts shows: what this person may decide now, and what was decided before."""
    decisions = Decisions(office.ledger.database).of_case(file.number)
    standing = [one for one in in_force(decisions) if one.version == file.version]
    acts, known = find_acts(file, user, item), office.people.list()
    names = {one.name: one.display for one in known}
    stakes = _find_stakes(office, file, decisions) if Act.VERIFY in possible(file.record.case) and item is None else ()
    own = [one.why for one in stakes if one.name == user.name]
    return {
        "edition": file.record.case.edition,
        "acts": acts - {Act.VERIFY} if own else acts,
        "stakes": [f"{names.get(one.name, one.name)}{one.why}" for one in stakes if one.name != user.name],
        "barred": "，".join(own),
        "closed": WHY_NOT.get(file.record.case.state, ""),
        "decisions": _about(decisions, item)[::-1],
        "undoable": standing[-1] if standing and Act.UNDO in acts and _may_undo(standing[-1], user) else None,
        "others": bool(standing) and name_of(standing[-1]) != user.name,
        "label_path": label_path,
        "hide_place": lambda path, text: _hide(file, path, text),
        "people": names,
        "reviewers": {one.name: one.display for one in known if may(one, Action.TAKE)},
        "now": office.clock(),
        "two_persons": policy().two_person_waivers.value,
        "trouble": None,
        "told": None,
    }


def _find_stakes(office: Office, file: CaseFile, decisions: Sequence[Decision]) -> tuple[Stake, ...]:
    """Who may not verify this version, and why; told before anybody tries."""
    decided = [one for one in decisions if one.version == file.version]
    return find_stakes(office.ledger, file.number, decided, Decisions(office.ledger.database).items(file.number))


def _may_undo(last: Decision, user: User) -> bool:
    return name_of(last) == user.name or may(user, Action.ASSIGN)


def find_acts(file: CaseFile, user: User, item: Item | None = None) -> frozenset[Act]:
    """What this person's role and the states of case and item allow."""
    rule = item.finding.rule if item else ""
    found = {act for act in possible(file.record.case, rule) if may(user, RIGHTS[act])}
    if item is None:
        return frozenset(found - OF_ITEMS)
    return frozenset(act for act in found if act not in OF_ITEMS or item.state in _OF_STATES[act])


def _about(decisions: Sequence[Decision], item: Item | None) -> list[Decision]:
    """All decisions of the case, or those on an item and on readings."""
    shown = [one for one in decisions if one.act is not Act.UNDO]
    return shown if item is None else [one for one in shown if one.item in (item.id, None)]


def _hide(file: CaseFile, path: str, text: str | None) -> str:
    if not text:
        return "—"
    return hide(text) if is_account(path) and not file.revealed else file.mask(text)
