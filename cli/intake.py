"""`./heyan intake`: puts packages into the bucket and runs the flow for each."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from cli import screen
from cli.options import existing, packages
from domain.errors import ExitCode, HeyanError, IntakeError, StorageAway
from flows.embedded import prefect_server
from reports.verdict import Verdict, gravest, quarantined
from storage.bucket import Bucket, open_bucket
from storage.intake import drop
from storage.ledger import open_ledger
from storage.settings import load_settings
from storage.workplace import workplace

HELP = """把材料包放入收件桶，逐个运行 Prefect 流程 intake，等待并输出结论。无需事先启动任何服务；
设有 PREFECT_API_URL 时使用该服务器。原件原样保存，同一内容再次提交视为重复，指向首次的案件。
Puts packages into the intake bucket, runs the Prefect flow for each, waits, prints the verdicts."""

EXAMPLES = """  ./heyan intake 某公司出让材料.zip
  ./heyan intake 收到的材料/* --json > 结论.json
  HEYAN_BUCKET=s3://heyan HEYAN_S3_ENDPOINT=127.0.0.1:9000 … ./heyan intake 材料.pdf"""


class FlowFailed(HeyanError):
    """A run ended with an error of the program, not of the papers."""


def arguments(parser: argparse.ArgumentParser) -> None:
    packages(parser)


def run(args: argparse.Namespace) -> ExitCode:
    paths = existing(args.paths)
    os.environ["HEYAN_WORKERS"] = str(args.workers)
    settings = load_settings()
    bucket = open_bucket(settings)
    open_ledger(settings.database_url).close()  # a database that is away is told at once, not after a flow's retries
    print("启动流程服务（约十秒）… starting the flow server", file=sys.stderr)
    server = prefect_server(settings.data / "prefect", settings.flow_server_seconds)
    with workplace(), server as ready, screen.flow_progress():
        import flows.intake_flow  # noqa: F401  loads while the server comes up

        ready()
        verdicts = asyncio.run(_take_in(bucket, paths, args.today))
    screen.show(verdicts, as_json=args.json)
    return gravest(verdicts)


async def _take_in(bucket: Bucket, paths: Sequence[Path], today: date) -> list[Verdict]:
    return [await _settle(bucket, path, today) for path in paths]


async def _settle(bucket: Bucket, path: Path, today: date) -> Verdict:
    """One package's verdict; whatever becomes of it, the next one goes on. Raises StorageAway."""
    from flows.intake_flow import intake

    try:
        waiting = drop(bucket, path)
    except IntakeError as error:
        return quarantined(path.name, error, 0.0)
    state: Any = await intake(waiting.name, today, return_state=True)
    outcome = await state.aresult(raise_on_failure=False)
    return outcome if isinstance(outcome, Verdict) else _failure(path.name, outcome)


def _failure(package: str, outcome: object) -> Verdict:
    if isinstance(outcome, StorageAway):
        raise outcome
    if isinstance(outcome, HeyanError):  # the trouble of this package; the next one goes on
        return quarantined(package, outcome, 0.0)
    logging.getLogger("heyan").error("%s", package, exc_info=outcome if isinstance(outcome, BaseException) else None)
    told = f"流程运行失败（{type(outcome).__name__}），原件已保存，重新提交同一材料即可继续"
    trouble = FlowFailed("FLOW_FAILED", told)
    return quarantined(package, trouble, 0.0)
