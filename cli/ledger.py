"""`./heyan ledger`: per company and metal what is verified, free, reserved and transferred, or needed and covered."""

import argparse
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from cli import screen
from cli.options import Usage, as_json
from domain.books import NONE, Balance
from domain.errors import ExitCode
from domain.quantity import Metal, plain
from storage.ledger import open_ledger
from storage.settings import load_settings

HELP = """排放量台账：各企业各金属已核验的富余量、可出让、已预留、已转让；需求量、待落实、已预定、已落实。单位千克/年。
The ledger of quantities in kg/a, per company and metal. COMPANY is a 统一社会信用代码 or a part of a name."""

EXAMPLES = """  ./heyan ledger
  ./heyan ledger 铅锌冶炼
  ./heyan ledger 91520000MA6HFAKE4P --json"""

SUPPLY = {"verified": "富余 verified", "held": "未出让 held", "free": "可出让 free"}
SUPPLY |= {"reserved": "已预留 reserved", "transferred": "已转让 transferred"}
DEMAND = {"needed": "需求 needed", "open": "待落实 open", "pledged": "已预定 pledged", "covered": "已落实 covered"}
DEMAND |= {"beyond": "超需求 beyond"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("company", nargs="?", metavar="COMPANY", help="统一社会信用代码，或企业名称的一部分")
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    ledger = open_ledger(load_settings().database_url)
    names = ledger.companies()
    found = [it for it in ledger.balances() if _is_meant(args.company, it, names)]
    if args.company and not found:
        raise Usage("UNKNOWN_COMPANY", f"台账中没有企业：{args.company}")
    if args.json:
        screen.print_object(present(found, names))
    else:
        _show(found, names)
    return ExitCode.CLEAR


def present(found: Sequence[Balance], names: dict[str, str]) -> dict[str, Any]:
    """The balances with the companies' names, and the sums per metal."""
    flat = [{"name": names.get(it.uscc)} | it.model_dump(mode="json") for it in found]
    keys = [*SUPPLY, *DEMAND]
    sums = {
        metal: {key: plain(quantity) for key, quantity in _sum(found, metal, keys).items()} for metal in _metals(found)
    }
    return {"balances": flat, "sums": sums}


def _show(found: Sequence[Balance], names: dict[str, str]) -> None:
    sides = {"出让方 sellers": SUPPLY, "受让方 buyers": DEMAND}
    shown = [_table(title, _that_have(found, keys), names, keys) for title, keys in sides.items()]
    for table in shown:
        if table.row_count:
            screen.out().print(table)
    if not found:
        screen.out().print("台账中没有记录 · the ledger is empty")


def _table(title: str, found: Sequence[Balance], names: dict[str, str], keys: dict[str, str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=f"{title}（千克/年 kg/a）", title_justify="left")
    for heading in ("企业 company", "统一社会信用代码 code", "金属 metal"):
        table.add_column(heading, overflow="fold")
    for heading in keys.values():
        table.add_column(heading, justify="right")
    for it in found:
        head = (Text(names.get(it.uscc, "—")), it.uscc, it.metal.value)
        table.add_row(*head, *(plain(getattr(it, key)) for key in keys))
    table.add_section()
    for metal in _metals(found):
        table.add_row("合计 total", "", metal, *map(plain, _sum(found, metal, keys).values()), style="bold")
    return table


def _that_have(found: Iterable[Balance], keys: Iterable[str]) -> list[Balance]:
    return [it for it in found if any(getattr(it, key) for key in keys)]


def _metals(found: Sequence[Balance]) -> list[Metal]:
    return [metal for metal in Metal if any(it.metal is metal for it in found)]


def _sum(found: Iterable[Balance], metal: Metal, keys: Iterable[str]) -> dict[str, Decimal]:
    """Metals are never added to one another."""
    ours = [it for it in found if it.metal is metal]
    return {key: sum((getattr(it, key) for it in ours), NONE) for key in keys}


def _is_meant(company: str | None, balance: Balance, names: dict[str, str]) -> bool:
    return company is None or company == balance.uscc or company in names.get(balance.uscc, "")
