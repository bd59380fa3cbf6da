"""What 协议转让书 and 交易合同 have in common: two parties, the metals that change hands, the money, the signatures."""

from datetime import date
from typing import ClassVar

from domain.document import Document, Row
from domain.field import Field, QuantityField, TextField
from domain.quantity import Amount, Metal


class Party(Row):
    """One side of a deal."""

    name: TextField = TextField()
    uscc: TextField = TextField()
    address: TextField = TextField()
    representative: TextField = TextField()
    account_name: TextField = TextField()
    account: TextField = TextField()


class Item(Row):
    """One metal that changes hands: `quantity` in kg/a, `unit_price` in 元/千克, `amount` in 元.

    `years` is a certain None where no term is printed.
    """

    metal: Field[Metal]
    quantity: QuantityField = QuantityField()
    unit_price: Field[Amount] = Field[Amount]()
    years: Field[Amount] = Field[Amount]()
    amount: Field[Amount] = Field[Amount]()


class Deal(Document):
    """What agreement and contract have in common; money in 元, `total_in_words` the value of the 大写 amount.

    `seals` says whose seals stand on the signature page: `transferor`, `transferee`, or `other` for a seal that says
    the name of neither; `raw` is what the seal says.
    """

    CRITICAL: ClassVar[frozenset[str]] = frozenset(
        {f"{side}.{key}" for side in ("transferor", "transferee") for key in ("name", "uscc")}
        | {"items", *(f"items.{key}" for key in ("metal", "quantity", "unit_price", "years", "amount"))}
        | {"total", "total_in_words", "signed_on"}
    )

    number: TextField = TextField()
    transferor: Party = Party()
    transferee: Party = Party()
    supply_project: TextField = TextField()
    demand_project: TextField = TextField()
    items: tuple[Item, ...] = ()
    total: Field[Amount] = Field[Amount]()
    total_in_words: Field[Amount] = Field[Amount]()
    signed_on: Field[date] = Field[date]()
    seals: tuple[TextField, ...] = ()
