"""`./heyan reconcile`: holds all cases, the ledger, registers, payments and originals against each other, now."""

import argparse
import asyncio
import sys
from datetime import date
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from cli import screen
from cli.options import as_json, today
from domain.errors import ExitCode, HeyanError
from flows.embedded import prefect_server
from storage.ledger import open_ledger
from storage.settings import load_settings
from validators.reconciling.checking import checks

HELP = """对全部案件、台账、清单、付款和所存原件逐企业核对（REC-001 至 REC-008），写出工作簿（XLSX）和报告（HTML），
新的差异进入待办，消除的自行了结。缺省只重看有变动或到期的企业和一部分原件，结果与 --full 相同；中断后再次运行即接着做。
./heyan serve 按 reference/policy.toml 的 [reconciliation] 每夜自动运行。退出码 1：有待人工处理的差异。
Holds all records against each other; without --full it looks again only at what changed. Goes on where
it was broken off."""

EXAMPLES = """  ./heyan reconcile
  ./heyan reconcile --full --out 对账
  ./heyan reconcile --json | jq .by_rule"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--full", action="store_true", help="全量：重看全部企业、全部日志和全部原件 · everything again")
    parser.add_argument("--today", type=date.fromisoformat, default=today(), help="对账日期，默认今天 (YYYY-MM-DD)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="报告写入的文件夹，默认数据目录下 reconciliations")
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    settings = load_settings()
    open_ledger(settings.database_url).close()  # a database that is away is told at once, not after a flow's retries
    print("启动流程服务（约十秒）… starting the flow server", file=sys.stderr)
    with prefect_server(settings.data / "prefect", settings.flow_server_seconds) as ready, screen.flow_progress():
        import flows.reconcile_flow  # noqa: F401  loads while the server comes up

        ready()
        told = asyncio.run(_reconcile(args))
    if args.json:
        screen.print_object(told)
    else:
        _show(told)
    return ExitCode.REVIEW if told["waiting"] or not told["adds_up"] else ExitCode.CLEAR


async def _reconcile(args: argparse.Namespace) -> dict[str, Any]:
    from flows.reconcile_flow import reconcile

    out = str(args.out.resolve()) if args.out else None
    state: Any = await reconcile(args.full, args.today, out, return_state=True)
    outcome = await state.aresult(raise_on_failure=False)
    if isinstance(outcome, BaseException):
        raise outcome
    if not isinstance(outcome, dict):
        raise HeyanError("FLOW_FAILED", f"流程没有给出结果（{state.name}）")
    return outcome


def _show(told: dict[str, Any]) -> None:
    console = screen.out()
    console.print(screen.safe(told["line"]))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("规则 rule", "级", "名称 name", "差异 differences"):
        table.add_column(heading)
    for one in checks():
        count = told["by_rule"].get(one.code, 0)
        table.add_row(one.code, screen.SEVERITIES[one.severity], one.name, str(count) if count else "[dim]0[/]")
    console.print(table)
    for path in told["files"]:
        console.print(screen.safe(path), soft_wrap=True)
