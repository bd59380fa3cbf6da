"""Arguments that several commands share."""

import argparse
import os
import pwd
import socket
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.errors import ExitCode, HeyanError


class Usage(HeyanError):
    """The command was called with something that cannot be."""

    exit_code = ExitCode.USAGE


def today() -> date:
    """The day in Guizhou."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def officer() -> str:
    """Who looks after the machine, as the log tells it: the account that runs the command, by its number.

    Nobody of ours: whatever is done in a person's name must be proven (see proving.py), and no user's name has an @.
    """
    try:
        account = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        account = str(os.getuid())
    return f"console:{account[:64]}@{socket.gethostname()[:48]}"


def workers() -> int:
    """How many processes read pages: `HEYAN_WORKERS`, else one per core."""
    named = os.environ.get("HEYAN_WORKERS") or str(os.cpu_count() or 1)
    if not named.isdecimal() or int(named) < 1:
        raise Usage("BAD_SETTING", f"HEYAN_WORKERS 应为正整数，现为“{named}”")
    return int(named)


def packages(parser: argparse.ArgumentParser) -> None:
    """PATH…, --json, --today, --workers."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="一个材料包：文件夹、zip、PDF、TIFF 或图片")
    as_json(parser)
    parser.add_argument("--today", type=date.fromisoformat, default=today(), help="提交日期，默认今天 (YYYY-MM-DD)")
    reading(parser)


def reading(parser: argparse.ArgumentParser) -> None:
    """--workers."""
    parser.add_argument("--workers", type=int, default=workers(), metavar="N", help="并行读页的进程数，默认核数")


def as_json(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="只输出一个 JSON 对象 · print exactly one JSON object")


def existing(paths: list[Path]) -> list[Path]:
    """The same paths, without trailing slashes; raises Usage where one is not there."""
    lost = [str(path) for path in paths if not path.exists()]
    if lost:
        raise Usage("NO_SUCH_PATH", f"找不到：{'、'.join(lost)}")
    return [path.resolve() for path in paths]
