"""Supervisors look after the people: add, role, disable, enable, another password, unlock."""

from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import ExitCode, HeyanError
from domain.people import Role, User
from review.desk.asked import AnOffice, Number
from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.office import Office
from review.desk.routes.account import Trouble
from review.desk.security import need
from review.roles import Action
from storage.identities import Identities
from storage.passwords import new_password
from storage.people import BadName, LastSupervisor, Session, UserExists
from storage.staff import Staff

router = APIRouter(include_in_schema=False)
MENU = Entry("/users", "用户", Action.MANAGE_USERS, 70)
Supervisor = Annotated[Session, Depends(need(Action.MANAGE_USERS))]
Typed = Annotated[str, Form()]
OWN = "不能停用自己、改变自己的角色或重置自己的密码，请由另一位负责人操作"
NO_ROLE = "请选择角色"
LONG = "姓名不超过 60 个字符"
_LONGEST = 60
DONE = {
    "role": "角色已改变。",
    "disabled": "已停用，该用户已退出，其令牌全部作废。",
    "enabled": "已恢复。",
    "unlocked": "已解除锁定。",
    "linked": "统一认证账户已关联，今后可用它登录。",
    "unlinked": "已解除与统一认证账户的关联。",
}


class OwnAccount(HeyanError):
    """A supervisor would shut themselves out."""

    exit_code = ExitCode.USAGE


class Filled(NamedTuple):
    """What was typed to add somebody."""

    name: str = ""
    display: str = ""
    role: str = ""
    no_password: bool = False


@router.get("/users")
def show_users(request: Request, office: AnOffice, session: Supervisor) -> Response:
    """Everybody, with a form to add one more."""
    return _list(request, office)


@router.post("/users")
def add_user(
    request: Request,
    office: AnOffice,
    session: Supervisor,
    name: Typed = "",
    display: Typed = "",
    role: Typed = "",
    no_password: Typed = "",
) -> Response:
    """Adds somebody with a password for once, shown on this answer alone; or the page again, with what was wrong."""
    filled = Filled(name.strip(), display.strip(), role, bool(no_password))
    trouble = _judge(filled)
    if trouble:
        return _list(request, office, filled, trouble)
    password = None if filled.no_password else new_password()
    try:
        user = office.people.add(
            filled.name, filled.display, Role(role), password, session.user.actor, once=password is not None
        )
    except (BadName, UserExists) as error:
        return _list(request, office, filled, Trouble("name", error.message))
    return show(request, office, user.id, password=password or "", note="已新增用户。")


@router.get("/users/{number}")
def show_user(request: Request, office: AnOffice, session: Supervisor, number: Number, done: str = "") -> Response:
    """Somebody, with what may be done; raises UnknownUser."""
    return show(request, office, number, note=DONE.get(done, ""))


@router.post("/users/{number}/role")
def change_role(request: Request, office: AnOffice, session: Supervisor, number: Number, role: Typed = "") -> Response:
    """Gives somebody another role; raises UnknownUser."""
    user = _find(office, number)
    if role not in set(Role):
        return show(request, office, number, trouble=NO_ROLE)
    try:
        refuse_own(user, session)
        office.people.set_role(user.name, Role(role), session.user.actor)
    except (OwnAccount, LastSupervisor) as error:
        return show(request, office, number, trouble=error.message)
    return RedirectResponse(f"/users/{number}?done=role", 303)


@router.post("/users/{number}/disable")
def disable(request: Request, office: AnOffice, session: Supervisor, number: Number, confirmed: Typed = "") -> Response:
    """Asks whether it is meant, and then shuts somebody out; raises UnknownUser."""
    user = _find(office, number)
    try:
        refuse_own(user, session)
        if confirmed != "yes":
            return show(request, office, number, asking=True)
        office.people.disable(user.name, session.user.actor)
    except (OwnAccount, LastSupervisor) as error:
        return show(request, office, number, trouble=error.message)
    return RedirectResponse(f"/users/{number}?done=disabled", 303)


@router.post("/users/{number}/enable")
def enable(office: AnOffice, session: Supervisor, number: Number) -> Response:
    """Lets somebody in again; raises UnknownUser."""
    office.people.enable(_find(office, number).name, session.user.actor)
    return RedirectResponse(f"/users/{number}?done=enabled", 303)


@router.post("/users/{number}/password")
def reset_password(request: Request, office: AnOffice, session: Supervisor, number: Number) -> Response:
    """A password for once, shown on this answer alone; raises UnknownUser."""
    user = _find(office, number)
    try:
        refuse_own(user, session)
    except OwnAccount as error:
        return show(request, office, number, trouble=error.message)
    password = new_password()
    office.people.set_password(user.name, password, session.user.actor, once=True)
    return show(request, office, number, password=password, note="密码已重置，该用户已退出，其令牌全部作废。")


@router.post("/users/{number}/unlock")
def unlock(office: AnOffice, session: Supervisor, number: Number) -> Response:
    """Lets somebody try again after too many wrong passwords; raises UnknownUser."""
    _staff(office).unlock(_find(office, number), session.user.actor)
    return RedirectResponse(f"/users/{number}?done=unlocked", 303)


def _judge(filled: Filled) -> Trouble | None:
    if filled.role not in set(Role):
        return Trouble("role", NO_ROLE)
    return Trouble("display", LONG) if len(filled.display) > _LONGEST else None


def refuse_own(user: User, session: Session) -> None:
    """Raises OwnAccount."""
    if user.id == session.user.id:
        raise OwnAccount("OWN_ACCOUNT", OWN)


def _staff(office: Office) -> Staff:
    return Staff(office.ledger.database, office.clock)


def _find(office: Office, number: int) -> User:
    return _staff(office).find(number).user


def _list(request: Request, office: Office, filled: Filled | None = None, trouble: Trouble | None = None) -> Response:
    content: dict[str, Any] = {"accounts": _staff(office).list(), "roles": list(Role)}
    content |= {"filled": filled or Filled(), "trouble": trouble}
    return render(request, "users.html", 422 if trouble else 200, **content)


def show(
    request: Request,
    office: Office,
    number: int,
    *,
    note: str = "",
    trouble: str = "",
    password: str = "",
    asking: bool = False,
) -> Response:
    """The page of somebody; raises UnknownUser."""
    account = _staff(office).find(number)
    content: dict[str, Any] = {"account": account, "roles": list(Role), "note": note}
    content |= {"trouble": trouble, "password": password, "asking": asking, "sign_on": office.sign_on is not None}
    content["identities"] = Identities(office.ledger.database).of(account.user)
    return render(request, "user.html", 409 if trouble else 200, **content)
