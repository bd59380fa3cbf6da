"""What 协议转让书 and 交易合同 have in common: two parties, the metals that change hands, the money, the signatures."""

from datetime import date
from typing import ClassVar

from domain.document import Document, Row
from domain.field import Field, QuantityField, TextField
from domain.quantity import Amount, Metal
from extractors.recognition import Marks

_NO_MENTION = r"(?!.*(?:签订|根据|附|关于|按照|订立))"  # a line that names a paper is not its title


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


def deal_marks(title: str, own: str, here: str, other: str) -> Marks:
    """The marks of one of the two papers: its title, what it calls itself, and the title of the other paper."""
    return Marks(
        title=rf"{_NO_MENTION}{title}",
        body=(
            "出让方|转让方",
            "受让方",
            "统一社会信用代码|信用代码",
            "法定代表人|负责人",
            "甲方|乙方",
            r"编号|(?m:^N[oO0]\.)",
            own,
            "单价|总价|价款",
        ),
        inner=(
            here,
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
            rf"{_NO_MENTION}{other}",
            r"[^:.,;()“”]{0,24}(?:公示|公告|批复|登记回执)",
            r"关于[^:.,;]*(?:公示|公告|批复)",
            ".*供需信息表.{0,6}",
            r"(?:材料|资料|文件)(?:清单|目录):?|目录|.{0,20}报备材料",
            "营业执照",
        ),
        need=2,
    )
