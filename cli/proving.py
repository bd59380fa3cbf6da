"""Who acts at the terminal, proven as at the desk: by a token of theirs, or by their password."""

import argparse
import getpass
import os
import sys
from pathlib import Path

from cli.options import Usage
from domain.people import User
from storage.ledger import Ledger
from storage.people import People

TOKEN, TOKEN_FILE = "HEYAN_TOKEN", "HEYAN_TOKEN_FILE"
HOW = f"""操作人须证明身份：环境变量 {TOKEN}（或 {TOKEN_FILE} 指向的文件）中的本人令牌，或 --as 用户名 并输入其密码。
Who acts must be proven: by a token in {TOKEN} or {TOKEN_FILE}, or with --as NAME by their password."""


def proof(parser: argparse.ArgumentParser) -> None:
    """--as, --password-file."""
    parser.add_argument("--as", dest="name", default="", metavar="NAME", help="以谁的身份，须输入其密码")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="从文件第一行读取 --as 的密码，- 为标准输入")


def prove(ledger: Ledger, args: argparse.Namespace) -> User:
    """The person who acts; raises Usage where nothing proves who it is, BadCredentials, LockedOut."""
    people, token = People(ledger.database), _find_token()
    user = _by_token(people, token) if token else _by_password(people, args)
    if args.name and token and people.find(args.name).id != user.id:
        raise Usage("OTHER_TOKEN", f"令牌属于用户 {user.name}，与 --as {args.name} 不符")
    return user


def _find_token() -> str:
    path = os.environ.get(TOKEN_FILE)
    if path and os.environ.get(TOKEN):
        raise Usage("TWO_TOKENS", f"{TOKEN} 与 {TOKEN_FILE} 只能设一个")
    return _read(Path(path)).strip() if path else os.environ.get(TOKEN, "").strip()


def _by_token(people: People, token: str) -> User:
    user = people.by_token(token)
    if user is None:
        raise Usage("BAD_TOKEN", "令牌无效、已作废，或其用户已停用")
    return user


def _by_password(people: People, args: argparse.Namespace) -> User:
    """Signs in and out again: wrong passwords count and lock as at the desk."""
    session = people.sign_in(args.name, _ask(args))
    people.sign_out(session.token)
    if session.must_change:
        raise Usage("PASSWORD_DUE", "密码由他人设置，请先在工作台上改为自己的密码")
    return session.user


def _ask(args: argparse.Namespace) -> str:
    if args.name and args.password_file is not None:
        return _read(args.password_file)
    if args.name and sys.stdin.isatty():
        return getpass.getpass(f"{args.name} 的密码 password: ")
    raise Usage("NO_PROOF", HOW.partition("\n")[0])


def _read(path: Path) -> str:
    """The first line of a file; the reason is told without what it holds."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Usage("SECRET_FILE", f"令牌或密码文件无法读取（{type(error).__name__}）") from None
    return text.partition("\n")[0].rstrip("\r")
