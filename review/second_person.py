"""Who may not pass a case alone: whoever removed, changed or let pass what blocks it, or handed it in."""

from collections.abc import Iterable, Iterator, Sequence

from domain.decision import Act, Decision, corrections, fingerprint, in_force, last_word
from domain.finding import Finding, Severity
from domain.page import Frozen
from reference.policy import policy
from review.settling import Sitting
from storage.decisions import NotNow
from storage.handed_in import list_uploaders
from storage.ledger import Ledger
from storage.records import Item, ItemState
from storage.refreshing import Key, number_per_subject

NEEDED = "须由另一人核验通过"


class Stake(Frozen):
    """Why somebody may not verify a case; `why` goes on after 您 or their name."""

    name: str
    why: str


def find_stakes(ledger: Ledger, case: str, decided: Sequence[Decision], items: Sequence[Item]) -> tuple[Stake, ...]:
    """Who may not verify a case, by the decisions in force on its newest version; nobody where the policy says so.

    Raises StorageAway.
    """
    if not policy().two_person_verify.value:
        return ()
    return tuple(dict.fromkeys([*_of_corrections(decided), *_of_waivers(decided, items), *_of_uploads(ledger, case)]))


def refuse_alone(sitting: Sitting, findings: Sequence[Finding]) -> None:
    """Raises NotNow where whoever sits here may not verify; `findings` are those with all corrections.

    The rules are asked once more without any correction: so none is missed that worked only together with others, or
    with what the books say by now.
    """
    stakes = find_stakes(sitting.ledger, sitting.case, sitting.decided, sitting.items)
    if policy().two_person_verify.value and sitting.standing and not any(one.alters for one in sitting.standing):
        machine = sitting.check(sitting.understand(()))
        stakes = (*stakes, *_of_all(sitting.standing, altered(machine, findings)))
    own = [one.why for one in stakes if one.name == sitting.by.name]
    if own:
        raise NotNow("SECOND_PERSON", f"您{'，'.join(own)}，{NEEDED}")


def altered(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[str, ...]:
    """The rules whose blocking findings went, or rest on other facts now."""
    was, now = _blocking(before), _blocking(after)
    gone = (key[0] for key, facts in was.items() if now.get(key) != facts)
    return tuple(dict.fromkeys(gone))


def _blocking(findings: Iterable[Finding]) -> dict[Key, str]:
    found = list(findings)
    keyed = zip(number_per_subject(found), found, strict=True)
    return {key: fingerprint(it) for key, it in keyed if it.holds and it.severity is Severity.BLOCK}


def _of_corrections(decided: Sequence[Decision]) -> Iterator[Stake]:
    """All who corrected something while any correction alters: two may undo what one of them did."""
    standing = corrections(decided)
    return _of_all(standing, tuple(dict.fromkeys(rule for one in standing for rule in one.alters)))


def _of_all(standing: Sequence[Decision], rules: Sequence[str]) -> Iterator[Stake]:
    for one in standing if rules else ():
        yield Stake(name=name_of(one), why=f"更正了识读，使阻断类问题（{'、'.join(rules)}）消除或改变")


def _of_waivers(decided: Sequence[Decision], items: Sequence[Item]) -> Iterator[Stake]:
    for item in items:
        word = last_word([one for one in decided if one.item == item.id])
        if item.state == ItemState.WAIVED and item.finding.severity is Severity.BLOCK and word is not None:
            yield Stake(name=name_of(word), why=f"放行了阻断类问题（{item.finding.rule}）")


def _of_uploads(ledger: Ledger, case: str) -> Iterator[Stake]:
    for name in sorted(list_uploaders(ledger.database, case)):
        yield Stake(name=name, why="递交了本案材料")


def took_part(decided: Sequence[Decision]) -> frozenset[str]:
    """Who decided anything by which the case passed; only the last pass counts."""
    part = (Act.CORRECT, Act.WAIVE, Act.APPROVE, Act.VERIFY)
    return frozenset(name_of(one) for one in in_force(decided) if one.act in part)


def name_of(decision: Decision) -> str:
    """Who decided, without their role."""
    return decision.actor.partition(":")[2]
