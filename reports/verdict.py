"""What the system says of a package: one JSON shape for `check`, `intake` and everything that reads them."""

from collections.abc import Iterable, Sequence
from typing import Any

from domain.document import Document, present
from domain.dossier import Dossier, RefusedFile
from domain.errors import ExitCode, HeyanError
from domain.finding import Finding, State, settle
from domain.page import Frozen, ReadPage

OTHER = "other"


class Trouble(Frozen):
    """Why a package could not be processed: a stable code and a Chinese sentence."""

    code: str
    message: str
    exit_code: int = ExitCode.UNREADABLE


class Verdict(Frozen):
    """One package's verdict; `seconds` is the time from opening it to its verdict, `pages` how many were read.

    `documents` have the shape of `catalog.md`; pages that belong to none of them stand in `other_pages`.
    `duplicate` is set where the same content was handed in before: `case` and the rest are that first case's.
    """

    package: str
    case: str | None = None
    kind: str | None = None
    state: State
    duplicate: bool = False
    pages: int = 0
    seconds: float = 0.0
    documents: tuple[dict[str, Any], ...] = ()
    seals: tuple[dict[str, Any], ...] = ()
    findings: tuple[Finding, ...] = ()
    other_pages: tuple[dict[str, Any], ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    error: Trouble | None = None

    @property
    def holding(self) -> tuple[Finding, ...]:
        """The findings that keep the package from passing, gravest first."""
        return tuple(sorted((f for f in self.findings if f.holds), key=_gravity))

    @property
    def exit_code(self) -> ExitCode:
        """What this verdict alone tells the shell."""
        if self.error is not None:
            return ExitCode(self.error.exit_code)
        return {State.CLEAR: ExitCode.CLEAR, State.REVIEW: ExitCode.REVIEW}.get(self.state, ExitCode.UNREADABLE)


def verdict(dossier: Dossier, findings: Sequence[Finding], seconds: float, case: str | None = None) -> Verdict:
    """The verdict over a dossier; files that were refused hold a package back like a finding does."""
    return Verdict(
        package=dossier.package,
        case=case,
        kind=dossier.kind,
        state=State.REVIEW if dossier.refused else settle(tuple(findings)),
        pages=len(dossier.pages),
        seconds=round(seconds, 3),
        documents=tuple(present(document) for document in dossier.documents if document.type != OTHER),
        seals=tuple(_seals(dossier.pages)),
        findings=tuple(findings),
        other_pages=tuple(_other_pages(dossier)),
        refused=dossier.refused,
    )


def quarantined(package: str, error: HeyanError, seconds: float, case: str | None = None) -> Verdict:
    """The verdict over a package that could not be processed."""
    trouble = Trouble(code=error.code, message=error.message, exit_code=error.exit_code)
    return Verdict(package=package, case=case, state=State.QUARANTINED, seconds=round(seconds, 3), error=trouble)


def recall(text: str | None, package: str, case: str) -> Verdict:
    """The verdict that the same content got when it was first handed in; it does not depend on its name."""
    if text is None:
        lost = HeyanError("NOT_SETTLED", f"相同材料已登记为 {case}，尚未核验完成")
        return quarantined(package, lost, 0.0, case).model_copy(update={"duplicate": True})
    return Verdict.model_validate_json(text).model_copy(update={"duplicate": True, "package": package})


def markdown(verdict: Verdict) -> str:
    """The verdict as a table for people: what holds the package back, with pages and provisions."""
    head = f"**{verdict.state}** {verdict.case or ''} {verdict.kind or ''}, {verdict.pages} 页, {verdict.seconds:.1f} s"
    if verdict.error:
        return f"{head}\n\n{verdict.error.code}：{verdict.error.message}\n"
    rows = [f"| {f.rule} | {f.severity} | {f.outcome} | {f.message} | {f.cites} |" for f in verdict.holding]
    table = ["| 规则 | 级 | 结果 | 说明 | 依据 |", "| --- | --- | --- | --- | --- |", *rows]
    return head + "\n\n" + "\n".join(table) + "\n"


def announce(verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """The one object that `--json` prints."""
    return {"packages": [each.model_dump(mode="json") for each in verdicts]}


def gravest(verdicts: Iterable[Verdict]) -> ExitCode:
    """The exit code for several packages: the gravest of them; unreadable beats review."""
    return max((each.exit_code for each in verdicts), default=ExitCode.CLEAR)


def _gravity(finding: Finding) -> tuple[bool, str, str]:
    return finding.outcome != "failed", finding.severity, finding.rule


def _seals(pages: Iterable[ReadPage]) -> Iterable[dict[str, Any]]:
    return ({"page": page.number} | seal.model_dump(mode="json") for page in pages for seal in page.reading.seals)


def _other_pages(dossier: Dossier) -> list[dict[str, Any]]:
    """Pages of documents that are none of the known papers, and pages that no document claims."""
    found = [
        {"page": page, "label": getattr(other, "label", "unknown"), "title": _title(other)}
        for other in dossier.documents
        if other.type == OTHER
        for page in other.pages
    ]
    claimed = {page for document in dossier.documents for page in document.pages}
    lost = [page.page for page in dossier.pages if page.number not in claimed]
    found += [{"page": p.number, "label": "blank" if p.blank else "unknown", "title": None} for p in lost]
    return sorted(found, key=lambda entry: int(str(entry["page"])))


def _title(other: Document) -> str | None:
    title = getattr(other, "title", None)
    return getattr(title, "value", None)
