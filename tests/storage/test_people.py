from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, text

from domain.people import Role, User
from storage import sign_ins
from storage.ledger import Ledger
from storage.passwords import Passwords, WeakPassword
from storage.people import BadCredentials, BadName, LockedOut, People, UnknownUser, UserExists
from storage.people_tables import attempts, sessions

GOOD = "铅锌镉汞砷-2026 验"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(ledger: Ledger, clock: Clock) -> People:
    return People(ledger.database, passwords=QUICK, clock=clock)


@pytest.fixture
def wang(people: People) -> User:
    return people.add("Wang.Mei", "王梅", Role.REVIEWER, GOOD)


def _fail(people: People, name: str = "wang.mei", times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(BadCredentials):
            people.sign_in(name, "wrong password")


def test_whoever_was_added_signs_in_and_is_known_by_the_cookie(people: People, wang: User) -> None:
    session = people.sign_in("wang.mei", GOOD)
    assert session.user == wang
    assert people.session(session.token) == session
    assert session.csrf not in ("", session.token)


def test_names_are_the_same_however_they_are_typed(people: People, wang: User) -> None:
    assert wang.name == "wang.mei"
    assert people.sign_in(" ＷＡＮＧ.mei ", GOOD).user == wang
    with pytest.raises(UserExists):
        people.add("WANG.MEI", "另一人", Role.OFFICER, GOOD)


@pytest.mark.parametrize("name", ["", "a", "王 梅", "wang/mei", "x" * 33, "<b>"])
def test_a_name_that_cannot_be_is_refused(people: People, name: str) -> None:
    with pytest.raises(BadName):
        people.add(name, "王梅", Role.OFFICER, GOOD)


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaa", "my wang.mei 99", "x1y2z" * 41])
def test_a_password_that_would_be_guessed_is_refused(people: People, password: str) -> None:
    with pytest.raises(WeakPassword):
        people.add("wang.mei", "王梅", Role.OFFICER, password)
    assert people.list() == ()


def test_wrong_passwords_unknown_names_and_disabled_people_get_the_same_answer(people: People, wang: User) -> None:
    people.disable("wang.mei")
    answers = set()
    for name, password in (("wang.mei", GOOD), ("wang.mei", "x"), ("nobody", GOOD), ("", ""), ("\0", "\ud800")):
        with pytest.raises(BadCredentials) as raised:
            people.sign_in(name, password)
        answers.add(str(raised.value))
    assert len(answers) == 1


def test_unknown_names_take_the_same_work(ledger: Ledger) -> None:
    class Counting(PasswordHasher):
        done = 0

        def verify(self, *args: str) -> bool:
            Counting.done += 1
            return super().verify(*args)

    people = People(ledger.database, passwords=Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1)))
    people.add("admitted", "无密码", Role.OFFICER, None)
    for name in ("nobody", "admitted"):
        _fail(people, name)
    assert Counting.done == 2


@pytest.mark.parametrize("name", ["wang.mei", "nobody"])
def test_five_wrong_passwords_lock_a_name_known_or_not(people: People, wang: User, clock: Clock, name: str) -> None:
    _fail(people, name, times=5)
    clock.forward(minutes=14, seconds=59)
    with pytest.raises(LockedOut) as raised:
        people.sign_in(name, GOOD)
    assert raised.value.until == clock.now + timedelta(seconds=1)
    clock.forward(seconds=1)
    _fail(people, name)


def test_after_the_lock_the_right_password_opens(people: People, wang: User, clock: Clock) -> None:
    _fail(people, times=5)
    clock.forward(minutes=15)
    assert people.sign_in("wang.mei", GOOD).user == wang


def test_the_right_password_starts_the_count_anew(people: People, wang: User) -> None:
    for _ in range(3):
        _fail(people, times=4)
        people.sign_in("wang.mei", GOOD)


def test_slips_long_ago_are_forgotten(people: People, wang: User, clock: Clock, ledger: Ledger) -> None:
    _fail(people, times=4)
    clock.forward(minutes=15)
    _fail(people, times=4)
    _fail(people, "somebody", times=1)
    clock.forward(hours=1)
    people.sign_in("wang.mei", GOOD)
    with ledger.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(attempts)) == 0


