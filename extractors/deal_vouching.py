"""Papers of one deal that vouch for each other: what agreement, contract and slip state alike is in doubt no more."""

from collections.abc import Callable, Sequence
from typing import Any

from domain.document import Document
from domain.field import Field, Status
from extractors.deal_money import lacks_unit
from extractors.deals import Deal, Item, Party
from extractors.documents.payment_slip import PaymentSlip
from extractors.witness import bears_out

_OF_ITEM = ("quantity", "unit_price", "years", "amount")
_OF_DEAL = ("supply_project", "demand_project", "total", "total_in_words")


def vouch_deals(documents: Sequence[Document]) -> list[Document]:
    """The documents with doubtful fields of deals and slips settled where another of them reads the same.

    Only a second reading of the very same value settles one; nothing is changed, so that papers that differ still do.
    """
    deals = [d for d in documents if isinstance(d, Deal)]
    slips = [d for d in documents if isinstance(d, PaymentSlip)]
    return [_vouch(document, deals, slips) for document in documents]


def _vouch(document: Document, deals: Sequence[Deal], slips: Sequence[PaymentSlip]) -> Document:
    if isinstance(document, Deal):
        return _vouch_deal(document, [deal for deal in deals if deal is not document], slips)
    if isinstance(document, PaymentSlip):
        return _vouch_slip(document, deals)
    return document


def _settle(field: Field[Any], *others: Field[Any]) -> Field[Any]:
    """The field beyond doubt where one of the others has its value."""
    if field.status is not Status.UNSURE or not any(bears_out(field, other) for other in others):
        return field
    return field.model_copy(update={"status": Status.CERTAIN, "why": "其他材料上识读一致"})


def _vouch_deal(deal: Deal, others: Sequence[Deal], slips: Sequence[PaymentSlip]) -> Deal:
    told = {key: _settle(getattr(deal, key), *(getattr(o, key) for o in others)) for key in _OF_DEAL}
    seller = _vouch_party(deal.transferor, [o.transferor for o in others], slips, lambda slip: slip.payee_name)
    buyer = _vouch_party(deal.transferee, [o.transferee for o in others], slips, lambda slip: slip.payer_name)
    items = tuple(_vouch_item(item, [i for o in others for i in o.items]) for item in deal.items)
    return deal.model_copy(update=told | {"transferor": seller, "transferee": buyer, "items": items})


def _vouch_party(
    party: Party, others: Sequence[Party], slips: Sequence[PaymentSlip], end: Callable[[PaymentSlip], Field[str]]
) -> Party:
    told = {key: _settle(getattr(party, key), *(getattr(o, key) for o in others)) for key in Party.model_fields}
    return party.model_copy(update=told | {"name": _settle(told["name"], *(end(slip) for slip in slips))})


def _vouch_item(item: Item, others: Sequence[Item]) -> Item:
    """An item by the same metal's of another paper; its metal where the quantity is the same there, too."""
    same = [o for o in others if o.metal.value == item.metal.value and o.metal.value is not None]
    told = {key: _settle(getattr(item, key), *(getattr(o, key) for o in same)) for key in _OF_ITEM}
    if lacks_unit(item.quantity):
        told["quantity"] = item.quantity
    alike = [o.metal for o in same if o.metal.certain and o.quantity.value == item.quantity.value]
    return item.model_copy(update=told | {"metal": _settle(item.metal, *alike)})


def _vouch_slip(slip: PaymentSlip, deals: Sequence[Deal]) -> PaymentSlip:
    sellers, buyers = [deal.transferor for deal in deals], [deal.transferee for deal in deals]
    told = {
        "payer_name": _settle(slip.payer_name, *(party.name for party in buyers)),
        "payee_name": _settle(slip.payee_name, *(p for party in sellers for p in (party.name, party.account_name))),
        "payer_account": _settle(slip.payer_account, *(party.account for party in buyers)),
        "payee_account": _settle(slip.payee_account, *(party.account for party in sellers)),
        "amount": _settle(slip.amount, *(deal.total for deal in deals if deal.total.certain)),
        "amount_in_words": _settle(
            slip.amount_in_words, *(d.total_in_words for d in deals if d.total_in_words.certain)
        ),
    }
    return slip.model_copy(update=told)
