"""The child process that decodes one file: request on standard input, answer as one JSON line on standard output."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from domain.errors import IntakeError
from extractors.confining import confine


def main() -> None:
    """Decodes the requested file within its limits and prints its pages, or the reason of refusal."""
    request = json.load(sys.stdin)
    limits = SimpleNamespace(**request["limits"])
    confine(limits)
    try:
        answer: dict[str, Any] = {
            "pages": _pages(request["kind"], Path(request["path"]), Path(request["target"]), limits)
        }
    except IntakeError as error:
        answer = {"code": error.code, "message": error.message}
    sys.stdout.write(json.dumps(answer) + "\n")


def _pages(kind: str, path: Path, target: Path, limits: SimpleNamespace) -> list[dict[str, Any]]:
    """Imports only what this kind of file needs: the start of the child is most of its time."""
    if kind == "pdf":
        from extractors.pdf import render_pdf

        return render_pdf(path, target, limits)
    from extractors.pictures import render_picture

    return render_picture(path, target, limits)


if __name__ == "__main__":
    main()
