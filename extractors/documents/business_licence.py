"""营业执照, the business licence (domain 3)."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict
from pydantic import Field as Meta

from domain.document import Document
from domain.field import Field, TextField


class BusinessLicence(Document):
    """Fields of catalogue `business_licence`; `valid_to` is a certain None with raw text for 长期."""

    model_config = ConfigDict(validate_by_name=True)

    type: Literal["business_licence"] = "business_licence"
    uscc: TextField = TextField()
    name: TextField = TextField()
    entity_type: TextField = TextField()
    legal_representative: TextField = TextField()
    registered_capital: TextField = TextField()
    established_on: Field[date] = Field[date]()
    valid_from: Field[date] = Field[date]()
    valid_to: Field[date] = Field[date]()
    address: TextField = TextField()
    business_scope: TextField = TextField()
    issued_on: Field[date] = Field[date]()
    authority: TextField = TextField()
    copy_mark: TextField = Meta(default=TextField(), alias="copy")
