"""Addresses within the desk, as they come from browsers."""

from fastapi import Request


def is_local(address: str) -> bool:
    """Whether an address is one of our own pages, and no other server's in disguise."""
    # Browsers read a backslash as a slash and leave control characters out: `/<tab>/evil.example`.
    plain = not any(char == "\\" or char < " " or char == "\x7f" for char in address)
    return plain and address.startswith("/") and not address.startswith("//")


def localise(address: str) -> str:
    """The path and query of one of our own addresses, however it was written; `/` where it is none."""
    path = address.partition("://")[2].partition("/")[2] if "://" in address else address.removeprefix("/")
    return f"/{path}" if is_local(f"/{path}") else "/"


def back(request: Request, otherwise: str) -> str:
    """The page from which a form was sent."""
    referer = request.headers.get("Referer")
    return localise(referer) if referer else otherwise
