"""The nightly run over all cases: begin → log → originals → companies → report; broken off, it goes on there."""

import asyncio
import logging
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE

from domain.errors import StorageAway
from reference.calendar import CHINA
from reference.policy import policy
from reports.reconciliation.judging import ruleset
from reports.reconciliation.spreading import judge_all
from reports.reconciliation.summary import summarise
from reports.reconciliation.writing import write_reports
from storage.bucket import open_bucket
from storage.ledger import open_ledger
from storage.reconciling import Reconciliations, Run, Stage
from storage.reconciling_results import read_result
from storage.reconciling_stock import Stock
from storage.settings import RECONCILIATIONS, load_settings

log = logging.getLogger("heyan.reconcile")
PART = 100  # batches of companies that a task looks at


def storage_away(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a stage failed because the store did not answer: the one trouble that passes by itself."""
    return isinstance(state.data, StorageAway)


stage: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False, "retries": 3}
stage |= {"retry_delay_seconds": [1, 5, 20], "retry_condition_fn": storage_away}


@flow(name="reconcile", validate_parameters=False, persist_result=False)
async def reconcile(full: bool = False, today: date | None = None, out: str | None = None) -> dict[str, Any]:
    """Holds all records against each other and gives the numbers; `files` are where the reports lie.

    Without `full` it looks again only at what changed or is due, and at some of the stored originals.
    """
    run = await begin(full, today or datetime.now(CHINA).date())
    await chain(run)
    await originals(run)
    while await companies(run):
        pass
    told: dict[str, Any] = await report(run, out)
    await acreate_markdown_artifact(key="reconciliation", markdown=str(told["line"]))
    return told


@task(name="begin", **stage)
async def begin(full: bool, today: date) -> Run:
    """Begins a run, or goes on with the one that was broken off."""
    run = await asyncio.to_thread(_runs().begin, today, ruleset(), full=full)
    log.info("第 %d 次对账（%s），%s", run.id, "全量" if run.full else "增量", run.today)
    return run


@task(name="chain", **stage)
async def chain(run: Run) -> None:
    """Goes along the log, from where an earlier run left it unless this is a full one."""
    stock, done = _stock(), 0
    while count := await asyncio.to_thread(stock.follow_chain, run.id):
        done += count
        _tell("操作日志", done, 0)


@task(name="originals", **stage)
async def originals(run: Run) -> None:
    """Reads stored originals again: all in a full run, else as many as the policy says."""
    stock, most = _stock(), None if run.full else policy().reconciliation.value.originals
    while await asyncio.to_thread(stock.check_originals, run.id, most):
        done, total = await asyncio.to_thread(stock.count, run.id)
        _tell("原件", done, min(total, most or total))


@task(name="companies", **stage)
async def companies(run: Run) -> int:
    """Looks at the next companies; gives how many, 0 when there are none left."""
    return await asyncio.to_thread(_judge, run)


@task(name="report", **stage)
async def report(run: Run, out: str | None) -> dict[str, Any]:
    """Writes the reports and ends the run."""
    return await asyncio.to_thread(_report, run, Path(out) if out else load_settings().data / RECONCILIATIONS)


def _judge(run: Run) -> int:
    settings = load_settings()
    runs = _runs()
    done, total = 0, runs.count(run)
    next_ones = islice(runs.companies(run), PART)
    for count in judge_all(open_ledger(settings.database_url).database, run, next_ones, settings.workers):
        done += count
        _tell("企业", total.done + done, total.all)
    return done


def _report(run: Run, folder: Path) -> dict[str, Any]:
    runs = _runs()
    runs.reach(run, Stage.REPORT)
    result = read_result(open_ledger(load_settings().database_url).database, run)
    written = write_reports(result, folder)
    told = summarise(result)
    runs.finish(run, told)
    log.info("%s", told["line"])
    return told | {"run": run.id, "files": [str(path) for path in written]}


def _tell(what: str, done: int, total: int) -> None:
    counted = f"{done}/{total}" if total else str(done)
    log.info("%s %s", what, counted, extra={"done": done, "total": total or done})


def _runs() -> Reconciliations:
    return Reconciliations(open_ledger(load_settings().database_url).database)


def _stock() -> Stock:
    settings = load_settings()
    return Stock(open_ledger(settings.database_url).database, open_bucket(settings))
