"""协议转让书, what the parties agree before the public notice (guide 4(4)); the contract has the same fields."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from domain.page import ReadPage
from extractors.deal_reading import read_deal
from extractors.deals import Deal, deal_marks
from extractors.doubles import read_once

MARKS = deal_marks(
    title=r"[^:.,;、《》\d]{0,30}(?:协议转让书|转让协议(?:书)?|(?<=.{8})协议转让)",
    own="本协议",
    here="本协议(?:书)?|如下协议|协议如下",
    other=r"[^:.,;、《》\d]{0,24}(?:交易|转让)合同(?:书)?",
)


class TransferAgreement(Deal):
    """Fields of catalogue `transfer_agreement`."""

    TITLE: ClassVar[str] = "协议转让书"
    type: Literal["transfer_agreement"] = "transfer_agreement"


def read(pages: Sequence[ReadPage]) -> TransferAgreement:
    """The agreement."""
    return TransferAgreement(**read_deal(read_once(pages)))
