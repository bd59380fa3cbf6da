"""The tables of `./heyan eval`."""

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.screen import out
from domain.dossier import Kind
from reports.accuracy import Accuracy
from reports.comparison import Judged

LONGEST = 60


def show(accuracy: Accuracy, kinds: Mapping[Kind, Accuracy], errors: str | None) -> None:
    """Fields, rules, packages, errors when asked for, and the headline last: over all and by kind of package."""
    console = out()
    console.print(_fields(accuracy))
    console.print(_rules(accuracy))
    console.print(_packages(accuracy))
    _list(console, accuracy, errors)
    console.print(_headline(accuracy, kinds))


def as_json(accuracy: Accuracy, kinds: Mapping[Kind, Accuracy]) -> dict[str, Any]:
    """The same as one object."""
    return {
        "headline": accuracy.headline,
        "kinds": {kind.value: part.headline for kind, part in kinds.items()},
        "fields": [tally.model_dump(mode="json") for tally in accuracy.fields],
        "rules": [tally.model_dump(mode="json") for tally in accuracy.rules],
        "packages": [package.model_dump(mode="json", exclude={"judged"}) for package in accuracy.packages],
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


def _rules(accuracy: Accuracy) -> Table:
    table = _table("规则 rule", "命中 hit", "漏报 missed", "其中存疑", "误报 false alarm", "存疑 unsure")
    for tally in accuracy.rules:
        numbers = (tally.hit, tally.missed, tally.unsure_instead, tally.false_alarm, tally.unsure)
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


def _asked(error: Judged, wanted: str | None) -> bool:
    return wanted == "all" or error.silent or (wanted == "critical" and error.critical)


def _row(error: Judged) -> tuple[Text, ...]:
    status = f"{error.mark}{' 静默' if error.silent else ''}{' ✓' if error.same else ''}"
    path = f"{error.path}{'*' if error.critical else ''}"
    cells = (error.package, error.document, path, error.truth, error.got, error.raw, status, error.page)
    return tuple(Text("—" if cell is None else _short(str(cell))) for cell in cells)


def _headline(accuracy: Accuracy, kinds: Mapping[Kind, Accuracy]) -> Table:
    parts = {"值 value": accuracy} | ({kind.value: part for kind, part in kinds.items()} if len(kinds) > 1 else {})
    table = _table("指标 figure", *parts)
    for name in accuracy.headline:
        numbers = (part.headline[name] for part in parts.values())
        table.add_row(name, *(f"{number:.2%}" if _is_share(name) else str(number) for number in numbers))
    return table


def _is_share(name: str) -> bool:
    return name.endswith(("_right", "_share", "_recall", "_finding", "_unsure")) or name == "straight_through"


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
