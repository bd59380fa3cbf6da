"""补正通知: what a company is told when its package goes back, in plain texts that an officer may change."""

from datetime import date

from domain.page import Frozen

MOST_DEFECTS, MOST_PAGES = 500, 1000  # of a notice, and of one of its defects
LONGEST = 10_000  # characters of a text


class Defect(Frozen):
    """One thing that is missing or wrong: `problem` with both figures, `pages` where it stands, what to hand in."""

    rule: str
    problem: str
    pages: tuple[int, ...] = ()
    provision: str = ""
    ask: str = ""


class ReturnNotice(Frozen):
    """The notice over one version of a case; `to` is the company (of a deal: both), `on` the day it is written."""

    case: str
    version: int
    receipt: str
    to: str
    on: date
    submitted_on: date
    opening: str
    defects: tuple[Defect, ...]
    closing: str
    signed: str
