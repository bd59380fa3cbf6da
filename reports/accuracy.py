"""How well packages were read and checked, against their truth files; silent errors and straight-through rate first."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from domain.dossier import Kind
from domain.page import Frozen
from reports.comparison import Judged, Mark
from reports.field_kinds import FieldKind
from reports.scoring import UNKNOWN, PackageScore, score
from reports.seal_scores import SealTally, count_seals

K = TypeVar("K", bound=Hashable)
CLASSES = {"office": ("light", "typical"), "rough": ("rough", "phone"), "poor": ("poor",)}  # of scan grades


class Tally(Frozen):
    """Fields counted; `unsure_right` are the unsure ones whose value is the paper's."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    unsure: int = 0
    unsure_right: int = 0
    silent: int = 0

    @property
    def total(self) -> int:
        return self.right + self.wrong + self.missing + self.unsure

    @property
    def same(self) -> int:
        """How many values are the paper's, whatever their status."""
        return self.right + self.unsure_right


class FieldTally(Tally):
    """One field of one document type, summed."""

    document: str
    key: str
    critical: bool


class KindTally(Tally):
    """One kind of field, critical ones and others apart."""

    kind: FieldKind
    critical: bool


class RuleTally(Frozen):
    """One rule over all packages: planted faults hit, missed, left unsure; alarms where the truth has none.

    `either` are failures where the truth allows one without asking for it.
    """

    rule: str
    hit: int = 0
    missed: int = 0
    unsure_instead: int = 0
    false_alarm: int = 0
    either: int = 0
    unsure: int = 0


class Accuracy(Frozen):
    """Everything `./heyan eval` tells, summed over packages."""

    packages: tuple[PackageScore, ...]
    fields: tuple[FieldTally, ...]
    kinds: tuple[KindTally, ...]
    rules: tuple[RuleTally, ...]
    seals: SealTally = SealTally()

    @property
    def critical(self) -> Tally:
        """All critical fields together."""
        fields = [tally for tally in self.fields if tally.critical]
        return Tally(**{name: sum(getattr(tally, name) for tally in fields) for name in Tally.model_fields})

    @property
    def headline(self) -> dict[str, float | int]:
        """The figures that the project is measured by; shares are 0–1."""
        critical, pages = self.critical, sum(package.pages for package in self.packages)
        return (
            {
                "packages": len(self.packages),
                "pages": pages,
                "seconds_per_page": round(sum(p.seconds for p in self.packages) / max(pages, 1), 2),
                "critical_fields": critical.total,
                "critical_value_right": share(critical.same, critical.total),
                "critical_certain_right": share(critical.right, critical.total),
                "critical_unsure": share(critical.unsure, critical.total, 0.0),
                "silent_errors": critical.silent,
                "silent_error_share": share(critical.silent, critical.total, 0.0),
            }
            | self._checked
            | self._sealed
        )

    @property
    def _checked(self) -> dict[str, float | int]:
        clean = [package for package in self.packages if package.clean]
        planted = sum(rule.hit + rule.missed for rule in self.rules)
        return {
            "planted_faults": planted,
            "planted_fault_recall": share(sum(rule.hit for rule in self.rules), planted),
            "clean_packages": len(clean),
            "straight_through": share(sum(p.state == "clear" for p in clean), len(clean)),
            "clean_with_false_finding": share(sum(bool(p.false_alarms) for p in clean), len(clean), 0.0),
            "state_right": share(sum(p.state == p.truth_state for p in self.packages), len(self.packages)),
            "kind_right": share(sum(p.kind_right for p in self.packages), len(self.packages)),
        }

    @property
    def _sealed(self) -> dict[str, float | int]:
        """Of all seals pressed or invented, the share that was found, red ones and grey or black ones apart; of the
        legible red ones, the share with the right role, owner and use."""
        seals = self.seals
        return {
            "seals": seals.red,
            "seals_right": share(seals.red_right, seals.red + seals.red_invented),
            "seal_colour_right": share(seals.dull_right, seals.dull + seals.dull_invented),
            "legible_seals": seals.judged,
            "seal_role_right": share(seals.role_right, seals.judged),
            "seal_owner_right": share(seals.owner_right, seals.judged),
            "seal_use_right": share(seals.use_right, seals.used),
            "seals_of_others": seals.owner_wrong,
            "seals_taken_for_company": seals.taken_for_company,
        }


