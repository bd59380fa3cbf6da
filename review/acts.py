"""What each act brings with it: the draft of the decision, the run that follows, the state the case gets."""

from collections.abc import Callable, Mapping

from domain.decision import Act, Decision, Draft, Ending, Place, Wish, fingerprint, in_force, last_word
from domain.finding import Severity, State
from reference.policy import policy
from reports.postings import posting
from review.correcting import field_at, find_document, place_at, without_blanks
from review.notices import bind, draft_notice
from review.rebuilding import recall, told_by_machine
from review.roles import Action, may
from review.second_person import altered, name_of, refuse_alone, took_part
from review.settling import Sitting, make_run, run_again
from review.typing_in import Unreadable, show
from storage.database import clean
from storage.decisions import NotNow, Taking
from storage.handed_in import list_uploaders
from storage.queue import UnknownItem
from storage.records import Item, ItemState

Prepare = Callable[[Sitting, Wish], Taking]
_DATES = frozenset({"issued_on", "valid_from", "valid_to"})  # by which permits are told apart
_POSSIBLE: Mapping[Act, frozenset[str]] = {
    Act.CONFIRM: frozenset({ItemState.OPEN, ItemState.PENDING, ItemState.WAIVED}),
    Act.WAIVE: frozenset({ItemState.OPEN, ItemState.CONFIRMED}),
    Act.APPROVE: frozenset({ItemState.PENDING}),
}
_FOR_GOOD = frozenset({Act.REOPEN, Act.AGREE})


def prepare(sitting: Sitting, wish: Wish) -> Taking:
    """The decision with all that comes with it; raises Unreadable, UnknownPlace, NotNow, ReadingLost, Unpostable."""
    return _PREPARE[wish.act](sitting, wish)


# ---- readings --------------------------------------------------------------------------------------------------


def _correct(sitting: Sitting, wish: Wish) -> Taking:
    if wish.place is None or not wish.text.strip():
        raise Unreadable("NOTHING_TYPED", "请指明要更正的栏目，并填写纸面所印内容（空值请填“/”）")
    shown = recall(sitting.record.documents)
    index = find_document(shown, wish.place)
    before = field_at(shown[index], wish.place.path)
    place = _as_machine(sitting, index, wish.place)
    draft = _draft(sitting, wish, place=place, text=wish.text.strip(), before=show(before))
    run = run_again(sitting, (*sitting.standing, draft))
    if before.certain:
        _need_reason(wish, "更正系统已认定的识读")
    after = field_at(without_blanks(run.dossier.documents)[index], wish.place.path)
    told = {"after": show(after), "alters": altered(sitting.record.findings, run.findings)}
    return _taking(sitting, wish, draft.model_copy(update=told)).model_copy(update={"run": run})


def _as_machine(sitting: Sitting, index: int, place: Place) -> Place:
    """The place as the machine names it, which differs only where a corrected date told permits apart otherwise."""
    if not any(one.place and one.place.path in _DATES for one in sitting.standing):
        return place
    return place_at(told_by_machine(sitting.recorded), index, place.path)


# ---- items -----------------------------------------------------------------------------------------------------


def _confirm(sitting: Sitting, wish: Wish) -> Taking:
    item = _item(sitting, wish)
    return _of_item(sitting, wish, item, ItemState.CONFIRMED)


def _waive(sitting: Sitting, wish: Wish) -> Taking:
    _need_reason(wish, "放行")
    item = _item(sitting, wish)
    two = policy().two_person_waivers.value and item.finding.severity is Severity.BLOCK
    return _of_item(sitting, wish, item, ItemState.PENDING if two else ItemState.WAIVED)


def _approve(sitting: Sitting, wish: Wish) -> Taking:
    item = _item(sitting, wish)
    waiver = last_word([one for one in sitting.decided if one.item == item.id])
    if waiver is not None and name_of(waiver) == sitting.by.name:
        raise NotNow("SECOND_PERSON", "阻断类问题的放行须由另一人同意")
    return _of_item(sitting, wish, item, ItemState.WAIVED)


def _item(sitting: Sitting, wish: Wish) -> Item:
    found = next((item for item in sitting.items if item.id == wish.item), None)
    if found is None:
        raise UnknownItem("UNKNOWN_ITEM", f"案件 {sitting.case} 没有编号为 {wish.item} 的事项")
    if wish.edition in (None, found.edition) and found.state not in _POSSIBLE[wish.act]:
        raise NotNow("NOT_POSSIBLE", f"事项 {found.id} 的状态为“{found.state}”，不能作此决定")
    return found


def _of_item(sitting: Sitting, wish: Wish, item: Item, state: ItemState) -> Taking:
    facts = fingerprint(item.finding)
    draft = _draft(sitting, wish, item=item.id, before=item.state, after=state, facts=facts)
    seen = item.edition if wish.edition is None else wish.edition
    return Taking(draft=draft, by=sitting.by.name, item_edition=seen, over=may(sitting.by, Action.ASSIGN))


