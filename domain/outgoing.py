"""What goes out, in plain values: receipt, 供需信息, 公示, 交易结果公告; every format is written from these."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime

from domain.dossier import Kind
from domain.page import Frozen
from domain.postings import Party, Sale, Sold
from domain.quantity import Amount, Metal

CENT = Decimal("0.01")
ONE = Decimal(1)
NOTHING = Decimal(0)


class Sender(Frozen):
    """Whose paper it is: `name` signs it, `contact` is where objections go; empty where nobody set it."""

    name: str
    contact: str = ""


class ReceivedFile(Frozen):
    """A file as it was handed in; `size` in bytes, no `sha256` for one inside an archive."""

    name: str
    size: int | None = None
    sha256: str | None = None


class Receipt(Frozen):
    """受理回执: what was handed in, when, and under which numbers; it says nothing of what is in it.

    `upload` is the number that the desk gave at once; `company` is known once the papers were read.
    """

    case: str
    version: int
    receipt: str
    upload: str | None = None
    package: str
    kind: Kind | None = None
    company: str | None = None
    submitted_on: date
    received_at: AwareDatetime
    files: tuple[ReceivedFile, ...]
    on: date
    sender: Sender


class Offer(Frozen):
    """One metal of a published listing in kg/a: what is offered or needed, and what of it is still to be had.

    `county` and `industry` are the company's, empty where its papers name none.
    """

    case: str
    kind: Kind
    company: str
    uscc: str
    project: str = ""
    county: str = ""
    industry: str = ""
    metal: Metal
    quantity: Amount
    rest: Amount
    published_on: date


class Publication(Frozen):
    """供需信息 as they stand on a day (guide 4(3)), the latest published last."""

    on: date
    sender: Sender
    offers: tuple[Offer, ...]

    def of(self, kind: Kind) -> tuple[Offer, ...]:
        """The supply or the demand side."""
        return tuple(offer for offer in self.offers if offer.kind is kind)


class Lot(Frozen):
    """What is sold of one metal: kg/a, 元/千克, years where a term is printed, and its share of the total in 元."""

    metal: Metal
    quantity: Amount
    unit_price: Amount | None = None
    years: Amount | None = None
    money: Amount


class Bargain(Frozen):
    """What both papers on a deal tell alike: parties with their projects, lots, total in 元."""

    case: str
    transferor: Party
    transferee: Party
    lots: tuple[Lot, ...]
    total: Amount
    agreement: str | None = None
    agreed_on: date


class NoticeSpan(Frozen):
    """A public notice's days: opened, how many, and its last day by each reading (see reference.calendar)."""

    opened_on: date
    days: int
    calendar: date
    moved: date
    working: date
    known: bool = True
    paused: tuple[tuple[date, date], ...] = ()

    @property
    def latest(self) -> date:
        """The end by the strictest reading: up to then objections are taken."""
        return max(self.calendar, self.moved, self.working)


class PublicNotice(Frozen):
    """公示 of an agreement (guide 4(4)); `failed` tells why it came to nothing."""

    bargain: Bargain
    span: NoticeSpan
    on: date
    sender: Sender
    failed: str | None = None


class Announcement(Frozen):
    """交易结果公告 (guide 4(6)); `draft` until it was announced, `completed_on` is the day of the last payment.

    `number` is its own once it has one.
    """

    bargain: Bargain
    contract: str | None = None
    signed_on: date
    completed_on: date
    number: str | None = None
    on: date
    draft: bool = True
    sender: Sender


def share_out(items: Sequence[Sold], total: Decimal | None) -> tuple[Lot, ...]:
    """The lots of a sale with the money of each: quantity × price × years, in cents.

    What the total says beyond that (quantities are printed rounded) goes to the dearest lot: lots add up to the total.
    Where the total is all that is known, it is shared by quantity.
    """
    worth = _worth(items, total)
    rest = NOTHING if total is None else total - sum(worth, NOTHING)
    dearest = worth.index(max(worth)) if worth else -1
    shares = [money + rest * (n == dearest) for n, money in enumerate(worth)]
    return tuple(_lot(item, money) for item, money in zip(items, shares, strict=True))


def bargain_of(case: str, sale: Sale) -> Bargain:
    """What a sale tells to the public."""
    lots = share_out(sale.items, sale.total)
    return Bargain(
        case=case,
        transferor=sale.transferor,
        transferee=sale.transferee,
        lots=lots,
        total=sum((lot.money for lot in lots), NOTHING),
        agreement=sale.agreement,
        agreed_on=sale.agreed_on,
    )


def completed_on(sale: Sale) -> date | None:
    """交易完成时间: the day of signing or of the last payment, whichever is later; None before there is a contract."""
    if sale.signed_on is None:
        return None
    paid = [payment.paid_on for payment in sale.payments if payment.paid_on and payment.amount > 0]
    return max(sale.signed_on, *paid)


def _worth(items: Sequence[Sold], total: Decimal | None) -> list[Decimal]:
    if all(item.unit_price is not None for item in items):
        return [_product(item) for item in items]
    whole = sum((item.quantity for item in items), NOTHING)
    return [((total or NOTHING) * item.quantity / whole).quantize(CENT) if whole else NOTHING for item in items]


def _product(item: Sold) -> Decimal:
    return (item.quantity * (item.unit_price or NOTHING) * (item.years or ONE)).quantize(CENT)


def _lot(item: Sold, money: Decimal) -> Lot:
    return Lot(**item.model_dump(), money=money)
