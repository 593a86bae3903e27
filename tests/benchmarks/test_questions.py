"""The twelve questions: the store answers them as the export's own files do, to the digit."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.contenders import answers, raw, store
from benchmarks.datasets import OCTOBER, SEPTEMBER
from benchmarks.generate import generate


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, dict]:
    folder = tmp_path_factory.mktemp("months")
    october = generate(folder / "october", 50_000, OCTOBER)
    september = generate(folder / "september", 20_000, SEPTEMBER)
    for source in ("october", "september"):
        store.load(str(folder / source), str(folder / "home"))
    files = [str(file) for file in (*october.files, *september.files)]
    return answers.twelve(str(folder / "home")), raw.questions(files, answers.names())


def amounts(told: dict) -> dict[str, Decimal]:
    return {label: Decimal(amount) for label, amount in told["answer"].items() if Decimal(amount)}


@pytest.mark.parametrize("name", answers.names())
def test_store_and_files_give_one_answer(answered, name):
    from_store, from_files = answered

    assert amounts(from_store[name]) == amounts(from_files[name])
    assert amounts(from_store[name])


def test_there_are_twelve_and_each_has_its_sql():
    written = re.findall(r"^-- name: (\w+)\(\)$", Path(raw.__file__).with_name("raw.sql").read_text(), re.MULTILINE)

    assert len(answers.names()) == 12
    assert written == answers.names()
