"""How each paper that goes out is laid out: receipt, 供需信息, 公示, 交易结果公告."""

from collections.abc import Iterator, Sequence
from datetime import date

from domain.dossier import Kind
from domain.outgoing import Announcement, Bargain, Lot, NoticeSpan, Offer, Publication, PublicNotice, Receipt
from domain.postings import Party
from domain.printing import spell
from reference.calendar import CHINA
from reports.outgoing.layout import Cell, Column, Sheet, Sort, Table, metal_name

GUIDE = "《贵州省重金属污染物排放量自愿交易技术指南（试行）》"
KINDS = {Kind.SUPPLY: "出让", Kind.DEMAND: "受让", Kind.TRANSFER: "交易结果报备"}
BLANK = "＿＿＿＿＿＿＿＿＿＿＿＿"  # to be filled in by hand
_FILES = (
    Column("number", "序号", Sort.COUNT, 8),
    Column("name", "文件", Sort.TEXT, 33),
    Column("size", "字节", Sort.COUNT, 15),
    Column("sha256", "SHA-256", Sort.KEY, 46),
)
_LOTS = (
    Column("metal", "重金属种类", Sort.TEXT, 16),
    Column("quantity", "数量（千克/年）", Sort.QUANTITY, 18),
    Column("unit_price", "价格（元/千克）", Sort.MONEY, 18),
    Column("years", "年限（年）", Sort.QUANTITY, 12),
    Column("money", "金额（元）", Sort.MONEY, 20),
)
_FACTS = (Column("fact", "事项", Sort.TEXT, 30), Column("told", "内容", Sort.TEXT, 70))


def lay_receipt(receipt: Receipt) -> Sheet:
    """受理回执."""
    files = tuple((n, it.name, it.size, it.sha256) for n, it in enumerate(receipt.files, start=1))
    kind = KINDS[receipt.kind] if receipt.kind else "交易"
    return Sheet(
        file=f"受理回执-{receipt.receipt}",
        title="受理回执",
        head=(f"回执号：{receipt.receipt}",),
        to=receipt.company or "",
        opening=(
            f"你单位于{spell(receipt.submitted_on)}提交的重金属污染物排放量{kind}材料"
            f"（案件编号：{receipt.case}）已收到并登记，原件按下列校验值原样保存。",
        ),
        tables=(
            Table(name="回执", headed=False, columns=_FACTS, rows=tuple(_receive(receipt))),
            Table(name="文件", heading="收到的文件", columns=_FILES, rows=files),
        ),
        below=("本回执只证明材料已经收到，不表示核验通过。需要补正的，另行通知；来件请注明案件编号。",),
        signed=receipt.sender.name,
        on=receipt.on,
    )


def _receive(receipt: Receipt) -> Iterator[tuple[Cell, ...]]:
    yield "案件编号", receipt.case
    yield "回执号", receipt.receipt
    if receipt.upload:
        yield "递交回执号", receipt.upload
    yield "第几次提交", f"第{receipt.version}次" if receipt.version > 1 else "首次"
    yield "材料包", receipt.package
    yield "材料类型", KINDS[receipt.kind] if receipt.kind else "待识别"
    yield "提交日期", spell(receipt.submitted_on)
    yield "收到时间", receipt.received_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    yield "文件数", f"{len(receipt.files)}个"


def lay_publication(publication: Publication) -> Sheet:
    """供需信息 (guide 4(3)): 企业及有关项目名称、交易标的信息、拟出让量或受让量."""
    tables = [
        _list_offers(publication.of(Kind.SUPPLY), "出让信息", "减排项目", "拟出让量", "尚可出让量"),
        _list_offers(publication.of(Kind.DEMAND), "受让信息", "新、改、扩建项目", "拟受让量", "尚需受让量"),
    ]
    return Sheet(
        file=f"供需信息-{publication.on}",
        title="重金属污染物排放量供需信息",
        opening=(
            f"依据{GUIDE}四、（三），发布截至{spell(publication.on)}的重金属污染物排放量供需信息。"
            "数量单位为千克/年；“尚可出让量”“尚需受让量”为扣除已预留、已成交部分后的数量。",
        ),
        tables=tuple(table for table in tables if table.rows),
        empty="目前没有发布中的供需信息。",
        below=(
            "在发布期间，出让方及受让方可以向本部门申请撤回供需信息。",
            f"联系方式：{publication.sender.contact or BLANK}。",
        ),
        signed=publication.sender.name,
        on=publication.on,
        turned=True,
    )


def _list_offers(offers: Sequence[Offer], name: str, project: str, quantity: str, rest: str) -> Table:
    columns = (
        Column("number", "序号", Sort.COUNT, 5),
        Column("company", "企业名称", Sort.TEXT, 23),
        Column("uscc", "统一社会信用代码", Sort.KEY, 0),
        Column("project", project, Sort.TEXT, 23),
        Column("county", "县（市、区）", Sort.TEXT, 13),
        Column("industry", "行业", Sort.TEXT, 0),
        Column("metal", "标的", Sort.TEXT, 9),
        Column("quantity", quantity, Sort.QUANTITY, 10),
        Column("rest", rest, Sort.QUANTITY, 10),
        Column("published_on", "发布日期", Sort.DAY, 11),
        Column("case", "案件编号", Sort.KEY, 0),
    )
    rows = tuple(_tell_offer(number, it) for number, it in enumerate(offers, start=1))
    return Table(name=name, heading=name, columns=columns, rows=rows)


