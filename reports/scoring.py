"""One package's verdict against its truth file: fields judged, errors that nobody would notice, faults found."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.page import Frozen
from domain.quantity import Metal
from reports.comparison import Judged, Mark, compare, root
from reports.seal_scores import SealPair, match_seals

HOLDING = ("B", "R")
UNKNOWN = "unknown"
DOUBTFUL = ("failed", "unsure", "broken")


class PackageScore(Frozen):
    """One package: what it should have come to and what it came to.

    `planted` are the rules that must fail, `either` those that may, `outcomes` the worst that each rule said. `missed`
    and `false_alarms` follow from them; a false alarm is a failed B or R rule that is neither planted nor `either`.
    `kind` is what the truth calls it, `grade` that of its scan (`light`, `typical`, `rough`, `phone`, `poor`;
    `unknown` where the truth tells none).
    """

    package: str
    pages: int
    seconds: float
    state: str
    truth_state: str
    kind: str | None
    kind_right: bool
    grade: str = UNKNOWN
    planted: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    outcomes: Mapping[str, str] = {}
    missed: tuple[str, ...] = ()
    false_alarms: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    errors: tuple[Judged, ...] = ()
    judged: tuple[Judged, ...] = ()
    seals: tuple[SealPair, ...] = ()

    @property
    def clean(self) -> bool:
        return self.truth_state == "clear"


def score(truth: Mapping[str, Any], verdict: Mapping[str, Any]) -> PackageScore:
    """One package's verdict (the JSON contract) against its truth file."""
    planted, either = set(truth.get("findings", ())), set(truth.get("either", ()))
    findings = verdict["findings"]
    outcomes = {code: _worst(code, findings) for code in sorted({finding["rule"] for finding in findings})}
    grave = {f["rule"] for f in findings if f["outcome"] == "failed" and f["severity"] in HOLDING}
    judged = tuple(_silence(each, findings) for each in compare(verdict["package"], truth, verdict))
    return PackageScore(
        package=verdict["package"],
        pages=verdict["pages"],
        seconds=verdict["seconds"],
        state=verdict["state"],
        truth_state=truth["state"],
        kind=truth.get("kind"),
        kind_right=truth.get("kind") == verdict["kind"],
        grade=truth.get("grade") or UNKNOWN,
        planted=tuple(sorted(planted)),
        either=tuple(sorted(either)),
        outcomes=outcomes,
        missed=tuple(sorted(code for code in planted if outcomes.get(code) != "failed")),
        false_alarms=tuple(sorted(grave - planted - either)),
        unsure=tuple(sorted({f["rule"] for f in findings if f["outcome"] in ("unsure", "broken")})),
        errors=tuple(each for each in judged if each.mark is not Mark.RIGHT),
        judged=judged,
        seals=tuple(match_seals(verdict["package"], truth.get("seals", ()), verdict.get("seals", ()))),
    )


def _worst(code: str, findings: Sequence[Mapping[str, Any]]) -> str:
    outcomes = {f["outcome"] for f in findings if f["rule"] == code}
    return next((outcome for outcome in DOUBTFUL if outcome in outcomes), "passed")


# ---- errors that nobody would notice ---------------------------------------------------------------------------


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
