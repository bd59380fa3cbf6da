"""How papers name the counties of Guizhou."""

import pytest

from reference.counties import COUNTIES, counties_in


def test_there_are_88_counties_and_each_is_found_by_its_own_name() -> None:
    assert len(COUNTIES) == 88
    assert all(counties_in(county) == [county] for county in COUNTIES)


def test_each_county_is_found_in_a_whole_address() -> None:
    assert all(counties_in(f"贵州省{city}{county}某镇") == [county] for county, city in COUNTIES.items())


@pytest.mark.parametrize(
    ("place", "county"),
    [
        ("松桃县", "松桃苗族自治县"),
        ("铜仁市 松桃", "松桃苗族自治县"),
        ("万山特区", "万山区"),
        ("水城县", "水城区"),
        ("贵州省遵义市遵义县", "播州区"),
        ("盘县", "盘州市"),
        ("黔南州独山县麻尾镇", "独山县"),
    ],
)
def test_short_former_and_long_names_mean_the_county(place: str, county: str) -> None:
    assert counties_in(place) == [county]


@pytest.mark.parametrize(
    "place", ["", "／", "铜仁市", "贵安新区", "广东省广州市白云区", "广州市白云区", "松挑苗族自治县"]
)
def test_other_places_and_damaged_names_are_no_county(place: str) -> None:
    assert counties_in(place) == []
