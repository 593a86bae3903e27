"""The house: rules of this project that no other tool checks."""

import ast
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

from core import errors
from tests.support.scheduling import LONGEST

ROOT = Path(__file__).parent.parent
LIVED_IN = ("core", "dashboard", "pages", "benchmarks", "tests")
MODULES = sorted(file for folder in LIVED_IN for file in (ROOT / folder).rglob("*.py"))
SHIPPED = [file for file in MODULES if file.relative_to(ROOT).parts[0] in ("core", "dashboard", "pages")]
LONGEST_FILE = 300


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def pinned(file: str) -> dict[str, str]:
    pins = re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (ROOT / file).read_text(), re.MULTILINE)
    return dict(pins)


def wanted(file: str) -> set[str]:
    return set(re.findall(r"^([a-z][a-z0-9-]*)", (ROOT / file).read_text(), re.MULTILINE))


def imported_by(file: Path) -> set[str]:
    """Top-level names that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_a_module_says_in_its_first_line_what_it_is_for(file):
    source = file.read_text()

    assert not source.strip() or (ast.get_docstring(parsed(file)) or "").splitlines()[0].endswith(".")


@pytest.mark.parametrize("file", SHIPPED, ids=name_of)
def test_a_module_is_short_enough_to_be_read_at_once(file):
    assert len(file.read_text().splitlines()) <= LONGEST_FILE


def test_every_requirement_is_pinned_and_none_twice():
    lines = [
        line.split("#")[0].strip()
        for file in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / file).read_text().splitlines()
    ]
    loose = [line for line in lines if line and not re.match(r"[a-z0-9-]+==\S+( ; .+)?$", line)]

    assert loose == ["-r requirements.txt"]
    assert pinned("requirements.txt").keys() & pinned("requirements-dev.txt").keys() == set()


def test_what_is_asked_for_is_pinned():
    assert wanted("requirements.in") <= pinned("requirements.txt").keys()
    assert wanted("requirements-dev.in") <= pinned("requirements-dev.txt").keys() | pinned("requirements.txt").keys()


def test_what_the_app_imports_is_asked_for_by_name():
    distributions = packages_distributions()
    imported = set().union(*map(imported_by, SHIPPED)) - sys.stdlib_module_names - {"core", "dashboard", "pages"}

    missing = {
        package
        for package in imported
        if not {name.lower().replace("_", "-") for name in distributions.get(package, [])} & wanted("requirements.in")
    }

    assert missing == set()


def test_the_tests_run_against_the_versions_that_are_pinned():
    different = {
        f"{name} {version(name)}, pinned {pin}"
        for name, pin in (pinned("requirements.txt") | pinned("requirements-dev.txt")).items()
        if name not in ("tzdata", "colorama", "watchdog") and version(name) != pin
    }

    assert different == set()


def test_the_tree_on_top_of_the_errors_is_the_tree_of_the_errors():
    drawn = re.findall(r"^([│├└─ ]*)(\w+)(?: {2,}.+)?$", errors.__doc__ or "", re.MULTILINE)
    defined = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type)}
    parents: list[str] = []
    for branch, name in drawn:
        depth = len(branch) // 4
        parents[depth:] = [name]
        assert defined[name].__base__.__name__ == (parents[depth - 1] if depth else "Exception")

    assert sorted(name for _branch, name in drawn) == sorted(defined)


@pytest.mark.parametrize("file", sorted((ROOT / "pages").glob("*.py")), ids=name_of)
def test_a_page_asks_who_is_looking_before_it_does_anything(file):
    statements = parsed(file).body
    passive = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    first = next(
        node
        for node in statements[1:]
        if not isinstance(node, passive) and not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant))
    )

    assert "session.require(" in ast.unparse(first)


@pytest.mark.parametrize("file", sorted((ROOT / "core").rglob("*queries.sql")), ids=name_of)
def test_every_named_question_says_what_it_answers(file):
    questions = re.findall(r"^-- name: (\S+\)[\^$]?)\n(.*)", file.read_text(), re.MULTILINE)

    assert [name for name, after in questions if not after.startswith("--")] == []


def test_migrations_are_numbered_by_their_time_and_none_twice():
    names = [file.stem for file in (ROOT / "supabase" / "migrations").glob("*.sql")]
    times = [re.fullmatch(r"(\d{14})_[a-z_]+", name.removeprefix("sqlite_")) for name in names]

    assert all(times)
    shared = [name for name in names if not name.startswith("sqlite_") and not name.endswith("_postgres")]
    assert len({name[:14] for name in shared}) == len(shared)


@pytest.mark.parametrize("file", [file for file in MODULES if "tests" in file.parts], ids=name_of)
def test_no_test_is_skipped_or_waits_for_the_clock(file):
    called = {ast.unparse(node) for node in ast.walk(parsed(file)) if isinstance(node, ast.Attribute)}

    assert (
        called & {"pytest.skip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail", "time.sleep"} == set()
    )


@pytest.mark.parametrize("tests", LONGEST)
def test_what_is_begun_first_is_there(tests):
    assert (ROOT / tests).exists()


@pytest.fixture
def machine(tmp_path):
    """A folder that stands for the PATH of a machine, and what .ci/create-venv does on it."""
    (tmp_path / "bin").mkdir()

    def python(name: str, version: tuple[int, int], ensurepip: bool = True) -> None:
        fits = version >= (3, 11) and ensurepip
        program = tmp_path / "bin" / name
        program.write_text(
            "#!/bin/sh\n"
            f'case "$1" in -c) exit {int(not fits)};; --version) echo Python {version[0]}.{version[1]};; '
            f'*) echo {name} "$@";; esac\n'
        )
        program.chmod(0o755)

    def create(**environment: str) -> tuple[int, str]:
        done = subprocess.run(
            ["/bin/sh", str(ROOT / ".ci" / "create-venv")],
            env={"PATH": str(tmp_path / "bin"), **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr

    return python, create


def test_the_environment_is_made_with_python3(machine):
    python, create = machine
    python("python3", (3, 13))
    python("python3.11", (3, 11))

    assert create() == (0, "Creating .venv with Python 3.13...\npython3 -m venv --clear .venv\n")


def test_a_python3_that_is_too_old_is_passed_over_for_a_newer_one(machine):
    python, create = machine
    python("python3", (3, 9))
    python("python3.11", (3, 11), ensurepip=False)
    python("python3.12", (3, 12))

    assert create() == (0, "Creating .venv with Python 3.12...\npython3.12 -m venv --clear .venv\n")


def test_a_python_of_ones_choice_comes_first(machine):
    python, create = machine
    python("python3", (3, 13))
    python("my-python", (3, 12))

    assert create(PYTHON="my-python") == (0, "Creating .venv with Python 3.12...\nmy-python -m venv --clear .venv\n")


def test_without_a_python_that_is_new_enough_one_line_says_what_to_do(machine):
    python, create = machine
    python("python3", (3, 9))

    status, said = create()

    assert status == 1
    assert said.startswith("Python 3.11 or later with its venv module is needed: install it")
    assert said.count("\n") == 1
