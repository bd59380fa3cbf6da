"""付款凭证 / 银行回单, a bank's slip (domain 5.2)."""

from datetime import date
from typing import Literal

from domain.document import Document
from domain.field import Field, TextField
from domain.quantity import Amount


class PaymentSlip(Document):
    """Fields of catalogue `payment_slip`; money in 元, `amount_in_words` the value of the 大写 amount.

    `kind` is `payment`, `refund`, `fee` or `application`; `reprint` tells a 补打.
    """

    type: Literal["payment_slip"] = "payment_slip"
    bank: TextField = TextField()
    payer_name: TextField = TextField()
    payer_account: TextField = TextField()
    payee_name: TextField = TextField()
    payee_account: TextField = TextField()
    amount: Field[Amount] = Field[Amount]()
    amount_in_words: Field[Amount] = Field[Amount]()
    paid_on: Field[date] = Field[date]()
    serial: TextField = TextField()
    purpose: TextField = TextField()
    reprint: Field[bool] = Field[bool]()
    kind: TextField = TextField()
