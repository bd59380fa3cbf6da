"""What a person sees: tables on standard output, progress on standard error, or one JSON object."""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from domain.finding import Finding
from reference.provisions import GUIDE
from reports.verdict import Verdict, announce
from review.accounts import mask_in
from review.masking import UNKNOWN, Mask, cover, flatten
from validators.registry import catalogued

STATES = {
    "clear": "[green]通过 clear[/]",
    "review": "[yellow]待审 review[/]",
    "quarantined": "[red]隔离 quarantined[/]",
    "verified": "[green]已核验通过 verified[/]",
    "returned": "[yellow]已退回补正 returned[/]",
    "refused": "[red]不予通过 refused[/]",
}
KINDS = {"supply": "出让 supply", "demand": "受让 demand", "transfer": "转让 transfer", None: "—"}
SEVERITIES = {"B": "[red]B[/]", "R": "[yellow]R[/]", "N": "[dim]N[/]"}
UNDECIDED = "，无法核对"  # how the rule runner goes on after it named the doubt
OUTCOMES = {"failed": "", "unsure": "[dim]（存疑）[/]", "broken": "[dim]（规则出错）[/]"}


def out() -> Console:
    """Standard output; wide enough for a table when it is not a terminal."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 150)


@contextmanager
def progress(name: str, doing: str = "读取") -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error (or one line at the end, when that is no terminal); gives the function to tell it."""
    console = Console(stderr=True, highlight=False)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    if not console.is_terminal:
        console.print(f"{doing} {name} …", markup=False)
        yield lambda done, total: None
        return
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class Lines(logging.Handler):
    """Log lines on standard error: on a terminal page counts overwrite each other, else only every tenth is shown."""

    def emit(self, record: logging.LogRecord) -> None:
        done, total = getattr(record, "done", 0), getattr(record, "total", 0)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{self.format(record)}" + ("" if done < total else "\n"))
            sys.stderr.flush()
        elif done % 10 == 0 or done == total:
            print(self.format(record), file=sys.stderr)


@contextmanager
def flow_progress() -> Iterator[None]:
    """Shows what a flow tells while it runs on standard error."""
    handler = Lines()
    logger = logging.getLogger("heyan")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    finally:
        handler.close()
        logger.removeHandler(handler)


def print_object(thing: Any, mask: Mask = UNKNOWN) -> None:
    """Exactly one JSON object on standard output, without accounts."""
    sys.stdout.write(json.dumps(cover(flatten(thing), mask), ensure_ascii=False, indent=1) + "\n")


def show(verdicts: Sequence[Verdict], as_json: bool) -> None:
    """The verdicts as one object or as a table with the findings that hold each package."""
    if as_json:
        print_object(announce(verdicts), mask_in(paper for verdict in verdicts for paper in verdict.documents))
        return
    console = out()
    console.print(overview(verdicts))
    for verdict in verdicts:
        console.print(Group(*details(verdict, mask_in(verdict.documents))), end="")


def overview(verdicts: Sequence[Verdict]) -> Table:
    """One line per package."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("材料包 package", "案件 case", "类型 kind", "结论 state", "页 pages", "秒 s", "问题 findings"):
        table.add_column(heading, justify="right" if heading[0] in "页秒" else "left", overflow="fold")
    for verdict in verdicts:
        table.add_row(*_line(verdict))
    return table


def _line(verdict: Verdict) -> tuple[RenderableType, ...]:
    state = STATES[verdict.state] + (" [dim]重复[/]" if verdict.duplicate else "")
    codes = list(dict.fromkeys(finding.rule for finding in verdict.holding if finding.outcome != "unsure"))
    doubtful = len(doubts(verdict.holding))
    codes += [f"{doubtful} 处存疑"] if doubtful else []
    trouble = verdict.error.code if verdict.error else " ".join(codes) or "—"
    numbers = (str(verdict.pages), f"{verdict.seconds:.1f}")
    return (
        Text(UNKNOWN(verdict.package)),
        Text(verdict.case or "—"),
        KINDS[verdict.kind],
        state,
        *numbers,
        Text(trouble),
    )


def details(verdict: Verdict, mask: Mask) -> Iterator[RenderableType]:
    """Why a package does not pass: each finding with its figures, pages and provision; then what could not be read."""
    lines = [finding_line(finding, mask) for finding in verdict.holding if finding.outcome != "unsure"]
    lines += doubts(verdict.holding, mask)
    for file in verdict.refused:
        lines.append(f"[red]![/] {safe(mask(file.name))}：{safe(mask(file.message))} [dim]{file.code}[/]")
    if verdict.error:
        lines.append(f"[red]![/] {safe(mask(verdict.error.message))} [dim]{verdict.error.code}[/]")
    if lines:
        yield Text(mask(verdict.package), style="bold")
        yield from (Padding(line, (0, 0, 0, 2)) for line in lines)
        yield Text("")


def doubts(findings: Sequence[Finding], mask: Mask = UNKNOWN) -> list[str]:
    """One line for each doubt, with all the rules that it keeps from deciding."""
    rules_of: dict[str, list[str]] = {}
    for finding in findings:
        if finding.outcome == "unsure":
            rules_of.setdefault(finding.message.partition(UNDECIDED)[0], []).append(finding.rule)
    told = {safe(mask(doubt)): " ".join(dict.fromkeys(codes)) for doubt, codes in rules_of.items()}
    return [f"[yellow]?[/] {doubt} [dim]{codes}[/]" for doubt, codes in told.items()]


def finding_line(finding: Finding, mask: Mask = UNKNOWN) -> str:
    """`B QTY-003 …sentence… 第 3、7 页 · 指南二、（五）富余排放量`."""
    pages = "、".join(str(page) for page in sorted({e.page for e in finding.evidence if e.page}))
    place = f" 第 {pages} 页" if pages and "页" not in finding.message else ""
    cites = f" · {safe(provisions().get(finding.rule, ''))}"
    head = f"{SEVERITIES[finding.severity]} [bold]{finding.rule}[/]"
    return f"{head} {safe(mask(finding.message))}{OUTCOMES.get(finding.outcome, '')}[dim]{place}{cites}[/]"


@cache
def provisions() -> dict[str, str]:
    """What each rule rests on, by its heading alone; findings and `--json` carry the whole wording."""
    return {rule.code: "；".join(_heading(one.text) for one in rule.cites) for rule in catalogued()}


def _heading(provision: str) -> str:
    return provision.replace(GUIDE, "指南").partition("：")[0]


def safe(text: str) -> str:
    """The text as it is, where markup would be read."""
    return text.replace("[", r"\[")
