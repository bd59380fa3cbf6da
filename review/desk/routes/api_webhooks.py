"""Webhooks for programs: who is told when a case changes its state, and what was sent."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from domain.page import Frozen
from domain.people import User
from reports.webhooks.guard import check_url
from reports.webhooks.sending import send
from review.desk.asked import AnOffice, Number, PageNumber, Short, Size, Text
from review.desk.keys import key
from review.desk.problems import RESPONSES
from review.desk.veils import Veiled
from review.roles import Action
from storage.webhooks import Delivery, Webhook, Webhooks

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"], responses=RESPONSES, route_class=Veiled)
Keeper = Annotated[User, Depends(key(Action.MANAGE_WEBHOOKS))]


class NewWebhook(Frozen):
    """An https address that is to be told, and what it is for."""

    url: Text
    label: Short = ""


class MadeWebhook(Frozen):
    """`secret` signs the messages (Standard Webhooks) and is shown this once."""

    webhook: Webhook
    secret: str


class Probe(Frozen):
    """What came of a ping: the status that the other side answered, and what went wrong."""

    status: int | None
    trouble: str | None


@router.get("", response_model=list[Webhook])
def list_webhooks(office: AnOffice, _: Keeper) -> Any:
    """All webhooks, without their secrets."""
    return Webhooks(office.ledger.database).list()


@router.post("", status_code=201, response_model=MadeWebhook)
def add_webhook(office: AnOffice, user: Keeper, new: NewWebhook) -> Any:
    """Has an address told of everything from now on."""
    check_url(new.url, office.allowed_hosts)
    made, secret = Webhooks(office.ledger.database).add(new.url, new.label, user.actor)
    return MadeWebhook(webhook=made, secret=secret)


@router.delete("/{number}", status_code=204)
def remove_webhook(office: AnOffice, user: Keeper, number: Number) -> Response:
    """Tells an address nothing more."""
    Webhooks(office.ledger.database).remove(number, user.actor)
    return Response(status_code=204)


@router.post("/{number}/test", response_model=Probe)
def test_webhook(office: AnOffice, _: Keeper, number: Number) -> Any:
    """Sends a ping now."""
    status, trouble = send(Webhooks(office.ledger.database).probe(number), office.allowed_hosts)
    return Probe(status=status, trouble=trouble)


@router.get("/{number}/deliveries", response_model=list[Delivery])
def list_deliveries(office: AnOffice, _: Keeper, number: Number, page: PageNumber = 1, size: Size = 50) -> Any:
    """What was sent or waits to be, newest first."""
    return Webhooks(office.ledger.database).log(number, page, size)
