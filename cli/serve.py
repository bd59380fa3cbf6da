"""`./heyan serve`: the review desk in the browser, the watcher of the intake, and its flow server, all in one."""

import argparse
import signal
import sys
from contextlib import nullcontext

from domain.errors import ExitCode
from flows.supervised import watcher
from storage.people import People
from storage.settings import Settings, load_settings
from storage.workplace import workplace

HELP = """审核工作台，浏览器访问 http://HEYAN_HOST:HEYAN_PORT（默认 127.0.0.1:8000），同时监视收件桶、逐个核验材料包、
发送状态通知，并按 reference/policy.toml 的 [reconciliation] 每夜对账；
内置 Prefect 服务（设有 PREFECT_API_URL 时使用该服务器）。首个用户用 ./heyan user add 建立。
Ctrl+C 或 SIGTERM 停止；未核验完的材料包下次启动时继续。
The review desk, for any browser, with the watcher of the intake and an embedded Prefect server."""

EXAMPLES = """  ./heyan user add wang --role supervisor
  ./heyan serve
  HEYAN_PORT=8080 ./heyan serve"""
FIRST = "还没有用户，请先另开终端执行：./heyan user add 用户名 --role supervisor · nobody can sign in yet"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="监听地址，默认 HEYAN_HOST 或 127.0.0.1")
    parser.add_argument("--port", type=int, metavar="N", help="端口，默认 HEYAN_PORT 或 8000")
    parser.add_argument("--desk-only", action="store_true", help="只开工作台，不监视收件桶 · the desk alone")


def run(args: argparse.Namespace) -> ExitCode:
    given = {"host": args.host, "port": args.port}
    settings = load_settings(**{key: value for key, value in given.items() if value is not None})
    serve_desk(settings, watched=not args.desk_only)
    return ExitCode.CLEAR


def serve_desk(settings: Settings, *, watched: bool = True) -> None:
    """Answers requests and takes packages until it is told to stop."""
    import uvicorn

    from review.desk.app import create_app
    from review.desk.hush import hush
    from review.desk.office import open_office

    office = open_office(settings)
    _greet(settings, office.people)
    app = create_app(office)
    app.state.watched = watched
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    hush()
    server = uvicorn.Server(config)
    # Its own handlers stop the server and then raise the signal once more: by then we are on our way out.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)
    with workplace(), watcher(settings) if watched else nullcontext():
        server.run()


def _greet(settings: Settings, people: People) -> None:
    print(f"审核工作台 review desk: http://{settings.host}:{settings.port}", file=sys.stderr)
    if not any(not user.disabled for user in people.list()):
        print(FIRST, file=sys.stderr)
