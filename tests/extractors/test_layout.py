from extractors.layout import labelled, lines, span_of
from tests.extractors.readings import word

LABELS = {"name": r"名称", "address": r"住所", "capital": r"注册资本", "scope": r"经营范围"}


def read(words, multiline=frozenset({"address", "scope"})):
    return {key: spans[0].raw for key, spans in labelled(lines(words), LABELS, multiline).items()}


def test_letter_spaced_labels_are_found_where_ocr_splits_them():
    words = [word("名", 0.1, 0.2), word("称贵州某某有限公司", 0.16, 0.2)]
    assert read(words)["name"] == "贵州某某有限公司"


def test_a_value_ends_where_the_next_column_begins():
    words = [
        word("名称", 0.1, 0.2),
        word("贵州某某有限公司", 0.16, 0.2),
        word("注册资本", 0.5, 0.2),
        word("壹佰万元整", 0.6, 0.2),
    ]
    assert read(words) == {"name": "贵州某某有限公司", "capital": "壹佰万元整"}


def test_a_value_goes_on_below_in_its_own_column():
    words = [
        word("经营范围", 0.1, 0.2),
        word("铅锌冶炼", 0.2, 0.2),
        word("有色金属销售", 0.2, 0.215),
        word("住所", 0.5, 0.2),
        word("贵州省安顺市", 0.6, 0.2),
        word("滨河路一号", 0.6, 0.215),
    ]
    assert read(words) == {"scope": "铅锌冶炼有色金属销售", "address": "贵州省安顺市滨河路一号"}


def test_a_value_may_go_on_under_its_label():
    words = [word("住所：贵州省安顺市关岭县木黄街道", 0.1, 0.2), word("滨河路174号", 0.1, 0.218)]
    assert read(words)["address"] == "贵州省安顺市关岭县木黄街道滨河路174号"


def test_a_gap_ends_a_value():
    words = [word("住所：贵州省安顺市", 0.1, 0.2), word("登记机关盖章", 0.1, 0.3)]
    assert read(words)["address"] == "贵州省安顺市"


def test_a_label_inside_a_sentence_is_no_label():
    assert read([word("本公司的住所变更登记", 0.1, 0.2)]) == {}


def test_a_part_of_a_word_knows_its_place():
    span = span_of([word("自2024年01月01日止", 0.1, 0.2)])
    part = span.find(r"2024")
    assert part.raw == "2024" and 0.1 < part.box.x0 < part.box.x1 < span.box.x1


def test_words_at_slightly_different_heights_share_a_line():
    assert [line.raw for line in lines([word("乙", 0.3, 0.204), word("甲", 0.1, 0.2), word("丙", 0.1, 0.23)])] == [
        "甲乙",
        "丙",
    ]
