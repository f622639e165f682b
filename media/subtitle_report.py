"""What can be said about captions before anybody sees them, and what the compiler has repaired. Pure.

Source: X013; issue 4: reading speed, orphan words, contrast.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from media import subtitle_colour as colours
from media.style import Style
from media.subtitle_cues import FASTEST, GLANCE, LINGER, SHORTEST, Cue, parted, stretches, weight, wished
from media.subtitle_effects import Scene
from media.subtitle_layout import BOXES, Layout
from media.subtitle_text import LONGEST
from media.timed import Sentence, Word

READABLE, VISIBLE = 4.5, 3.0  # contrast of text on its box, and of text against its outline. Source: WCAG 2.2
TOLD = 0.01  # seconds; ASS knows no less
# What the compiler repairs, in the order in which it is told.
REPAIRS = {
    "cleaned": "words that lost what cannot be shown, or what is beyond 400 characters",
    "retimed": "words whose times ran backwards, into each other, or had no length",
    "joined": "words that would have been alone in a caption and have company",
    "extended": "captions that stay longer than their words, so that they can be read",
    "bridged": "captions that stay until the next one, where a gap would only flicker",
    "split": "captions parted because they did not fit",
    "shrunk": "captions set smaller because they did not fit",
}
Area = tuple[float, float, float, float]  # left, top, right, bottom in pixels of the frame


@dataclass(frozen=True)
class Report:
    """`characters_per_second` is that of the fastest caption, and `too_fast` the number of those that nobody can read
    in time; `too_short` counts captions that are gone before they are seen, `orphans` words left alone in the last
    line. `contrast` is 1..21, of the text against its box or outline, None where the picture decides; `smallest` the
    least size that was needed, as a share of the style's. `warnings` are codes: too_fast, low_contrast, shrunk,
    cut_text. `fixed` names repairs (REPAIRS) with their numbers. `fallback_fonts` are the faces that stood in for
    characters that the style's own lacks; `area` holds all captions with their boxes, None without any.
    """

    captions: int
    characters_per_second: float
    too_fast: int
    lines: int
    smallest: float
    contrast: float | None
    warnings: tuple[str, ...]
    fallback_fonts: tuple[str, ...] = ()
    too_short: int = 0
    orphans: int = 0
    fixed: tuple[tuple[str, int], ...] = ()
    area: Area | None = None

    def as_json(self, overlaps_ui: Sequence[str] = ()) -> dict[str, Any]:
        """As a job keeps it (`caption_report`); `overlaps_ui` are the apps whose signs cover the captions.

        Source: X013.
        """
        return {"cues": self.captions, "max_cps": self.characters_per_second, "too_fast": self.too_fast,
                "too_short": self.too_short, "orphans": self.orphans, "overlaps_ui": list(overlaps_ui),
                "min_contrast": self.contrast, "lines": self.lines, "smallest": self.smallest,
                "fixed": [{"code": code, "count": count} for code, count in self.fixed],
                "warnings": list(self.warnings), "fallback_fonts": list(self.fallback_fonts)}


def report(sentences: Sequence[Sentence], found: Sequence[Cue], scenes: Sequence[Scene], layout: Layout,
           most: int) -> Report:
    """The report on `scenes`: the captions `found` in `sentences`, of at most `most` words, in their places."""
    style = layout.style
    fast = sum(cue.speed > FASTEST + 0.5 for cue, _ in scenes)
    least = (SHORTEST if most > 1 else GLANCE) - TOLD / 2
    contrast, wanted = _contrast(style)
    smallest = min((block.em / (style.font_size * layout.scale) for _, block in scenes), default=1.0)
    long = any(len(word.text) > LONGEST for sentence in sentences for word in sentence.words)
    told = {"too_fast": fast > 0, "low_contrast": contrast is not None and contrast < wanted,
            "shrunk": smallest < 0.999, "cut_text": long}
    return Report(
        captions=len(scenes), characters_per_second=round(max((cue.speed for cue, _ in scenes), default=0.0), 1),
        too_fast=fast, too_short=sum(cue.end - cue.start < least for cue, _ in scenes),
        orphans=_orphans(sentences, found, scenes) if most > 1 else 0,
        lines=max((block.lines for _, block in scenes), default=0), smallest=round(smallest, 2),
        contrast=None if contrast is None else round(contrast, 2),
        warnings=tuple(code for code, holds in told.items() if holds),
        fixed=_fixed(sentences, found, scenes, most), area=_area(scenes, layout),
        fallback_fonts=tuple(face.family for face in layout.setter.used()[1:]))


def of_sentences(scenes: Sequence[Scene], sentences: Iterable[Sentence]) -> Iterator[range]:
    """For each sentence the places of its captions."""
    starts = [cue.words[0].start for cue, _ in scenes]
    return (range(bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)) for sentence in sentences)


def _contrast(style: Style) -> tuple[float | None, float]:
    """The contrast that the style alone decides, and how much it should be."""
    text = colours.parse(style.text_color)
    if style.effect in BOXES:
        return colours.worst_contrast(text, colours.parse(style.highlight_color)), READABLE
    if style.stroke_enabled and style.stroke_width >= 2:
        return colours.worst_contrast(text, colours.parse(style.stroke_color)), VISIBLE
    return None, VISIBLE


def _area(scenes: Sequence[Scene], layout: Layout) -> Area | None:
    """Where captions are, from the least to the greatest edge."""
    if not scenes:
        return None
    across, up = layout.pad[0] + layout.stripe, layout.pad[1]
    return (min(block.left for _, block in scenes) - across, min(block.top for _, block in scenes) - up,
            max(block.right for _, block in scenes) + across, max(block.bottom for _, block in scenes) + up)


def _orphans(sentences: Sequence[Sentence], found: Sequence[Cue], scenes: Sequence[Scene]) -> int:
    """Words that are all of a last line, though they had company: in their caption or in their sentence.

    A part of a word that was too long for the frame is none.
    """
    whole = {word for cue in found for word in cue.words}
    accompanied = {place for within in of_sentences(scenes, sentences) if len(within) > 1 for place in within}
    count = 0
    for place, (cue, block) in enumerate(scenes):
        bottom = max(word.baseline for word in block.words)
        alone = sum(word.baseline == bottom for word in block.words) == 1
        count += alone and _small(cue.words[-1]) and cue.words[-1] in whole and (
            block.lines > 1 or place in accompanied)
    return count


def _small(word: Word) -> bool:
    """Whether it counts as one word: many letters of a script without spaces count as several."""
    return weight(word) <= 1


def _fixed(sentences: Sequence[Sentence], found: Sequence[Cue], scenes: Sequence[Scene],
           most: int) -> tuple[tuple[str, int], ...]:
    """What was repaired, and how often."""
    counts = Counter(_mended(sentences)) + Counter(_held(found))
    counts["joined"] = _joined(sentences, found, most) if most > 1 else 0
    counts["split"] = len(scenes) - len(found)
    counts["shrunk"] = sum(block.shrunk for _, block in scenes)
    return tuple((code, counts[code]) for code in REPAIRS if counts[code])


def _mended(sentences: Sequence[Sentence]) -> Iterator[str]:
    """The repairs of words."""
    after = 0.0
    for sentence in sorted(sentences, key=lambda sentence: sentence.start):
        for word in sentence.words:
            shown = parted(word, after)
            if " ".join(part.text for part in shown) != " ".join(word.text.split()):
                yield "cleaned"
            if shown:
                after = shown[-1].end
                if max(abs(shown[0].start - word.start), abs(after - word.end)) > TOLD:
                    yield "retimed"


def _held(found: Sequence[Cue]) -> Iterator[str]:
    """The repairs of captions' times."""
    for cue in found:
        enough = wished(cue)
        if min(enough, cue.end) > cue.words[-1].end + LINGER + TOLD:
            yield "extended"
        if cue.end > enough + TOLD:
            yield "bridged"


def _joined(sentences: Sequence[Sentence], found: Sequence[Cue], most: int) -> int:
    """How many words fewer stand alone than where captions were filled one after the other."""
    apart, before = set(), 0
    for stretch in stretches(sentences):
        if len(stretch) == 1:
            apart.add(stretch[0])
        else:
            before += sum(len(group) == 1 and _small(group[0]) for group in _filled(stretch, most))
    left = sum(len(cue.words) == 1 and _small(cue.words[0]) and cue.words[0] not in apart for cue in found)
    return max(0, before - left)


def _filled(words: Sequence[Word], most: int) -> list[list[Word]]:
    """Words in captions as full as they can be, whatever is left for the last."""
    groups: list[list[Word]] = []
    held = float(most)
    for word in words:
        if held + weight(word) > most + 1e-9:
            groups.append([])
            held = 0.0
        groups[-1].append(word)
        held += weight(word)
    return groups
