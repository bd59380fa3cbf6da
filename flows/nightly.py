"""Serves the reconciliation as a Prefect deployment with the schedule of the policy (`python -m flows.nightly`).

A process of its own, which `./heyan serve` starts anew where it ends; `PREFECT_API_URL` must name a server.
"""

import logging
import sys
from typing import Any

from reference.policy import policy

NAME = "nightly"
ZONE = "Asia/Shanghai"


def deploy() -> Any:
    """The deployment; of runs that overlap nothing is gained, for the next one looks at all that changed since."""
    from prefect.schedules import Cron

    from flows.reconcile_flow import reconcile

    schedule = Cron(policy().reconciliation.value.cron, timezone=ZONE)
    return reconcile.to_deployment(NAME, schedule=schedule, concurrency_limit=1)


def main() -> int:
    """Waits for the times of the schedule until it is told to stop."""
    from prefect import serve

    logging.getLogger("httpx").setLevel(logging.WARNING)
    serve(deploy(), limit=1, pause_on_shutdown=False, print_starting_message=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
