"""`./heyan rules`: the catalogue of rules; `rules backtest`: what a change of them would do to the recorded cases."""

import argparse

from rich import box
from rich.table import Table

import validators
from cli import backtest, screen
from cli.options import as_json
from domain.errors import ExitCode
from validators.reconciling.checking import Check
from validators.registry import Rule, catalogued

HELP = """全部规则：代码、级别、内容、依据。B 须改正或不予受理，R 由人判断，N 提示。
All rules with code, severity, what must hold, and the provision they enforce.
backtest 用现行规则或另一份政策文件重新核对已记录的案件，列出结论会变的案件，不写入任何记录。"""

EXAMPLES = """  ./heyan rules
  ./heyan rules --json
  ./heyan rules backtest --policy 拟用政策.toml"""


def arguments(parser: argparse.ArgumentParser) -> None:
    as_json(parser)
    actions = parser.add_subparsers(dest="action", metavar="backtest")
    tried = actions.add_parser(
        "backtest",
        help="对已记录的案件试算 · try a change on the recorded cases",
        description=backtest.HELP,
        epilog=backtest.EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    backtest.arguments(tried)


def run(args: argparse.Namespace) -> ExitCode:
    if args.action:
        return backtest.run(args)
    entries = [_present(rule) for rule in catalogued()]
    if args.json:
        screen.print_object({"ruleset": validators.RULESET, "rules": entries})
        return ExitCode.CLEAR
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("规则 rule", "级", "名称 name", "内容 must hold", "依据 provision"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        severity = screen.SEVERITIES[entry["severity"]]
        table.add_row(entry["rule"], severity, entry["name"], entry["title"], entry["cites"])
    screen.out().print(table)
    return ExitCode.CLEAR


def _present(rule: Rule | Check) -> dict[str, str]:
    about = {"name": rule.name, "title": rule.title, "cites": rule.citation}
    return {"rule": rule.code, "severity": rule.severity.value} | about
