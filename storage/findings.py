"""Findings as the ledger keeps them."""

from typing import Any

from sqlalchemy import Row

from domain.finding import Evidence, Finding, Outcome, Severity


def read_finding(row: Row[Any]) -> Finding:
    """The finding of a row of the findings table."""
    return Finding(
        rule=row.rule,
        outcome=Outcome(row.outcome),
        severity=Severity(row.severity),
        message=row.message,
        subject=row.subject,
        cites=row.cites,
        evidence=tuple(Evidence.model_validate(one) for one in row.evidence),
    )
