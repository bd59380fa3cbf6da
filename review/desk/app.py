"""The desk as one application: every module under `routes` that has a `router` is part of it."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from review.desk import routes
from review.desk.faults import catch
from review.desk.looks import STATIC
from review.desk.office import Office
from review.desk.pictures import Pictures
from review.desk.security import Guarded, refuse_forgery
from review.desk.sizes import Sized
from review.desk.told import Told

OPENAPI = "/api/v1/openapi.json"


def create_app(office: Office) -> FastAPI:
    """The desk over an office; nothing is opened or read before the first request."""
    app = FastAPI(
        title="核验 Heyan",
        openapi_url=OPENAPI,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(refuse_forgery)],
    )
    app.state.office = office
    app.state.pictures = Pictures(office)
    app.state.told = Told()
    catch(app)
    found = list(find_pages())
    app.state.menu = [page.MENU for page in found if hasattr(page, "MENU")]
    for page in found:
        app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Sized)
    app.add_middleware(Guarded)
    return app


def find_pages() -> Iterator[ModuleType]:
    """Every module under `routes` that has a `router`, in order of their names."""
    for module in sorted(pkgutil.iter_modules(routes.__path__), key=lambda one: one.name):
        found = import_module(f"{routes.__name__}.{module.name}")
        if hasattr(found, "router"):
            yield found
