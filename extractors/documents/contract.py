"""交易合同, signed after a public notice without objection (guide 4(4))."""

from datetime import date
from typing import Literal

from domain.field import Field
from extractors.documents.transfer_agreement import Deal


class Contract(Deal):
    """Fields of catalogue `contract`; `notice_from`, `notice_to` are the days of public notice where it states them."""

    type: Literal["contract"] = "contract"
    notice_from: Field[date] = Field[date]()
    notice_to: Field[date] = Field[date]()
