"""What came of the last decisions, kept for the page that is shown after each of them."""

from collections import OrderedDict
from threading import Lock

from fastapi import Request

from review.deciding import Decided
from review.desk.asked import read_number

_MOST = 500


class Told:
    """What came of decisions by their numbers; the oldest are forgotten. May be shared by threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Decided] = OrderedDict()
        self._lock = Lock()

    def keep(self, decided: Decided) -> int:
        """Keeps it and gives its number."""
        with self._lock:
            self._known[decided.decision.number] = decided
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return decided.decision.number

    def find(self, request: Request, case: str) -> Decided | None:
        """What came of the decision on this case that an address names; None where it is not known any more."""
        found = self._known.get(read_number(request.query_params.get("told", ""), 0) or 0)
        return found if found and found.decision.case == case else None
