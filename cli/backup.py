"""`./heyan backup`: all records and originals into a folder, while everything runs."""

import argparse
import sys
from pathlib import Path

from cli import screen
from cli.options import Usage, as_json, officer
from domain.errors import ExitCode
from storage.backup import back_up, check_backup, list_backups, thin
from storage.bucket import open_bucket
from storage.ledger import open_ledger
from storage.settings import load_settings

HELP = """把全部记录、原件和收件桶中的对象备份到一个文件夹；工作台和核验可照常运行，备份取自同一时刻。
同一文件夹可反复备份：原件只存一份，每次备份各有自己的记录（DIR/日期时间）。每份原件按 SHA-256 核对，损坏即报错。
备份含密码哈希与材料原文，请加密存放于别处。.env 中的密钥不在其中。--check 重读全部文件，核对而不写入。
All records and originals into a folder, as they are at one moment. Repeated backups share the originals."""

EXAMPLES = """  ./heyan backup /备份盘/heyan --keep 30
  ./heyan backup /备份盘/heyan --check          # 最近一次备份是否完好 · is the newest one whole
  docker compose run --rm -v /备份盘/heyan:/backup migrate backup /backup"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="备份文件夹，没有则建立")
    parser.add_argument("--keep", type=int, metavar="N", help="只留最近 N 次备份的记录，默认全留；原件总是全留")
    parser.add_argument("--check", action="store_true", help="只核对最近一次备份 · check the newest one, write nothing")
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    if args.keep is not None and args.keep < 1:
        raise Usage("BAD_NUMBER", "--keep 应为正整数")
    place = _newest(args.folder) if args.check else _make(args)
    manifest = check_backup(place)
    told = {"backup": str(place), "at": manifest.at.isoformat(), "end": str(manifest.end), "size": manifest.size}
    told |= {"originals": len(manifest.originals), "records": sum(table.rows for table in manifest.tables)}
    if args.json:
        screen.print_object(told)
    else:
        print(f"备份完好 whole: {place}\n请抄存 keep: {manifest.end}")
    return ExitCode.CLEAR


def _make(args: argparse.Namespace) -> Path:
    settings = load_settings()
    ledger, bucket = open_ledger(settings.database_url), open_bucket(settings)
    place = back_up(bucket, ledger, args.folder, officer(), lambda line: print(line, file=sys.stderr))
    ledger.close()
    if args.keep is not None:
        thin(args.folder, args.keep)
    return place


def _newest(folder: Path) -> Path:
    found = list_backups(folder)
    if not found:
        raise Usage("NO_BACKUP", f"{folder} 中没有完整的备份")
    return found[-1]
