"""REC-008: what the house keeps is what it was given."""

from datetime import date

from domain.finding import Severity
from domain.reconciling import Account, Difference, Told
from reference.provisions import practice
from validators.reconciling.checking import check

KEPT = practice("原件须原样保存，操作日志须完整，事后才能核对。")


@check("REC-008", Severity.BLOCK, "原件与操作日志完好", cites=KEPT)
def kept_as_recorded(company: Account, today: date) -> Told:
    """Stored originals still have their recorded checksums, and the audit chain is unbroken."""
    for one in company.damaged:
        yield Difference(
            rule="REC-008",
            severity=Severity.BLOCK,
            subject=one.name,
            key="",
            message=one.why,
            left=one.name,
            cases=one.cases,
        )
