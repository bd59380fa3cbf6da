"""Registers for programs: versions, loading, and what changed between two."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from domain.people import User
from review.desk.asked import LARGEST, AnOffice
from review.desk.keys import key
from review.desk.problems import RESPONSES
from review.desk.registering import take_register
from review.desk.veils import Veiled
from review.registering import Comparison, Loading, choose_versions, compare_registers
from review.roles import Action
from storage.registers import Register, RegisterKind, Registers

router = APIRouter(prefix="/api/v1/registers", tags=["registers"], responses=RESPONSES, route_class=Veiled)
Reader = Annotated[User, Depends(key(Action.VIEW_REGISTERS))]
VersionAsked = Annotated[int | None, Query(ge=1, le=LARGEST)]
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["kind", "file"],
                    "properties": {
                        "kind": {"type": "string", "enum": [*RegisterKind]},
                        "file": {"type": "string", "format": "binary", "description": "CSV or XLSX"},
                    },
                }
            }
        },
    }
}


@router.get("", response_model=list[Register])
def list_registers(office: AnOffice, _: Reader) -> Any:
    """All versions, oldest first."""
    return Registers(office.ledger.database).versions()


@router.post("", status_code=201, response_model=Loading, openapi_extra=BODY)
async def load(
    request: Request, response: Response, office: AnOffice, user: Annotated[User, Depends(key(Action.LOAD_REGISTER))]
) -> Any:
    """Loads a file whole (200 where this very file was loaded before), or answers 422 with every trouble."""
    found = await take_register(request, office, user)
    if found.loaded is None:
        response.status_code = 422
    elif found.loaded.duplicate:
        response.status_code = 200
    return found


@router.get("/changes", response_model=Comparison)
def compare(
    office: AnOffice, _: Reader, old: VersionAsked = None, new: VersionAsked = None, kind: RegisterKind | None = None
) -> Any:
    """What changed between two versions, by default the last two of the newest register's kind."""
    database = office.ledger.database
    return compare_registers(database, *choose_versions(database, old, new, kind))