def test_guesses_all_at_once_are_no_more_than_five(people: People, wang: User) -> None:
    def guess(number: int) -> type[Exception]:
        try:
            people.sign_in("wang.mei", f"guess {number}")
        except (BadCredentials, LockedOut) as error:
            return type(error)
        raise AssertionError

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(guess, range(24)))
    assert told.count(BadCredentials) == 5


def test_sessions_end_when_idle_and_after_a_working_day(people: People, wang: User, clock: Clock) -> None:
    idle, busy = people.sign_in("wang.mei", GOOD), people.sign_in("wang.mei", GOOD)
    for _ in range(7):
        clock.forward(minutes=100)
        assert people.session(busy.token) is not None
    assert people.session(idle.token) is None
    clock.forward(minutes=19)
    assert people.session(busy.token) is not None
    clock.forward(minutes=1)
    assert clock.now == busy.until
    assert people.session(busy.token) is None


def test_signing_out_ends_one_session_and_twice_is_nothing(people: People, wang: User, ledger: Ledger) -> None:
    one, other = people.sign_in("wang.mei", GOOD), people.sign_in("wang.mei", GOOD)
    people.sign_out(one.token)
    people.sign_out(one.token)
    assert people.session(one.token) is None
    assert people.session(other.token) is not None
    assert [event.what for event in ledger.events()].count("signed out") == 1


def test_a_new_password_ends_sessions_and_lifts_the_lock(people: People, wang: User) -> None:
    session = people.sign_in("wang.mei", GOOD)
    _fail(people, times=5)
    people.set_password("wang.mei", GOOD + "!")
    assert people.session(session.token) is None
    _fail(people)
    with pytest.raises(BadCredentials):
        people.sign_in("wang.mei", GOOD)
    assert people.sign_in("wang.mei", GOOD + "!").user == wang


def test_a_disabled_person_is_out_at_once_and_comes_back_without_old_tokens(people: People, wang: User) -> None:
    session, token = people.sign_in("wang.mei", GOOD), people.issue_token(wang, "脚本")
    assert people.disable("wang.mei").disabled
    assert people.session(session.token) is None
    assert people.by_token(token) is None
    with pytest.raises(BadCredentials):
        people.admit("wang.mei")
    people.enable("wang.mei")
    assert people.session(session.token) is None
    assert people.by_token(token) is None
    assert people.sign_in("wang.mei", GOOD).user == wang


def test_another_role_holds_from_the_next_request_on(people: People, wang: User) -> None:
    session = people.sign_in("wang.mei", GOOD)
    people.set_role("wang.mei", Role.SUPERVISOR)
    again = people.session(session.token)
    assert again is not None and again.user.role is Role.SUPERVISOR


def test_a_person_without_password_is_only_admitted(people: People) -> None:
    user = people.add("li", "李", Role.AUDITOR, None)
    _fail(people, "li")
    session = people.admit("LI")
    assert people.session(session.token) == session
    assert session.user == user
    with pytest.raises(BadCredentials):
        people.admit("nobody")


def test_tokens_are_shown_once_listed_by_label_and_revoked(people: People, wang: User) -> None:
    one, two = people.issue_token(wang, "台账同步"), people.issue_token(wang, "备份")
    assert people.by_token(one) == people.by_token(two) == wang
    assert people.by_token("") is people.by_token("x\ud800") is None
    first = people.tokens(wang)[0]
    assert first.label == "台账同步" and one not in repr(people.tokens(wang))
    people.revoke(wang, first.id)
    people.revoke(wang, first.id)
    assert people.by_token(one) is None
    assert people.by_token(two) == wang


@pytest.mark.parametrize("once", [True, False])
def test_a_password_that_somebody_else_set_ends_all_tokens(
    people: People, wang: User, ledger: Ledger, once: bool
) -> None:
    token, revoked = people.issue_token(wang, "台账同步"), people.issue_token(wang, "旧")
    people.revoke(wang, people.tokens(wang)[1].id)
    people.set_password("wang.mei", GOOD + "!", by="supervisor:boss", once=once)
    assert people.by_token(token) is people.by_token(revoked) is None
    assert ledger.events()[-1].detail == {"name": "wang.mei", "tokens": 1} | ({"once": True} if once else {})


