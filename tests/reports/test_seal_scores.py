"""Seals found beside seals pressed: what counts as found, as told right, and as taken for another's."""

from typing import Any

from reports.seal_scores import SealPair, count_seals, match_seals

FIRM, OFFICE = "贵州乾泰金属冶炼有限责任公司", "铜仁市生态环境局"


def pressed(role: str = "company", name: str = FIRM, page: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "page": page,
        "role": role,
        "colour": "red",
        "shape": "round",
        "text": name,
        "title": "",
        "legible": True,
    } | more


def found(role: str = "company", owner: str | None = FIRM, page: int = 1, **more: Any) -> dict[str, Any]:
    seal = {"page": page, "role": role, "colour": "red", "shape": "round", "text": owner or "", "owner": owner}
    return seal | {"use": "official", "box": [0.1, 0.1, 0.2, 0.2]} | more


def pairs(truth: list[dict[str, Any]], got: list[dict[str, Any]]) -> list[SealPair]:
    return match_seals("甲", truth, got)


def test_seals_of_a_page_are_matched_by_what_they_say_not_by_their_order() -> None:
    matched = pairs([pressed(), pressed("authority", OFFICE)], [found("authority", OFFICE), found()])
    assert [(pair.name, pair.got_owner) for pair in matched] == [(FIRM, FIRM), (OFFICE, OFFICE)]
    assert not any(pair.trouble for pair in matched)


def test_a_seal_missed_and_one_invented_elsewhere_both_count() -> None:
    counts = count_seals(pairs([pressed(), pressed(page=2)], [found(), found(page=3)]))
    assert (counts.red, counts.red_right, counts.red_invented) == (2, 1, 1)


def test_a_missed_legible_seal_has_no_right_owner() -> None:
    counts = count_seals(pairs([pressed()], []))
    assert (counts.judged, counts.role_right, counts.owner_right, counts.owner_wrong) == (1, 0, 0, 0)


def test_another_companys_name_is_worse_than_none() -> None:
    (other,) = pairs([pressed()], [found(owner="贵州乾秦金属冶炼有限责任公司")])
    (nobody,) = pairs([pressed()], [found(owner=None)])
    assert other.trouble == nobody.trouble == "owner"
    assert (count_seals([other]).owner_wrong, count_seals([nobody]).owner_wrong) == (1, 0)


def test_a_seal_that_cannot_be_made_out_need_only_be_there() -> None:
    (pair,) = pairs([pressed(legible=False)], [found("unknown", None)])
    assert pair.trouble is None and count_seals([pair]).judged == 0


def test_an_authoritys_seal_is_never_the_companys_legible_or_not() -> None:
    (pair,) = pairs([pressed("authority", OFFICE, legible=False)], [found()])
    assert pair.trouble == "company" and count_seals([pair]).taken_for_company == 1


def test_a_black_copy_is_no_red_seal() -> None:
    counts = count_seals(pairs([pressed(colour="black")], [found(colour="grey")]))
    assert (counts.dull, counts.dull_right, counts.red, counts.judged) == (1, 1, 0, 0)
    assert count_seals(pairs([pressed(colour="black")], [found()])).red_invented == 1


def test_the_level_line_tells_the_use_and_is_no_part_of_the_name() -> None:
    contract = pressed(text=FIRM + "合同专用章", title="合同专用章", use="contract")
    (right,) = pairs([contract], [found(use="contract")])
    (plain,) = pairs([contract], [found(use="official")])
    assert (right.trouble, plain.trouble) == (None, "use")
    assert count_seals([right, plain]).use_right == 1


def test_older_truth_tells_neither_level_line_nor_legibility() -> None:
    old = {key: value for key, value in pressed(text=FIRM + "合同专用章").items() if key not in ("title", "legible")}
    (pair,) = pairs([old], [found()])
    assert pair.judged and pair.owner_right
