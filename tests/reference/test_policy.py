"""Settings that officers change."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from reference.policy import POLICY, policy


def test_every_setting_has_a_value_a_provision_and_a_day() -> None:
    settings = policy()
    assert settings.permit_years.value == (3, 5)
    assert all(setting.provision and setting.since for _, setting in settings)


@pytest.mark.parametrize("fault", ["[unknown]\nvalue = 1", "[permit_years]\nvalue = 5"])
def test_a_policy_that_is_not_understood_is_refused(tmp_path: Path, fault: str) -> None:
    text = POLICY.read_text(encoding="utf-8").replace("[permit_years]\nvalue = [3, 5]", fault)
    (tmp_path / "policy.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError):
        policy(tmp_path / "policy.toml")
