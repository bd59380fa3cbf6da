from extractors.gathering import gather
from extractors.recognition import recognise
from tests.extractors.readings import grid, page, word, words_of


def cover(number, issued):
    words = [
        word("排污许可证", 0.3, 0.1),
        word("副本", 0.4, 0.15),
        word("证书编号：91522200MA6HFAKE4P001P", 0.2, 0.3),
        word("单位名称：甲公司", 0.2, 0.35),
        word("有效期限：自2020年01月01日至2024年12月31日止", 0.2, 0.4),
        word(f"发证日期：{issued}", 0.5, 0.7),
    ]
    return page(words, number)


def behind(number):
    """The second sheet of a permit's copy."""
    words = [word("持证须知", 0.3, 0.1), word("本证不得涂改，须按主要排放口、一般排放口排放", 0.1, 0.2)]
    return page([*words, word("第2页", 0.5, 0.95)], number)


def inner(number, code, margin="", file="a.pdf"):
    table = grid([[code, "排气筒", "铅及其化合物", "0.5", "0.0100"], [code, "排气筒", "颗粒物", "20", "/"]])
    words = words_of(table) + ([word(margin, 0.1, 0.03)] if margin else [])
    return page(words, number, [table], file)


def pages_of(*pages):
    return [[p.number for p in document.pages] for document in gather([recognise(p) for p in pages])]


def test_inner_pages_follow_the_cover_before_them():
    first, second = cover(1, "2020年01月01日"), cover(3, "2023年05月06日")
    assert pages_of(first, inner(2, "DA001"), second, inner(4, "DA001")) == [[1, 2], [3, 4]]


def test_a_page_that_names_its_permit_s_issue_date_goes_there_wherever_it_lies():
    first, second = cover(1, "2020年01月01日"), cover(2, "2023年05月06日")
    late = inner(3, "DA001", "甲公司排污许可证副本 发证日期：2020年01月01日")
    own = inner(4, "DA001", "甲公司排污许可证副本 发证日期：2023年05月06日")
    assert pages_of(first, second, late, own) == [[1, 3], [2, 4]]


def test_a_permit_never_lists_the_same_outlet_rows_twice():
    first, second = cover(1, "2020年01月01日"), cover(2, "2023年05月06日")
    assert pages_of(first, second, inner(3, "DA001"), inner(4, "DA001")) == [[1, 4], [2, 3]]


def covers_of(number, *title):
    """A permit's first page with this title."""
    labels = (
        "证书编号：91522200MA6HFAKE4P001P",
        "单位名称：甲公司",
        "有效期限：自2020年",
        "发证机关：",
        "行业类别：铅",
    )
    return page([*title, *(word(text, 0.2, 0.3 + n / 20) for n, text in enumerate(labels))], number)


def types_of(*pages):
    return [(d.type, [p.number for p in d.pages]) for d in gather([recognise(p) for p in pages])]


def test_a_title_set_letter_by_letter_is_read_between_a_watermark_s_words():
    spaced = [word("与原件", 0.2, 0.15), word("副", 0.4, 0.15), word("本", 0.46, 0.15), word("与原件一致", 0.6, 0.15)]
    assert types_of(covers_of(1, *spaced)) == [("permit_copy", [1])]


def test_a_first_page_that_lost_its_title_is_the_copy_s_where_a_second_sheet_without_one_follows():
    lost, found = covers_of(2), covers_of(5, word("副本", 0.4, 0.15))
    pages = [covers_of(1, word("排污许可证", 0.3, 0.1)), lost, behind(3), inner(4, "DA001"), found, behind(6)]
    expected = [("permit_certificate", [1]), ("permit_copy", [2, 3, 4]), ("permit_copy", [5, 6, 7])]
    assert types_of(*pages, inner(7, "DA001")) == expected
    certificate = [covers_of(1, word("副本", 0.4, 0.15)), covers_of(2, word("排污许可证", 0.3, 0.1)), behind(3)]
    assert types_of(*certificate) == [("permit_copy", [1, 3]), ("permit_certificate", [2])]


def test_pages_before_the_only_first_page_are_of_another_permit_where_their_like_stands_behind_it():
    found = covers_of(4, word("副本", 0.4, 0.15))
    lost = [behind(1), inner(2, "DA001")]
    assert types_of(*lost, found, behind(5), inner(6, "DA001")) == [
        ("permit_copy", [1, 2]),
        ("permit_copy", [4, 5, 6]),
    ]
    assert types_of(*lost, found) == [("permit_copy", [4, 1, 2])]


def test_a_page_of_no_known_paper_stands_alone():
    assert pages_of(page([word("食品经营许可证", 0.3, 0.1)], 1), page([word("会议纪要", 0.3, 0.1)], 2)) == [[1], [2]]


def test_a_title_alone_does_not_make_a_paper():
    assert recognise(page([word("营业执照", 0.3, 0.1)])).type == "other"


def test_a_form_is_known_by_its_title_whoever_fills_it_in():
    words = [word("贵州省重金属污染物排放量供需信息表", 0.2, 0.08), word("（出让方填写）", 0.3, 0.11)]
    labels = ["统一社会信用代码：91522200MA6HFAKE4P", "联系人：王某", "减排项目名称：某工程"]
    seen = recognise(page([*words, *(word(text, 0.1, 0.2 + n / 20) for n, text in enumerate(labels))]))
    assert seen.type == "supply_form" and seen.starts


def prose(number, *texts):
    return page([word(text, 0.1, 0.1 + n / 30) for n, text in enumerate(texts)], number)


def test_signatures_that_either_paper_may_bear_go_to_the_nearest_even_where_its_first_page_is_not_known():
    contract = prose(
        1,
        "重金属污染物排放量交易合同",
        "编号：HT-1",
        "出让方：甲公司",
        "受让方：乙公司",
        "统一社会信用代码：9152",
        "法定代表人：某",
    )
    own = prose(
        2, "第一条 本合同的标的", "甲方", "乙方", "违约责任", "不可抗力", "(以下无正文，为签署页)", "出让方（盖章）："
    )
    agreement = prose(3, "第三条 本协议签订后", "甲方", "乙方", "违约", "不可抗力", "标的", "价款")
    signing = prose(
        4, "(以下无正文，为签署页)", "出让方（盖章）：甲公司", "受让方（盖章）：乙公司", "签订日期：2026.7.8"
    )
    assert recognise(signing).also and not recognise(agreement).starts
    assert pages_of(contract, own, agreement, signing) == [[1, 2], [3, 4]]
