"""Returning a case for 补正: the drafted notice, edited on the page, as .docx, and sent."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import FormData

from domain.decision import Act, Wish
from domain.errors import HeyanError
from domain.return_notice import MOST_DEFECTS, MOST_PAGES, Defect, ReturnNotice
from reports.return_notice import write_notice
from review import deciding
from review.desk.asked import AnOffice, CaseNumber, Number, read_number
from review.desk.downloads import name_download
from review.desk.files import CaseFile, open_case
from review.desk.looks import render
from review.desk.office import Office
from review.desk.routes.decisions import EXPECTED, read_edition
from review.desk.security import need
from review.notices import bind, draft_notice, mask_notice
from review.roles import Action
from storage.decisions import Decisions, NotNow
from storage.people import Session
from storage.records import CaseRecord

router = APIRouter(include_in_schema=False)
Returner = Annotated[Session, Depends(need(Action.RETURN))]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LINES = ("to", "opening", "closing", "signed", "on")
_PARTS = ("rule", "problem", "provision", "ask")
INCOMPLETE = "通知不完整：请填写致送单位、开头、结尾、落款和日期，日期写作 2026-11-24"


async def sent_form(request: Request) -> FormData:
    """The form of a request; its fields are as many as the notice has defects."""
    return await request.form()


Sent = Annotated[FormData, Depends(sent_form)]


@router.get("/cases/{case}/return")
def show_notice(request: Request, office: AnOffice, session: Returner, case: CaseNumber) -> Response:
    """The drafted notice, to be edited."""
    file = open_case(office, case, session.user)
    return _show(request, file, draft(office, file))


@router.post("/cases/{case}/return")
def send_back(request: Request, office: AnOffice, session: Returner, case: CaseNumber, sent: Sent) -> Response:
    """Returns the case with the edited notice; or the page again, with what went wrong."""
    file = open_case(office, case, session.user)
    try:
        notice = read_notice(sent, draft(office, file), file.record)
        wish = Wish(
            case=case,
            act=Act.RETURN,
            edition=read_edition(str(sent.get("edition", ""))),
            reason=str(sent.get("reason", "")),
            notice=notice,
        )
        decided = deciding.decide(office.ledger, wish, session.user, office.bucket)
    except HeyanError as error:
        if not isinstance(error, EXPECTED):
            raise
        return _show(request, file, as_typed(sent, draft(office, file)), error.message)
    return RedirectResponse(f"/cases/{case}?told={request.app.state.told.keep(decided)}", 303)


@router.post("/cases/{case}/notice.docx")
def download_draft(office: AnOffice, session: Returner, case: CaseNumber, sent: Sent) -> Response:
    """The notice as it stands in the form; nothing is decided. Raises NotNow where it is incomplete."""
    file = open_case(office, case, session.user)
    return _send(mask_notice(read_notice(sent, draft(office, file), file.record), file.mask), case, "draft")


@router.get("/cases/{case}/notice-{number}.docx")
def download_sent(
    office: AnOffice, session: Annotated[Session, Depends(need(Action.VIEW_CASE))], case: CaseNumber, number: Number
) -> Response:
    """The notice with which a case was returned, its accounts in full for those who asked to see them.

    Raises NotNow where that decision has none.
    """
    decisions = Decisions(office.ledger.database).of_case(case)
    notice = next((one.notice for one in decisions if one.number == number), None)
    if notice is None:
        raise NotNow("NO_NOTICE", "该决定没有补正通知")
    return _send(mask_notice(notice, open_case(office, case, session.user).mask), case, str(number))


def draft(office: Office, file: CaseFile) -> ReturnNotice:
    """What the findings and people's decisions make of the notice; accounts only by their last digits."""
    notice = draft_notice(file.record, Decisions(office.ledger.database).items(file.number))
    return mask_notice(notice, file.mask)


def read_notice(sent: FormData, known: ReturnNotice, record: CaseRecord) -> ReturnNotice:
    """The notice as it was edited; raises NotNow where something is missing, BadNotice where it is too long."""
    lines = {key: str(sent.get(key, "")).strip() for key in _LINES}
    if not all(lines.values()):
        raise NotNow("INCOMPLETE", INCOMPLETE)
    kept = [n for n in range(_count(sent)) if sent.get(f"keep-{n}") or not sent.get(f"rule-{n}")]
    defects = [_read_defect(sent, n) for n in kept if str(sent.get(f"problem-{n}", "")).strip()]
    try:
        notice = ReturnNotice.model_validate(known.model_dump() | lines | {"defects": tuple(defects)})
    except ValidationError:
        raise NotNow("INCOMPLETE", INCOMPLETE) from None
    return bind(notice, record)


def as_typed(sent: FormData, known: ReturnNotice) -> ReturnNotice:
    """The notice with whatever was typed, for the form to show it again."""
    lines = {key: str(sent.get(key, "")) for key in _LINES if key != "on"}
    defects = [_read_defect(sent, n) for n in range(_count(sent)) if str(sent.get(f"problem-{n}", "")).strip()]
    return known.model_copy(update=lines | {"defects": tuple(defects)})


def _count(sent: FormData) -> int:
    return min(read_number(str(sent.get("count", ""))) or 0, MOST_DEFECTS)


def _read_defect(sent: FormData, n: int) -> Defect:
    told = {key: str(sent.get(f"{key}-{n}", "")).strip() for key in _PARTS}
    pages = str(sent.get(f"pages-{n}", "")).replace("，", "、").replace(",", "、").split("、")
    numbers = (read_number(page.strip()) for page in pages[:MOST_PAGES])
    return Defect(**told, pages=tuple(number for number in numbers if number))


def _show(request: Request, file: CaseFile, notice: ReturnNotice, message: str = "") -> Response:
    content: dict[str, Any] = {
        "file": file,
        "case": file.record.case,
        "edition": file.record.case.edition,
        "notice": notice,
        "reason": "",
        "trouble": {"message": message} if message else None,
    }
    if message:
        content["mask"] = file.mask.but(notice.model_dump_json())  # what was typed comes back as it was
    return render(request, "return.html", 409 if message else 200, **content)


def _send(notice: ReturnNotice, case: str, mark: str) -> Response:
    headers = name_download(f"{case}-v{notice.version}-{mark}.docx")
    return Response(write_notice(notice), media_type=DOCX, headers=headers)
