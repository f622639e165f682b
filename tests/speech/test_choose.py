"""The best engine that is ready is taken, and it is said which and why."""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

from core import speech
from media.transcribe import choose, faster, sphinx
from media.transcribe.base import NotReady
from media.transcribe.choose import Setup, choice, states


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def put_file(models: Path, name: str = "base") -> None:
    models.mkdir(exist_ok=True)
    (models / f"{name}.pt").touch()


def put_folder(models: Path, name: str = "base") -> None:
    (models / name).mkdir(parents=True)
    for file in faster.FILES:
        (models / name / file).touch()


def ready(setup: Setup) -> list[str]:
    return [state.name for state in states(setup) if state.ready]


def test_a_fresh_machine_makes_drafts_without_a_network(models: Path):
    found = choice("auto", Setup(models))
    assert (found.name, found.quality) == ("pocketsphinx", "draft")
    assert "no Whisper model is here" in found.why
    assert ready(Setup(models)) == ready(Setup()) == ["pocketsphinx"]


def test_a_model_file_is_better_than_a_draft(models: Path):
    put_file(models)
    assert (choice("auto", Setup(models)).name, choice("auto", Setup(models)).quality) == ("whisper", "standard")


def test_a_converted_model_is_better_than_a_file(models: Path):
    put_file(models)
    put_folder(models)
    assert choice("auto", Setup(models)).name == "faster-whisper"
    assert ready(Setup(models)) == ["faster-whisper", "whisper", "pocketsphinx"]


def test_only_the_model_that_is_asked_for_counts(models: Path):
    put_file(models, "small")
    put_folder(models, "tiny")
    assert ready(Setup(models, "base")) == ["pocketsphinx"]
    assert ready(Setup(models, "small")) == ["whisper", "pocketsphinx"]
    assert ready(Setup(models, "tiny")) == ["faster-whisper", "pocketsphinx"]


def test_a_model_may_be_given_by_its_path(models: Path, tmp_path: Path):
    put_file(models, "mine")
    put_folder(models, "other")
    assert ready(Setup(None, str(models / "mine.pt"))) == ["whisper", "pocketsphinx"]
    assert ready(Setup(None, str(models / "other"))) == ["faster-whisper", "pocketsphinx"]


@pytest.mark.parametrize("name", ["../base", "a/b", "..", "."])
def test_a_name_leads_nowhere_outside_of_the_folder(models: Path, name: str):
    put_file(models)
    put_folder(models.parent)
    assert ready(Setup(models, name)) == ["pocketsphinx"]


@pytest.mark.parametrize("absent", faster.FILES)
def test_a_converted_model_that_lacks_a_file_is_not_ready_and_says_so(models: Path, absent: str):
    put_folder(models)
    (models / "base" / absent).unlink()
    state = states(Setup(models))[0]
    assert not state.ready
    assert f"lacks {absent}" in state.missing


def test_an_engine_that_was_asked_for_is_taken_though_a_better_one_is_ready(models: Path):
    put_folder(models)
    found = choice("pocketsphinx", Setup(models))
    assert (found.name, found.why) == ("pocketsphinx", "it was asked for")


def test_an_engine_that_is_not_ready_says_what_it_lacks(models: Path):
    with pytest.raises(NotReady, match="there is no model file"):
        choice("whisper", Setup(models))
    with pytest.raises(NotReady, match="there is no converted model"):
        choice("faster-whisper", Setup(models))


def test_an_unknown_engine_is_told_with_those_there_are():
    with pytest.raises(NotReady, match=r"There is no engine google\. There are: auto, faster-whisper, whisper, pocket"):
        choice("google")


def test_without_any_engine_everything_that_is_missing_is_told(monkeypatch):
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    with pytest.raises(NotReady) as told:
        choice("auto", Setup())
    assert all(f"{name}: " in told.value.sentence for name in choose.BEST_FIRST)


def test_engines_are_kept_per_process():
    assert choose.engine("pocketsphinx") is choose.engine("pocketsphinx")
    assert isinstance(choose.engine("pocketsphinx"), sphinx.Pocketsphinx)


def test_the_settings_choose(settings, models: Path):
    put_folder(models, "small")
    settings.MODELS_ROOT, settings.WHISPER_MODEL, settings.TRANSCRIBE_ENGINE = models, "small", "auto"
    assert speech.choice().name == "faster-whisper"
    settings.TRANSCRIBE_ENGINE = "pocketsphinx"
    assert speech.choice().name == speech.engine().name == "pocketsphinx"
    assert speech.choice("faster-whisper").name == "faster-whisper"
