"""Finds the command that was asked for, runs it, and turns what goes wrong into exit codes."""

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence

from domain.errors import ExitCode, HeyanError

COMMANDS = {
    "check": "当场读取并核验材料包，不保存  · read and check packages on the spot, store nothing",
    "intake": "材料包入库并核验，结果进入待办  · put packages into the bucket, check them, fill the queue",
    "queue": "列出待人工处理的案件  · what waits for a person",
    "show": "查看一个案件  · one case with its findings",
    "decide": "更正、确认、放行、退回、不予通过、核验通过、撤销  · decide on a case",
    "ledger": "排放量台账：富余、可出让、预留、转让与需求  · quantities per company and metal",
    "publish": "发布供需信息，或以未成交部分更新  · publish listings, or renew them with what is left",
    "notice": "协议公示：开始、异议、办结、未通过  · a public notice: open, objection, settled, failed",
    "announce": "发布交易结果公告  · announce the result of a deal",
    "withdraw": "撤回供需信息或协议  · take back a listing or an agreement",
    "life": "案件或企业的办理过程：已办、可办、尚缺  · what was done, what may be done, what is missing",
    "calendar": "公示日历：本周期满、异议中止  · public notices that end this week, or stand still",
    "register": "载入全口径清单等清单，列出已载入的版本  · load registers, list what is loaded",
    "reconcile": "对账：全部案件、台账、清单、付款与原件  · hold all records against each other, now",
    "rules": "规则目录  · the catalogue of rules",
    "serve": "审核工作台（浏览器）  · the review desk, in the browser",
    "watch": "只监视收件桶并核验，可同时运行多个  · the watcher alone, as many as wanted",
    "migrate": "升级数据库结构，确认收件桶可用  · bring the database to this program's schema",
    "backup": "备份全部记录和原件，可在运行时进行  · all records and originals into a folder, while everything runs",
    "restore": "把备份恢复到空的系统，逐一核对  · put a backup into an empty system, checked by hashes",
    "user": "工作台的用户：新建、停用、密码、令牌  · who may sign in at the desk",
    "webhook": "案件状态变化时通知其他系统  · tell other systems when a case changes its state",
    "audit": "核对操作日志是否完整  · check that the log of everything is whole",
    "export": "导出案卷包，以及对外发布的文书和统计  · a case as a bundle; papers and statistics that go out",
    "eval": "对照真值评估准确率  · accuracy against truth files",
}

HEAD = """核验 Heyan：重金属排污权交易材料核验
Reads sealed scans of heavy-metal emission trades and checks every quantity.

用法 usage: ./heyan COMMAND …
"""

TAIL = """
./heyan COMMAND --help 显示参数和示例 · shows options and examples.

退出码 exit codes: 0 全部通过 all clear · 1 有待人工处理 something waits for review · 2 用法错误 usage
3 无法读取或已隔离 unreadable or quarantined · 4 存储、数据库或流程服务不可用 storage away · 5 内部错误 internal error
"""


def main(argv: Sequence[str]) -> int:
    """Runs one command; the number is for the shell (ExitCode)."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        sys.stdout.write(overview())
        return ExitCode.CLEAR if argv else ExitCode.USAGE
    if argv[0] not in COMMANDS:
        print(f"没有这个命令：{argv[0]}（no such command）。./heyan --help", file=sys.stderr)
        return ExitCode.USAGE
    return _guarded(argv[0], argv[1:])


def overview() -> str:
    """The text of `./heyan --help`."""
    return HEAD + "".join(f"\n  {name:<10}{text}" for name, text in COMMANDS.items()) + "\n" + TAIL


def parser(name: str) -> argparse.ArgumentParser:
    """The argument parser of one command."""
    module = importlib.import_module(f"cli.{name}")
    made = argparse.ArgumentParser(
        prog=f"./heyan {name}",
        description=f"{COMMANDS[name]}\n\n{module.HELP}",
        epilog=f"示例 examples:\n{module.EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.arguments(made)
    return made


def _guarded(name: str, rest: Sequence[str]) -> int:
    try:
        args = parser(name).parse_args(rest)
        return int(importlib.import_module(f"cli.{name}").run(args))
    except HeyanError as error:
        print(f"错误：{_veil(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.CLEAR
    except Exception:
        sys.stderr.write(_veil(traceback.format_exc()))
        print("内部错误，请把以上内容报告给维护者（internal error）。", file=sys.stderr)
        return ExitCode.INTERNAL


def _veil(text: str) -> str:
    """Without accounts; what hides them is loaded only where something went wrong."""
    from review.masking import UNKNOWN

    return UNKNOWN(text)
