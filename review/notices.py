"""What a 补正通知 lists: everything that is missing or wrong, where it stands, and what is to be handed in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from domain.finding import Finding, Outcome
from domain.printing import spell
from domain.return_notice import LONGEST, MOST_DEFECTS, MOST_PAGES, Defect, ReturnNotice
from reference.calendar import CHINA
from review.masking import Mask, cover
from storage.decisions import NotNow
from storage.records import CaseRecord, Item, ItemState

_KINDS = {"supply": "出让", "demand": "受让", "transfer": "成交报备"}
# What is asked for: by the rule's code, else by its family.
_ASKS: Mapping[str, str] = {
    "DOC-001": "补交所缺材料的彩色扫描件",
    "DOC-003": "提交排污许可证正本、副本的彩色扫描件",
    "DOC-004": "说明该页来源，并提交本单位自己的材料",
    "IMG-001": "以彩色方式重新扫描后提交",
    "IMG-002": "加盖企业公章后重新扫描提交",
    "IMG-003": "由申报企业加盖本单位公章后重新扫描提交",
    "IMG-004": "加盖企业公章（非专用章、部门章）后重新扫描提交",
    "IMG-005": "以不低于200 dpi的分辨率重新扫描，保证清晰、完整",
    "IDN-006": "提交在有效期内的营业执照",
    "PER-003": "提交在有效期内的排污许可证正本、副本",
    "PAY-002": "补交其余款项的付款凭证，或说明分期付款安排",
    "PAY-005": "提交银行出具的付款凭证",
    "TIM-001": "公示期满后重新签订合同，或提交公示情况说明",
    "DOC": "核对并补正所列材料",
    "IMG": "重新扫描所列材料后提交",
    "IDN": "核对企业名称、代码等身份信息，更正后重新提交有关材料",
    "PER": "核对排污许可证，提交一致、有效的正本和副本",
    "QTY": "核对所列数值及计量单位，更正有关材料使之一致后重新盖章提交",
    "DEM": "核对环评排放量、替代比例与需求量，更正后重新盖章提交",
    "DEA": "核对协议、合同与已核验的申报，更正后重新盖章提交",
    "PAY": "核对付款凭证与合同，补交或更正",
    "TIM": "核对所列日期，更正或说明后重新提交",
}
_DAYS = (date(2000, 1, 1), date(2199, 12, 31))
_GENERAL = "核对并补正所列事项"


class BadNotice(NotNow):
    """A notice that cannot be sent: it is over another case, or nobody could print it."""


def draft_notice(record: CaseRecord, items: Sequence[Item], on: date | None = None) -> ReturnNotice:
    """The draft over a case: what is open and failed, and all that somebody confirmed; doubts about a reading alone are
    ours to settle. `items` are all of the case's newest version; `on` is today where not given."""
    case = record.case
    listed = [item for item in items if _is_listed(item)]
    return ReturnNotice(
        case=case.case,
        version=case.version,
        receipt=case.receipt,
        to=next((item.company for item in items if item.company), case.package).replace(" → ", "、"),
        on=on or datetime.now(CHINA).date(),
        submitted_on=case.submitted_on,
        opening=f"你单位于{spell(case.submitted_on)}提交的重金属排污权{_KINDS.get(case.kind or '', '')}材料"
        f"（案件编号：{case.case}，回执号：{case.receipt}）收悉。经核验，下列事项需要补正：",
        defects=tuple(_describe(item.finding) for item in listed) + _unprocessed(record),
        closing="请你单位按上述要求补正，并将全部材料重新提交。提交时，请以案件编号"
        f"“{case.case}”作为文件名或文件夹名的开头，以便并入本案办理。",
        signed="受理部门（盖章）",
    )


def bind(notice: ReturnNotice, record: CaseRecord) -> ReturnNotice:
    """A notice as somebody sent it, where it is over this version of this case and can be printed; raises BadNotice.

    Its texts are theirs to write; which case it is over is not.
    """
    case = record.case
    own = (case.case, case.version, case.receipt, case.submitted_on)
    if (notice.case, notice.version, notice.receipt, notice.submitted_on) != own:
        raise BadNotice("FOREIGN_NOTICE", f"补正通知的案件编号、版本、回执号和提交日期须与案件 {case.case} 一致")
    if len(notice.defects) > MOST_DEFECTS or any(len(one.pages) > MOST_PAGES for one in notice.defects):
        raise BadNotice("NOTICE_TOO_LONG", f"补正事项不超过 {MOST_DEFECTS} 项，每项所列页码不超过 {MOST_PAGES} 个")
    if any(len(text) > LONGEST for text in _texts(notice)):
        raise BadNotice("NOTICE_TOO_LONG", f"补正通知每段文字不超过 {LONGEST} 字")
    if not _DAYS[0] <= notice.on <= _DAYS[1]:
        raise BadNotice("NOTICE_DATE", f"补正通知的日期须在 {_DAYS[0]} 至 {_DAYS[1]} 之间")
    return notice


def _texts(notice: ReturnNotice) -> Iterator[str]:
    yield from (notice.to, notice.opening, notice.closing, notice.signed)
    for one in notice.defects:
        yield from (one.rule, one.problem, one.provision, one.ask)


def mask_notice(notice: ReturnNotice, mask: Mask) -> ReturnNotice:
    """The notice with accounts only by their last digits."""
    return ReturnNotice.model_validate(cover(notice.model_dump(mode="json"), mask))


def _is_listed(item: Item) -> bool:
    if item.state == ItemState.CONFIRMED:
        return True
    return item.state == ItemState.OPEN and item.finding.outcome is Outcome.FAILED


def _describe(finding: Finding) -> Defect:
    ask = _ASKS.get(finding.rule) or _ASKS.get(finding.rule.partition("-")[0], _GENERAL)
    pages = tuple(sorted({place.page for place in finding.evidence if place.page is not None}))
    return Defect(rule=finding.rule, problem=finding.message, pages=pages, provision=finding.cites, ask=ask)


def _unprocessed(record: CaseRecord) -> tuple[Defect, ...]:
    """Why a case could not be processed at all."""
    case = record.case
    if not case.reason_code:
        return ()
    return (Defect(rule=case.reason_code, problem=case.reason or "材料无法处理", ask="改正后重新提交可以打开的文件"),)
