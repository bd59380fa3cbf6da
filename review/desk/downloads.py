"""What a browser is told of a file that it is to save."""

import re
from urllib.parse import quote


def name_download(name: str) -> dict[str, str]:
    """The header that names a download (RFC 6266): plain letters for old browsers, the name itself behind them.

    Whatever the name holds, it stays within its quotes and its line.
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name)
    named = quote(name, safe="", errors="replace")
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{named}"}
