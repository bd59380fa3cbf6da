"""`./heyan user`: who may sign in at the desk, with which role, password and tokens."""

import argparse
import getpass
import sys
from collections.abc import Callable
from pathlib import Path

from rich import box
from rich.table import Table

from cli import screen
from cli.options import Usage, as_json, officer
from domain.errors import ExitCode
from domain.people import Role
from storage.ledger import open_ledger
from storage.people import People
from storage.settings import load_settings

HELP = """工作台的用户。角色：officer 经办人（递交材料）、reviewer 审核人、supervisor 负责人（分派、复核、管理用户）、
auditor 审计人（只看不改）。第一个用户在此建立。密码在终端输入两次，或用 --password-file 从文件读取（- 为标准输入）。
用户名不区分大小写，不重复使用；停用或重设密码的用户立即退出，其令牌全部作废。
People who sign in at the desk. Every change is recorded in the log under the name of whoever ran the command."""

EXAMPLES = """  ./heyan user add wang --role supervisor --display 王某
  ./heyan user add li --role reviewer --password-file 密码.txt
  ./heyan user list --json
  ./heyan user role li auditor
  ./heyan user disable li
  ./heyan user password wang
  ./heyan user token wang --label 台账同步"""

ROLES = {Role.OFFICER: "经办人", Role.REVIEWER: "审核人", Role.SUPERVISOR: "负责人", Role.AUDITOR: "审计人"}


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add(actions)
    as_json(actions.add_parser("list", help="列出用户 · list people"))
    role = _one(actions, "role", "改变角色 · give another role")
    role.add_argument("role", choices=[*Role], metavar="ROLE", help="、".join(Role))
    _one(actions, "disable", "停用 · shut out at once")
    _one(actions, "enable", "恢复 · let in again")
    _with_password(_one(actions, "password", "设置密码，该用户的登录与令牌随即失效 · set a password"))
    token = _one(actions, "token", "签发接口令牌，只显示一次 · issue a token, shown once")
    token.add_argument("--label", default="", metavar="TEXT", help="用途")
    as_json(_one(actions, "tokens", "列出令牌 · list a person's tokens"))
    _one(actions, "revoke", "作废令牌 · revoke a token").add_argument("id", type=int, metavar="ID", help="令牌编号")


def run(args: argparse.Namespace) -> ExitCode:
    people = People(open_ledger(load_settings().database_url).database)
    ACTIONS[args.action](people, args)
    return ExitCode.CLEAR


def _add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    add = _one(actions, "add", "新建用户 · add a person")
    add.add_argument("--role", required=True, choices=[*Role], metavar="ROLE", help="、".join(Role))
    add.add_argument("--display", default="", metavar="TEXT", help="显示的姓名，默认同用户名")
    add.add_argument("--no-password", action="store_true", help="不设密码，只能经统一认证登录")
    _with_password(add)


def _one(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, help_text: str
) -> argparse.ArgumentParser:
    made = actions.add_parser(name, help=help_text)
    made.add_argument("name", metavar="NAME", help="用户名")
    return made


def _with_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="从文件第一行读取密码，- 为标准输入")


def add(people: People, args: argparse.Namespace) -> None:
    password = None if args.no_password else _ask(args)
    user = people.add(args.name, args.display, Role(args.role), password, officer())
    print(f"已新建用户 {user.name}（{ROLES[user.role]}）· added", file=sys.stderr)


def show(people: People, args: argparse.Namespace) -> None:
    found = people.list()
    if args.json:
        screen.print_object({"users": [user.model_dump(mode="json") for user in found]})
        return
    table = _table("用户名 name", "姓名 display", "角色 role", "状态 state")
    for user in found:
        state = "停用 disabled" if user.disabled else "在用"
        table.add_row(user.name, screen.safe(user.display), f"{ROLES[user.role]} {user.role}", state)
    screen.out().print(table if found else "没有用户 · nobody yet：./heyan user add NAME --role supervisor")


def change_role(people: People, args: argparse.Namespace) -> None:
    user = people.set_role(args.name, Role(args.role), officer())
    print(f"用户 {user.name} 现为{ROLES[user.role]} · role changed", file=sys.stderr)


def disable(people: People, args: argparse.Namespace) -> None:
    user = people.disable(args.name, officer())
    print(f"用户 {user.name} 已停用 · disabled", file=sys.stderr)


def enable(people: People, args: argparse.Namespace) -> None:
    user = people.enable(args.name, officer())
    print(f"用户 {user.name} 已恢复 · enabled", file=sys.stderr)


def set_password(people: People, args: argparse.Namespace) -> None:
    people.find(args.name)
    people.set_password(args.name, _ask(args), officer())
    print("密码已设置，该用户须重新登录，其令牌全部作废 · password set", file=sys.stderr)


def issue_token(people: People, args: argparse.Namespace) -> None:
    token = people.issue_token(people.find(args.name), args.label, officer())
    print("令牌只显示这一次，请妥善保存 · shown only now:", file=sys.stderr)
    print(token)


def show_tokens(people: People, args: argparse.Namespace) -> None:
    found = people.tokens(people.find(args.name))
    if args.json:
        screen.print_object({"tokens": [token.model_dump(mode="json") for token in found]})
        return
    table = _table("编号 id", "用途 label", "签发 issued", "状态 state")
    for token in found:
        state = "已作废 revoked" if token.revoked_at else "有效"
        table.add_row(str(token.id), screen.safe(token.label), f"{token.issued_at.astimezone():%Y-%m-%d %H:%M}", state)
    screen.out().print(table if found else "没有令牌 · no tokens")


def revoke(people: People, args: argparse.Namespace) -> None:
    people.revoke(people.find(args.name), args.id, officer())
    print(f"令牌 {args.id} 已作废 · revoked", file=sys.stderr)


ACTIONS: dict[str, Callable[[People, argparse.Namespace], None]] = {
    "add": add,
    "list": show,
    "role": change_role,
    "disable": disable,
    "enable": enable,
    "password": set_password,
    "token": issue_token,
    "tokens": show_tokens,
    "revoke": revoke,
}


def _ask(args: argparse.Namespace) -> str:
    if args.password_file is not None:
        return _read(args.password_file)
    if not sys.stdin.isatty():
        raise Usage("NO_PASSWORD", "没有终端可输入密码，请用 --password-file")
    password = getpass.getpass("密码 password: ")
    if password != getpass.getpass("再输一次 again: "):
        raise Usage("PASSWORDS_DIFFER", "两次输入的密码不同")
    return password


def _read(path: Path) -> str:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Usage("PASSWORD_FILE", f"密码文件无法读取（{type(error).__name__}）") from None
    return text.partition("\n")[0].rstrip("\r")


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
