"""What happened to a case, in words, and what a new version of it brought."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from domain.decision import Place
from review.desk.labels import label_path
from review.desk.papers import Paper, Spot
from review.masking import Mask, is_account
from storage.records import Event

_TOLD = ("package", "message", "rule", "reason", "to", "label", "deal")
_STEPS = ("step ", "undone ")
_MOST = 40


class Line(NamedTuple):
    """One event: when, what (a code), of a decision which act, who, and what else is to be told of it."""

    at: datetime
    what: str
    act: str
    actor: str
    text: str


def tell(events: Sequence[Event], mask: Mask) -> list[Line]:
    """The events of a case, the newest first; the steps of its trade are told apart from them."""
    return [_tell(event, mask) for event in reversed(events) if not event.what.startswith(_STEPS)]


def compare(before: Sequence[Paper], after: Sequence[Paper]) -> list[str]:
    """What changed from one version of a case to the next: documents that came or went, and values that differ."""
    old, new = ({spot.place: spot for paper in papers for spot in paper.spots} for papers in (before, after))
    gone, come = ({paper.title for paper in papers} for papers in (before, after))
    named = [f"新增：{title}" for title in sorted(come - gone)] + [f"减少：{title}" for title in sorted(gone - come)]
    return list(chain(named, _changes(old, new)))[:_MOST]


def _changes(old: Mapping[Place, Spot], new: Mapping[Place, Spot]) -> Iterator[str]:
    for place, spot in new.items():
        was = old.get(place)
        if was is not None and was.value != spot.value and not is_account(place.path):
            yield f"{spot.paper} {spot.label}：{was.value or '—'} → {spot.value or '—'}"


def _tell(event: Event, mask: Mask) -> Line:
    act = str(event.detail.get("act", ""))
    return Line(event.at, event.what, act, event.actor, mask(_describe(event.detail)))


def _describe(detail: Mapping[str, Any]) -> str:
    told = [str(detail[key]) for key in _TOLD if detail.get(key)]
    place = detail.get("place")
    if place:
        label = label_path(place["path"], place["document"])
        told.insert(0, label if is_account(place["path"]) else f"{label}：{_change(detail)}")
    if "holding" in detail:
        told.append(f"待处理 {detail['holding']} 项")
    return "，".join(told)


def _change(detail: Mapping[str, Any]) -> str:
    return f"{detail.get('before') or '—'} → {detail.get('after') or '—'}"
