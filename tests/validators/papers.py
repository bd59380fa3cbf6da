"""A clean seller's package by hand: the case of domain.md section 10, one page a document."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.document import Document, Version
from domain.dossier import Dossier, Kind, RefusedFile
from domain.field import Field, Status
from domain.finding import Finding, Outcome
from domain.page import Box, Page, PageReading, Quality, ReadPage, Seal, SealRole, SealUse
from domain.quantity import Metal, Printed, Unit, half_step
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.permit_certificate import PermitCertificate
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import OtherMetal, SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from extractors.outlet_limits import Limit, Subtotal
from fixtures.make.models import Paper
from validators import check
from validators.runner import UNKNOWN

TODAY = date(2024, 11, 4)
CODE = "91522200MA6HFAKE4P"
NAME = "贵州黔东锌业有限公司"
BOX = Box(0.1, 0.2, 0.3, 0.25)


def sure(value: Any, page: int = 1, raw: str | None = None, **more: Any) -> Field[Any]:
    """A field that was read without doubt."""
    text = str(value) if raw is None else raw
    return Field[Any](
        value=value, raw=text, page=page, box=BOX, confidence=0.99, status=Status.CERTAIN, **more
    )  # fmt: skip


def unsure(value: Any, page: int = 1, why: str = "印章压字") -> Field[Any]:
    """A field that was read with doubt."""
    return Field[Any](value=value, raw=str(value), page=page, box=BOX, confidence=0.5, status=Status.UNSURE, why=why)


def printed(number: str, unit: Unit = Unit.KG, page: int = 1, rows: int = 1) -> Field[Any]:
    """A quantity as printed, or the sum of so many printed figures."""
    mark = Printed(number=number, unit=unit, half_step=half_step(number, unit) * rows)
    return sure(Decimal(number) * unit.kilograms, page, number, printed=mark)


def kilograms(number: str, metal: Metal = Metal.PB, page: int = 1) -> dict[Metal, Field[Any]]:
    return {metal: printed(number, Unit.KG, page)}


def limit(code: str, name: str, tonnes: str | None, page: int, **changes: Any) -> Limit:
    """A row of a limit table; `None` tonnes print as `/`."""
    annual = sure(None, page, "/") if tonnes is None else tonnes_field(tonnes, page)
    metals = {"铅": Metal.PB, "砷": Metal.AS, "镉": Metal.CD, "铬": Metal.CR}
    metal = None if "六价" in name else next((m for sign, m in metals.items() if sign in name), None)
    row = {
        "medium": sure("air" if code.startswith("DA") else "water", page),
        "outlet_code": sure(code, page),
        "outlet_name": sure("排放口", page),
        "outlet_kind": sure("main" if code.startswith("DA") else "workshop", page),
        "pollutant": sure(name, page),
        "metal": sure(metal, page),
        "concentration_limit": sure("2mg/Nm3", page),
        "rate_limit": sure(None, page, "/"),
        "annual": (annual,) * 5,
        "commitment": sure(None, page, "/"),
    }
    return Limit(**(row | changes))


def tonnes_field(number: str, page: int) -> Field[Any]:
    """A cell of a limit table, in t/a as printed."""
    mark = Printed(number=number, unit=Unit.TONNE, half_step=half_step(number, Unit.TONNE))
    return sure(Decimal(number), page, number, printed=mark)


def subtotal(name: str, metal: Metal, tonnes: str, page: int, medium: str = "air", scope: str = "main") -> Subtotal:
    return Subtotal(
        medium=sure(medium, page),
        scope=sure(scope, page),
        pollutant=sure(name, page),
        metal=sure(metal, page),
        annual=(tonnes_field(tonnes, page),) * 5,
    )


def rows(page: int, first: str, second: str, water: str) -> tuple[Limit, ...]:
    lead = "铅及其化合物"
    return (
        limit("DA001", "颗粒物", "12.50", page),
        limit("DA001", lead, first, page),
        limit("DA002", lead, second, page),
        limit("DW001", "总铅", water, page),
    )


def cover(version: Version, page: int) -> dict[str, Any]:
    """What 正本 and 副本 of one version both print; the later was issued in June 2024, both run to 2026."""
    issued = date(2021, 9, 10) if version is Version.BEFORE else date(2024, 6, 20)
    return {
        "version": version,
        "pages": (page,),
        "number": sure(f"{CODE}001P", page),
        "name": sure(NAME, page),
        "legal_representative": sure("张三", page),
        "industry": sure("铅锌冶炼，银冶炼", page),
        "uscc": sure(CODE, page),
        "valid_from": sure(date(2021, 9, 10), page),
        "valid_to": sure(date(2026, 9, 9), page),
        "issued_on": sure(issued, page),
    }


FORM = SupplyForm(
    pages=(1,),
    name=sure(NAME),
    uscc=sure(CODE),
    industry=sure("铅锌冶炼"),
    project=sure("熔炼烟气深度治理工程"),
    permit_before=kilograms("132.5"),
    permit_after=kilograms("79.5"),
    base=kilograms("120.0"),
    reduction=kilograms("53.0"),
    task=kilograms("6.6"),
    surplus=kilograms("46.4"),
    offered=kilograms("45.0"),
)
LICENCE = BusinessLicence(
    pages=(2,),
    uscc=sure(CODE, 2),
    name=sure(NAME, 2),
    legal_representative=sure("张三", 2),
    valid_from=sure(date(2015, 5, 1), 2),
    valid_to=sure(None, 2, "长期"),
    business_scope=sure("铅锌冶炼", 2),
)
STATEMENT = SurplusStatement(
    pages=(7,),
    name=sure(NAME, 7),
    base=kilograms("120.0", page=7),
    reduction=kilograms("53.0", page=7),
    inventory=kilograms("67.0", page=7),
    task=kilograms("6.6", page=7),
    surplus=kilograms("46.4", page=7),
    offered=kilograms("45.0", page=7),
    outlets=(sure("DA001", 7),),
)
CERTIFICATES = tuple(PermitCertificate(**cover(version, 3 + i)) for i, version in enumerate(Version))
COPIES = (
    PermitCopy(
        **cover(Version.BEFORE, 5),
        limits=rows(5, "0.0860", "0.0340", "0.0125"),
        subtotals=(subtotal("铅及其化合物", Metal.PB, "0.1200", 5),),
        totals={Metal.PB: printed("0.1325", Unit.TONNE, 5, rows=3)},
    ),
    PermitCopy(
        **cover(Version.AFTER, 6),
        limits=rows(6, "0.0512", "0.0208", "0.0075"),
        totals={Metal.PB: printed("0.0795", Unit.TONNE, 6, rows=3)},
    ),
)


def seal_of(owner: str | None = NAME, role: SealRole = SealRole.COMPANY, use: SealUse = SealUse.OFFICIAL,
            **changes: Any) -> Seal:  # fmt: skip
    """A red seal as it is understood."""
    told = {"box": BOX, "colour": "red", "shape": "round", "text": owner or "", "confidence": 0.99}
    return Seal(**(told | {"role": role, "use": use, "owner": owner} | changes))


def page(number: int, seals: tuple[Seal, ...] = (seal_of(),), **changes: Any) -> ReadPage:
    """A page under the company's seal, if not told otherwise."""
    plain = {"number": number, "file": "件.pdf", "index": number - 1, "sha256": f"{number:064d}", "width": 1654,
             "height": 2339, "dpi": 200.0}  # fmt: skip
    reading = PageReading(sha256=f"{number:064d}", engine="none", seals=seals)
    return ReadPage(page=Page(**(plain | changes)), reading=reading)


