"""How well packages were read and checked, against their truth files; silent errors and straight-through rate first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.page import Frozen
from domain.quantity import Metal
from reports.comparison import Judged, Mark, compare, root

HOLDING = ("B", "R")
UNKNOWN = "unknown"
DOUBTFUL = ("failed", "unsure", "broken")


class FieldTally(Frozen):
    """One field of one document type, summed; `unsure_right` are the unsure ones whose value is the paper's."""

    document: str
    key: str
    critical: bool
    right: int = 0
    wrong: int = 0
    missing: int = 0
    unsure: int = 0
    unsure_right: int = 0
    silent: int = 0

    @property
    def total(self) -> int:
        return self.right + self.wrong + self.missing + self.unsure


class RuleTally(Frozen):
    """One rule over all packages: planted faults hit, missed, left unsure; alarms where the truth has none."""

    rule: str
    hit: int = 0
    missed: int = 0
    unsure_instead: int = 0
    false_alarm: int = 0
    unsure: int = 0


class PackageScore(Frozen):
    """One package: what it should have come to and what it came to."""

    package: str
    pages: int
    seconds: float
    state: str
    truth_state: str
    kind_right: bool
    grade: str = UNKNOWN
    missed: tuple[str, ...] = ()
    false_alarms: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    errors: tuple[Judged, ...] = ()
    judged: tuple[Judged, ...] = ()

    @property
    def clean(self) -> bool:
        return self.truth_state == "clear"


class Accuracy(Frozen):
    """Everything `./heyan eval` tells, summed over packages."""

    packages: tuple[PackageScore, ...]
    fields: tuple[FieldTally, ...]
    rules: tuple[RuleTally, ...]

    def critical(self, mark: Mark) -> int:
        return sum(getattr(tally, mark) for tally in self.fields if tally.critical)

    @property
    def headline(self) -> dict[str, float | int]:
        """The figures that the project is measured by; shares are 0–1."""
        critical = sum(tally.total for tally in self.fields if tally.critical)
        same = self.critical(Mark.RIGHT) + sum(tally.unsure_right for tally in self.fields if tally.critical)
        silent = sum(tally.silent for tally in self.fields)
        clean = [package for package in self.packages if package.clean]
        pages = sum(package.pages for package in self.packages)
        planted = sum(rule.hit + rule.missed for rule in self.rules)
        return {
            "packages": len(self.packages),
            "pages": pages,
            "seconds_per_page": round(sum(p.seconds for p in self.packages) / max(pages, 1), 2),
            "critical_fields": critical,
            "critical_value_right": _share(same, critical),
            "critical_certain_right": _share(self.critical(Mark.RIGHT), critical),
            "critical_unsure": _share(self.critical(Mark.UNSURE), critical, 0.0),
            "silent_errors": silent,
            "silent_error_share": _share(silent, critical, 0.0),
            "planted_faults": planted,
            "planted_fault_recall": _share(sum(rule.hit for rule in self.rules), planted),
            "clean_packages": len(clean),
            "straight_through": _share(sum(p.state == "clear" for p in clean), len(clean)),
            "clean_with_false_finding": _share(sum(bool(p.false_alarms) for p in clean), len(clean), 0.0),
            "state_right": _share(sum(p.state == p.truth_state for p in self.packages), len(self.packages)),
            "kind_right": _share(sum(p.kind_right for p in self.packages), len(self.packages)),
        }


def score(truth: Mapping[str, Any], verdict: Mapping[str, Any]) -> PackageScore:
    """One package's verdict (the JSON contract) against its truth file."""
    planted = set(truth.get("findings", ()))
    failed = {f["rule"] for f in verdict["findings"] if f["outcome"] == "failed"}
    grave = {f["rule"] for f in verdict["findings"] if f["outcome"] == "failed" and f["severity"] in HOLDING}
    unsure = {f["rule"] for f in verdict["findings"] if f["outcome"] in ("unsure", "broken")}
    judged = tuple(_silence(each, verdict["findings"]) for each in compare(verdict["package"], truth, verdict))
    return PackageScore(
        package=verdict["package"],
        pages=verdict["pages"],
        seconds=verdict["seconds"],
        state=verdict["state"],
        truth_state=truth["state"],
        kind_right=truth.get("kind") == verdict["kind"],
        grade=truth.get("grade") or UNKNOWN,
        missed=tuple(sorted(planted - failed)),
        false_alarms=tuple(sorted(grave - planted)),
        unsure=tuple(sorted(unsure)),
        errors=tuple(each for each in judged if each.mark is not Mark.RIGHT),
        judged=judged,
    )


