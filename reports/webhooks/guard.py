"""Which addresses messages may go to: whoever names one must not reach into the office's own network by it."""

import ipaddress
import socket
from collections.abc import Callable, Collection, Sequence
from urllib.parse import urlsplit

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen

Resolve = Callable[[str, int], Sequence[str]]
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_PORTS = {"https": 443, "http": 80}
_LONGEST = 2000


class BadAddress(HeyanError):
    """Nothing is sent to this address."""

    exit_code = ExitCode.USAGE


class Target(Frozen):
    """Where a message goes: `ip` was checked and is what is connected to; `host` is for the certificate."""

    scheme: str
    host: str
    port: int
    ip: str
    path: str


def look_up(host: str, port: int) -> Sequence[str]:
    """All addresses of a host; raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check_url(url: str, allowed: Collection[str] = ()) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address that may be told at all; raises BadAddress.

    Only https, besides the `allowed` hosts (`host` or `host:port`), which an administrator has set.
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise _refuse("不是有效的网址") from None
    if len(url) > _LONGEST or not url.isascii() or any(char.isspace() or not char.isprintable() for char in url):
        raise _refuse("过长，或含空白、非 ASCII 字符")
    if scheme not in _PORTS or not host:
        raise _refuse("须以 https:// 开头")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _refuse("不得含用户名、密码或 # 片段")
    port = port or _PORTS[scheme]
    if scheme != "https" and not _is_allowed(host, port, allowed):
        raise _refuse("须以 https:// 开头")
    return scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def aim(url: str, allowed: Collection[str] = (), resolve: Resolve = look_up) -> Target:
    """The target behind an address, resolved once; raises BadAddress.

    Every address that the name has must be a public one, unless the host is an `allowed` one.
    """
    scheme, host, port, path = check_url(url, allowed)
    try:
        found = list(resolve(host, port))
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise _refuse(f"主机名无法解析：{host}")
    if not _is_allowed(host, port, allowed) and not all(is_public(ip) for ip in found):
        raise _refuse("指向内部网络，未列入 HEYAN_WEBHOOK_HOSTS")
    return Target(scheme=scheme, host=host, port=port, ip=found[0], path=path)


def is_public(text: str) -> bool:
    """Whether an address is one of the public network: not private, loopback, link-local, multicast or reserved."""
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner is not None or any(ip in net for net in _NAT64):
            return False  # an address inside an address: no public service needs it
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _is_allowed(host: str, port: int, allowed: Collection[str]) -> bool:
    return host in allowed or f"{host}:{port}" in allowed


def _refuse(why: str) -> BadAddress:
    return BadAddress("BAD_ADDRESS", f"通知地址不可用：{why}")
