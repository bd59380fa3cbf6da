"""The house rules that no linter knows: the lock, the layers, sizes, and what must never stand in a file."""

import ast
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
CODE = (
    "bench",
    "cli",
    "domain",
    "extractors",
    "fixtures",
    "flows",
    "reference",
    "reports",
    "review",
    "storage",
    "validators",
)
LOCKS = ("requirements.txt", "requirements-dev.txt")
NOT_OURS = {
    ".git",
    ".venv",
    "data",
    ".tools",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".import_linter_cache",
    ".hypothesis",
}
TEXTS = {"", ".py", ".md", ".toml", ".txt", ".sh", ".html", ".yml", ".yaml", ".cfg"}
MODULES = sorted(path for folder in CODE for path in (HOUSE / folder).rglob("*.py"))


def ours() -> list[Path]:
    """Every file of the checkout; what git does not keep is left out without asking git, which may not be there."""
    top = [path for path in HOUSE.iterdir() if path.name not in NOT_OURS]
    inside = [
        path for folder in top if folder.is_dir() for path in folder.rglob("*") if "__pycache__" not in path.parts
    ]
    return [path for path in [*top, *inside] if path.is_file()]


def locked(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (HOUSE / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_brings_in_neither_another_validators_nor_two_opencvs(lock: str) -> None:
    names = set(locked(lock))
    assert "validators" not in names
    assert len(names & {"opencv-python", "opencv-python-headless", "opencv-contrib-python"}) == 1


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash_and_no_address(lock: str) -> None:
    text = (HOUSE / lock).read_text()
    pins = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert pins and all("--hash=sha256:" in pin for pin in pins)
    assert not re.search(r"https?://|file:|--(extra-)?index|--find-links", text)


def test_both_locks_pin_the_same_versions() -> None:
    run, test = map(locked, LOCKS)
    assert run == {name: test[name] for name in run}


def test_every_dependency_of_the_project_is_locked() -> None:
    project = (HOUSE / "pyproject.toml").read_text()
    wanted = re.findall(r'^  "([\w-]+)', project.partition("[dependency-groups]")[0], re.MULTILINE)
    assert set(wanted) <= set(locked("requirements.txt"))


def test_the_layers_hold() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=HOUSE, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


def test_no_file_of_ours_names_a_place_on_somebodys_machine_or_a_registry() -> None:
    words = ["/" + name + "/" for name in ("work", "home", "root")] + [
        f"{name}.org" for name in ("pypi", "pythonhosted")
    ]
    texts = [(path, path.read_bytes()) for path in ours() if path != Path(__file__) and path.suffix in TEXTS]
    found = [(path.name, word) for path, text in texts for word in words if word.encode() in text]
    assert not found


@pytest.mark.parametrize("folder", ["tests"])
def test_tests_have_no_package_files(folder: str) -> None:
    assert not list((HOUSE / folder).rglob("__init__.py"))


def test_no_flow_file_is_named_like_a_module_of_python_or_ours() -> None:
    names = {path.stem for path in (HOUSE / "flows").glob("*.py")} - {"__init__"}
    assert not names & (set(sys.stdlib_module_names) | set(CODE) | {"prefect", "storage"})


def test_flow_files_hold_no_classes_besides_errors() -> None:
    trees = [ast.parse(path.read_text()) for path in (HOUSE / "flows").glob("*_flow.py")]
    assert not [node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_modules_are_short_and_say_what_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    if text.strip():
        assert ast.get_docstring(ast.parse(text))


def test_functions_are_short() -> None:
    lengths = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lengths[f"{path.name}:{node.name}"] = node.body[-1].end_lineno - node.body[0].lineno + 1
    assert statistics.median(lengths.values()) <= 8
    assert not {name: length for name, length in lengths.items() if length > 50}


def test_the_readme_names_only_commands_that_exist() -> None:
    from cli.main import COMMANDS

    text = (HOUSE / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (HOUSE / "Makefile").read_text(), re.MULTILINE))
    assert {"setup", "demo", "test", "lint", "fixtures"} <= targets
    assert set(re.findall(r"\bmake ([a-z]+)\b", text)) <= targets
    assert set(re.findall(r"\./heyan ([a-z]+)\b", text)) <= set(COMMANDS)
