from datetime import UTC, datetime, timedelta

import pytest

from domain.people import Role, User
from storage.ledger import Ledger
from storage.passwords import WeakPassword, new_password
from storage.people import BadCredentials, LastSupervisor, LockedOut, People, UnknownUser
from storage.staff import Staff
from tests.storage.test_people import GOOD, QUICK, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(ledger: Ledger, clock: Clock) -> People:
    return People(ledger.database, passwords=QUICK, clock=clock)


@pytest.fixture
def staff(ledger: Ledger, clock: Clock) -> Staff:
    return Staff(ledger.database, clock)


@pytest.fixture
def wang(people: People) -> User:
    return people.add("wang.mei", "王梅", Role.REVIEWER, GOOD)


def _told(ledger: Ledger) -> list[str]:
    return [event.what for event in ledger.events()]


def test_ones_own_password_is_changed_by_the_old_one_and_other_sessions_end(people: People, wang: User) -> None:
    mine, other = people.sign_in("wang.mei", GOOD), people.sign_in("wang.mei", GOOD)
    people.change_password(mine, GOOD, GOOD + "!")
    assert people.session(mine.token) == mine
    assert people.session(other.token) is None
    assert people.sign_in("wang.mei", GOOD + "!").user == wang


def test_a_wrong_old_password_counts_as_one_at_the_sign_in_and_locks(people: People, wang: User) -> None:
    mine = people.sign_in("wang.mei", GOOD)
    for _ in range(5):
        with pytest.raises(BadCredentials):
            people.change_password(mine, "wrong password", GOOD + "!")
    with pytest.raises(LockedOut):
        people.change_password(mine, GOOD, GOOD + "!")


def test_a_new_password_that_is_weak_or_the_old_one_is_no_try_of_the_old_one(people: People, wang: User) -> None:
    mine = people.sign_in("wang.mei", GOOD)
    for _ in range(4):
        for new in ("short", GOOD):
            with pytest.raises(WeakPassword):
                people.change_password(mine, GOOD, new)
    people.change_password(mine, GOOD, GOOD + "!")


def test_a_password_for_once_is_told_at_the_session_until_it_was_changed(people: People, wang: User) -> None:
    people.set_password("wang.mei", GOOD + "1", by="supervisor:yang", once=True)
    session = people.sign_in("wang.mei", GOOD + "1")
    assert session.must_change
    people.change_password(session, GOOD + "1", GOOD + "2")
    kept = people.session(session.token)
    assert kept is not None and not kept.must_change


def test_whom_another_service_vouches_for_need_not_change_a_password(people: People) -> None:
    people.add("li", "李", Role.OFFICER, GOOD, once=True)
    admitted, signed_in = people.admit("li"), people.sign_in("li", GOOD)
    assert (admitted.must_change, signed_in.must_change) == (False, True)
    assert people.session(admitted.token) == admitted and people.session(signed_in.token) == signed_in


def test_temporary_passwords_differ_and_are_strong_enough(people: People, wang: User) -> None:
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    for password in made:
        people.set_password("wang.mei", password, once=True)


@pytest.mark.parametrize("act", ["disable", "demote"])
def test_the_last_supervisor_stays(people: People, act: str) -> None:
    people.add("yang", "杨", Role.SUPERVISOR, GOOD)
    people.add("zhou", "周", Role.SUPERVISOR, GOOD)

    def remove(name: str) -> None:
        people.disable(name) if act == "disable" else people.set_role(name, Role.REVIEWER)

    remove("zhou")
    with pytest.raises(LastSupervisor):
        remove("yang")
    people.set_role("yang", Role.SUPERVISOR)
    people.enable("zhou")
    people.set_role("zhou", Role.SUPERVISOR)
    remove("yang")


def test_supervisors_see_who_is_locked_signed_in_and_due_for_a_password(
    people: People, staff: Staff, wang: User, clock: Clock, ledger: Ledger
) -> None:
    people.add("li", "李", Role.AUDITOR, None)
    people.sign_in("wang.mei", GOOD)
    for _ in range(5):
        with pytest.raises(BadCredentials):
            people.sign_in("wang.mei", "wrong")
    li, seen = staff.list()
    assert (li.has_password, li.seen_at, li.locked_until) == (False, None, None)
    assert (seen.user, seen.seen_at, seen.locked_until) == (wang, clock.now, clock.now + timedelta(minutes=15))
    assert staff.find(wang.id) == seen
    staff.unlock(wang, "supervisor:yang")
    staff.unlock(wang, "supervisor:yang")
    assert staff.find(wang.id).locked_until is None
    assert people.sign_in("wang.mei", GOOD).user == wang
    assert _told(ledger).count("unlocked") == 1
    with pytest.raises(UnknownUser):
        staff.find(99)


def test_ones_sessions_are_listed_and_others_ended(
    people: People, staff: Staff, wang: User, clock: Clock, ledger: Ledger
) -> None:
    people.sign_in("wang.mei", GOOD)
    clock.forward(hours=3)  # that one has run out
    mine, second, third = (people.sign_in("wang.mei", GOOD) for _ in range(3))
    listed = staff.sessions(mine)
    assert [one.current for one in listed] == [False, False, True]
    staff.end_session(mine, listed[0].id)
    assert people.session(third.token) is None and people.session(second.token) is not None
    staff.end_session(mine, listed[2].id)
    assert people.session(mine.token) is not None
    assert (staff.end_others(mine), staff.end_others(mine)) == (1, 0)
    assert people.session(second.token) is None
    assert _told(ledger).count("sessions ended") == 2


def test_nobody_ends_another_persons_session(people: People, staff: Staff, wang: User) -> None:
    people.add("li", "李", Role.AUDITOR, GOOD)
    mine, other = people.sign_in("wang.mei", GOOD), people.sign_in("li", GOOD)
    with pytest.raises(UnknownUser):
        staff.end_session(mine, staff.sessions(other)[0].id)
    assert people.session(other.token) is not None


def test_what_is_told_of_new_acts_holds_no_secret(people: People, wang: User, ledger: Ledger) -> None:
    people.set_password("wang.mei", GOOD + "1", once=True)
    people.change_password(people.sign_in("wang.mei", GOOD + "1"), GOOD + "1", GOOD + "2")
    assert GOOD not in repr(ledger.events()) and ledger.verify_events() is None
    assert datetime.now(UTC) > ledger.events()[-1].at
