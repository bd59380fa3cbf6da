"""What the rules rest on: the guide section by section, and the other sources, each as it is cited in a finding."""

from typing import NamedTuple

GUIDE = "《贵州省重金属污染物排放量自愿交易技术指南（试行）》（2024年1月19日）"


class Provision(NamedTuple):
    """A rule's ground: `mark` as the rule catalogue cites it, `text` as a finding quotes it."""

    mark: str
    text: str


# Quoted from the guide; line breaks and the footer that a web copy put between the sentences are left out.
_SECTIONS = {
    "1": (
        "一、适用范围",
        "本省行政区域内新、改、扩建重点行业建设项目，遵循“等量替代”或“减量替代”原则，自愿交易重金属污染物排放总量的活动，适用本指南。",
    ),
    "2(2)": ("二、（二）重金属污染物", "包括：铅、汞、镉、铬、砷。"),
    "2(3)": (
        "二、（三）重点行业企业",
        "包括：重有色金属矿采选业（铜、铅锌、镍钴、锡、锑和汞矿采选），重有色金属冶炼业（铜、铅锌、镍钴、锡、锑和汞冶炼），"
        "铅蓄电池制造业，电镀行业，化学原料及化学制品制造业（电石法（聚）氯乙烯制造、铬盐制造、以工业固体废物为原料的锌无机化合物工业），"
        "皮革鞣制加工业等6个行业。",
    ),
    "2(4)": (
        "二、（四）排放量",
        "为排污单位有组织排放口的废水、废气中重金属污染物排放总量，以千克／年为单位。",
    ),
    "2(5)": (
        "二、（五）富余排放量",
        "核算基础排放量、工程削减量，与全口径清单统计排放量进行校核，扣除减排任务后富余的排放量。",
    ),
    "3(3)": (
        "三、（三）交易方式",
        "交易主体采取协议转让交易方式，自主协商确定交易标的、交易价格等交易要素。富余排放量可为新、改、扩建重点行业所需“等量替代”"
        "或“减量替代”重金属排放量来源，且不违反区域重金属污染物减排目标。",
    ),
    "4(1)": (
        "四、（一）注册登记",
        "交易主体在参与交易前，通过重金属污染物排放量交易平台进行身份注册、登记。",
    ),
    "4(2)": ("四、（二）提交供需信息", "排污单位将供需信息报送省级生态环境部门。"),
    "4(3)": (
        "四、（三）发布供需信息",
        "省级生态环境部门根据供需信息，在重金属污染物排放量交易平台发布排放量供需信息。出让方及受让方在排放量供需信息发布期间"
        "可向省级生态环境部门申请撤回。",
    ),
    "4(4)": (
        "四、（四）协议转让与签约",
        "若出让方拟出让的富余排放量未全部成交，未成交部分可进行二次出让。出让方将协议转让书上传至重金属污染物排放量交易平台公示20日，"
        "接受公众监督，公示期满无异议的，出让方、受让方签订交易合同。协议转让书及交易合同自拟，内容包括但不限于：出让方及受让方"
        "基本信息、交易排放量的种类、数量及交易价格等。",
    ),
    "4(5)": (
        "四、（五）交易结果报备",
        "出让方、受让方持交易合同盖章版、付款凭证等资料向所在地市（州）生态环境部门及省级生态环境部门报备。",
    ),
    "4(6)": (
        "四、（六）发布交易结果公告",
        "省级生态环境部门在重金属污染物排放量交易平台发布交易结果公告，同时更新供需信息。公告内容包括：出让方及减排项目名称，"
        "受让方及新、改、扩建项目名称，成交重金属种类、数量和价格，交易完成时间等。",
    ),
    "annex 1": (
        "附件1 供需信息清单",
        "出让方：基本信息、富余排放量核算情况、变更前后的排污许可总量、拟出让排放量种类、数量等；营业执照（复印件）、"
        "排污许可证变更前后正本及副本复印件、富余排放量的核算说明文件等佐证资料。受让方：基本信息、新（改、扩）建项目环评情况、"
        "排放量需求种类、数量等；营业执照（复印件）、环评报告中有关新（改、扩）建项目重金属污染物新增排放量等佐证资料。"
        "提交盖有企业公章的彩色扫描电子文件。",
    ),
}


def guide(section: str) -> Provision:
    """A section of the guide, numbered as in `guide("2(5)")` or `guide("annex 1")`; KeyError where it has none."""
    heading, text = _SECTIONS[section]
    return Provision(f"G {section}", f"{GUIDE}{heading}：{text}")


def standard(name: str, what: str) -> Provision:
    """A published standard and what it lays down."""
    return Provision(name, f"{name}：{what}")


def practice(what: str, mark: str = "S") -> Provision:
    """What other sources or the trade's practice hold, where the guide itself is silent."""
    return Provision(mark, what)


USCC_STANDARD = standard("GB 32100-2015", "法人和其他组织统一社会信用代码由18位组成，末位为校验码。")
PERMIT_NUMBER_STANDARD = standard("HJ 608", "排污许可证编号由18位统一社会信用代码、3位顺序码和1位标识码组成，共22位。")
# State Council decree 736, in force 2021-03-01.
PERMIT_TERM = practice("《排污许可管理条例》第十四条：排污许可证有效期为5年。", "S 条例 14")
EARLIER_TERM = practice("原《排污许可管理办法（试行）》：首次核发的排污许可证有效期为3年，延续的为5年。")
