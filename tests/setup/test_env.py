"""The readers of the environment, and the secret that FastClip makes for itself."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastclip_site import env, secrets


def test_an_unset_variable_is_its_default(monkeypatch):
    monkeypatch.delenv("FC_TEST", raising=False)
    assert env.text("FC_TEST", "a") == "a"
    assert env.integer("FC_TEST", 3) == 3
    assert env.flag("FC_TEST", True) is True
    assert env.words("FC_TEST", ("a", "b")) == ["a", "b"]
    assert env.secret("FC_TEST") == ""


@pytest.mark.parametrize(("raw", "value"), [("1", True), ("TRUE", True), (" yes ", True), ("on", True),
                                            ("0", False), ("False", False), ("no", False), ("", False)])
def test_a_flag_is_yes_or_no_in_any_case(monkeypatch, raw, value):
    monkeypatch.setenv("FC_TEST", raw)
    assert env.flag("FC_TEST", not value) is value


@pytest.mark.parametrize(("reader", "raw"), [
    (lambda: env.flag("FC_TEST", True), "maybe"),
    (lambda: env.integer("FC_TEST", 1), "1.5"),
    (lambda: env.integer("FC_TEST", 1), ""),
    (lambda: env.integer("FC_TEST", 1, least=1), "0"),
    (lambda: env.integer("FC_TEST", 1), "-1"),
    (lambda: env.database("FC_TEST", Path("x")), "mysql://localhost/fastclip"),
    (lambda: env.database("FC_TEST", Path("x")), "postgres://localhost/"),
])
def test_a_wrong_value_stops_the_start_and_names_the_variable(monkeypatch, reader, raw):
    monkeypatch.setenv("FC_TEST", raw)
    with pytest.raises(env.BadEnvironment, match="FC_TEST"):
        reader()


@given(st.integers(min_value=0, max_value=10**12))
def test_any_whole_number_is_read_as_itself(number):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FC_TEST", str(number))
        assert env.integer("FC_TEST", 1) == number


def test_words_are_split_at_commas_and_blanks_dropped(monkeypatch):
    monkeypatch.setenv("FC_TEST", " a, b ,,c ")
    assert env.words("FC_TEST") == ["a", "b", "c"]
    monkeypatch.setenv("FC_TEST", "")
    assert env.words("FC_TEST", ("default",)) == []


def test_a_folder_is_absolute_and_knows_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FC_TEST", "~/data")
    assert env.folder("FC_TEST", Path("unused")) == tmp_path / "data"
    monkeypatch.setenv("FC_TEST", "")
    assert env.folder("FC_TEST", tmp_path) == tmp_path


def test_a_secret_may_come_from_a_file_and_the_file_wins(monkeypatch, tmp_path):
    path = tmp_path / "secret"
    path.write_text("from the file\n")
    monkeypatch.setenv("FC_TEST", "from the variable")
    assert env.secret("FC_TEST") == "from the variable"
    monkeypatch.setenv("FC_TEST_FILE", str(path))
    assert env.secret("FC_TEST") == "from the file"
    monkeypatch.setenv("FC_TEST_FILE", str(tmp_path / "absent"))
    with pytest.raises(env.BadEnvironment, match="FC_TEST_FILE"):
        env.secret("FC_TEST")


def test_a_database_address_is_taken_apart_and_its_password_unquoted(monkeypatch):
    monkeypatch.setenv("FC_TEST", "postgres://me:p%40ss@db.example:5433/clips")
    found = env.database("FC_TEST", Path("unused"))
    assert {key: found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "CONN_MAX_AGE",
                                         "CONN_HEALTH_CHECKS")} == {
        "NAME": "clips", "USER": "me", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433",
        "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def test_without_an_address_it_is_sqlite_with_immediate_transactions(monkeypatch, tmp_path):
    monkeypatch.delenv("FC_TEST", raising=False)
    found = env.database("FC_TEST", tmp_path / "db")
    assert (found["NAME"], found["OPTIONS"]["transaction_mode"]) == (tmp_path / "db", "IMMEDIATE")
    assert "synchronous=FULL" in found["OPTIONS"]["init_command"]
    assert found["CONN_MAX_AGE"] == 60  # a connection per request was half of a poll's time


def _read_secret(folder: Path) -> str:
    return secrets.from_folder(folder, "key")


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path):
    folder = tmp_path / "keys"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(_read_secret, [folder] * 16, chunksize=1)
    assert len(set(found)) == 1
    assert [path.name for path in folder.iterdir()] == ["key"]
    assert len(found[0]) >= 64


def test_a_secret_is_readable_by_its_owner_only_and_kept(tmp_path):
    folder = tmp_path / "keys"
    first = secrets.from_folder(folder, "key")
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert secrets.from_folder(folder, "key") == first
    assert secrets.from_folder(tmp_path / "other", "key") != first