# ---- cases -----------------------------------------------------------------------------------------------------


def _return(sitting: Sitting, wish: Wish) -> Taking:
    sent = wish.notice and bind(wish.notice, sitting.record)
    notice = sent or draft_notice(sitting.record, sitting.items)
    if not notice.defects:
        raise NotNow("NOTHING_TO_ASK", "补正通知没有列出任何需要补正的事项")
    return _ending(sitting, wish, Ending.RETURNED, notice=notice)


def _refuse(sitting: Sitting, wish: Wish) -> Taking:
    _need_reason(wish, "不予通过")
    return _ending(sitting, wish, Ending.REFUSED)


def _verify(sitting: Sitting, wish: Wish) -> Taking:
    """What is posted is what the papers say now; the rules are asked again on fresh books."""
    dossier = sitting.understand(sitting.standing)
    run = make_run(sitting, dossier, sitting.check(dossier), 0.0, State.CLEAR)
    refuse_alone(sitting, run.findings)
    taking = _ending(sitting, wish, Ending.VERIFIED)
    return taking.model_copy(update={"run": run, "posting": posting(dossier, sitting.case)})


def _agree(sitting: Sitting, wish: Wish) -> Taking:
    _refuse_own(sitting)
    if sitting.by.name in took_part(sitting.decided) | list_uploaders(sitting.ledger.database, sitting.case):
        raise NotNow("OWN_CASE", "您参与过本案的办理或递交了本案材料，须由另一人复核")
    return _taking(sitting, wish, _draft(sitting, wish))


def _reopen(sitting: Sitting, wish: Wish) -> Taking:
    _need_reason(wish, "重新打开")
    _refuse_own(sitting)
    run = run_again(sitting, sitting.standing)
    more = {"state": State.REVIEW, "run": run}
    draft = _draft(sitting, wish, before=sitting.record.case.state, after=State.REVIEW)
    return _taking(sitting, wish, draft).model_copy(update=more)


def _undo(sitting: Sitting, wish: Wish) -> Taking:
    standing = in_force(sitting.decided)
    last = standing[-1] if standing else None
    if last is None or last.act in _FOR_GOOD:
        raise NotNow("NOTHING_TO_UNDO", f"案件 {sitting.case} 没有可以撤销的决定")
    if name_of(last) != sitting.by.name:
        _refuse_undoing(sitting, wish, last)
    draft = _draft(
        sitting, wish, item=last.item, place=last.place, before=last.after, after=last.before, undoes=last.number
    )
    taking = _taking(sitting, wish, draft)
    if last.act is Act.CORRECT:
        left = [one for one in sitting.standing if one.number != last.number]
        return taking.model_copy(update={"run": run_again(sitting, left)})
    return taking.model_copy(update={"state": last.before if last.act is Act.RETURN else None})


# ---- parts -----------------------------------------------------------------------------------------------------


def _refuse_undoing(sitting: Sitting, wish: Wish, last: Decision) -> None:
    """What somebody else decided is taken back by a supervisor alone, who says why."""
    if not may(sitting.by, Action.ASSIGN):
        raise NotNow("OTHERS_DECISION", f"上一项决定由 {name_of(last)} 作出，须由其本人或负责人撤销")
    _need_reason(wish, "撤销他人的决定")


def _draft(sitting: Sitting, wish: Wish, **more: object) -> Draft:
    own = {"case": sitting.case, "version": sitting.record.case.version, "actor": sitting.by.actor}
    return Draft.model_validate(own | {"act": wish.act, "reason": clean(wish.reason.strip())} | more)


def _taking(sitting: Sitting, wish: Wish, draft: Draft) -> Taking:
    edition = sitting.record.case.edition if wish.edition is None else wish.edition
    return Taking(draft=draft, by=sitting.by.name, edition=edition, over=may(sitting.by, Action.ASSIGN))


def _ending(sitting: Sitting, wish: Wish, state: Ending, **more: object) -> Taking:
    draft = _draft(sitting, wish, before=sitting.record.case.state, after=state, **more)
    return _taking(sitting, wish, draft).model_copy(update={"state": state})


def _need_reason(wish: Wish, what: str) -> None:
    if not wish.reason.strip():
        raise NotNow("NO_REASON", f"{what}须说明理由")


def _refuse_own(sitting: Sitting) -> None:
    """Nobody looks a second time at what they passed themselves."""
    verified = [one for one in in_force(sitting.decided) if one.act is Act.VERIFY]
    if verified and name_of(verified[-1]) == sitting.by.name:
        raise NotNow("OWN_CASE", "不能复核本人核验通过的案件")


_PREPARE: Mapping[Act, Prepare] = {
    Act.CORRECT: _correct,
    Act.CONFIRM: _confirm,
    Act.WAIVE: _waive,
    Act.APPROVE: _approve,
    Act.RETURN: _return,
    Act.REFUSE: _refuse,
    Act.VERIFY: _verify,
    Act.AGREE: _agree,
    Act.REOPEN: _reopen,
    Act.UNDO: _undo,
}
