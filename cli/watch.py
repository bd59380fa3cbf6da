"""`./heyan watch`: the watcher of the intake alone, as many of them as wanted."""

import argparse
import signal
import sys
import threading

from domain.errors import ExitCode
from flows.supervised import watcher
from storage.pulse import beats
from storage.settings import load_settings

HELP = """只监视收件桶、逐个核验材料包、发送状态通知，不开工作台；可在多台机器上同时运行，同一材料包只由其中一个核验，
中断者的材料包由其他进程立即接手。几个进程须共用数据库和收件桶，各用自己的 HEYAN_DATA。Ctrl+C 或 SIGTERM 停止。
The watcher of the intake without a desk. Any number may run over one database and one bucket, each with a HEYAN_DATA
of its own: a package is worked on by one of them, and what a dead one leaves behind another takes over at once."""

EXAMPLES = """  HEYAN_DATABASE_URL=postgresql+psycopg://heyan@db/heyan HEYAN_BUCKET=s3://heyan … ./heyan watch
  ./heyan watch --alive && echo 正常"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--alive", action="store_true", help="只看它是否在运转：0 是，5 否 · whether its loop turns")


def run(args: argparse.Namespace) -> ExitCode:
    settings = load_settings()
    if args.alive:
        return ExitCode.CLEAR if beats(settings.data) else ExitCode.INTERNAL
    told = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: told.set())
    print("监视收件桶 watching the intake", file=sys.stderr)
    with watcher(settings):
        told.wait()
    return ExitCode.CLEAR
