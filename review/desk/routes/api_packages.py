"""Packages for programs: handed in, and what became of them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from domain.people import User
from review.desk.asked import AnOffice, Number, PageNumber, Size
from review.desk.dropping import FIELD, RESUBMITS, hand_in
from review.desk.keys import key
from review.desk.problems import RESPONSES
from review.desk.routes.uploads import find_upload, read_again
from review.desk.veils import Veiled
from review.roles import Action, may
from storage.uploads import Upload, UploadPage, Uploads

PREFIX = "/api/v1/packages"
router = APIRouter(prefix=PREFIX, tags=["packages"], responses=RESPONSES, route_class=Veiled)
Owner = Annotated[User, Depends(key(Action.OWN_UPLOADS))]
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {
                        FIELD: {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                            "description": "scans, PDFs or a zip; a file's name may be a relative path",
                        },
                        RESUBMITS: {"type": "string", "description": "the case that was returned for 补正"},
                    },
                }
            }
        },
    }
}


@router.post("", status_code=202, response_model=Upload, openapi_extra=BODY)
async def take_package(
    request: Request, response: Response, office: AnOffice, user: Annotated[User, Depends(key(Action.UPLOAD))]
) -> Any:
    """Takes all files of the request as one package; `Location` is where it can be followed."""
    upload = await hand_in(request, office, user)
    response.headers["Location"] = f"{PREFIX}/{upload.id}"
    return upload


@router.get("", response_model=UploadPage)
def list_packages(office: AnOffice, user: Owner, page: PageNumber = 1, size: Size = 50) -> Any:
    """What one handed in, newest first; everybody's for those who may see all."""
    by = None if may(user, Action.ALL_UPLOADS) else user.name
    return Uploads(office.ledger.database).list(by, page, size)


@router.get("/{number}", response_model=Upload)
def show_package(office: AnOffice, user: Owner, number: Number) -> Any:
    """A package from its receipt to its case."""
    return find_upload(office, user, number)


@router.post("/{number}/retry", status_code=202, response_model=Upload)
def try_again(office: AnOffice, user: Owner, number: Number) -> Any:
    """Has a quarantined package read once more from its originals."""
    read_again(office, user, number)
    return find_upload(office, user, number)
