"""排污许可证 正本, the discharge permit's certificate (domain 2.2, 2.3)."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Literal

from domain.document import Document, Version
from domain.field import Field, Status, TextField
from domain.page import ReadPage
from extractors.fields import code_field, date_field, person_field, text_field
from extractors.layout import Line, Span, labelled, lines
from extractors.recognition import Marks
from extractors.text import fold, permit_number

MARKS = Marks(
    title=r"排污许可证(?:\(?正本\)?)?(?:\(变更[前后]\))?",
    body=("证书编号|许可证编号", "单位名称", "有效期限", "发证机关", "生产经营场所", "行业类别"),
    against=(".*登记回执", r"\(?副本\)?", "排污许可证副本", "持证须知"),
    need=3,
    untitled_need=4,
)

LABELS = {
    "number": r"证书编号|许可证编号",
    "name": r"排污单位名称|单位名称",
    "registered_address": r"注册地址",
    "legal_representative": r"法定代表人\(主要负责人\)|法定代表人|主要负责人",
    "premises_address": r"生产经营场所地址",
    "industry": r"行业类别",
    "uscc": r"统一社会信用代码",
    "organisation_code": r"组织机构代码证?",
    "term": r"有效期限",
    "authority": r"发证机关",
    "issued_on": r"发证日期",
    "supervision": r"中华人民共和国生态环境部监制",
}
_WRAPPED = frozenset({"name", "registered_address", "premises_address", "industry", "term", "authority"})
_TEXTS = ("name", "registered_address", "premises_address", "industry")


class PermitFields(Document):
    """What certificate and cover of the copy both print."""

    CRITICAL: ClassVar[frozenset[str]] = frozenset(
        {"number", "name", "uscc", "valid_from", "valid_to", "issued_on", "version"}
    )

    number: TextField = TextField()
    name: TextField = TextField()
    registered_address: TextField = TextField()
    legal_representative: TextField = TextField()
    premises_address: TextField = TextField()
    industry: TextField = TextField()
    uscc: TextField = TextField()
    valid_from: Field[date] = Field[date]()
    valid_to: Field[date] = Field[date]()
    authority: TextField = TextField()
    issued_on: Field[date] = Field[date]()


class PermitCertificate(PermitFields):
    """Fields of catalogue `permit_certificate`."""

    TITLE: ClassVar[str] = "排污许可证正本"
    type: Literal["permit_certificate"] = "permit_certificate"


def read(pages: Sequence[ReadPage]) -> PermitCertificate:
    """The certificate on the first of its pages."""
    return PermitCertificate(pages=tuple(p.number for p in pages), **read_cover(pages[0]))


def read_cover(page: ReadPage) -> dict[str, Any]:
    """The fields that certificate and cover share, and the version where 变更前/变更后 is printed."""
    rows = lines(page.words)
    found = {key: spans[0] for key, spans in labelled(rows, LABELS, _WRAPPED).items()}
    number = page.number
    start = date_field(found.get("term"), number)
    return {
        "version": printed_version(rows),
        "number": code_field(found.get("number"), number, permit_number),
        "uscc": code_field(found.get("uscc"), number),
        "valid_from": start,
        "valid_to": date_field(found.get("term"), number, which=1),
        "issued_on": _settle_issue(date_field(found.get("issued_on"), number), start),
        "authority": text_field(_without_stamp_mark(found.get("authority")) or _printer(rows), number),
        "legal_representative": person_field(found.get("legal_representative"), number),
        **{key: text_field(found.get(key), number) for key in _TEXTS},
    }


_ONE_LOST = re.compile(r"\d{3}年\d{2}月\d{2}日?")


def _settle_issue(issued: Field[date], start: Field[date]) -> Field[date]:
    """A doubtful date of issue that is the very day on which the term begins, which stands elsewhere on the page and
    was read for sure; one digit of its year may be lost."""
    if issued.certain or not start.certain or start.value is None:
        return issued
    lost = issued.value is None and _is_but_one_digit(fold(issued.raw), start.value)
    if not lost and issued.value != start.value:
        return issued
    return issued.model_copy(update={"value": start.value, "status": Status.CERTAIN, "why": "与有效期起始日识读一致"})


def _is_but_one_digit(raw: str, day: date) -> bool:
    year, rest = f"{day:%Y}", f"{day:年%m月%d}"
    short = {year[:n] + year[n + 1 :] for n in range(4)}
    return bool(_ONE_LOST.fullmatch(raw)) and raw[:3] in short and raw[3:].rstrip("日") == rest


def _without_stamp_mark(authority: Span | None) -> Span | None:
    """The authority's name without the （盖章） printed beside it."""
    return authority.find(r"[^()]{4,}$|^[^()]{4,}") if authority else None


def _printer(rows: Sequence[Line]) -> Span | None:
    """The authority as the foot names it (…生态环境局印制), where the stamp alone stands at its label."""
    pattern = r"(?:监制)?([^:监制]{4,}?局)印制"
    return next((span for row in reversed(rows) if (span := row.find(pattern, 1))), None)


def printed_version(rows: Sequence[Line]) -> Version | None:
    """变更前 or 变更后 where the paper says so in its heading or margin."""
    for row in rows:
        match = re.fullmatch(r"\(?(?:排污许可证)?\(?变更(前|后)\)?(?:正本|副本)?\)?", row.text)
        if match:
            return Version.BEFORE if match[1] == "前" else Version.AFTER
    return None
