"""`./heyan migrate`: brings the database to this program's schema, and sees to the bucket."""

import argparse
import time
from collections.abc import Callable
from typing import TypeVar

from cli import screen
from cli.options import as_json
from domain.errors import ExitCode, StorageAway
from storage.bucket import open_bucket
from storage.database import Database
from storage.ledger import open_ledger
from storage.migrations import head, read_revision
from storage.settings import load_settings

HELP = """把数据库升级到本程序的结构，并确认收件桶可用（没有则建立）。升级前请先 ./heyan backup。
内置数据库和空的服务器数据库会自动建立；已有数据的 PostgreSQL 只在此处升级，其他命令遇到旧结构会拒绝运行。
Brings the database to the newest schema and makes the bucket if need be. Nothing happens where all is there."""

EXAMPLES = """  ./heyan migrate
  ./heyan migrate --wait 120    # 数据库或对象存储仍在启动时等候 · while the servers come up"""
PAUSE = 1.0
T = TypeVar("T")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--wait", type=float, default=0.0, metavar="SECONDS", help="服务器未就绪时最多等候的秒数，默认 0"
    )
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    settings, until = load_settings(), time.monotonic() + args.wait
    database = Database(settings.database_url)
    found = patiently(lambda: read_revision(database), until)
    patiently(lambda: open_ledger(settings.database_url, upgrade=True), until).close()
    patiently(lambda: open_bucket(settings), until)
    if args.json:
        screen.print_object({"from": found, "to": head()})
    elif found == head():
        print(f"数据库结构已是最新（{found}），收件桶可用 · nothing to do")
    else:
        print(f"数据库结构：{found or '空'} → {head()}，收件桶可用 · migrated")
    return ExitCode.CLEAR


def patiently(step: Callable[[], T], until: float) -> T:
    """What the step gives; tried again while the store is away, until this moment. Raises StorageAway."""
    while True:
        try:
            return step()
        except StorageAway:
            if time.monotonic() >= until:
                raise
        time.sleep(PAUSE)
