"""Which role may do what: the one table that the desk, the API, the command line and the tests go by."""

from collections.abc import Mapping
from enum import StrEnum

from domain.errors import ExitCode, HeyanError
from domain.people import Role, User


class Action(StrEnum):
    """Everything that needs permission. Signing in and out and changing one's own password need none."""

    VIEW_QUEUE = "view_queue"
    LIST_CASES = "list_cases"  # those who may not look at cases: what they handed in themselves
    VIEW_CASE = "view_case"
    VIEW_PAGE = "view_page"  # page images, cuts from them, originals
    VIEW_LEDGER = "view_ledger"
    VIEW_REGISTERS = "view_registers"
    LOAD_REGISTER = "load_register"
    VIEW_PUBLISHED = "view_published"  # what everybody may know anyway: 供需信息, notices, results, statistics
    TAKE = "take"  # also give back, and keep for longer
    ASSIGN = "assign"
    CORRECT = "correct"
    CONFIRM = "confirm"
    WAIVE = "waive"
    APPROVE_WAIVER = "approve_waiver"  # as the second person; never one's own
    RETURN = "return"
    REFUSE = "refuse"
    VERIFY = "verify"
    UNDO = "undo"
    SECOND_REVIEW = "second_review"  # never of a case that one passed oneself
    OPEN_NOTICE = "open_notice"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    ANNOUNCE = "announce"
    UPLOAD = "upload"
    OWN_UPLOADS = "own_uploads"  # the state of what one handed in, and another try where it was set aside
    ALL_UPLOADS = "all_uploads"
    REVEAL_ACCOUNTS = "reveal_accounts"
    MANAGE_USERS = "manage_users"
    READ_AUDIT = "read_audit"
    EXPORT_BUNDLE = "export_bundle"
    ISSUE_TOKEN = "issue_token"  # for oneself: a token may do what its owner may
    MANAGE_WEBHOOKS = "manage_webhooks"


_O, _R, _S, _A = Role.OFFICER, Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR
MATRIX: Mapping[Action, frozenset[Role]] = {
    Action.VIEW_QUEUE: frozenset({_R, _S, _A}),
    Action.LIST_CASES: frozenset({_O, _R, _S, _A}),
    Action.VIEW_CASE: frozenset({_R, _S, _A}),
    Action.VIEW_PAGE: frozenset({_R, _S, _A}),
    Action.VIEW_LEDGER: frozenset({_R, _S, _A}),
    Action.VIEW_REGISTERS: frozenset({_R, _S, _A}),
    Action.LOAD_REGISTER: frozenset({_S}),
    Action.VIEW_PUBLISHED: frozenset({_O, _R, _S, _A}),
    Action.TAKE: frozenset({_R, _S}),
    Action.ASSIGN: frozenset({_S}),
    Action.CORRECT: frozenset({_R, _S}),
    Action.CONFIRM: frozenset({_R, _S}),
    Action.WAIVE: frozenset({_R, _S}),
    Action.APPROVE_WAIVER: frozenset({_S}),
    Action.RETURN: frozenset({_R, _S}),
    Action.REFUSE: frozenset({_R, _S}),
    Action.VERIFY: frozenset({_R, _S}),
    Action.UNDO: frozenset({_R, _S}),
    Action.SECOND_REVIEW: frozenset({_R, _S}),
    Action.OPEN_NOTICE: frozenset({_R, _S}),
    Action.WITHDRAW: frozenset({_R, _S}),
    Action.PUBLISH: frozenset({_R, _S}),
    Action.ANNOUNCE: frozenset({_S}),
    Action.UPLOAD: frozenset({_O, _R, _S}),
    Action.OWN_UPLOADS: frozenset({_O, _R, _S}),
    Action.ALL_UPLOADS: frozenset({_S, _A}),
    Action.REVEAL_ACCOUNTS: frozenset({_R, _S, _A}),
    Action.MANAGE_USERS: frozenset({_S}),
    Action.READ_AUDIT: frozenset({_S, _A}),
    Action.EXPORT_BUNDLE: frozenset({_R, _S, _A}),
    Action.ISSUE_TOKEN: frozenset({_O, _R, _S, _A}),
    Action.MANAGE_WEBHOOKS: frozenset({_S}),
}


class Forbidden(HeyanError):
    """This person's role does not include this."""

    exit_code = ExitCode.USAGE


def may(user: User, action: Action) -> bool:
    """Whether somebody's role includes an action; a disabled person may nothing."""
    return not user.disabled and user.role in MATRIX[action]


def require(user: User, action: Action) -> None:
    """Raises Forbidden where `may` is False."""
    if not may(user, action):
        raise Forbidden("FORBIDDEN", "您的角色没有此项权限，如有需要请联系负责人")


def allowed(role: Role) -> frozenset[Action]:
    """All that a role may do."""
    return frozenset(action for action, roles in MATRIX.items() if role in roles)
