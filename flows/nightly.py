"""Serves the reconciliation as a Prefect deployment with the schedule of the policy (`python -m flows.nightly`).

A process of its own, which `./heyan serve` starts anew where it ends; `PREFECT_API_URL` must name a server.
"""

import logging
import sys

from reference.policy import policy

NAME = "nightly"
ZONE = "Asia/Shanghai"


def main() -> int:
    """Waits for the times of the schedule until it is told to stop."""
    from prefect import serve
    from prefect.schedules import Cron

    from flows.reconcile_flow import reconcile

    logging.getLogger("httpx").setLevel(logging.WARNING)
    schedule = Cron(policy().reconciliation.value.cron, timezone=ZONE)
    # Of runs that were missed or overlap nothing is gained: the next one looks at all that changed since.
    serve(reconcile.to_deployment(NAME, schedule=schedule, concurrency_limit=1), limit=1, print_starting_message=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
