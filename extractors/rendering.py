"""The child process that decodes one file: request on standard input, answer as one JSON line on standard output."""

import json
import resource
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from domain.errors import IntakeError


def main() -> None:
    """Decodes the requested file within its limits and prints its pages, or the reason of refusal."""
    request = json.load(sys.stdin)
    limits = SimpleNamespace(**request["limits"])
    _confine(limits)
    try:
        answer: dict[str, Any] = {
            "pages": _pages(request["kind"], Path(request["path"]), Path(request["target"]), limits)
        }
    except IntakeError as error:
        answer = {"code": error.code, "message": error.message}
    sys.stdout.write(json.dumps(answer) + "\n")


def _confine(limits: SimpleNamespace) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.max_memory, limits.max_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds_per_file, limits.seconds_per_file + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(limits.seconds_per_file)


def _pages(kind: str, path: Path, target: Path, limits: SimpleNamespace) -> list[dict[str, Any]]:
    """Imports only what this kind of file needs: the start of the child is most of its time."""
    if kind == "pdf":
        from extractors.pdf import render_pdf

        return render_pdf(path, target, limits)
    from extractors.pictures import render_picture

    return render_picture(path, target, limits)


if __name__ == "__main__":
    main()