def tally(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Accuracy:
    """Truth files and verdicts, summed up."""
    return sum_up([score(truth, verdict) for truth, verdict in pairs])


def sum_up(scores: Sequence[PackageScore]) -> Accuracy:
    """Packages summed up."""
    return Accuracy(
        packages=tuple(scores),
        fields=_fields(scores),
        kinds=_kinds(scores),
        rules=_rules(scores),
        seals=count_seals([pair for package in scores for pair in package.seals]),
    )


def by_package_kind(accuracy: Accuracy) -> dict[str, Accuracy]:
    """The same by kind of package, as the truth tells it."""
    return _by(accuracy, [kind.value for kind in Kind], lambda package: package.kind)


def by_class(accuracy: Accuracy) -> dict[str, Accuracy]:
    """The same by class of scan: `office` (light and typical ones), `rough` (and photographs), `poor`, `unknown`."""
    class_of = {grade: name for name, grades in CLASSES.items() for grade in grades}
    return _by(accuracy, [*CLASSES, UNKNOWN], lambda package: class_of.get(package.grade, UNKNOWN))


def by_grade(accuracy: Accuracy) -> dict[str, Accuracy]:
    """The same by each grade of scan that occurs."""
    order = [grade for grades in CLASSES.values() for grade in grades]
    return _by(accuracy, [*order, UNKNOWN], lambda package: package.grade)


def share(part: int, whole: int, nothing: float = 1.0) -> float:
    """0–1; of nothing, everything was right and nothing went wrong."""
    return round(part / whole, 6) if whole else nothing


def _by(accuracy: Accuracy, order: Sequence[str], name: Callable[[PackageScore], str | None]) -> dict[str, Accuracy]:
    parts = {each: [package for package in accuracy.packages if name(package) == each] for each in order}
    return {each: sum_up(packages) for each, packages in parts.items() if packages}


def _fields(scores: Sequence[PackageScore]) -> tuple[FieldTally, ...]:
    groups = _grouped(scores, lambda each: (each.document.partition("/")[0], each.key, each.critical))
    return tuple(FieldTally(document=d, key=k, critical=c, **groups[d, k, c]) for d, k, c in sorted(groups))


def _kinds(scores: Sequence[PackageScore]) -> tuple[KindTally, ...]:
    groups = _grouped(scores, lambda each: (each.kind, each.critical))
    there = [(kind, critical) for critical in (True, False) for kind in FieldKind if (kind, critical) in groups]
    return tuple(KindTally(kind=kind, critical=critical, **groups[kind, critical]) for kind, critical in there)


def _grouped(scores: Sequence[PackageScore], key: Callable[[Judged], K]) -> dict[K, Counter[str]]:
    """How the fields came out, by what the function says they belong to; counts are named as in Tally."""
    groups: dict[K, Counter[str]] = {}
    for each in (judged for package in scores for judged in package.judged):
        counter = groups.setdefault(key(each), Counter())
        counter[each.mark] += 1
        counter["silent"] += each.silent
        counter["unsure_right"] += each.mark is Mark.UNSURE and each.same
    return groups


def _rules(scores: Sequence[PackageScore]) -> tuple[RuleTally, ...]:
    counts: dict[str, Counter[str]] = {}
    for package in scores:
        for code in {*package.planted, *package.outcomes}:
            counts.setdefault(code, Counter()).update(_outcome(package, code))
    tallies = (RuleTally(rule=code, **counts[code]) for code in sorted(counts))
    return tuple(each for each in tallies if any(value for key, value in each if key != "rule"))


def _outcome(package: PackageScore, code: str) -> Counter[str]:
    """What one rule did on one package, as counts to add."""
    outcome = package.outcomes.get(code, "")
    failed, doubt = outcome == "failed", outcome in ("unsure", "broken")
    if code in package.planted:
        return Counter(hit=failed, missed=not failed, unsure_instead=doubt)
    allowed = code in package.either
    return Counter(false_alarm=failed and not allowed, either=failed and allowed, unsure=doubt)
