"""The stack as it is deployed: what Docker Compose makes of it, and the rules that every service keeps."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.main import COMMANDS, parser

HOUSE = Path(__file__).parents[2]
STACK: dict[str, Any] = yaml.safe_load((HOUSE / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = STACK["services"]
LASTING = {name: it for name, it in SERVICES.items() if it.get("restart") != "no"}
OURS = {name: it for name, it in SERVICES.items() if "build" in it}
SECRETS = ("HEYAN_POSTGRES_PASSWORD", "HEYAN_S3_ACCESS_KEY", "HEYAN_S3_SECRET_KEY", "HEYAN_PREFECT_PASSWORD")
SECRET_NAME = re.compile(r"PASSWORD|SECRET|_KEY\b|AUTH|DATABASE_URL|CONNECTION_URL|ROOT_USER")
DOCKERFILE = (HOUSE / "Dockerfile").read_text()


@pytest.fixture(scope="session")
def compose() -> Path:
    """Docker Compose, which needs no engine for this; skips where it cannot be had."""
    got = subprocess.run([HOUSE / "scripts/get-compose.sh"], cwd=HOUSE, capture_output=True, text=True)
    if got.returncode:
        pytest.skip(f"no Docker Compose here: {got.stderr.strip()[-200:]}")
    return HOUSE / ".tools/compose/docker-compose"


def config(compose: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [compose, "--env-file", "/dev/null", "-f", HOUSE / "docker-compose.yml", "config", *arguments]
    own = {name: value for name, value in os.environ.items() if not name.startswith("HEYAN_")}
    return subprocess.run(command, env=own | environment, capture_output=True, text=True)


def test_compose_reads_it(compose: Path) -> None:
    told = config(compose, "-q", **dict.fromkeys(SECRETS, "x"))
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


@pytest.mark.parametrize("missing", SECRETS)
@pytest.mark.parametrize("value", [None, ""])
def test_without_a_secret_nothing_starts(compose: Path, missing: str, value: str | None) -> None:
    given = {name: "x" for name in SECRETS if name != missing} | ({} if value is None else {missing: value})
    told = config(compose, "-q", **given)
    assert told.returncode != 0
    assert missing in told.stderr


def test_what_is_published_is_published_on_loopback_alone(compose: Path) -> None:
    told = json.loads(config(compose, "--format", "json", **dict.fromkeys(SECRETS, "x")).stdout)
    ports = [port for service in told["services"].values() for port in service.get("ports", [])]
    assert len(ports) == 3
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_of_a_named_release(name: str) -> None:
    image = re.sub(r"\$\{\w+:-([^}]+)\}", r"\1", SERVICES[name]["image"])
    assert re.fullmatch(r"[a-z/-]+:[\w.-]+", image)
    assert "latest" not in image
    assert SERVICES[name]["image"].startswith("${HEYAN_"), "another image may be named from outside"


@pytest.mark.parametrize("name", LASTING)
def test_every_lasting_service_is_looked_after(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    check = service["healthcheck"]
    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_bounds_and_no_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "max-size" in service["logging"]["options"]
    assert not service.get("privileged") and "network_mode" not in service and "devices" not in service


@pytest.mark.parametrize("name", OURS)
def test_our_own_services_run_on_a_read_only_system(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] and service["init"]
    assert "cap_add" not in service and "user" not in service


def test_data_lie_in_named_volumes() -> None:
    kept = {mount.split(":")[0] for name in ("object-store", "postgres") for mount in SERVICES[name]["volumes"]}
    assert set(STACK["volumes"]) <= kept
    assert not [mount for it in SERVICES.values() for mount in it.get("volumes", []) if "docker.sock" in mount]


def test_no_secret_stands_in_the_file() -> None:
    named = [
        (name, variable, str(value))
        for name, service in SERVICES.items()
        for variable, value in service["environment"].items()
        if SECRET_NAME.search(variable)
    ]
    assert len(named) >= 12
    assert not [one for one in named if ":?" not in one[2]]


def test_nobody_is_told_what_we_do() -> None:
    for service in (*OURS.values(),):
        assert service["environment"]["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
        assert service["environment"]["DO_NOT_TRACK"] == "1"
    assert SERVICES["object-store"]["environment"]["MINIO_CALLHOME_ENABLE"] == "off"


def test_the_example_names_every_variable_with_its_default() -> None:
    used = set(re.findall(r"\$\{(HEYAN_\w+)", (HOUSE / "docker-compose.yml").read_text()))
    example = (HOUSE / ".env.example").read_text()
    assert set(re.findall(r"^(?:# )?(HEYAN_\w+)=", example, re.MULTILINE)) == used
    assert set(re.findall(r"^(HEYAN_\w+)=$", example, re.MULTILINE)) == set(SECRETS)
    defaults = dict(re.findall(r"\$\{(HEYAN_\w+):-([^}]*)\}", (HOUSE / "docker-compose.yml").read_text()))
    assert defaults == dict(re.findall(r"^# (HEYAN_\w+)=(\S*)", example, re.MULTILINE))


@pytest.mark.parametrize("name", OURS)
def test_what_our_services_run_is_there(name: str) -> None:
    service = SERVICES[name]
    if "command" not in service:
        assert service["entrypoint"][1:4] == ["-m", "prefect", "server"]
        return
    command, *rest = service["command"]
    assert command in COMMANDS
    parser(command).parse_args(rest)


def test_nothing_starts_before_what_it_needs() -> None:
    order = {name: it.get("depends_on", {}) for name, it in SERVICES.items()}
    assert order["migrate"].keys() == {"postgres", "object-store"}
    for name in ("worker", "desk"):
        assert order[name]["migrate"] == {"condition": "service_completed_successfully"}
    assert order["worker"]["prefect"] == {"condition": "service_healthy"}


def test_the_image_is_built_in_stages_from_one_release_and_runs_as_nobody_in_particular() -> None:
    stages = re.findall(r"^FROM (\S+)(?: AS (\w+))?$", DOCKERFILE, re.MULTILINE)
    assert len(stages) == 3
    foreign = [image for image, _ in stages if image not in {name for _, name in stages}]
    assert foreign == ["debian:12.11-slim"]
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\S+)$", last, re.MULTILINE) == ["10001:10001"]
    assert "apt-get" not in last and "pip" not in last
    assert re.search(r"^RUN --network=none .* scripts/proof.sh$", last, re.MULTILINE)


def test_the_image_is_made_of_what_is_locked_and_listed() -> None:
    assert "--no-deps --require-hashes -r requirements.txt" in DOCKERFILE
    assert "debian-run.txt | xargs apt-get install -y --no-install-recommends" in DOCKERFILE
    assert not re.search(r"^ADD |curl |wget |https?://|:latest", DOCKERFILE, re.MULTILINE)


def test_every_instruction_of_the_dockerfile_is_one() -> None:
    joined = re.sub(r"\\\n", " ", "\n".join(line for line in DOCKERFILE.splitlines() if not line.startswith("#")))
    known = {"FROM", "ENV", "COPY", "RUN", "WORKDIR", "VOLUME", "USER", "ENTRYPOINT", "CMD"}
    assert {line.split()[0] for line in joined.splitlines() if line.strip()} == known
    for form in re.findall(r"^(?:ENTRYPOINT|CMD) (.+)$", joined, re.MULTILINE):
        assert isinstance(json.loads(form), list)


def test_only_what_runs_gets_into_the_image() -> None:
    lines = (HOUSE / ".dockerignore").read_text().split("\n")
    taken = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines and "**/.env*" in lines
    assert all((HOUSE / name).exists() for name in taken)
    packages = {path.parent.name for path in HOUSE.glob("*/__init__.py")} - {"fixtures", "bench", "tests"}
    assert packages <= taken
    copied = set(re.findall(r"^COPY (?!--from|\. )(\S+)", DOCKERFILE, re.MULTILINE))
    assert copied <= taken


def test_fresh_secrets_are_written_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text((HOUSE / ".env.example").read_text())
    for _ in range(2):
        subprocess.run([HOUSE / "scripts/make-env.sh"], cwd=tmp_path, check=True, capture_output=True)
    text = (tmp_path / ".env").read_text()
    made = dict(re.findall(r"^(HEYAN_\w+)=(.+)$", text, re.MULTILINE))
    assert set(made) == set(SECRETS)
    assert len(set(made.values())) == 4 and all(re.fullmatch(r"[0-9a-f]{20}|[0-9a-f]{40}", it) for it in made.values())
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    other = tmp_path / "other"
    other.mkdir()
    (other / ".env.example").write_text((HOUSE / ".env.example").read_text())
    subprocess.run([HOUSE / "scripts/make-env.sh"], cwd=other, check=True, capture_output=True)
    assert (other / ".env").read_text() != text