def test_a_token_opens_nothing_before_the_password_for_once_is_changed(people: People) -> None:
    li = people.add("li", "李", Role.OFFICER, GOOD, once=True)
    token = people.issue_token(li, "脚本")
    assert people.by_token(token) is None
    people.change_password(people.sign_in("li", GOOD), GOOD, GOOD + "!")
    assert people.by_token(token) == li


def test_changing_ones_own_password_leaves_ones_tokens(people: People, wang: User) -> None:
    token = people.issue_token(wang, "台账同步")
    people.change_password(people.sign_in("wang.mei", GOOD), GOOD, GOOD + "!")
    assert people.by_token(token) == wang


def test_nobody_revokes_another_persons_token(people: People, wang: User) -> None:
    li = people.add("li", "李", Role.OFFICER, GOOD)
    token = people.issue_token(wang, "备份")
    with pytest.raises(UnknownUser):
        people.revoke(li, people.tokens(wang)[0].id)
    assert people.by_token(token) == wang


@pytest.mark.parametrize("act", ["disable", "enable", "find"])
def test_unknown_people_are_told(people: People, act: str) -> None:
    with pytest.raises(UnknownUser):
        getattr(people, act)("nobody")


def test_every_change_is_an_event_without_secrets(people: People, wang: User, ledger: Ledger) -> None:
    session, token = people.sign_in("wang.mei", GOOD), people.issue_token(wang, "备份", by="reviewer:wang.mei")
    people.revoke(wang, people.tokens(wang)[0].id)
    _fail(people, "secret typed as a name")
    _fail(people, times=6 - 1)
    people.set_password("wang.mei", GOOD + "!", by="supervisor:boss")
    people.set_role("wang.mei", Role.AUDITOR)
    people.disable("wang.mei")
    people.enable("wang.mei")
    told = ledger.events()
    assert [event.what for event in told] == [
        "user added", "signed in", "token issued", "token revoked", "locked out", "password set", "role changed",
        "user disabled", "user enabled",
    ]  # fmt: skip
    assert [event.actor for event in told][1:3] == ["reviewer:wang.mei", "reviewer:wang.mei"]
    assert ledger.verify_events() is None
    written = repr(told)
    assert not any(secret in written for secret in (GOOD, token, session.token, "argon2", "secret"))


def test_nothing_that_opens_a_door_lies_in_the_database(people: People, wang: User, ledger: Ledger) -> None:
    session, token = people.sign_in("wang.mei", GOOD), people.issue_token(wang, "备份")
    _fail(people, "secret typed as a name")
    with ledger.database.read() as connection:
        kept = repr([connection.execute(text(f"SELECT * FROM {name}")).all() for name in
                     ("users", "sessions", "tokens", "attempts", "events")])  # fmt: skip
    assert not any(secret in kept for secret in (GOOD, token, session.token, session.csrf, "secret"))


def test_old_hashes_are_renewed_at_the_next_sign_in(ledger: Ledger, people: People, wang: User) -> None:
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    People(ledger.database, passwords=stronger).sign_in("wang.mei", GOOD)
    with ledger.database.read() as connection:
        assert "m=16,t=2" in connection.scalar(text("SELECT password FROM users"))
    assert people.sign_in("wang.mei", GOOD).user == wang


def test_sessions_that_ran_out_are_cleared_away(people: People, wang: User, clock: Clock, ledger: Ledger) -> None:
    for _ in range(3):
        people.sign_in("wang.mei", GOOD)
        clock.forward(hours=3)
    with ledger.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(sessions)) == 1


def test_looking_often_writes_seldom(people: People, wang: User, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    session, touched = people.sign_in("wang.mei", GOOD), []
    touch: Callable[..., None] = sign_ins.touch
    monkeypatch.setattr(sign_ins, "touch", lambda *args: (touched.append(1), touch(*args)))
    for _ in range(10):
        clock.forward(seconds=30)
        people.session(session.token)
    assert len(touched) == 5
