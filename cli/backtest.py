"""`./heyan rules backtest`: what a changed rule or policy would say of all recorded cases, before it is released."""

import argparse
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich import box
from rich.table import Table

import validators
from cli import screen
from cli.options import Usage, as_json, existing, workers
from domain.errors import ExitCode
from reference.policy import Policy, policy
from review.backtesting import Change, Compared, Result, Trial, Untold, backtest
from storage.ledger import open_ledger
from storage.past import list_case_numbers
from storage.settings import load_settings

HELP = """用本程序现行的规则（可另指定政策文件）重新核对已记录的案件，不识读原件，不写入任何记录。
对照每个案件最近一次核验的记录；--against 改为对照同一套规则在另一份政策下的结论。
台账、公示、付款、清单均取该次核验当时的内容；材料取当时的识读和更正。人的决定（放行、核验通过）不改变，另列案件现状。
Rules and policy of this checkout over the recorded cases, with the books as they were when each was last checked.
有结论会变的案件时退出码为 1。"""

EXAMPLES = """示例 examples:
  ./heyan rules backtest
  ./heyan rules backtest --policy 拟用政策.toml --cases 'HY-2026-*'
  ./heyan rules backtest --policy 新.toml --against 旧.toml --json"""

SHOWN = 100  # changes on a screen; --json has all


class Tally:
    """What is counted while the cases go by."""

    def __init__(self) -> None:
        self.compared = self.changed = 0
        self.states: Counter[str] = Counter()
        self.rules: dict[str, Counter[str]] = {}
        self.reworded: Counter[str] = Counter()
        self.rulesets: Counter[str] = Counter()
        self.untold: list[Untold] = []

    def add(self, result: Result) -> None:
        if isinstance(result, Untold):
            self.untold.append(result)
            return
        self.compared += 1
        self.changed += bool(result.changes)
        self.rulesets[result.ruleset] += 1
        self.reworded.update(result.reworded)
        if result.before != result.after:
            self.states[f"{result.before} → {result.after}"] += 1
        for one in result.changes:
            self.rules.setdefault(one.rule, Counter())[_step(one)] += 1

    def present(self) -> dict[str, Any]:
        per_rule = {rule: dict(self.rules[rule]) for rule in sorted(self.rules)}
        return {
            "compared": self.compared,
            "changed": self.changed,
            "states": dict(self.states),
            "rules": per_rule,
            "reworded": dict(sorted(self.reworded.items())),
            "recorded_rulesets": dict(self.rulesets),
            "untold": [one.model_dump(mode="json") for one in self.untold],
        }


def arguments(parser: argparse.ArgumentParser) -> None:
    form = "与 reference/policy.toml 同样格式的文件"
    parser.add_argument("--policy", type=Path, metavar="FILE", help=f"试用的政策，{form}；默认现行政策")
    parser.add_argument("--against", type=Path, metavar="FILE", help=f"对照的政策，{form}；默认对照当时的记录")
    parser.add_argument("--cases", default="*", metavar="GLOB", help="案件编号，可用通配符，如 'HY-2026-*'；默认全部")
    parser.add_argument("--again", action="store_true", help="由记录的识读重新理解材料（识读程序也有改动时用）")
    parser.add_argument("--workers", type=int, default=workers(), metavar="N", help="并行的进程数，默认核数")
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    trial = Trial(policy=_read(args.policy), against=_read(args.against), again=args.again)
    database = open_ledger(load_settings().database_url).database
    cases = [case for case in list_case_numbers(database) if fnmatchcase(case, args.cases)]
    if not cases and args.cases != "*":
        raise Usage("NO_SUCH_CASE", f"没有编号符合 {args.cases} 的案件")
    tally = Tally()
    told = _count(backtest(database, cases, trial, args.workers), tally, len(cases))
    if args.json:
        _print_object(told, tally, trial)
    else:
        _print_tables(told, tally, trial)
    return ExitCode.REVIEW if tally.changed else ExitCode.CLEAR


