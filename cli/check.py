"""`./heyan check`: reads and checks packages on the spot."""

import argparse

from cli.examine import Neighbours, Reader, examine
from cli.options import existing, packages
from cli.screen import progress, show
from domain.errors import ExitCode
from reports.verdict import gravest

HELP = """每个 PATH 是一个材料包。不需要服务器，也不保存任何内容。
Each PATH is one package: a file, or a folder with all that lies below it. Nothing is stored."""

EXAMPLES = """  ./heyan check 某公司出让材料.zip
  ./heyan check 扫描件/ 另一家.pdf --json > 结果.json
  ./heyan check fixtures/scans/* --today 2026-11-20"""


def arguments(parser: argparse.ArgumentParser) -> None:
    packages(parser)


def run(args: argparse.Namespace) -> ExitCode:
    verdicts, neighbours = [], Neighbours()
    for path in existing(args.paths):
        with progress(path.name) as tell:
            reader = Reader(args.workers, progress=tell)
            verdicts.append(examine(path, args.today, reader, consult=neighbours.consult))
    show(verdicts, as_json=args.json)
    return gravest(verdicts)
