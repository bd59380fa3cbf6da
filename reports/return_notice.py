"""The 补正通知 as a Word document and as plain text."""

from typing import Any

from domain.printing import ordinal, spell
from domain.return_notice import Defect, ReturnNotice
from reports.official import add, add_title, close_paper, open_paper, sign


def write_notice(notice: ReturnNotice) -> bytes:
    """The notice as .docx."""
    paper: Any = open_paper()
    add_title(paper, "补正通知")
    add(paper, f"{notice.to}：")
    add(paper, notice.opening, indent=True)
    for number, defect in enumerate(notice.defects, start=1):
        _add_defect(paper, number, defect)
    add(paper, notice.closing, indent=True)
    sign(paper, notice.signed, notice.on)
    return close_paper(paper, title="补正通知", subject=notice.receipt, author=notice.signed, on=notice.on)


def tell_notice(notice: ReturnNotice) -> str:
    """The notice as plain text."""
    lines = ["补正通知", "", f"{notice.to}：", f"　　{notice.opening}"]
    for number, defect in enumerate(notice.defects, start=1):
        head, *below = _tell(number, defect)
        lines += [f"　　{head}", *(f"　　{line}" for line in below)]
    return "\n".join([*lines, f"　　{notice.closing}", "", notice.signed, spell(notice.on)]) + "\n"


def _tell(number: int, defect: Defect) -> list[str]:
    pages = f"（见材料第{'、'.join(map(str, defect.pages))}页）" if defect.pages else ""
    lines = [f"{ordinal(number)}、{_ended(defect.problem, pages)}"]
    lines += [f"依据：{_ended(defect.provision)}"] * bool(defect.provision)
    return lines + [f"补正要求：{_ended(defect.ask)}"] * bool(defect.ask)


def _ended(text: str, behind: str = "") -> str:
    return f"{text.rstrip('。')}{behind}。"


def _add_defect(paper: Any, number: int, defect: Defect) -> None:
    head, *below = _tell(number, defect)
    add(paper, head, indent=True, head=len(ordinal(number)) + 1)
    for line in below:
        add(paper, line, indent=True)