MISHAPS = {
    "blurred": Quality(dpi=200, sharpness=0.01, contrast=0.9, legible=0.1),
    "faded": Quality(dpi=200, sharpness=0.9, contrast=0.02, legible=0.1),
    "cut": Quality(dpi=200, sharpness=0.9, contrast=0.9, cut=("left",)),
}


def stamped(paper: Paper, number: int, dpi: int = 200) -> ReadPage:
    """The one page of an invented paper with its seals and looks as a reader without fault would see them."""
    looks = {"dpi": paper.dpi or dpi, "quality": MISHAPS.get(paper.mishap or "")}
    if paper.tone != "colour":
        return page(number, (), colour=False, **looks)
    untold = {"owner": None, "role": SealRole.UNKNOWN, "use": SealUse.UNKNOWN}
    seals = [
        seal_of(
            **untold, text=f"{s.text} {s.title}".strip(), shape=s.shape, colour="red" if s.colour == "red" else "grey"
        )
        for s in paper.stamps
        if s.colour != "blue"
    ]
    return page(number, tuple(seals), **looks)


@dataclass(frozen=True)
class Case:
    """A dossier that tests break in one place and check."""

    dossier: Dossier
    books: Books = UNKNOWN

    def form(self, **changes: Any) -> "Case":
        return self.change(SupplyForm, None, **changes)

    def licence(self, **changes: Any) -> "Case":
        return self.change(BusinessLicence, None, **changes)

    def statement(self, **changes: Any) -> "Case":
        return self.change(SurplusStatement, None, **changes)

    def certificate(self, version: Version, **changes: Any) -> "Case":
        return self.change(PermitCertificate, version, **changes)

    def copy(self, version: Version, **changes: Any) -> "Case":
        return self.change(PermitCopy, version, **changes)

    def change(self, kind: type[Document], which: Version | None, /, **changes: Any) -> "Case":
        """The case with fields of one document changed."""

        def new(document: Document) -> Document:
            hit = isinstance(document, kind) and which in (None, document.version)
            return document.model_copy(update=changes) if hit else document

        return self.with_(documents=tuple(new(document) for document in self.dossier.documents))

    def without(self, kind: type[Document], version: Version | None = None) -> "Case":
        kept = (d for d in self.dossier.documents if not (isinstance(d, kind) and version in (None, d.version)))
        return self.with_(documents=tuple(kept))

    def plus(self, *documents: Document) -> "Case":
        return self.with_(documents=(*self.dossier.documents, *documents))

    def refusing(self, name: str) -> "Case":
        return self.with_(refused=(RefusedFile(name=name, code="DAMAGED", message="文件损坏。"),))

    def page(self, number: int, **changes: Any) -> "Case":
        """The case with one page changed or added."""
        pages = {p.number: p for p in self.dossier.pages} | {number: page(number, **changes)}
        return self.with_(pages=tuple(pages[key] for key in sorted(pages)))

    def with_(self, **changes: Any) -> "Case":
        return replace(self, dossier=self.dossier.model_copy(update=changes))

    def findings(self, code: str) -> list[Finding]:
        return [finding for finding in check(self.dossier, self.books) if finding.rule == code]

    def outcomes(self, code: str) -> set[Outcome]:
        return {finding.outcome for finding in self.findings(code)}

    def only(self, code: str, outcome: Outcome) -> Finding:
        """The one finding of a rule with this outcome; fails where there is none or there are several."""
        (found,) = [finding for finding in self.findings(code) if finding.outcome is outcome]
        return found

    def failed(self, code: str) -> Finding:
        return self.only(code, Outcome.FAILED)

    def doubted(self, code: str) -> Finding:
        return self.only(code, Outcome.UNSURE)


CLEAN = Case(
    Dossier(
        package="clean",
        kind=Kind.SUPPLY,
        today=TODAY,
        documents=(FORM, LICENCE, *CERTIFICATES, *COPIES, STATEMENT),
        pages=tuple(page(number) for number in range(1, 8)),
    )
)


def other_metal(name: Field[Any], offered: Field[Any]) -> OtherMetal:
    return OtherMetal(name=name, offered=offered)
