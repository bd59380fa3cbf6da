"""Reads 协议转让书 and 交易合同: who sells to whom is told by the text, never by the order of the parties."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from domain.field import Status, TextField
from domain.page import ReadPage
from extractors.deal_items import HEADERS, read_items, read_sum
from extractors.deal_money import read_totals, settle
from extractors.deals import Party
from extractors.fields import code_field, parsed_field, text_field
from extractors.item_tables import lay_anew
from extractors.layout import Span, lines, span_of
from extractors.party_names import read_name
from extractors.scroll import Paragraph, Place, unroll
from extractors.sides import Sides, Told, read_sides
from extractors.signatures import find_signing, read_seals
from extractors.signing_day import dated_by, read_signed_on
from extractors.text import fold
from extractors.told_twice import settle_alike
from extractors.values import find_values

_SELLS = r"(?:(?:出让|转让)方(?!式|案|法)|卖方)"
_BUYS = r"(?:受让方|买方)"
_QUOTE = r"[“”\"'‘’「」]*"

_LABELS = {
    "account_name": r"(?:银行)?(?:开户|账户|帐户)(?:名称|名)|户名|开户单位|收款单位(?:名称)?",
    "name": r"(?:单位|企业|公司)?(?:名称|全称)",
    "uscc": r"(?:统一社会|社会)?信用代码(?:\(?[^():]{0,6}\)?)?|统一社会信用代码",
    "address": r"(?:单位|注册|通讯|通信|联系)?地址|住所(?:地)?|注册地",
    "representative": r"法定代表人(?:\(负责人\))?(?:或(?:其)?(?:授权|委托)?代(?:表|理)人?)?|法人代表|负责人",
    "account": r"(?:银行|收款|付款)?(?:账|帐)号|银行(?:账|帐)户",
}
_OTHERS = (
    r"开户(?:银)?行(?:名称|及账号)?|联系人|联系(?:电话|方式)|电话|传真|邮政编码|邮编|签[订署约](?:日期|时间|地点)|日期|"
    r"(?:授权|委托)代(?:表|理)人?|(?:减排|新建|改建|扩建|建设)?项目名称|(?:合同|协议|许可证|排污许可证|证书)编号|行业类别|"
    r"(?:减排|新建|改建|扩建|新、改、扩建|受让|建设)项目|环评批复文号"
)
_STOP = r"第[一二三四五六七八九十\d]+条|鉴于|根据|为(?:了)?|依据|经(?:甲乙)?双方"
_BUILDS = r"(?:新(?:建)?[、/(]?(?:改(?:建)?)?[、/]?扩?\)?建|新建|改建|扩建|改扩建|建设|受让|使用)"
_PROJECTS = {
    "supply_project": r"(?:出让方|转让方)?(?:的)?(?:减排|削减)(?:工程)?项目(?:名称)?|(?:出让|转让)方项目(?:名称)?|"
    r"减排工程(?:名称)?",
    "demand_project": rf"(?:受让方)?(?:拟)?{_BUILDS}项目(?:名称)?|受让方(?:的)?项目(?:名称)?",
}
_QUOTED = r"(?<=[“\"‘「])(?P<value>[^“”\"'‘’「」.;]{4,60}?)[”\"’」]"
_TOLD = {
    "supply_project": rf"(?:(?:减排|削减)(?:工程)?项目|(?:实施|完成|建成)(?:了|的)?){_QUOTE}{_QUOTED}",
    "demand_project": rf"(?:(?:{_BUILDS}|受让方)(?:的)?项目|(?:拟建|用于|{_BUILDS})(?:的|其)?){_QUOTE}{_QUOTED}",
}


def read_deal(pages: Sequence[ReadPage]) -> dict[str, Any]:
    """The fields that agreement and contract share."""
    pages = lay_anew(pages, HEADERS)
    texts = unroll(pages)
    roles = tell_roles(texts)
    told = read_sides(pages, _sides(roles))
    parties = {side: _party(told, side) for side in roles}
    number = read_number(pages)
    signing = find_signing(pages, roles, {side: party.name.value for side, party in parties.items()})
    total, in_words = read_totals(texts, read_sum(pages, texts))
    items, total = settle(read_items(pages, texts), total)
    return {
        "pages": tuple(page.number for page in pages),
        "number": number,
        **parties,
        "items": items,
        "total": total,
        "total_in_words": in_words,
        "signed_on": dated_by(read_signed_on(signing, pages), number),
        "seals": read_seals(signing, {side: party.name for side, party in parties.items()}),
        **{key: _project(pages, texts, key) for key in _PROJECTS},
    }


# ---- who is who ------------------------------------------------------------------------------------------------


def tell_roles(texts: Sequence[Paragraph]) -> dict[str, str]:
    """What each side is called in this paper: 出让方, 转让方, and 甲方 or 乙方 where the text says which it is."""
    roles = {"transferor": _SELLS, "transferee": _BUYS}
    letters = _letters("\n".join(text.text for text in texts))
    for side, letter in letters.items():
        roles[side] = f"(?:{roles[side]}|{letter}方)"
    return roles


def _letters(whole: str) -> dict[str, str]:
    """Which of 甲 and 乙 sells: by what stands beside the names, else by what the clauses make them do."""
    for tell in (_named_as, _acting_as):
        votes: Counter[str] = Counter()
        for letter, other in ("甲乙", "乙甲"):
            votes[letter] += tell(whole, letter, _SELLS, "sell") + tell(whole, other, _BUYS, "buy")
        (first, most), (_, less) = votes.most_common(2)
        if most and not less:
            return {"transferor": first, "transferee": "乙" if first == "甲" else "甲"}
        if most and less:
            return {}
    return {}


def _named_as(whole: str, letter: str, role: str, act: str) -> int:
    beside = rf"{letter}方{_QUOTE}\((?:以下|下)?(?:简)?称?[为]?{_QUOTE}{role}"
    around = rf"{role}{_QUOTE}\((?:以下|下)?(?:简)?称?[为]?{_QUOTE}{letter}方"
    both = rf"{letter}方{_QUOTE}[或/、]{_QUOTE}{role}|{role}{_QUOTE}[或/、]{_QUOTE}{letter}方"
    is_one = rf"{letter}方(?:为|是|系|作为)(?:本(?:次|合同|协议)(?:交易|转让)?(?:的)?)?{role}"
    return len(re.findall(f"{beside}|{around}|{both}|{is_one}", whole))


def _acting_as(whole: str, letter: str, role: str, act: str) -> int:
    agrees = rf"{letter}方(?:自愿|同意|愿意|承诺)*"
    if act == "sell":
        return len(re.findall(rf"{agrees}(?:将[^.;,]{{2,40}})?(?:出让|转让)(?!方)", whole))
    return len(
        re.findall(rf"{agrees}(?:受让|购买)(?!方)|{letter}方(?:应)?[^.;甲乙]{{0,20}}向[甲乙]方(?:一次性)?支付", whole)
    )


def _sides(roles: Mapping[str, str]) -> Sides:
    accounts = r"(?:指定)?(?:的)?收款(?:账户|帐户)(?:信息)?(?:如下)?"
    return Sides(
        roles=dict(roles) | {"transferor": rf"(?:{roles['transferor']}(?:{accounts})?|{accounts})"},
        labels=_LABELS,
        bare="name",
        multiline=frozenset({"name", "address"}),
        others=_OTHERS,
        stop=_STOP,
    )


# ---- parties ---------------------------------------------------------------------------------------------------


def _party(told: Sequence[Told], side: str) -> Party:
    own = [one for one in told if one.side == side]
    return Party(
        name=read_name([one for one in own if one.key == "name"]),
        uscc=_one_code([code_field(one.span, one.page) for one in own if one.key == "uscc"]),
        account=settle_alike([account_field(one.span, one.page) for one in own if one.key == "account"]),
        address=_texts(own, "address"),
        representative=_texts(own, "representative"),
        account_name=read_name([one for one in own if one.key == "account_name"]),
    )


def _texts(own: Sequence[Told], key: str) -> TextField:
    spans = [(one.span.find(r"^(?:\([^()]*\))?:?(.+)$", 1), one.page) for one in own if one.key == key]
    return settle_alike([text_field(span, page) for span, page in spans if span])


def _one_code(fields: Sequence[TextField]) -> TextField:
    """A party's code; two codes that both hold contradict each other, and neither is taken."""
    sure = {field.value: field.raw for field in fields if field.certain}
    settled = settle_alike(fields)
    if len(sure) < 2:
        return settled
    changed = {"status": Status.UNSURE, "value": None, "raw": " / ".join(sure.values()), "why": "同一文件内代码不一致"}
    return settled.model_copy(update=changed)


