"""Addresses within the desk, as they come from browsers."""

from fastapi import Request


def is_local(address: str) -> bool:
    """Whether an address is one of our own pages, and no other server's in disguise."""
    return address.startswith("/") and not address.startswith(("//", "/\\")) and "\n" not in address


def localise(address: str) -> str:
    """The path and query of one of our own addresses, however it was written; `/` where it is none."""
    path = address.partition("://")[2].partition("/")[2] if "://" in address else address.removeprefix("/")
    return f"/{path}" if is_local(f"/{path}") else "/"


def back(request: Request, otherwise: str) -> str:
    """The page from which a form was sent."""
    referer = request.headers.get("Referer")
    return localise(referer) if referer else otherwise