def _read(path: Path | None) -> Policy | None:
    if path is None:
        return None
    [file] = existing([path])
    try:
        return policy(file)
    except ValidationError as error:
        told = "；".join(f"{'.'.join(map(str, one['loc']))} {one['msg']}" for one in error.errors())
        raise Usage("BAD_POLICY", f"政策文件 {path.name} 不可用：{told}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Usage("BAD_POLICY", f"政策文件 {path.name} 无法读取：{error}") from error


def _count(results: Iterable[Result], tally: Tally, total: int) -> Iterator[Compared]:
    """The cases that would change; all are counted, with a bar on standard error."""
    with screen.progress(f"{total} 个案件", "试算") as tell:
        for done, result in enumerate(results, start=1):
            tally.add(result)
            tell(done, total)
            if isinstance(result, Compared) and result.changes:
                yield result


def _print_object(changed: Iterable[Compared], tally: Tally, trial: Trial) -> None:
    """One object, written while the cases go by; the counts come last."""
    head: dict[str, Any] = {"ruleset": validators.RULESET, "against": "policy" if trial.against else "record"}
    head |= {"settings": list(trial.settings), "again": trial.anew}
    sys.stdout.write(_json(head)[:-1] + ', "cases": [')
    comma = ""
    for one in changed:
        sys.stdout.write(f"{comma}\n{one.model_dump_json()}")
        comma = ","
    sys.stdout.write("\n], " + _json(tally.present())[1:] + "\n")


def _json(thing: dict[str, Any]) -> str:
    return json.dumps(thing, ensure_ascii=False)


def _print_tables(changed: Iterable[Compared], tally: Tally, trial: Trial) -> None:
    table = _headed("案件 case", "现状 stands", "规则结论 state", "规则 rule", "结果 outcome", "现在的说明 message")
    left_out = 0
    for one in changed:
        rows = list(_rows(one))
        if table.row_count + len(rows) <= SHOWN:
            for row in rows:
                table.add_row(*row)
        else:
            left_out += 1
    console = screen.out()
    console.print(_head(tally, trial))
    if tally.rules:
        console.print(_per_rule(tally))
        console.print(table)
    if left_out:
        print(f"另有 {left_out} 个案件未显示，用 --json 查看全部。", file=sys.stderr)
    for untold in tally.untold[:SHOWN]:
        print(f"未比对 {untold.message} · {untold.code}", file=sys.stderr)


def _head(tally: Tally, trial: Trial) -> str:
    recorded = "、".join(f"{name}×{count}" for name, count in tally.rulesets.most_common(5))
    other = "另一政策下的结论" if trial.against else f"记录的结论（规则集 {recorded or '无'}）"
    settings = f"；政策不同之处：{'、'.join(trial.settings)}" if trial.settings else ""
    states = "".join(f"；{step} {count} 个" for step, count in tally.states.items())
    reworded = sum(tally.reworded.values())
    return (
        f"规则集 {validators.RULESET}{settings}，对照{other}\n"
        f"比对 {tally.compared} 个案件，{tally.changed} 个会变{states}"
        f"；{len(tally.untold)} 个未比对；{reworded} 处结果不变而事实或措辞有变（已放行的会重新打开）"
    )


def _per_rule(tally: Tally) -> Table:
    table = _headed("规则 rule", "变化 change", "次 count")
    for rule in sorted(tally.rules):
        for step, count in tally.rules[rule].most_common():
            table.add_row(rule, step, str(count))
    return table


def _rows(one: Compared) -> Iterator[tuple[str, ...]]:
    """The case stands in its first row alone."""
    state = one.before if one.before == one.after else f"{one.before} → {one.after}"
    head = (one.case, screen.STATES.get(one.case_state, one.case_state), state)
    for change in one.changes:
        subject = f"（{change.subject}）" if change.subject else ""
        yield (*head, screen.safe(change.rule + subject), _step(change), screen.safe(change.now or change.was))
        head = ("", "", "")


def _step(change: Change) -> str:
    """`failed → passed`; what a rule says nothing of is a dash."""
    before, after = (it or "—" for it in (change.before, change.after))
    return f"{change.severity} {before} → {after}"


def _headed(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
