"""Timed words and a style to ASS: the one compiler of captions, for the preview and for the burn. Pure.

The same words, style, frame and faces give the same bytes. Source: engine 3, contract C087 to C090, section 10.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from media import subtitle_colour as colours
from media.style import Style
from media.subtitle_cues import Cue, cues, halves, readable
from media.subtitle_effects import Event, Painter, Scene, stamp
from media.subtitle_faces import Typesetter
from media.subtitle_layout import Block, Frame, Layout
from media.subtitle_report import Area, Report, of_sentences, report
from media.subtitle_text import cased
from media.timed import Sentence
from media.typefaces import Face, Faces, metrics

__all__ = ["Compiled", "Frame", "MissingGlyphs", "Report", "compile_ass", "missing_glyphs"]


class MissingGlyphs(ValueError):
    """Characters that no typeface at hand can draw, sorted."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = tuple(sorted(characters))
        shown = " ".join(f"{character} (U+{ord(character):04X})" for character in self.characters[:10])
        super().__init__(f"No typeface has: {shown}")


@dataclass(frozen=True)
class Compiled:
    """A whole ASS file, the faces that it names, and the report."""

    ass: str
    faces: tuple[Face, ...]
    report: Report

    @property
    def area(self) -> Area | None:
        """Where captions are, their boxes too, in pixels of the frame; None without any."""
        return self.report.area


def compile_ass(sentences: Sequence[Sentence], style: Style, frame: Frame, faces: Faces,
                language: str = "") -> Compiled:
    """The captions of `sentences` (seconds of the output's clock) in `style` on `frame`.

    `language` (BCP 47) decides on case, on the look of Han characters, and on the direction of lines without
    letters. Raises MissingGlyphs, typefaces.UnknownFamily, subtitle_colour.BadColour.
    """
    spoken = language or next((sentence.language for sentence in sentences if sentence.language), "")
    setter = Typesetter(faces.chain(faces.face(style.font_name, style.font_weight), spoken))
    layout = Layout(style, frame, setter, spoken)
    found = cues(sentences, _most(style))
    scenes = _scenes(found, layout)
    if setter.missing:
        raise MissingGlyphs(setter.missing)
    events = Painter(layout).events(scenes, _emphasised(scenes, sentences, style))
    return Compiled(ass=_file(style, frame, layout, events), faces=setter.used(),
                    report=report(sentences, found, scenes, layout, _most(style)))


def missing_glyphs(sentences: Sequence[Sentence], style: Style, faces: Faces, language: str = "") -> tuple[str, ...]:
    """The characters that would make `compile_ass` refuse, sorted; () if all is well. Raises UnknownFamily."""
    spoken = language or next((sentence.language for sentence in sentences if sentence.language), "")
    setter = Typesetter(faces.chain(faces.face(style.font_name, style.font_weight), spoken))
    for sentence in sentences:
        for word in readable(sentence.words):
            setter.runs(cased(word.text, style.text_case, spoken))
    return tuple(sorted(setter.missing))


def _most(style: Style) -> int:
    """Words in a caption. Source: C088."""
    if style.effect == "punch":
        return 1
    return min(4, max(2, style.words_per_caption)) if style.highlight_mode else max(1, style.words_per_caption)


def _scenes(found: list[Cue], layout: Layout) -> list[Scene]:
    """Every caption in its place; what is too wide becomes two captions, and so on."""
    scenes: list[tuple[Cue, Block]] = []
    waiting = list(reversed(found))
    while waiting:
        cue = waiting.pop()
        block = layout.fit(cue)
        parts = halves(cue) if block is None else None
        if block is None and parts is not None:
            waiting += reversed(parts)
        else:
            scenes.append((cue, block or layout.forced(cue)))
    blocks = layout.aligned([block for _, block in scenes])
    return [(cue, block) for (cue, _), block in zip(scenes, blocks, strict=True)]


def _emphasised(scenes: Sequence[Scene], sentences: Sequence[Sentence], style: Style) -> frozenset[int]:
    """`punch` gives the longest word of each sentence the accent: the first of those as long."""
    if style.effect != "punch":
        return frozenset()
    return frozenset(max(within, key=lambda place: (scenes[place][0].characters, -place))
                     for within in of_sentences(scenes, sentences) if within)


_HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
LayoutResX: {width}
LayoutResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: None
Kerning: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, \
MarginV, Encoding
Style: Text,{face},{size:.2f},{text},{text},{stroke},&HFF000000,0,0,0,0,100,100,{spacing:.2f},0,1,{outline:.2f},0,5,\
0,0,0,-1
Style: Drawing,{face},{size:.2f},{text},{text},{stroke},&HFF000000,0,0,0,0,100,100,0,0,1,0,0,7,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def _file(style: Style, frame: Frame, layout: Layout, events: Iterable[Event]) -> str:
    """The ASS text. Encoding -1 lets libass find the direction of each word."""
    face = layout.setter.first
    head = _HEADER.format(
        width=frame.width, height=frame.height, face=face.name, spacing=layout.spacing, outline=layout.stroke,
        size=style.font_size * layout.scale * metrics(face.path).size,
        text=colours.parse(style.text_color).ass(), stroke=colours.parse(style.stroke_color).ass())
    lines = [f"Dialogue: {event.layer},{_clock(event.start)},{_clock(event.end)},{event.style},,0,0,0,,{event.text}"
             for event in events if stamp(event.end) > stamp(event.start)]
    return head + "".join(line + "\n" for line in lines)


def _clock(seconds: float) -> str:
    """`H:MM:SS.cc`."""
    whole, hundredths = divmod(stamp(seconds), 100)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}.{hundredths:02d}"
