"""`./heyan serve`: the review desk in the browser."""

import argparse
import sys

from domain.errors import ExitCode
from storage.settings import Settings, load_settings

HELP = """审核工作台，浏览器访问 http://HEYAN_HOST:HEYAN_PORT（默认 127.0.0.1:8000）。首个用户用 ./heyan user add 建立。
The review desk, for any browser; the first user is made by ./heyan user add."""

EXAMPLES = """  ./heyan serve
  HEYAN_PORT=8080 ./heyan serve"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="监听地址，默认 HEYAN_HOST 或 127.0.0.1")
    parser.add_argument("--port", type=int, metavar="N", help="端口，默认 HEYAN_PORT 或 8000")


def run(args: argparse.Namespace) -> ExitCode:
    given = {"host": args.host, "port": args.port}
    serve_desk(load_settings(**{key: value for key, value in given.items() if value is not None}))
    return ExitCode.CLEAR


def serve_desk(settings: Settings) -> None:
    """Answers requests until it is told to stop."""
    import uvicorn

    from review.desk.app import create_app
    from review.desk.office import open_office

    app = create_app(open_office(settings))
    print(f"审核工作台 review desk: http://{settings.host}:{settings.port}", file=sys.stderr)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", server_header=False)
