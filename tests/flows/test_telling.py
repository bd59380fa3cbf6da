"""What the watcher logs, as objects for programs."""

import json
import logging

from flows.telling import Objects


def test_a_record_is_one_line_of_json_with_its_traceback() -> None:
    try:
        raise ValueError("两行\n文字")
    except ValueError as error:
        record = logging.LogRecord("heyan.watcher", logging.ERROR, "", 1, "%s", ("甲.zip",), (type(error), error, None))
    line = Objects().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "heyan.watcher", "甲.zip")
    assert "ValueError" in told["trace"] and told["at"].endswith("+00:00")
