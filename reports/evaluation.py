"""An evaluation as one HTML file to look at and to print: figures, then the worst fields with their crops."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.page import Box
from extractors.recognition import document_classes
from extractors.views import View
from reports import labels
from reports.ablation import FIGURES, Without
from reports.accuracy import Accuracy, KindTally, by_class, by_grade, by_package_kind, share
from reports.comparison import Judged
from reports.field_kinds import FieldKind
from reports.goals import Goal, goals
from reports.scoring import UNKNOWN
from reports.seal_scores import SealPair
from reports.worst import Bad

STATUS = {"certain": "确定", "unsure": "存疑", "missing": "缺失"}
_WIDE = 2.6  # times as wide as high: two such crops are better seen above each other


class Shown(NamedTuple):
    """One of the worst fields with what a reviewer sees of it, where it has a place."""

    bad: Bad
    view: View | None


class ShownSeal(NamedTuple):
    """A seal that was not found or told right, with what a reviewer sees of it, where something was found."""

    pair: SealPair
    view: View | None


class Headed(NamedTuple):
    """What stands above the page: which packages, when, by which engine."""

    title: str
    made: str
    engine: str


def render(
    headed: Headed,
    accuracy: Accuracy,
    ablation: Sequence[Without],
    worst: Sequence[Shown],
    seals: Sequence[ShownSeal] = (),
) -> str:
    """The page as HTML without anything outside of it: pictures lie in it as data."""
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    scans, kinds = scans_of(accuracy), by_package_kind(accuracy)
    return environment.get_template("evaluation.html").render(
        **headed._asdict(),
        goals=[_goal(goal) for goal in goals(accuracy)],
        headline=_columns({"全部": accuracy} | (_named(kinds, labels.KINDS) if len(kinds) > 1 else {})),
        scans=_columns(_named(scans, labels.GRADES)),
        kinds=[_kind(tally) for tally in accuracy.kinds],
        ablation=[_row(row) for row in ablation],
        rules=[rule.model_dump() for rule in accuracy.rules],
        cards=[_card(shown) for shown in worst],
        seals=[_seal(shown) for shown in seals],
    )


def scans_of(accuracy: Accuracy) -> dict[str, Accuracy]:
    """Classes of scans, then (with a dot) the grades that they are made of; nothing where the truth tells no grades."""
    classes = by_class(accuracy)
    grades = {f"· {name}": part for name, part in by_grade(accuracy).items() if name != UNKNOWN}
    return classes | grades if set(classes) - {UNKNOWN} else {}


def _named(parts: Mapping[str, Accuracy], names: Mapping[str, str]) -> dict[str, Accuracy]:
    return {names.get(name, name): part for name, part in parts.items()}


def _columns(parts: Mapping[str, Accuracy]) -> list[dict[str, Any]]:
    return [{"name": name, "rows": _rows(part.headline)} for name, part in parts.items()]


def _rows(headline: Mapping[str, float | int]) -> list[dict[str, str]]:
    return [
        {"label": labels.FIGURES.get(name, name), "text": labels.written(name, value)}
        for name, value in headline.items()
    ]


def _goal(goal: Goal) -> dict[str, Any]:
    return {
        "label": labels.FIGURES.get(goal.name, goal.name),
        "measured": "—" if goal.measured is None else labels.percent(goal.measured),
        "wanted": f"{'≥' if goal.at_least else '≤'} {labels.percent(goal.limit)}",
        "of": f"{goal.of:,}",
        "met": goal.met,
    }


def _kind(tally: KindTally) -> dict[str, Any]:
    shares = {name: labels.percent(share(getattr(tally, name), tally.total)) for name in ("same", "right", "unsure")}
    counts = {name: getattr(tally, name) for name in ("total", "wrong", "missing", "silent")}
    return {"label": labels.FIELD_KINDS[tally.kind], "critical": tally.critical} | shares | counts


def _row(row: Without) -> dict[str, Any]:
    return {
        "label": labels.PARTS[row.part] if row.part else "（全部启用）",
        "names": [labels.FIGURES[name] for name in FIGURES],
        "texts": [labels.written(name, row.figures[name]) for name in FIGURES],
    }


def _card(shown: Shown) -> dict[str, Any]:
    """What stands in one card; texts as they are, the template escapes them."""
    bad, judged = shown.bad, shown.bad.judged
    return {
        **judged.model_dump(include={"package", "path", "page", "raw", "why", "under_seal", "same"}),
        "rank": bad.rank,
        "name": bad.name,
        "more": bad.more,
        "grade": labels.GRADES.get(f"· {bad.grade}", labels.GRADES[UNKNOWN]),
        "paper": _paper(judged),
        "kind": labels.FIELD_KINDS[judged.kind],
        "whole": judged.kind is FieldKind.STRUCTURE,
        "truth": _said(judged.truth),
        "got": _said(judged.got),
        "readers": list(judged.readers.items()),
        "status": STATUS.get(judged.status, judged.status),
        "confidence": f"{judged.confidence:.2f}",
        **_pictures(shown.view),
    }


def _seal(shown: ShownSeal) -> dict[str, Any]:
    """What stands in the card of a seal."""
    pair = shown.pair
    return {
        **pair.model_dump(include={"package", "page"}),
        "name": labels.TROUBLES[str(pair.trouble)],
        "truth": _described(pair.role, pair.name, pair.use) if pair.there else "（无此章）",
        "got": _described(pair.got_role, pair.got_owner, pair.got_use) if pair.found else "（未认出）",
        "text": pair.got_text,
        **_pictures(shown.view),
    }


def _described(role: str | None, owner: str | None, use: str | None) -> str:
    return " · ".join(
        (labels.ROLES.get(role or "", "不明"), owner or "所有人不明", labels.USES.get(use or "", "用途不明"))
    )


def _paper(judged: Judged) -> str:
    """The paper's name, of a permit with which of the two it is."""
    kind, _, version = judged.document.partition("/")
    model = document_classes().get(kind)
    return (model.TITLE if model else kind) + {"before": "（变更前）", "after": "（变更后）"}.get(version, "")


def _said(text: str | None) -> str:
    return "（空）" if text is None else text


def _pictures(view: View | None) -> dict[str, Any]:
    if view is None or not view.colour:
        return {"colour": None, "grey": None, "frame": "", "wide": False}
    data = {"colour": b64encode(view.colour).decode(), "grey": b64encode(view.grey).decode()}
    return data | {"frame": _style(view.frame), "wide": view.width > _WIDE * view.height}


def _style(frame: Box) -> str:
    shares = {"left": frame.x0, "top": frame.y0, "width": frame.width, "height": frame.height}
    return ";".join(f"{name}:{value:.2%}" for name, value in shares.items())
