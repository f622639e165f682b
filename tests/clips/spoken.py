"""Sources in which somebody speaks, or is said to: transcripts as rows, and a picture on which text can be seen."""

from __future__ import annotations

from pathlib import Path

from captions import transcripts
from captions.models import Transcript
from media.timed import Sentence, Word
from media.transcribe import base
from tests import media_bank
from uploads.models import Upload

KARAOKE = "builtin:short-form-karaoke"
STYLE = {"preset_ref": KARAOKE}


def transcribed(upload: Upload, text: str = "every word has its time here", *, start: float = 0.5, pace: float = 0.5,
                language: str = "en") -> Transcript:
    """A transcript of the upload: the words of `text`, one after another; none is silence."""
    words = [Word(word, start + place * pace, start + (place + 1) * pace) for place, word in enumerate(text.split())]
    said = (Sentence(tuple(words), language),) if words else ()
    return transcripts.keep(upload, base.Transcript(language if words else "", said, "pocketsphinx", "draft"))


def grey_mp4() -> Path:
    """6 s of plain grey, 640x360 at 25 fps, with a tone: what is drawn on it is easily seen."""
    return media_bank.make("grey.mp4", "-f", "lavfi", "-i", "color=gray:s=640x360:r=25", *media_bank.TONE, "-t", "6",
                           *media_bank.H264, *media_bank.AAC, "-movflags", "+faststart")
