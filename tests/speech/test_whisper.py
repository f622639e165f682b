"""Both Whisper engines on a tiny model with random weights: how models are loaded, run, kept and converted.

Its words are noise, so only the shape of what comes out is looked at.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path

import faster_whisper.tokenizer
import numpy as np
import pytest
import tokenizers
import whisper

from media.errors import ToolStopped
from media.ffmpeg import Sandbox
from media.timed import in_order
from media.transcribe import choose, convert, faster, languages, whisper_pt
from media.transcribe.base import LanguageUnknown, NotReady, Transcript
from media.transcribe.choose import Setup
from tests.speech import recordings, tiny

SECONDS = 8.0
TEXTS = ["Hello, world! It's 10:30.", " naïve café — 100 % für 5 €", "日本語 и русский", "  two  spaces\n\tlines", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tokens) -> Path:
    """A folder of models: `small.pt`, and `small/` converted from it without loss."""
    models = tmp_path_factory.mktemp("models")
    convert.convert(tiny.checkpoint(models / "small.pt"), models / "small", kind="float32")
    return models


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recordings.write(tmp_path_factory.mktemp("sound") / "noise.wav", recordings.noise(SECONDS))


@pytest.fixture(scope="module")
def by_torch(folder: Path) -> whisper_pt.Whisper:
    return whisper_pt.Whisper(folder / "small.pt", threads=1)


@pytest.fixture(scope="module")
def by_ctranslate(folder: Path) -> faster.FasterWhisper:
    return faster.FasterWhisper(folder / "small", threads=1)


def check(found: Transcript, engine: str) -> None:
    words = [word for sentence in found.sentences for word in sentence.words]
    assert (found.engine, found.quality) == (engine, "standard")
    assert words
    assert in_order(words)
    assert all(0 <= word.start < word.end <= SECONDS for word in words)
    assert all(type(word.probability) is float and 0 <= word.probability <= 1 for word in words)
    assert all(word.text == word.text.strip() for word in words)
    assert {sentence.language for sentence in found.sentences} == {found.language}


def test_a_model_file_is_loaded_and_gives_timed_words(by_torch, sound: Path):
    shares: list[float] = []
    found = by_torch.transcribe(sound, language="en-US", on_progress=shares.append)
    check(found, "whisper")
    assert found.language == "en"
    assert shares == sorted(shares)
    assert all(0 <= share < 1 for share in shares)


def test_a_converted_model_is_loaded_and_gives_timed_words(by_ctranslate, sound: Path):
    shares: list[float] = []
    found = by_ctranslate.transcribe(sound, language="en-US", prompt="Polly", on_progress=shares.append)
    check(found, "faster-whisper")
    assert found.language == "en"
    assert shares == sorted(shares)
    assert shares[-1] <= 1


def test_without_a_language_it_is_found(by_ctranslate, sound: Path):
    found = by_ctranslate.transcribe(sound)
    check(found, "faster-whisper")
    assert found.language in languages.WHISPER


def test_a_translation_is_english(by_ctranslate, sound: Path):
    assert by_ctranslate.transcribe(sound, language="de", translate=True).language == "en"


@pytest.mark.parametrize("kind", ["by_torch", "by_ctranslate"])
def test_a_stop_is_heeded_inside_of_a_piece(kind: str, sound: Path, tmp_path: Path, request):
    stop = threading.Event()
    stop.set()
    engine = request.getfixturevalue(kind)
    with pytest.raises(ToolStopped):
        engine.transcribe(sound, language="en", sandbox=Sandbox(tmp_path / "job", stop))


def test_what_progress_raises_ends_the_work_and_leaves_the_model_usable(by_ctranslate, sound: Path):
    def stop(share: float) -> None:
        raise ToolStopped

    with pytest.raises(ToolStopped):
        by_ctranslate.transcribe(sound, language="en", on_progress=stop)
    check(by_ctranslate.transcribe(sound, language="en"), "faster-whisper")


@pytest.mark.parametrize("kind", ["by_torch", "by_ctranslate"])
def test_a_language_that_whisper_does_not_know_is_refused_before_any_work(kind: str, tmp_path: Path, request):
    engine = request.getfixturevalue(kind)
    assert engine.knows("de-AT")
    assert engine.knows(None)
    assert not engine.knows("tlh")
    with pytest.raises(LanguageUnknown):
        engine.transcribe(tmp_path / "not there.wav", language="tlh")


def test_models_that_know_english_only_are_known_by_their_name(tmp_path: Path):
    for engine in (whisper_pt.Whisper(tmp_path / "base.en.pt", threads=1),
                   faster.FasterWhisper(tmp_path / "base.en", threads=1)):
        assert (engine.knows("en"), engine.knows("de"), engine.knows(None)) == (True, False, True)
        assert not engine.translates


def test_the_model_is_loaded_once_per_process(folder: Path, sound: Path):
    setup = Setup(folder, "small")
    first, second = choose.engine("auto", setup), choose.engine("faster-whisper", setup)
    assert first is second
    first.transcribe(sound, language="en")
    model = first._model()
    first.transcribe(sound, language="en")
    assert first._model() is model


def test_files_that_are_no_models_are_refused_with_their_name(tmp_path: Path, sound: Path):
    bad = tmp_path / "bad.pt"
    bad.write_bytes(b"not a model")
    with pytest.raises(NotReady, match=r"bad\.pt is not a Whisper model"):
        whisper_pt.Whisper(bad, threads=1).transcribe(sound)
    for name in faster.FILES:
        (tmp_path / name).write_text("{}")
    with pytest.raises(NotReady, match="is not a converted Whisper model"):
        faster.FasterWhisper(tmp_path, threads=1).transcribe(sound)


def test_a_converted_model_without_its_tokenizer_is_not_even_opened(tmp_path: Path, sound: Path):
    """The package would fetch the tokenizer from the network."""
    (tmp_path / "model.bin").touch()
    (tmp_path / "config.json").touch()
    with pytest.raises(NotReady, match=r"lacks tokenizer\.json"):
        faster.FasterWhisper(tmp_path, threads=1).transcribe(sound)


def test_an_engine_without_a_model_cannot_be_made():
    with pytest.raises(NotReady):
        whisper_pt.Whisper(None, threads=1)
    with pytest.raises(NotReady):
        faster.FasterWhisper(None, threads=1)


# --- Conversion -------------------------------------------------------------------------------------------

def test_a_converted_model_computes_what_the_original_does(folder: Path):
    """The same sound through both encoders, without loss of precision."""
    import ctranslate2
    import torch

    mel = np.random.default_rng(1).normal(0, 1, (1, 80, 3000)).astype(np.float32)
    converted = ctranslate2.models.Whisper(str(folder / "small"), device="cpu", compute_type="float32", intra_threads=1)
    ours = np.array(converted.encode(ctranslate2.StorageView.from_array(mel)))
    with torch.no_grad():
        original = whisper.load_model(str(folder / "small.pt"), device="cpu").encoder(torch.from_numpy(mel)).numpy()
    assert np.abs(ours - original).max() < 2e-3 * np.abs(original).max()


def test_a_converted_model_says_what_the_original_says(folder: Path):
    """The most likely tokens of both decoders, one after the other."""
    import ctranslate2
    import torch

    original = whisper.load_model(str(folder / "small.pt"), device="cpu")
    tokens = whisper.tokenizer.get_tokenizer(True, num_languages=99)
    start = [tokens.sot, tokens.to_language_token("en"), tokens.transcribe, tokens.no_timestamps]
    mel = np.random.default_rng(1).normal(0, 1, (1, 80, 3000)).astype(np.float32)
    converted = ctranslate2.models.Whisper(str(folder / "small"), device="cpu", compute_type="float32", intra_threads=1)
    told = converted.generate(ctranslate2.StorageView.from_array(mel), [start], beam_size=1, max_length=20,
                              suppress_blank=False, suppress_tokens=[])[0].sequences_ids[0]
    assert len(told) > 5
    with torch.no_grad():
        heard = original.encoder(torch.from_numpy(mel))
        logits = original.decoder(torch.tensor([[*start, *told]]), heard)[0]
    likely = logits[len(start) - 1:-1, :tokens.eot].argmax(dim=-1).tolist()
    agree = sum(ours == theirs for ours, theirs in zip(told, likely, strict=True))
    assert agree >= 0.9 * len(told)  # two nearly equal tokens may change places


@pytest.mark.parametrize("text", TEXTS)
def test_the_tokenizer_gives_the_numbers_that_whisper_gives(folder: Path, text: str):
    ours = tokenizers.Tokenizer.from_file(str(folder / "small" / "tokenizer.json"))
    theirs = whisper.tokenizer.get_tokenizer(True, num_languages=99)
    assert ours.encode(text, add_special_tokens=False).ids == theirs.encode(text)
    assert ours.decode(theirs.encode(text)) == text


def test_special_tokens_keep_their_numbers(folder: Path):
    ours = tokenizers.Tokenizer.from_file(str(folder / "small" / "tokenizer.json"))
    theirs = whisper.tokenizer.get_tokenizer(True, num_languages=99)
    assert all(ours.token_to_id(token) == number for token, number in theirs.special_tokens.items())
    assert faster_whisper.tokenizer.Tokenizer(ours, True, task="transcribe", language="de").sot == theirs.sot


def test_a_model_in_8_bit_is_smaller_and_works(folder: Path, sound: Path, tmp_path: Path):
    small = convert.convert(folder / "small.pt", tmp_path / "small")
    assert (small / "model.bin").stat().st_size < 0.5 * (folder / "small" / "model.bin").stat().st_size
    check(faster.FasterWhisper(small, threads=1).transcribe(sound, language="en"), "faster-whisper")
    assert json.loads((small / "preprocessor_config.json").read_text()) == {"feature_size": 80}


def test_a_failed_conversion_leaves_nothing_and_a_second_one_replaces_the_first(folder: Path, tmp_path: Path):
    bad = tmp_path / "bad.pt"
    bad.write_bytes(b"not a model")
    with pytest.raises(NotReady):
        convert.convert(bad, tmp_path / "bad")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.pt"]
    target = tmp_path / "again"
    target.mkdir()
    (target / "old").touch()
    convert.convert(folder / "small.pt", target)
    assert not (target / "old").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_languages_are_those_of_both_packages():
    assert set(whisper.tokenizer.LANGUAGES) == set(faster_whisper.tokenizer._LANGUAGE_CODES) == languages.WHISPER


@pytest.mark.parametrize(("language", "code"), [("en-US", "en"), ("pt_BR", "pt"), ("zh-Hant-TW", "zh"), ("nb", "no"),
                                                ("iw", "he"), ("FIL", "tl"), (None, None)])
def test_codes_of_languages_become_those_of_whisper(language, code):
    assert languages.whisper_code("whisper", language) == code
