"""Tables that tests measured are printed at the end of the run."""

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Every property `table` of a test that ran, in whichever process."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            tables = [text for name, text in getattr(report, "user_properties", ()) if name == "table"]
            if tables and report.when == "call":
                terminalreporter.section(report.nodeid)
                terminalreporter.write(tables[0])
