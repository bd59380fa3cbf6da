"""付款凭证 / 银行回单, a bank's slip (domain 5.2)."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from domain.document import Document
from domain.field import Field, Status, TextField
from domain.page import ReadPage
from domain.quantity import Amount
from extractors.amounts import WORDS, Money, has_cents, money, money_in_words
from extractors.columns import find_beside
from extractors.deal_money import agree
from extractors.doubles import read_once
from extractors.fields import missing, parsed_field, text_field
from extractors.layout import Line, Span, lines
from extractors.recognition import Marks
from extractors.slip_boxes import in_boxes, read_boxes
from extractors.slip_days import read_day
from extractors.slip_ends import read_ends
from extractors.slip_serial import NUMBERS, read_serial
from extractors.values import Place

_SLIP = r"回单|(?:付款|支付|转账|汇款|收费|记账|电汇|业务|客户)凭证|(?:付款|退汇)通知书?|收付款通知|进账单"
_APPLICATION = r"业务委托书|(?:汇款|转账|结算|付款|电汇)(?:业务)?申请书?"
_BANK = r"(?!企业网|个人网|网上|手机|电子)(?:中国)?[一-鿿]{2,10}?(?:银行|信用(?:合作)?联?社)(?:股份有限公司)?"
MARKS = Marks(
    title=rf"(?!.*(?:种类|类型|本回单))[^:.,;()《》“”\d]{{0,24}}(?:{_SLIP}|{_APPLICATION})(?:\([^()]{{1,16}}\)|补打|\d联|第.联|专用)*",
    body=(
        "付款(?:人|方|单位|账号)|汇款人|付方",
        "收款(?:人|方|单位|账号)|收方",
        "户名|全称",
        "[账帐]号",
        "大写",
        "小写|金额",
        "流水号|回单编号|回单号码|日志号|凭证号|交易号",
        "用途|摘要|附言",
        "开户(?:银)?行",
        "记[账帐]日期|交易日期|入[账帐]日期|打印日期|时间戳|交易时间",
        "币[别种]",
        "验证码|本回单",
        "柜员|网点|交易机构",
    ),
    against=(
        r"第[一二三四五六七八九十]+条.*",
        ".*本(?:合同|协议).*",
        r"[^:.,;()“”]{0,24}(?:公示|公告|批复|登记回执)",
    ),
    need=3,
    untitled_need=6,
    several=True,
    letterhead=rf"{_BANK}$",
)

_LABELS = {
    "words": r"(?:(?:交易|付款)?金额\(?大写\)?|\(?大写\)?(?:金额)?|人民币\(?大写\)?|大写金额|合计\(?大写\)?)[_—]?",
    "amount": r"(?:交易|付款|转账|汇款|发生)?金额(?:\(?小写\)?)?(?:\(元\))?|\(?小写\)?(?:金额)?|小写金额|合计金额",
    "booked": r"(?:交易|记[账帐]|入[账帐]|付款|转[账帐]|汇款|支付|委托|扣款|成交)(?:日期|日)",
    "time": r"(?:交易|记[账帐]|入[账帐]|付款|转[账帐]|汇款|支付|扣款)时间",
    "stamp": r"时间戳",
    "printed": r"(?:回单)?打印(?:日期|时间)",
    "day": r"日期",
    **NUMBERS,
    "use": r"(?:款项)?用途",
    "summary": r"摘要",
    "note": r"附言|客户附言",
    "business": r"(?:业务|产品|业务\(产品\)|交易|凭证)(?:种类|类型|名称)",
    "other": r"币种|备注|验证码|(?:记[账帐])?(?:网点|柜员|机构)|交易(?:机构|渠道|代码|柜员)|打印次数|"
    r"开户(?:银)?行(?:名称)?|(?:付款|收款|汇款)(?:人|方|单位)?(?:户名|名称|全称|[账帐]号)?|户名|[账帐]号|全称|手续费(?=:)|经办|复核",
}
_REFUND = re.compile(r"退汇|退回|冲正|退款|退票")
_FEE = re.compile(r"手续费|工本费|管理费|汇划费|年费|服务费|收费")
_DENIED = re.compile(rf"(?:不[含包扣收予]?[括收除]?|[未无免]收?|逾期[^,;.]{{0,4}})(?:{_REFUND.pattern}|{_FEE.pattern})")
_DEAL = re.compile(r"转让款|价款|合同款|交易款|转让费|指标款")
_UNDONE = re.compile(r"(?<!不得)(?<!不可)(?<!未)(?:失败|未成功|不成功|作废|撤销|退汇|冲正|退票)")
_IF_UNDONE = re.compile(r"如|若|涂改")  # 如交易失败……, 涂改作废: what a bank prints on every slip
_REPRINT = re.compile(r"补打|补印|重复打印|重打|第[2-9二三四五]次打印|打印次数:[2-9]")


class PaymentSlip(Document):
    """Fields of catalogue `payment_slip`; money in 元, `amount_in_words` the value of the 大写 amount.

    `kind` is `payment`, `refund`, `fee` or `application`; `reprint` tells a 补打.
    """

    TITLE: ClassVar[str] = "付款凭证"
    CRITICAL: ClassVar[frozenset[str]] = frozenset(
        {"payer_name", "payee_name", "amount", "amount_in_words", "paid_on", "serial"}
    )
    type: Literal["payment_slip"] = "payment_slip"
    bank: TextField = TextField()
    payer_name: TextField = TextField()
    payer_account: TextField = TextField()
    payee_name: TextField = TextField()
    payee_account: TextField = TextField()
    amount: Field[Amount] = Field[Amount]()
    amount_in_words: Field[Amount] = Field[Amount]()
    paid_on: Field[date] = Field[date]()
    serial: TextField = TextField()
    purpose: TextField = TextField()
    reprint: Field[bool] = Field[bool]()
    kind: TextField = TextField()


def read(pages: Sequence[ReadPage]) -> PaymentSlip:
    """The slip; names and accounts by side, from tables or columns, money in figures and in words apart."""
    pages = read_once(pages)
    found = find_beside(pages, _LABELS, frozenset({"words", "use", "note"}))
    names, accounts = read_ends(pages)
    amount, in_words = agree(*_read_money(pages, found))
    rows = [(page.number, row) for page in pages for row in lines(page.words)]
    serial = read_serial(found, pages)
    return PaymentSlip(
        pages=tuple(page.number for page in pages),
        bank=_read_bank(rows),
        payer_name=names["payer"],
        payer_account=accounts["payer"],
        payee_name=names["payee"],
        payee_account=accounts["payee"],
        amount=amount,
        amount_in_words=in_words,
        paid_on=read_day(found, rows, serial),
        serial=serial,
        purpose=_first_text(found, ("use", "note", "summary"), r".+"),
        reprint=_mark(rows, _REPRINT),
        kind=_read_kind(found, rows),
    )


# ---- money -----------------------------------------------------------------------------------------------------


def _read_money(pages: Sequence[ReadPage], found: dict[str, Place]) -> tuple[Field[Amount], Field[Amount]]:
    """小写 and 大写, each by its label, else by its form anywhere on the slip."""
    figures = _part(found["amount"], r"[^一-鿿]{0,6}\d[\d.,OolI]*万?元?") if found["amount"][0] else (None, 1)
    words = _part(found["words"], r"(?:人民[币市巾])?[^\d¥￥()]*[元圆圓園园][^\dA-Za-z¥￥():小写金额]{0,6}|.+")
    rows = [(page.number, row) for page in pages for row in lines(page.words)]
    if figures[0] is None:
        figures = _search(rows, r"(?:CN[YT]|RMB|[¥￥])\d[\d.,]*万?")
    if words[0] is None:
        words = _search(
            rows, r"(?:人民[币市巾])(?:\(大写\))?:?([^\d¥￥():]{2,40}[元圆圓園园][^\dA-Za-z¥￥():小写金额]{0,6})", 1
        )
    if words[0] is None or not _in_words(words[0].text):
        told = _told_in_words(rows)
        words = told if told[0] else words
    boxed = read_boxes(pages) if figures[0] is None else (None, 1)
    return (
        parsed_field(Field[Amount], *boxed, in_boxes, "金额无法识读")
        if boxed[0]
        else parsed_field(Field[Amount], *figures, _figure, "金额无法识读"),
        parsed_field(Field[Amount], *words, _in_words, "大写金额无法识读"),
    )


def _in_words(text: str) -> Money | None:
    """An amount in words, without a stroke of the box around it."""
    return money_in_words(text.strip("—-_|"))


def _told_in_words(rows: Sequence[tuple[int, Line]]) -> Place:
    """An amount in words by its mere form, where its label was not read, or other print stands beside that."""
    forms = (rf"[{WORDS}]{{3,}}[元圆圓]{end}" for end in (f"[{WORDS}]*", "[整正]"))
    spans = ((row.find(form), page) for form in forms for page, row in rows)
    return next(((span, page) for span, page in spans if span and money_in_words(span.text)), (None, 1))


def _figure(text: str) -> tuple[Decimal, str | None] | None:
    """Banks print two decimals: a figure without them may have lost its point."""
    read = money(text)
    if read is None:
        return None
    return read.value, read.doubt or (None if has_cents(text) else "金额没有两位小数，可能缺少小数点")


def _part(place: Place, pattern: str) -> Place:
    span, page = place
    return (span.find(pattern) if span else None), page


def _search(rows: Sequence[tuple[int, Line]], pattern: str, group: int = 0) -> Place:
    return next(((span, page) for page, row in rows if (span := row.find(pattern, group))), (None, 1))


# ---- what the slip is ------------------------------------------------------------------------------------------


def _first_text(found: dict[str, Place], keys: Sequence[str], pattern: str) -> TextField:
    places = ((found[key][0], found[key][1]) for key in keys)
    cuts = ((span.find(pattern), page) for span, page in places if span)
    return next((text_field(span, page) for span, page in cuts if span), missing("未找到该栏目"))


def _read_bank(rows: Sequence[tuple[int, Line]]) -> TextField:
    """The bank of the letterhead, which stands before any account."""
    for page, row in rows:
        span = row.find(rf"^{_BANK}(?=$|.*(?:{_SLIP}|{_APPLICATION}|网上银行|客户|专用))")
        if span:
            return text_field(span, page)
        if re.search(r"[账帐]号|户名|付款", row.text):
            break
    return missing("未找到银行名称")


def _mark(rows: Sequence[tuple[int, Line]], pattern: "re.Pattern[str]") -> Field[bool]:
    if not rows:
        return missing("回单上没有可识读的文字")
    page, row = next(((page, row) for page, row in rows if pattern.search(row.text)), (rows[0][0], None))
    box = row.box if row else None
    return Field[bool](value=row is not None, page=page, box=box, confidence=1.0, status=Status.CERTAIN)


def _read_kind(found: dict[str, Place], rows: Sequence[tuple[int, Line]]) -> TextField:
    """What the title, or what the slip says it is for, makes of it; one that tells of no success pays nothing sure."""
    if not rows:
        return missing("回单上没有可识读的文字")
    kind = _told_kind(found, rows)
    undone = (_UNDONE.search(row.text) for _, row in rows if not _IF_UNDONE.search(row.text))
    sign = next((match[0] for match in undone if match), None)
    return _doubted(kind, f"回单上有“{sign}”字样，款项可能未付成") if sign and kind.value == "payment" else kind


def _told_kind(found: dict[str, Place], rows: Sequence[tuple[int, Line]]) -> TextField:
    title = next(((row, page) for page, row in rows if re.fullmatch(MARKS.title, row.text)), None)
    told: list[tuple[Span, int]] = [title] if title else []
    if title and re.search(_APPLICATION, title[0].text):
        return _kind_field("application", *title)
    places = (found[key] for key in ("business", "summary", "use", "note"))
    told += [(span, page) for span, page in places if span]
    for kind, pattern in (("refund", _REFUND), ("fee", _FEE)):
        for span, page in told:
            if pattern.search(_DENIED.sub("", span.text)):
                return _beside_deal(_kind_field(kind, span, page), span.text)
    payment = _kind_field("payment", *(told[-1] if told else (rows[0][1], rows[0][0])))
    return payment if len(told) > (1 if title else 0) else _doubted(payment, "未读到用途或摘要")


def _beside_deal(field: TextField, text: str) -> TextField:
    """A fee or refund that is told in one breath with the price of the deal may be either."""
    return _doubted(field, "用途同时写有转让价款与费用或退款") if _DEAL.search(text) else field


def _doubted(field: TextField, why: str) -> TextField:
    return field.model_copy(update={"status": Status.UNSURE, "why": why})


def _kind_field(kind: str, span: Span, page: int) -> TextField:
    return TextField(value=kind, raw=span.raw, page=page, box=span.box, confidence=1.0, status=Status.CERTAIN)