def _tell_offer(number: int, it: Offer) -> tuple[Cell, ...]:
    head = (number, it.company, it.uscc, it.project or None, it.county or None, it.industry or None)
    return *head, metal_name(it.metal), it.quantity, it.rest, it.published_on, it.case


def lay_notice(notice: PublicNotice) -> Sheet:
    """公示 of an agreement (guide 4(4)), its end by each reading, and where objections go."""
    bargain, span = notice.bargain, notice.span
    opening = (
        f"{bargain.transferor.name}与{bargain.transferee.name}经协商，于{spell(bargain.agreed_on)}签订重金属污染物排放量"
        f"协议转让书{_numbered(bargain.agreement)}。依据{GUIDE}四、（四），现将协议转让书的内容公示{span.days}日，接受公众监督。",
    )
    return Sheet(
        file=f"公示-{bargain.case}",
        title="重金属污染物排放量协议转让公示",
        opening=opening,
        tables=(
            Table(name="公示", headed=False, columns=_FACTS, rows=(*_tell_parties(bargain), *_tell_span(span))),
            _list_lots(bargain.lots, "协议转让的排放量"),
        ),
        below=(
            f"对公示内容有异议的，请在公示期内（最迟{spell(span.latest)}）向本部门书面提出，写明异议人、联系方式、"
            f"异议事项和理由。受理异议的联系方式：{notice.sender.contact or BLANK}。",
            *([f"本公示已终止：{notice.failed}"] if notice.failed else []),
        ),
        signed=notice.sender.name,
        on=notice.on,
    )


def _tell_span(span: NoticeSpan) -> Iterator[tuple[Cell, ...]]:
    yield "公示起始日", f"{spell(span.opened_on)}（上传协议转让书之日，当日不计入）"
    yield "公示截止日（按日历日）", spell(span.calendar) + _put_off(span.calendar, span.moved)
    yield (
        "公示截止日（按工作日）",
        spell(span.working) + ("" if span.known else "（节假日安排尚未公布，按周一至周五推算）"),
    )
    for first, last in span.paused:
        yield "中止计算", f"{spell(first)}至{spell(last)}（处理异议）"


def _put_off(calendar: date, moved: date) -> str:
    return f"，该日为休息日，顺延至{spell(moved)}" if moved != calendar else ""


def lay_announcement(announcement: Announcement) -> Sheet:
    """交易结果公告 with everything that guide 4(6) names."""
    bargain = announcement.bargain
    number = announcement.number or ("（拟稿，尚未发布）" if announcement.draft else "")
    return Sheet(
        file=f"交易结果公告-{bargain.case}",
        title="重金属污染物排放量交易结果公告",
        head=(number,) if number else (),
        opening=(
            f"依据{GUIDE}四、（六），现将{bargain.transferor.name}与{bargain.transferee.name}的"
            "重金属污染物排放量交易结果公告如下，供需信息同时更新。",
        ),
        tables=(
            Table(name="公告", headed=False, columns=_FACTS, rows=(*_tell_parties(bargain), *_tell_deal(announcement))),
            _list_lots(bargain.lots, "成交的排放量"),
        ),
        signed=announcement.sender.name,
        on=announcement.on,
    )


def _tell_deal(announcement: Announcement) -> Iterator[tuple[Cell, ...]]:
    if announcement.contract:
        yield "交易合同编号", announcement.contract
    yield "合同签订日期", spell(announcement.signed_on)
    yield "交易完成时间", spell(announcement.completed_on)


def _tell_parties(bargain: Bargain) -> Iterator[tuple[Cell, ...]]:
    yield from _tell_party("出让方", "减排项目", bargain.transferor)
    yield from _tell_party("受让方", "新、改、扩建项目", bargain.transferee)


def _tell_party(side: str, project: str, party: Party) -> Iterator[tuple[Cell, ...]]:
    yield side, f"{party.name}（统一社会信用代码：{party.uscc}）"
    yield project, party.project


def _list_lots(lots: Sequence[Lot], heading: str) -> Table:
    rows = tuple((metal_name(it.metal), it.quantity, it.unit_price, it.years, it.money) for it in lots)
    total = (("合计", "", "", "", sum(it.money for it in lots)),)
    columns = _LOTS if any(it.years for it in lots) else (*_LOTS[:3], _LOTS[3]._replace(width=0), _LOTS[4])
    return Table(name=heading, heading=heading, columns=columns, rows=(*rows, *total))


def _numbered(number: str | None) -> str:
    return f"（编号：{number}）" if number else ""
