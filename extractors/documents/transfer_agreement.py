"""协议转让书, what the parties agree before the public notice (guide 4(4)); the contract has the same fields."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from domain.page import ReadPage
from extractors.deal_reading import read_deal
from extractors.deals import Deal, Item, Party
from extractors.recognition import Marks

__all__ = ["Deal", "Item", "Party"]

MARKS = Marks(
    title=r"(?!.*(?:签订|根据|附|关于|按照|订立))[^:.,;、《》\d]{0,30}(?:协议转让书|转让协议(?:书)?|(?<=.{8})协议转让)",
    body=(
        "出让方|转让方",
        "受让方",
        "统一社会信用代码|信用代码",
        "法定代表人|负责人",
        "甲方|乙方",
        r"编号|(?m:^N[oO0]\.)",
        "本协议",
        "单价|总价|价款",
    ),
    inner=(
        "本协议(?:书)?|如下协议|协议如下",
        "第[一二三四五六七八九十]+条",
        "甲方|出让方|转让方",
        "乙方|受让方",
        "违约|争议|份数|一式",
        "不可抗力|保密|送达|生效",
        "无正文|签[署字]页",
        "标的",
        "价款|总价|单价",
        r"\(加?(?:盖章|公章|盖公章|签章|签字)\)",
    ),
    inner_need=3,
    against=(
        r"(?!.*(?:签订|根据|附|关于|按照|订立))[^:.,;、《》\d]{0,24}(?:交易|转让)合同(?:书)?",
        r"[^:.,;()“”]{0,24}(?:公示|公告|批复|登记回执)",
        r"关于[^:.,;]*(?:公示|公告|批复)",
        ".*供需信息表.{0,6}",
        r"(?:材料|资料|文件)(?:清单|目录):?|目录|.{0,20}报备材料",
        "营业执照",
    ),
    need=2,
)


class TransferAgreement(Deal):
    """Fields of catalogue `transfer_agreement`."""

    TITLE: ClassVar[str] = "协议转让书"
    type: Literal["transfer_agreement"] = "transfer_agreement"


def read(pages: Sequence[ReadPage]) -> TransferAgreement:
    """The agreement."""
    return TransferAgreement(**read_deal(pages))
