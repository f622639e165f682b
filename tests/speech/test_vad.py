"""Speech is found in real speech, and none in silence, noise and music."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.errors import MediaError
from media.transcribe import audio, vad
from tests.speech import recordings

FULL = 32.0  # seconds of one block


def likely(*parts: tuple[float, float]) -> list[float]:
    """Probabilities of windows from (value, seconds) parts."""
    return [value for value, length in parts for _ in range(round(length / vad.STEP))]


def test_real_speech_is_found_with_its_pauses(jfk: Path):
    found = vad.speech(jfk)
    # "and so my fellow Americans - ask not - what your country can do for you - ask what you can do ..."
    assert [edge for span in found for edge in span] == pytest.approx(
        [0.2, 2.3, 3.2, 4.5, 5.3, 7.7, 8.1, 10.6], abs=0.15)


def test_every_prompt_is_found_and_most_pauses_between_them(prompts: Path):
    found = vad.speech(prompts)
    said = recordings.prompts()
    for prompt in said:
        held = sum(max(0.0, min(end, prompt.end) - max(start, prompt.start)) for start, end in found)
        assert held > 0.7 * (prompt.end - prompt.start), prompt
    gaps = [(before.end, after.start) for before, after in pairwise(said)]
    quiet = [gap for gap in gaps if not any(start < gap[1] - 0.2 and end > gap[0] + 0.2 for start, end in found)]
    assert len(quiet) > 0.8 * len(gaps)


@pytest.mark.parametrize("sound", [
    np.zeros(20 * recordings.RATE), recordings.noise(20), recordings.noise(20, level=0.003), recordings.music(20),
    0.5 * np.sin(np.arange(20 * recordings.RATE) * 2 * np.pi * 440 / recordings.RATE),
], ids=["silence", "loud noise", "soft noise", "music", "a tone"])
def test_nobody_speaks_in_silence_noise_and_music(tmp_path: Path, sound: np.ndarray):
    assert vad.speech(recordings.write(tmp_path / "sound.wav", sound)) == []


def test_speech_is_found_where_it_begins_and_ends_in_noise(jfk: Path, tmp_path: Path):
    voice = audio.samples(jfk)
    sound = recordings.noise(40, level=0.002)
    sound[25 * recordings.RATE:25 * recordings.RATE + len(voice)] += voice
    found = vad.speech(recordings.write(tmp_path / "late.wav", sound))
    assert found[0][0] == pytest.approx(25.2, abs=0.3)
    assert found[-1][1] == pytest.approx(35.6, abs=0.3)


def test_the_borders_of_blocks_leave_no_trace(jfk: Path, tmp_path: Path):
    """Read at once or block by block, the network says the same."""
    voice = np.tile(audio.samples(jfk), 8)
    path = recordings.write(tmp_path / "long.wav", voice)
    assert audio.seconds(path) > 2 * FULL
    in_blocks = vad.probabilities(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vad, "BLOCK", 10_000)
        at_once = vad.probabilities(path)
    assert np.abs(in_blocks - at_once).max() < 1e-4


def test_progress_goes_from_block_to_block(tmp_path: Path):
    shares: list[float] = []
    vad.speech(recordings.write(tmp_path / "long.wav", np.zeros(100 * recordings.RATE)), on_progress=shares.append)
    assert shares == pytest.approx([0.32, 0.64, 0.96, 1.0], abs=0.001)


def test_a_sound_without_samples_holds_no_speech(tmp_path: Path):
    assert vad.speech(recordings.write(tmp_path / "empty.wav", np.zeros(0))) == []


def test_what_is_no_wav_is_refused(tmp_path: Path):
    path = tmp_path / "text.wav"
    path.write_text("not a sound")
    with pytest.raises(MediaError):
        vad.speech(path)


def test_a_span_begins_above_the_one_bound_and_ends_below_the_other():
    spans = vad.spans(likely((0.1, 1.024), (0.4, 1.024), (0.9, 1.024), (0.4, 1.024), (0.1, 1.024)), 5.12)
    assert spans == [pytest.approx((2.048 - vad.MARGIN, 4.096 + vad.MARGIN))]


def test_a_click_is_no_speech_and_a_breath_no_pause():
    assert vad.spans(likely((0, 1), (1, 0.128), (0, 1)), 2.1) == []
    (whole,) = vad.spans(likely((0, 1), (1, 0.512), (0, 0.128), (1, 0.512), (0, 1)), 3.2)
    assert whole[1] - whole[0] == pytest.approx(1.152 + 2 * vad.MARGIN)


def test_speech_up_to_the_end_ends_with_the_sound():
    assert vad.spans(likely((0, 1.024), (1, 1.024)), 2.0) == [pytest.approx((1.024 - vad.MARGIN, 2.0))]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 40)), max_size=30))
def test_spans_are_in_order_apart_and_inside(runs):
    windows = [value for value, count in runs for _ in range(count)]
    duration = max(0.0, len(windows) * vad.STEP - 0.01)
    found = vad.spans(windows, duration)
    assert all(0 <= start < end <= duration for start, end in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))
