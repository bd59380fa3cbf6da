"""One's own account: the password, tokens for programs, and where one is signed in."""

from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from review.desk.asked import AnOffice, Number
from review.desk.looks import render
from review.desk.office import Office
from review.desk.security import need
from review.roles import Action
from storage.identities import Identities
from storage.passwords import LEAST, WeakPassword
from storage.people import BadCredentials, LockedOut, Session
from storage.staff import Staff

router = APIRouter(include_in_schema=False)
Owner = Annotated[Session, Depends(need(before_change=True))]
Settled = Annotated[Session, Depends(need())]
Issuer = Annotated[Session, Depends(need(Action.ISSUE_TOKEN))]
Typed = Annotated[str, Form()]
DONE = {
    "password": "密码已修改，其他登录均已结束。",
    "revoked": "令牌已作废。",
    "session": "该登录已结束。",
    "others": "其他登录均已结束。",
    "linked": "统一认证账户已关联，今后可用它登录。",
    "unlinked": "已解除与统一认证账户的关联。",
}
WRONG = "原密码不正确"
DIFFER = "两次输入的新密码不同"
NO_LABEL = "请填写用途，不超过 60 个字符"
_LONGEST = 60


class Trouble(NamedTuple):
    """What was wrong with a form, and at which of its fields."""

    field: str
    message: str


@router.get("/account")
def show_account(request: Request, office: AnOffice, session: Owner, done: str = "") -> Response:
    """One's own account; before the password is changed nothing but that."""
    return show(request, office, session, note=DONE.get(done, ""))


@router.post("/account/password")
def change_password(
    request: Request, office: AnOffice, session: Owner, old: Typed = "", new: Typed = "", again: Typed = ""
) -> Response:
    """Another password by the old one; or the page again, with what was wrong at its field."""
    trouble = Trouble("again", DIFFER) if new != again else _change(office, session, old, new)
    if trouble:
        return show(request, office, session, trouble=trouble)
    return RedirectResponse("/account?done=password", 303)


@router.post("/account/tokens")
def issue_token(request: Request, office: AnOffice, session: Issuer, label: Typed = "") -> Response:
    """A new token, shown on this answer and never again."""
    label = label.strip()
    if not 0 < len(label) <= _LONGEST:
        return show(request, office, session, trouble=Trouble("label", NO_LABEL), label=label)
    token = office.people.issue_token(session.user, label, session.user.actor)
    return show(request, office, session, token=token)


@router.post("/account/tokens/{number}/revoke")
def revoke_token(office: AnOffice, session: Issuer, number: Number) -> Response:
    """Makes one of one's own tokens worthless; raises UnknownUser."""
    office.people.revoke(session.user, number, session.user.actor)
    return RedirectResponse("/account?done=revoked", 303)


@router.post("/account/sessions/{number}/end")
def end_session(office: AnOffice, session: Settled, number: Number) -> Response:
    """Ends another of one's own sessions; raises UnknownUser."""
    _staff(office).end_session(session, number)
    return RedirectResponse("/account?done=session", 303)


@router.post("/account/sessions/end-others")
def end_others(office: AnOffice, session: Settled) -> Response:
    """Ends all of one's own sessions but this one."""
    _staff(office).end_others(session)
    return RedirectResponse("/account?done=others", 303)


def _change(office: Office, session: Session, old: str, new: str) -> Trouble | None:
    try:
        office.people.change_password(session, old, new)
    except WeakPassword as error:
        return Trouble("new", error.message)
    except LockedOut as error:
        return Trouble("old", error.message)
    except BadCredentials:
        return Trouble("old", WRONG)
    return None


def _staff(office: Office) -> Staff:
    return Staff(office.ledger.database, office.clock)


def show(
    request: Request,
    office: Office,
    session: Session,
    *,
    note: str = "",
    trouble: Trouble | None = None,
    label: str = "",
    token: str = "",
    way: str = "",
) -> Response:
    """The page; `way` is the address of another sign-in service to link an account there."""
    content: dict[str, Any] = {
        "account": _staff(office).find(session.user.id),
        "tokens": office.people.tokens(session.user)[::-1],
        "sessions": _staff(office).sessions(session),
        "note": note,
        "trouble": trouble,
        "label": label,
        "token": token,
        "way": way,
        "sign_on": office.sign_on is not None,
        "identities": Identities(office.ledger.database).of(session.user),
        "least": LEAST,
    }
    return render(request, "account.html", 422 if trouble else 200, **content)
