"""A reconciliation as an XLSX workbook; what comes from papers can never become a formula."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from reference.calendar import CHINA
from reports.reconciliation.summary import MATCHES, SIDES, balances, by_rule, line, named, names_of_rules, totals
from storage.reconciling_results import Apart, Result, Standing
from validators.wording import METALS

Row = Sequence[object]
HEAD = Font(bold=True, color="FFFFFF")
FILL = PatternFill("solid", fgColor="2F5D62")
WRAP = Alignment(vertical="top", wrap_text=True)
REGISTERS = {"inventory": "全口径清单", "permits": "排污许可证登记"}
_SEVERITIES = {"B": "B 阻断", "R": "R 人工判断", "N": "N 提示"}
_CONTROLS = {n: None for n in range(32) if n not in (9, 10, 13)}  # an XLSX cell takes no other control character
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 32_000  # characters that a cell takes


def write(result: Result, path: Path) -> None:
    """Writes the workbook; its sheets are summary, sums, differences, missing sides, originals and registers."""
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = result.run.started_at.replace(tzinfo=None)
    book.properties.creator = "核验"
    _sheet(book, "汇总", ("项目", "内容", "说明"), (30, 26, 60), _summary(result))
    _sheet(book, "按月按金属", _SUMS, (12, 8, 30, 10, 10, 18, 18), _sums(result), wrapped=False)
    _sheet(book, "差异", _DIFFERENCES, (10, 12, 22, 80, 20, 20, 18, 30, 12, 8), map(_difference, result.standing))
    _sheet(book, "已消除", _DIFFERENCES, (10, 12, 22, 80, 20, 20, 18, 30, 12, 8), map(_difference, result.gone))
    apart = map(_apart, result.apart)
    _sheet(book, "单边与不一致", _APART, (12, 30, 18, 30, 30, 8, 16, 16, 10), apart, wrapped=False)
    _sheet(book, "原件与日志", ("项目", "数量"), (40, 16), _originals(result))
    _sheet(book, "清单版本", _REGISTERS, (10, 16, 40, 22, 10, 10, 10), _registers(result))
    book.save(path)


_SUMS = ("月份", "金属", "核对内容", "结果", "笔数", "左方合计", "右方合计")
_DIFFERENCES = ("规则", "级别", "名称", "说明", "左方", "右方", "案件", "涉及案件", "首次发现", "新增")
_APART = ("月份", "核对内容", "案件", "出让方", "受让方", "金属", "左方", "右方", "结果")
_REGISTERS = ("版本", "种类", "文件", "载入时间", "行数", "企业数", "现行")


def _sheet(
    book: Workbook,
    title: str,
    heads: Sequence[str],
    widths: Sequence[int],
    rows: Iterable[Row],
    *,
    wrapped: bool = True,
) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_head(sheet, text) for text in heads])
    count = 1
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row] if wrapped else [_plain(sheet, it) for it in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{count}"


def _plain(sheet: Any, value: object) -> object:
    """Texts that cannot be taken for a formula go in as they are: cells with a look of their own take far longer."""
    if isinstance(value, str) and not value.startswith(_RISKY):
        return value.translate(_CONTROLS)[:_LONGEST]
    return _cell(sheet, value) if isinstance(value, str) else value


def _head(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.fill = HEAD, FILL
    return cell


def _cell(sheet: Any, value: object) -> WriteOnlyCell:
    """Numbers and days are such; any text is a text, be it `=1+1`."""
    if isinstance(value, int | Decimal | date) or value is None:
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, str(value).translate(_CONTROLS)[:_LONGEST])
    cell.data_type = "s"
    cell.quotePrefix = str(value).startswith(_RISKY)
    cell.alignment = WRAP
    return cell


def _summary(result: Result) -> Iterator[Row]:
    yield "对账日期", result.run.today, line(result)
    yield "范围", "全量" if result.run.full else "增量", "增量只重看有变动或到期的企业，结果与全量相同"
    yield "企业", result.companies, f"本次重看 {result.judged} 家"
    found = by_rule(result)
    for code, name in names_of_rules().items():
        yield code, found.get(code, 0), name
    for it in totals(result):
        if it.pairs:
            left, right = SIDES[it.sides]
            yield f"{left}—{right}", it.pairs, MATCHES[it.match]
    for one in balances(result):
        yield f"{named(one)}：本表", one.report, "与台账一致" if one.agrees else "与台账不一致"
        yield f"{named(one)}：台账", one.ledger, ""
    if result.apart_count > len(result.apart):
        yield "单边与不一致", result.apart_count, f"表中只列最近 {len(result.apart)} 笔"


def _sums(result: Result) -> Iterator[Row]:
    order = sorted(result.sums, key=lambda key: (key[1], key[2] or "", key[0], key[3]))
    for sides, month, metal, match in order:
        found = result.sums[sides, month, metal, match]
        left, right = SIDES[sides]
        told = METALS[metal] if metal else "金额"
        yield show_month(month), told, f"{left}—{right}", MATCHES[match], found.pairs, found.left, found.right


def _difference(one: Standing) -> Row:
    name = names_of_rules().get(one.rule, "")
    severity, cases = _SEVERITIES.get(one.severity, one.severity), "、".join(one.cases)
    told = (one.rule, severity, name, one.message, one.left, one.right, one.case or "", cases, one.found_on)
    return (*told, "是" if one.new else "")


def _apart(one: Apart) -> Row:
    left, right = SIDES[one.sides]
    parties = (one.case, one.seller, one.buyer, METALS[one.metal] if one.metal else "金额")
    figures = [Decimal(it) if it else "无" for it in (one.left, one.right)]
    return show_month(one.month), f"{left}—{right}", *parties, *figures, MATCHES[one.match]


def _originals(result: Result) -> Iterator[Row]:
    checked, total = result.originals
    yield "登记的原件", total
    yield "本次重新读取并核对校验值", checked
    yield "操作日志条数", result.events
    yield "损坏、缺失或日志中断", result.damaged


def _registers(result: Result) -> Iterator[Row]:
    for it in result.registers:
        at = it.loaded_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        yield (
            it.version,
            REGISTERS.get(it.kind, it.kind),
            it.source,
            at,
            it.rows,
            it.companies,
            "是" if it.current else "",
        )


def show_month(month: date) -> str:
    """`2026-03`; what tells no day has none."""
    return "日期不明" if month == date.min else f"{month:%Y-%m}"
