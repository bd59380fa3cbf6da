"""`./heyan webhook`: which other systems are told when a case changes its state."""

import argparse
import sys
from collections.abc import Callable

from rich import box
from rich.table import Table

from cli import screen
from cli.options import as_json, officer
from domain.errors import ExitCode
from reports.webhooks.guard import check_url
from reports.webhooks.sending import send
from storage.ledger import open_ledger
from storage.settings import Settings, load_settings
from storage.webhooks import Webhooks

HELP = """案件状态变化时，向登记的网址发送一条带签名的消息（Standard Webhooks：webhook-id、webhook-timestamp、
webhook-signature，HMAC-SHA256）。只接受 https 的公网地址；
内部系统须列入 HEYAN_WEBHOOK_HOSTS（主机 或 主机:端口，逗号分隔）。
签名密钥只在登记时显示一次。消息由 ./heyan serve 发送，失败后按 30 秒至 24 小时的间隔重试六次。
Signed messages to other systems when a case changes its state; sent by ./heyan serve."""

EXAMPLES = """  ./heyan webhook add https://oa.example.gov.cn/heyan --label 办公系统
  ./heyan webhook list
  ./heyan webhook log 1
  ./heyan webhook test 1
  ./heyan webhook remove 1"""


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="登记网址，显示签名密钥 · add an address, shows its secret")
    add.add_argument("url", metavar="URL")
    add.add_argument("--label", default="", metavar="TEXT", help="用途")
    as_json(actions.add_parser("list", help="列出 · list them"))
    for action, text in (("log", "发送记录 · what was sent"), ("test", "试发一条 · send a ping"), ("remove", "取消")):
        one = actions.add_parser(action, help=text)
        one.add_argument("id", type=int, metavar="ID", help="编号")
        if action == "log":
            as_json(one)


def run(args: argparse.Namespace) -> ExitCode:
    settings = load_settings()
    webhooks = Webhooks(open_ledger(settings.database_url).database)
    return ACTIONS[args.action](webhooks, settings, args)


def add(webhooks: Webhooks, settings: Settings, args: argparse.Namespace) -> ExitCode:
    check_url(args.url, settings.allowed_hosts)
    made, secret = webhooks.add(args.url, args.label, officer())
    print(f"已登记，编号 {made.id}。签名密钥只显示这一次，请妥善保存 · the secret is shown only now:", file=sys.stderr)
    print(secret)
    return ExitCode.CLEAR


def show(webhooks: Webhooks, _: Settings, args: argparse.Namespace) -> ExitCode:
    found = webhooks.list()
    if args.json:
        screen.print_object({"webhooks": [one.model_dump(mode="json") for one in found]})
        return ExitCode.CLEAR
    table = _table("编号 id", "网址 url", "用途 label", "待发 waiting", "失败 failed")
    for one in found:
        table.add_row(str(one.id), screen.safe(one.url), screen.safe(one.label), str(one.waiting), str(one.failed))
    screen.out().print(table if found else "没有登记 · none")
    return ExitCode.CLEAR


def show_log(webhooks: Webhooks, _: Settings, args: argparse.Namespace) -> ExitCode:
    found = webhooks.log(args.id)
    if args.json:
        screen.print_object({"deliveries": [one.model_dump(mode="json") for one in found]})
        return ExitCode.CLEAR
    table = _table("编号 id", "事件 event", "状态 state", "次数 tries", "时间 at", "结果 result")
    for one in found:
        told = screen.safe(one.trouble or f"HTTP {one.status}" if one.tries else "")
        table.add_row(
            str(one.id), str(one.event), one.state, str(one.tries), f"{one.at.astimezone():%m-%d %H:%M}", told
        )
    screen.out().print(table if found else "没有发送记录 · nothing yet")
    return ExitCode.CLEAR


def probe(webhooks: Webhooks, settings: Settings, args: argparse.Namespace) -> ExitCode:
    status, trouble = send(webhooks.probe(args.id), settings.allowed_hosts)
    print(f"未送达：{trouble} · not delivered" if trouble else f"已送达（HTTP {status}）· delivered", file=sys.stderr)
    return ExitCode.REVIEW if trouble else ExitCode.CLEAR


def remove(webhooks: Webhooks, _: Settings, args: argparse.Namespace) -> ExitCode:
    webhooks.remove(args.id, officer())
    print(f"已取消 {args.id} · removed", file=sys.stderr)
    return ExitCode.CLEAR


ACTIONS: dict[str, Callable[[Webhooks, Settings, argparse.Namespace], ExitCode]] = {
    "add": add,
    "list": show,
    "log": show_log,
    "test": probe,
    "remove": remove,
}


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
