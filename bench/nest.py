"""A nest of watchers: everything is loaded once, and each watcher is a process of its own that is forked from it.

Run as `python -m bench.nest`: every line on standard input is an environment as JSON, with `log` as the file for what
the watcher says; its process number is written back. What a fork runs is `flows.watching`, from its beginning.
"""

import json
import os
import select
import signal
import sys
import time
from datetime import date
from typing import NoReturn


def main() -> int:
    """Forks until nothing more is asked."""
    if "LD_PRELOAD" in os.environ:
        # Of libfaketime 0.9.10 the sleep by the steady clock breaks off; this is the same by other means.
        time.sleep = lambda seconds: select.select([], [], [], float(seconds)) and None
    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that are killed
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            hatch(asked)
        print(pid, flush=True)
    return 0


def warm_up() -> None:
    """Loads what the first package of a watcher would have to load."""
    import fastapi  # noqa: F401

    import validators
    from domain.books import Books
    from domain.dossier import Dossier

    validators.check(Dossier(package="", kind=None, today=date.today(), documents=(), pages=()), Books())


def hatch(asked: dict[str, str]) -> NoReturn:
    """Becomes a watcher."""
    from flows.watching import main

    log = os.open(asked.pop("log"), os.O_WRONLY | os.O_CREAT, 0o600)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(asked)
    try:
        code = main()
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
