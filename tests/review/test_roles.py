import pytest

from domain.people import WORKING, Role, User
from review.roles import MATRIX, Action, Forbidden, allowed, may, require

WRITING = {
    Action.TAKE, Action.ASSIGN, Action.CORRECT, Action.CONFIRM, Action.WAIVE, Action.APPROVE_WAIVER, Action.RETURN,
    Action.REFUSE, Action.VERIFY, Action.UNDO, Action.SECOND_REVIEW, Action.OPEN_NOTICE, Action.WITHDRAW,
    Action.UPLOAD, Action.MANAGE_USERS, Action.MANAGE_WEBHOOKS,
}  # fmt: skip


def _user(role: Role, *, disabled: bool = False) -> User:
    return User(id=1, name="wang", display="王", role=role, disabled=disabled)


def test_the_matrix_speaks_of_every_action_and_gives_each_to_somebody() -> None:
    assert set(MATRIX) == set(Action)
    assert all(MATRIX.values())


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_a_disabled_person_may_nothing_and_others_what_the_matrix_says(role: Role, action: Action) -> None:
    assert not may(_user(role, disabled=True), action)
    assert may(_user(role), action) is (action in allowed(role))
    if action in allowed(role):
        require(_user(role), action)
    else:
        with pytest.raises(Forbidden):
            require(_user(role), action)


def test_auditors_change_nothing() -> None:
    assert not allowed(Role.AUDITOR) & WRITING


def test_officers_see_nothing_but_what_they_handed_in() -> None:
    own = {Action.UPLOAD, Action.OWN_UPLOADS, Action.LIST_CASES, Action.ISSUE_TOKEN}
    assert allowed(Role.OFFICER) == own | {Action.VIEW_PUBLISHED}


def test_whoever_may_decide_may_see_what_they_decide_on() -> None:
    for role in Role:
        if allowed(role) & (WRITING - {Action.UPLOAD}):
            assert {Action.VIEW_QUEUE, Action.VIEW_CASE, Action.VIEW_PAGE} <= allowed(role)


def test_supervisors_may_all_that_reviewers_may() -> None:
    assert allowed(Role.REVIEWER) < allowed(Role.SUPERVISOR)


def test_only_supervisors_approve_waivers_assign_and_look_after_the_people() -> None:
    for action in (Action.APPROVE_WAIVER, Action.ASSIGN, Action.MANAGE_USERS, Action.MANAGE_WEBHOOKS):
        assert MATRIX[action] == {Role.SUPERVISOR}


def test_those_who_may_be_given_work_are_those_who_may_take_it() -> None:
    assert MATRIX[Action.TAKE] == WORKING
