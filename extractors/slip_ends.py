"""The two ends of a payment: payer and payee with their accounts, side by side or one below the other."""

import re
from collections.abc import Iterator, Mapping, Sequence

from domain.field import Status, TextField
from domain.page import ReadPage, Word
from extractors.deal_reading import account_field
from extractors.fields import text_field
from extractors.layout import lines, span_of
from extractors.party_names import lacks_beginning
from extractors.sides import Sides, Told, read_sides
from extractors.text import fold
from extractors.told_twice import settle_alike

_DIGITS = re.compile(r"^\d{10,24}$")
_ENDED = re.compile(r"(?:公司|厂|矿|社|局|所|中心|院|集团|行|部|站|店|馆|校|会|委|户)[)）]?$")
_SIDES = Sides(
    roles={
        "payer": r"(?:付款|汇款|付)(?:人|方|单位)?",
        "payee": r"(?:收款|收)(?:人|方|单位)?|收[^款入费据支]{1,2}(?=$)",
    },
    labels={
        "name": r"(?:账户|帐户|单位|开户)?(?:名称|全称)|户名|名",
        "account": r"(?:账|帐)号|卡号",
    },
    bare="name",
    multiline=frozenset({"name"}),
    others=(
        r"(?:付|收|汇)款(?:人|方)?(?:开户)?(?:银)?行(?:名称|名|号)?|(?:(?:付款|汇款|收款|付|收)(?:人|方|单位)?)?(?:开户(?:银)?(?:行|机构)(?:名称)?|行名|行号|汇[出入](?:行|地点)(?:名称)?|地址)|"
        r"(?:交易)?金额|币种|人民币|\(?大写\)?|\(?小写\)?|用途|摘要|附言|备注|(?:业务|产品|业务\(产品\))种类|交易(?:流水号|时间|日期|机构|渠道|代码|类型|柜员)|"
        r"流水号|回单(?:编号|号码|类型)|日志号|凭证(?:号码|种类|类型|号)|记[账帐](?:日期|网点|柜员)|入[账帐]日期|打印(?:日期|时间|次数)|时间戳|验证码|"
        r"手续费|日期"
    ),
)


def read_ends(pages: Sequence[ReadPage]) -> tuple[Mapping[str, TextField], Mapping[str, TextField]]:
    """Names and accounts by end, `payer` and `payee`."""
    told = _sided(read_sides(pages, _SIDES), pages)
    told += [one for one in _by_form(pages) if not _has(told, one)]
    return {side: _name(told, side) for side in _SIDES.roles}, {side: _account(told, side) for side in _SIDES.roles}


def _by_form(pages: Sequence[ReadPage]) -> Iterator[Told]:
    """Two companies, or two accounts, side by side, the left one as payer: in doubt, for where no label was read."""
    for page in pages:
        for row in lines(page.words):
            for key, form in (("name", _ENDED), ("account", _DIGITS)):
                spans = [span for word in row.words if form.search(fold(word.text)) and (span := span_of([word]))]
                if len(spans) == 2 and spans[1].box.x0 - spans[0].box.x0 > 0.2:
                    sides = zip(_SIDES.roles, spans, strict=True)
                    yield from (Told(side, key, span, page.number, sure=False) for side, span in sides)


def _has(told: Sequence[Told], one: Told) -> bool:
    """Whether a label tells what stands for a side, or tells this very print of the other side."""
    return any(o.key == one.key and (o.side == one.side or o.span.box.overlap(one.span.box) > 0.5) for o in told)


def _sided(told: Sequence[Told], pages: Sequence[ReadPage]) -> list[Told]:
    """The values with their sides told, where need be, by what is left of 付款人 and 收款人 or by the other side.

    Banks set the payer left of the payee: where nothing else tells them apart, that is taken, but in doubt.
    """
    return [one if one.side else _side_of(one, told, pages) for one in told]


def _side_of(one: Told, told: Sequence[Told], pages: Sequence[ReadPage]) -> Told:
    level = [o for o in told if o.key == one.key and o.page == one.page and _apart(o, one) > 0.1 and _level(o, one)]
    sides = {o.side for o in level if o.side}
    if len(sides) == 1:
        return one._replace(side="payee" if sides == {"payer"} else "payer")
    if not level:
        return one
    left = one.span.box.x0 < level[0].span.box.x0
    between = sorted([one.span.box.x0, level[0].span.box.x0])
    hint = any(_is_payee_mark(word, one.span.box.cy, between) for page in pages for word in page.words)
    return one._replace(side="payer" if left else "payee", sure=hint)


def _apart(one: Told, other: Told) -> float:
    return abs(one.span.box.x0 - other.span.box.x0)


def _level(one: Told, other: Told) -> bool:
    return abs(one.span.box.cy - other.span.box.cy) < 0.02


def _is_payee_mark(word: Word, y: float, between: Sequence[float]) -> bool:
    """What is left of an upright 收款人 between the two columns."""
    near = between[0] < word.box.cx < between[1] and abs(word.box.cy - y) < 0.08
    return near and bool(re.fullmatch("收[^款入费据支]?.?", fold(word.text)))


def _name(told: Sequence[Told], side: str) -> TextField:
    own = [one for one in told if one.side == side and one.key == "name"]
    kept = [(span, one) for one in own if (span := one.span.find(r"^([^:]*[一-鿿]{2,}[^:]*?)[—_|\d-]*$", 1))]
    name = settle_alike([text_field(span, one.page) for span, one in kept])
    if name.value and (not _ENDED.search(name.value) or lacks_beginning(name.value)):  # more of it was not read
        name = name.model_copy(update={"status": Status.UNSURE, "why": "户名可能不完整"})
    return _as_sure(name, own)


def _account(told: Sequence[Told], side: str) -> TextField:
    own = [one for one in told if one.side == side and one.key == "account"]
    return _as_sure(settle_alike([account_field(one.span, one.page) for one in own]), own)


def _as_sure(field: TextField, told: Sequence[Told]) -> TextField:
    if all(one.sure for one in told):
        return field
    return field.model_copy(update={"status": Status.UNSURE, "why": "未能确定属于付款人还是收款人"})