def account_field(span: Span | None, page: int) -> TextField:
    """A bank account's number: digits, however they are spaced."""
    digits = (
        span.find(r"(?<![0-9A-Za-z])\d[\d.-]{5,31}(?![0-9A-Za-z])") if span else None
    )  # without what stands beside it
    return parsed_field(TextField, digits or span, page, _account, "账号无法识读")


def _account(text: str) -> tuple[str, str | None] | None:
    folded = re.sub(r"[-.]", "", fold(text))
    match = re.match(r"\d{6,32}(?![0-9A-Za-z])", folded)
    if match:
        return match[0], None
    mended = re.match(r"[\dOolIBS]{8,32}", folded)
    swaps = str.maketrans("OolIBS", "001185")
    return (mended[0].translate(swaps), "账号的字符存疑") if mended and re.search(r"\d{4}", mended[0]) else None


# ---- number and projects ---------------------------------------------------------------------------------------


def read_number(pages: Sequence[ReadPage]) -> TextField:
    """The paper's number on its first page, where a printed stretch begins with 编号; in the text others are named."""
    rows = lines(pages[0].words)
    label = r"^\(?(?:合同|协议|转让|文件)?(?:协议|合同)?(?:书)?编号:?|^N[oO0][.:]{0,2}"
    words = [word for row in rows for word in row.words if re.search(label, fold(word.text))]
    spans = [span for word in words if (whole := span_of([word])) and (span := whole.find(rf"(?:{label})(.*\d.*)$", 1))]
    return text_field(_sure_of_brackets(spans[0]) if spans else None, pages[0].number, _numbered)


