"""排污许可证 正本, the discharge permit's certificate (domain 2.2, 2.3)."""

from datetime import date
from typing import Literal

from domain.document import Document
from domain.field import Field, TextField


class PermitFields(Document):
    """What certificate and cover of the copy both print."""

    number: TextField = TextField()
    name: TextField = TextField()
    registered_address: TextField = TextField()
    legal_representative: TextField = TextField()
    premises_address: TextField = TextField()
    industry: TextField = TextField()
    uscc: TextField = TextField()
    valid_from: Field[date] = Field[date]()
    valid_to: Field[date] = Field[date]()
    authority: TextField = TextField()
    issued_on: Field[date] = Field[date]()


class PermitCertificate(PermitFields):
    """Fields of catalogue `permit_certificate`."""

    type: Literal["permit_certificate"] = "permit_certificate"