def tally(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Accuracy:
    """Truth files and verdicts, summed up."""
    pairs = list(pairs)
    scores = tuple(score(truth, verdict) for truth, verdict in pairs)
    return Accuracy(packages=scores, fields=_fields(scores), rules=_rules(pairs))


def _silence(judged: Judged, findings: Sequence[Mapping[str, Any]]) -> Judged:
    """Marks a silent error: critical, wrong, certain, and no rule failed on it or doubted it."""
    wrong = judged.critical and judged.mark is Mark.WRONG and judged.status == "certain"
    silent = wrong and not any(_about(judged, finding) for finding in findings)
    return judged.model_copy(update={"silent": silent}) if silent else judged


def _about(judged: Judged, finding: Mapping[str, Any]) -> bool:
    if finding["outcome"] not in DOUBTFUL or finding["severity"] not in HOLDING:
        return False
    return any(_covers(evidence, judged) for evidence in finding["evidence"])


def _covers(evidence: Mapping[str, Any], judged: Judged) -> bool:
    """Whether a finding's evidence rests on this field; a permit's total rests on the rows of its metal."""
    kind, _, version = judged.document.partition("/")
    other_version = evidence["version"] and version and evidence["version"] != version
    if evidence["document"].partition("/")[0] != kind or other_version:
        return False
    place = evidence["field"] or ""
    if root(place) == judged.key and _metal(place) in (None, judged.metal):
        return "[" not in place or judged.path.startswith(place) or place.startswith(judged.path)
    derived = {"limits": "totals", "rows": "net_new"}.get(judged.key.partition(".")[0])
    return derived is not None and root(place) == derived and _metal(place) in (None, judged.metal)


def _metal(place: str) -> str | None:
    return next((part for part in place.split(".") if part in set(Metal)), None)


def _fields(scores: Sequence[PackageScore]) -> tuple[FieldTally, ...]:
    counts: dict[tuple[str, str, bool], Counter[str]] = {}
    for each in (judged for package in scores for judged in package.judged):
        counter = counts.setdefault((each.document.partition("/")[0], each.key, each.critical), Counter())
        counter[each.mark] += 1
        counter["silent"] += each.silent
        counter["unsure_right"] += each.mark is Mark.UNSURE and each.same
    return tuple(FieldTally(document=d, key=k, critical=c, **counts[d, k, c]) for d, k, c in sorted(counts))


def _rules(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> tuple[RuleTally, ...]:
    counts: dict[str, Counter[str]] = {}
    for truth, verdict in pairs:
        planted = set(truth.get("findings", ()))
        seen = {code: _worst(code, verdict["findings"]) for code in {f["rule"] for f in verdict["findings"]}}
        for code in planted | set(seen):
            counts.setdefault(code, Counter()).update(_outcome(code in planted, seen.get(code, "")))
    tallies = (RuleTally(rule=code, **counts[code]) for code in sorted(counts))
    return tuple(each for each in tallies if any(value for key, value in each if key != "rule"))


def _worst(code: str, findings: Sequence[Mapping[str, Any]]) -> str:
    outcomes = {f["outcome"] for f in findings if f["rule"] == code}
    return next((outcome for outcome in DOUBTFUL if outcome in outcomes), "passed")


def _outcome(planted: bool, outcome: str) -> Counter[str]:
    """What one rule did on one package, as counts to add."""
    doubt = outcome in ("unsure", "broken")
    if planted:
        return Counter(hit=outcome == "failed", missed=outcome != "failed", unsure_instead=doubt)
    return Counter(false_alarm=outcome == "failed", unsure=doubt)


def _share(part: int, whole: int, nothing: float = 1.0) -> float:
    """0–1; of nothing, everything was right and nothing went wrong."""
    return round(part / whole, 4) if whole else nothing