_OPENS, _CLOSES = r"[(（\[【〔]", r"[)）\]】〕]"


def _numbered(raw: str) -> str:
    """A number as papers set it: the year in its own brackets, whatever brackets were read."""
    packed = re.sub(r"\s+", "", raw).strip(":：)）")
    return re.sub(rf"{_OPENS}(\d{{4}}){_CLOSES}", r"〔\1〕", packed)


def _sure_of_brackets(span: Span) -> Span:
    """A number of which the brackets about its year are as good as any: which kind was printed makes no difference."""
    year = re.search(rf"{_OPENS}\d{{4}}{_CLOSES}", span.text)
    told = (year.start(), year.end() - 1) if year else ()
    return Span([glyph._replace(confidence=1.0) if n in told else glyph for n, glyph in enumerate(span.glyphs)])


def _project(pages: Sequence[ReadPage], texts: Sequence[Paragraph], key: str) -> TextField:
    """A project's name behind its label, else as the sentences quote it; told twice alike it is beyond doubt."""
    span, page = find_values(pages, {key: rf"(?:{_PROJECTS[key]})(?=:|$)"}, frozenset({key}))[key]
    labelled = [Place(span, page)] if span and re.search("项目|工程|线|改造", span.text) else []
    quoted = [text.cut(*m.span("value")) for text in texts for m in re.finditer(_TOLD[key], text.text)]
    return settle_alike([text_field(*place) for place in [*labelled, *quoted]])
