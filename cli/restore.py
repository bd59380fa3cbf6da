"""`./heyan restore`: a backup into an empty system."""

import argparse
import sys
from pathlib import Path

from cli import screen
from cli.options import as_json, officer
from domain.errors import ExitCode
from storage.backup import MANIFEST, list_backups, restore
from storage.bucket import open_bucket
from storage.settings import load_settings

HELP = """把备份恢复到空的数据库和收件桶（由 HEYAN_* 设置指明），旧结构的备份随后升级；已有记录的数据库拒绝恢复。
先核对备份的每个文件，再写入，最后核对操作日志、记录与全部原件。中途中断可重新执行。恢复后所有人须重新登录。
备份来自 SQLite 或 PostgreSQL 均可恢复到另一种。
Puts a backup into an empty database and a bucket; every file, the log and all originals are checked."""

EXAMPLES = """  HEYAN_DATA=新数据 ./heyan restore /备份盘/heyan                       # 最近一次 · the newest
  ./heyan restore /备份盘/heyan/2026-11-30T160000.000000Z
  docker compose run --rm -v /备份盘/heyan:/backup migrate restore /backup"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", type=Path, metavar="DIR", help="备份文件夹（取最近一次），或其中某一次备份")
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    settings = load_settings()
    place = (
        args.place if (args.place / MANIFEST).exists() else next(iter(reversed(list_backups(args.place))), args.place)
    )
    bucket = open_bucket(settings)
    told = restore(place, bucket, settings.database_url, officer(), lambda line: print(line, file=sys.stderr))
    if args.json:
        screen.print_object({"backup": str(place), "end": str(told.end), "originals": len(told.originals)})
    else:
        print(f"已恢复并核对 restored and checked: {place}\n日志末尾 end of the log: {told.end}")
    return ExitCode.CLEAR
