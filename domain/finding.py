"""What a rule says of a dossier."""

from enum import StrEnum

from domain.page import Box, Frozen


class Severity(StrEnum):
    """B blocks · R a person decides · N a note that does not hold the case back."""

    BLOCK = "B"
    REVIEW = "R"
    NOTE = "N"


class Outcome(StrEnum):
    """Only `passed` and `not_applicable` let a case through without a person."""

    PASSED = "passed"
    FAILED = "failed"
    UNSURE = "unsure"
    NOT_APPLICABLE = "not_applicable"
    BROKEN = "broken"


class Evidence(Frozen):
    """One place that a finding rests on. `field` is the path within the document, `text` what is printed there."""

    document: str
    version: str | None = None
    field: str | None = None
    page: int | None = None
    box: Box | None = None
    text: str = ""
    value: str | None = None
    unit: str | None = None


class Finding(Frozen):
    """The outcome of one rule on one subject (a metal, a document, or the whole package: empty)."""

    rule: str
    outcome: Outcome
    severity: Severity
    message: str
    subject: str = ""
    cites: str = ""
    evidence: tuple[Evidence, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether this finding keeps the case from passing without a person."""
        if self.outcome in (Outcome.PASSED, Outcome.NOT_APPLICABLE):
            return False
        return self.outcome is Outcome.BROKEN or self.severity is not Severity.NOTE


class State(StrEnum):
    """Where a package ends after its checks."""

    CLEAR = "clear"
    REVIEW = "review"
    QUARANTINED = "quarantined"


def settle(findings: tuple[Finding, ...]) -> State:
    """`clear` when nothing holds the case back, else `review`."""
    return State.REVIEW if any(finding.holds for finding in findings) else State.CLEAR
