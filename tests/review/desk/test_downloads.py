"""Names of downloads: whatever they hold, they stay within their quotes and their line."""

from email.message import Message

import pytest

from review.desk.downloads import name_download


@pytest.mark.parametrize(
    "name", ["案件 1.zip", 'x"; evil="1.docx', "a\r\nSet-Cookie: x=1", "a\0b", "\ud800.zip", "HY-1.zip"]
)
def test_a_name_cannot_leave_its_header(name: str) -> None:
    header = name_download(name)["Content-Disposition"]
    assert header.isascii() and header.isprintable() and header.count('"') == 2
    message = Message()
    message["Content-Disposition"] = header
    assert [key for key, _ in message.get_params(header="Content-Disposition")] == [
        "attachment",
        "filename",
        "filename",
    ]


def test_a_chinese_name_arrives_as_it_is() -> None:
    assert "filename*=UTF-8''%E6%A1%88%E4%BB%B6.zip" in name_download("案件.zip")["Content-Disposition"]
