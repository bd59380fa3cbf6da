"""The tables of `./heyan eval`."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.screen import out
from reports import labels
from reports.ablation import FIGURES, Without
from reports.accuracy import Accuracy, by_class, by_grade, by_package_kind, share
from reports.comparison import Judged
from reports.evaluation import scans_of
from reports.goals import goals
from reports.labels import percent, written
from reports.seal_scores import SealPair
from reports.worst import seal_errors

LONGEST = 60
INNER = {"judged", "outcomes", "seals"}  # of a package: what its errors and tallies sum up


class Board(NamedTuple):
    """All that is told: accuracy over all packages, and without each part where that was measured."""

    accuracy: Accuracy
    ablation: Sequence[Without] = ()


def show(board: Board, errors: str | None) -> None:
    """Fields, rules, packages, errors when asked for, and the headline last: over all, by kind of package, by scan."""
    console, accuracy = out(), board.accuracy
    console.print(_fields(accuracy))
    console.print(_kinds(accuracy))
    console.print(_rules(accuracy))
    console.print(_packages(accuracy))
    _list(console, accuracy, errors)
    if errors and (wrong := seal_errors(accuracy)):
        console.print(_seals(wrong))
    console.print(_headline({"值 value": accuracy} | _several(by_package_kind(accuracy))))
    if scans := scans_of(accuracy):
        console.print(_headline(scans))
    if board.ablation:
        console.print(_ablation(board.ablation))
    console.print(_goals(accuracy))


def as_json(board: Board) -> dict[str, Any]:
    """The same as one object."""
    accuracy = board.accuracy
    return {
        "headline": accuracy.headline,
        "goals": [goal.model_dump(mode="json") | {"met": goal.met} for goal in goals(accuracy)],
        "kinds": {name: part.headline for name, part in by_package_kind(accuracy).items()},
        "classes": {name: part.headline for name, part in by_class(accuracy).items()},
        "grades": {name: part.headline for name, part in by_grade(accuracy).items()},
        "field_kinds": [tally.model_dump(mode="json") for tally in accuracy.kinds],
        "fields": [tally.model_dump(mode="json") for tally in accuracy.fields],
        "rules": [tally.model_dump(mode="json") for tally in accuracy.rules],
        "seals": accuracy.seals.model_dump(mode="json")
        | {"errors": [pair.model_dump(mode="json") | {"trouble": pair.trouble} for pair in seal_errors(accuracy)]},
        "ablation": [without.model_dump(mode="json") for without in board.ablation],
        "packages": [
            package.model_dump(mode="json", exclude={"judged", "outcomes", "seals"}) for package in accuracy.packages
        ],
    }


def _fields(accuracy: Accuracy) -> Table:
    table = _table(
        "文书 document", "字段 field", "对 right", "错 wrong", "缺 missing", "疑 unsure", "其中读对", "静默错 silent"
    )
    for tally in accuracy.fields:
        name = f"{tally.key}{'*' if tally.critical else ''}"
        numbers = (tally.right, tally.wrong, tally.missing, tally.unsure, tally.unsure_right, tally.silent)
        table.add_row(tally.document, name, *(str(number or "·") for number in numbers))
    return table


def _kinds(accuracy: Accuracy) -> Table:
    """Critical fields of a kind, then the others (without a star)."""
    table = _table(
        "字段种类 kind", "个 of", "值对 value right", "确定且对", "存疑 unsure", "错 wrong", "缺", "静默错 silent"
    )
    for tally in accuracy.kinds:
        shares = [percent(share(part, tally.total)) for part in (tally.same, tally.right, tally.unsure)]
        numbers = [str(number or "·") for number in (tally.wrong, tally.missing, tally.silent)]
        table.add_row(f"{tally.kind}{'*' if tally.critical else ''}", str(tally.total), *shares, *numbers)
    return table


def _rules(accuracy: Accuracy) -> Table:
    table = _table("规则 rule", "命中 hit", "漏报 missed", "其中存疑", "误报 false alarm", "允许 either", "存疑 unsure")
    for tally in accuracy.rules:
        numbers = (tally.hit, tally.missed, tally.unsure_instead, tally.false_alarm, tally.either, tally.unsure)
        table.add_row(tally.rule, *(str(number or "·") for number in numbers))
    return table


def _packages(accuracy: Accuracy) -> Table:
    table = _table("材料包 package", "应 truth", "得 state", "页", "秒/页", "漏报 missed", "误报 false", "存疑 unsure")
    for each in accuracy.packages:
        state = Text(each.state, style="green" if each.state == each.truth_state else "red")
        codes = (" ".join(codes) or "·" for codes in (each.missed, each.false_alarms, each.unsure))
        pace = f"{each.seconds / max(each.pages, 1):.1f}"
        table.add_row(Text(each.package), each.truth_state, state, str(each.pages), pace, *codes)
    return table


def _list(console: Console, accuracy: Accuracy, wanted: str | None) -> None:
    """Silent errors always; what else is not right when asked for: critical fields, or all."""
    errors = [error for package in accuracy.packages for error in package.errors if _asked(error, wanted)]
    table = _table("材料包", "文书", "路径 path", "真值 truth", "读得 got", "原文 raw", "状态", "页")
    for error in errors:
        table.add_row(*_row(error))
    if errors:
        console.print(table)


def _seals(pairs: Sequence[SealPair]) -> Table:
    table = _table("材料包", "页", "印章问题 seal", "应为 truth", "读得 got", "印文 text")
    for pair in pairs:
        truth = f"{pair.role} {pair.name} {pair.use or ''}" if pair.there else "—"
        got = f"{pair.got_role} {pair.got_owner or ''} {pair.got_use or ''}" if pair.found else "—"
        table.add_row(*map(Text, (pair.package, str(pair.page), str(pair.trouble), truth, got, pair.got_text)))
    return table


def _asked(error: Judged, wanted: str | None) -> bool:
    return wanted == "all" or error.silent or (wanted == "critical" and error.critical)


def _row(error: Judged) -> tuple[Text, ...]:
    status = f"{error.mark}{' 静默' if error.silent else ''}{' ✓' if error.same else ''}"
    path = f"{error.path}{'*' if error.critical else ''}"
    cells = (error.package, error.document, path, error.truth, error.got, error.raw, status, error.page)
    return tuple(Text("—" if cell is None else _short(str(cell))) for cell in cells)


def _headline(parts: Mapping[str, Accuracy]) -> Table:
    """The headline's figures, one column a part."""
    table = _table("指标 figure", *parts)
    figures = [part.headline for part in parts.values()]
    for name in figures[0]:
        table.add_row(name, *(written(name, each[name]) for each in figures))
    return table


def _several(parts: dict[str, Accuracy]) -> dict[str, Accuracy]:
    """One part alone would say the same as the whole."""
    return parts if len(parts) > 1 else {}


def _ablation(rows: Sequence[Without]) -> Table:
    table = _table("停用 without", *(f"{labels.FIGURES[name]} {name}" for name in FIGURES))
    for row in rows:
        table.add_row(row.part or "（全部启用 all on）", *(written(name, row.figures[name]) for name in FIGURES))
    return table


def _goals(accuracy: Accuracy) -> Table:
    table = _table("目标 goal", "要求 wanted", "实得 measured", "样本 of", "达到 met")
    for goal in goals(accuracy):
        wanted = f"{'≥' if goal.at_least else '≤'} {percent(goal.limit)}"
        measured = "—" if goal.measured is None else percent(goal.measured)
        table.add_row(goal.name, wanted, measured, str(goal.of), {True: "✓", False: "[red]✗[/]", None: "—"}[goal.met])
    return table


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
