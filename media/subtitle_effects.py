"""Captions in their places to ASS events: one event per word and state, boxes and carets as drawings. Pure.

Every number in an override comes from here. Source: contract section 10, the effects; engine 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media import subtitle_colour as colours
from media.subtitle_cues import Cue, lit
from media.subtitle_layout import BOXES, Block, Layout, Placed
from media.subtitle_text import escape
from media.typefaces import metrics

FADE = 120  # ms
GROWING, SETTLING = 80, 120  # ms, of `pop`
PUNCHING = 90  # ms
SLIDE = 250  # ms, of `ticker`
RADIUS = 12.0
CARET = 0.09  # em wide
JOINED = 1.0  # seconds between captions in which a bar stays
SHADE = colours.Colour(0, 0, 0, 153)  # 60 % black
UNSEEN, NOTHING = colours.Colour(0, 0, 0, 1), colours.Colour(0, 0, 0, 0)
DROP = 3.0  # pixels of the canvas by which a shadow falls, to the right and down
DUSK = colours.Colour(0, 0, 0, 115)  # 45 % black
EDGE = "{\\fscx0}\\h"
LOW, MIDDLE, HIGH, TOP = range(4)  # layers: boxes; shadows and glows; text; what grows
Scene = tuple[Cue, Block]


@dataclass(frozen=True)
class Event:
    """One line of the events; seconds. `text` is ready for ASS."""

    layer: int
    start: float
    end: float
    style: str
    text: str


@dataclass(frozen=True)
class State:
    """A word between two times; `active` while it is said and the style shows that."""

    start: float
    end: float
    active: bool


@dataclass(frozen=True)
class Growth:
    """A word between two times that grows from `before` to `after` times its size in its first `ms`."""

    start: float
    end: float
    before: float
    after: float
    ms: int

    @property
    def tags(self) -> str:
        """The overrides; "" where it keeps its size."""
        if self.before == self.after:
            return ""
        begin, end = (f"\\fscx{round(100 * share)}\\fscy{round(100 * share)}" for share in (self.before, self.after))
        return f"{begin}\\t(0,{self.ms},{end})"


class Painter:
    """The events of one style on one frame."""

    def __init__(self, layout: Layout) -> None:
        style = layout.style
        self.layout, self.style, self.frame, self.scale = layout, style, layout.frame, layout.scale
        self.text = colours.parse(style.text_color)
        self.stroke = colours.parse(style.stroke_color)
        self.accent = colours.parse(style.highlight_color)
        self.lights = style.highlight_mode and style.effect not in (*BOXES, "punch")

    def events(self, scenes: Sequence[Scene], emphasised: frozenset[int]) -> list[Event]:
        """All events in the order of time; `emphasised` are the places of scenes whose word takes the accent."""
        found: list[Event] = []
        if self.style.effect in ("ticker", "bar"):
            found += self._bars(scenes)
        for place, (cue, block) in enumerate(scenes):
            found += self._behind(cue, block)
            for at, word in enumerate(block.words):
                found += self._word(cue, block, at, word, emphasised=place in emphasised)
            if self.style.effect == "typewriter":
                found += self._carets(cue, block)
        return sorted(found, key=lambda event: (event.start, event.layer))

    def _word(self, cue: Cue, block: Block, at: int, word: Placed, *, emphasised: bool) -> Iterator[Event]:
        """A word in each of its states, with what its effect puts below it."""
        states = self._states(cue, at)
        for copy in self._below():
            yield self._set(MIDDLE, states[0].start, cue.end, cue, word, block, copy)
        for state in states:
            paint = self.accent.tag(1) if state.active or emphasised else ""
            for part in self._moving(state):
                layer = TOP if part.tags and self.style.effect == "pop" else HIGH
                yield self._set(layer, part.start, part.end, cue, word, block, paint + part.tags, grown=part)

    def _states(self, cue: Cue, at: int) -> list[State]:
        """Before, while and after a word is said; one state where the style makes no difference."""
        begin = cue.start
        start, end = lit(cue, at)
        if self.style.effect == "typewriter":
            begin = start
        if not self.lights:
            return [State(begin, cue.end, active=False)]
        edges = [State(begin, start, active=False), State(start, end, active=True), State(end, cue.end, active=False)]
        return [state for state in edges if stamp(state.end) > stamp(state.start)] or [
            State(begin, cue.end, active=False)]

    def _moving(self, state: State) -> list[Growth]:
        """How a word grows or shrinks when its state begins: one event for each direction."""
        most = self.layout.growth
        if self.style.effect == "pop" and state.active:
            turn = min(state.start + GROWING / 1000, state.end)
            return [Growth(state.start, turn, 1, most, GROWING), Growth(turn, state.end, most, 1, SETTLING)]
        if self.style.effect == "punch":
            return [Growth(state.start, state.end, most, 1, PUNCHING)]
        return [Growth(state.start, state.end, 1, 1, 0)]

    def _below(self) -> list[str]:
        """The overrides of copies that lie below a word: its shadow or its glow.

        A shadow is libass's own, of a word that nobody sees. A see-through word and its blurred outline would not do:
        libass takes the one out of the other where the outline is not above it, which leaves seams, and no two builds
        agree where.
        """
        if self.style.effect == "shadow":
            return [f"{UNSEEN.tag(1)}{NOTHING.tag(3)}{SHADE.tag(4)}\\bord{_n(self.layout.stroke)}"
                    f"\\blur{self._scaled(2)}\\shad{self._scaled(DROP)}"]
        if self.style.effect == "glow":
            glow = f"{self.accent.tag(1)}{self.accent.tag(3)}\\bord{self._scaled(3)}\\blur{self._scaled(6)}"
            return [self._dusk(), glow, glow]
        if self.style.effect == "soft-glow":
            soft = self.accent.faded(0.7)
            return [self._dusk(), f"{soft.tag(1)}{soft.tag(3)}\\bord{self._scaled(6)}\\blur{self._scaled(14)}"]
        return []

    def _dusk(self) -> str:
        """What keeps light text with a glow readable on a light picture; on a dark one nobody sees it."""
        return f"{DUSK.tag(1)}{DUSK.tag(3)}\\bord{self._scaled(5)}\\blur{self._scaled(8)}"

    def _set(self, layer: int, start: float, end: float, cue: Cue, word: Placed, block: Block, paint: str, *,
             grown: Growth | None = None) -> Event:
        """A word at its place; libass centres it between the ascent and the descent of its faces.

        Right-to-left words are held by their left edge, with a space of no width at it: where letters bear marks,
        libass takes the marks for the edges, and would put the word beside its place.
        """
        piece = word.piece
        y = word.baseline + (piece.descent - piece.ascent) / 2 * block.em
        x = word.left + (0.0 if piece.right_to_left else word.width / 2)
        held, tail = ("\\an4", EDGE) if piece.right_to_left else ("", "")
        lead = word.width / 2 if piece.right_to_left and grown is not None else 0.0
        head = held + self._position(x, y, start, cue, grown, lead) + self._faded(start, cue) + paint
        if piece.joined and self.layout.spacing:
            head += "\\fsp0"
        return Event(layer, start, end, "Text", f"{{{head}}}" + self._written(word, block.em) + tail)

    def _position(self, x: float, y: float, start: float, cue: Cue, grown: Growth | None, lead: float) -> str:
        """Where an event stands; `lead` is what lies between its hold and its middle, so that it grows evenly."""
        if self.style.effect == "ticker" and start < cue.start + SLIDE / 1000:
            return f"\\move({_n(x + self.frame.width)},{_n(y)},{_n(x)},{_n(y)},0,{SLIDE})"
        if lead and grown is not None and grown.tags:
            begin, end = (x - (share - 1) * lead for share in (grown.before, grown.after))
            return f"\\move({_n(begin)},{_n(y)},{_n(end)},{_n(y)},0,{grown.ms})"
        return f"\\pos({_n(x)},{_n(y)})"

    def _faded(self, start: float, cue: Cue) -> str:
        """The fade of the whole caption, as one of its events sees it."""
        if self.style.effect != "fade":
            return ""
        before, after = ((stamp(at) - stamp(start)) * 10 for at in (cue.start, cue.end))
        return f"\\fade(255,0,255,{before},{before + FADE},{after - FADE},{after})"

    def _written(self, word: Placed, em: float) -> str:
        """The text, with its faces and sizes where they are not the style's own."""
        parts = []
        first, size = self.layout.setter.first, self.style.font_size * self.scale
        for run in word.piece.runs:
            own = run.face == first
            tags = "" if own and len(word.piece.runs) == 1 else f"\\fn{run.face.name}"
            if tags or em != size:
                tags += f"\\fs{_n(em * metrics(run.face.path).size)}"
            parts.append((f"{{{tags}}}" if tags else "") + escape(run.text))
        return "".join(parts)

    def _behind(self, cue: Cue, block: Block) -> Iterator[Event]:
        """The box of a caption."""
        across, up = self.layout.pad
        left, top, right, bottom = block.left - across, block.top - up, block.right + across, block.bottom + up
        if self.style.effect == "box":
            shape = _rounded(left, top, right, bottom, RADIUS * self.scale)
            yield self._drawing(cue.start, cue.end, self.accent, shape)
        if self.style.effect == "lower-third":
            stripe = self.layout.stripe
            yield self._drawing(cue.start, cue.end, self.accent, _square(left, top, right, bottom))
            edges = (right, right + stripe) if block.right_to_left else (left - stripe, left)
            yield self._drawing(cue.start, cue.end, self.text, _square(edges[0], top, edges[1], bottom))

    def _bars(self, scenes: Sequence[Scene]) -> Iterator[Event]:
        """A bar over the whole width, as high as the tallest caption, which stays between near captions."""
        up = self.layout.pad[1]
        for stretch in _near(scenes):
            top = min(block.top for _, block in stretch) - up
            bottom = max(block.bottom for _, block in stretch) + up
            yield self._drawing(stretch[0][0].start, stretch[-1][0].end, self.accent,
                                _square(0, top, self.frame.width, bottom))

    def _carets(self, cue: Cue, block: Block) -> Iterator[Event]:
        """The caret behind the last word that is there."""
        size = CARET * block.em
        heights = metrics(self.layout.setter.first.path)
        for at, word in enumerate(block.words):
            start = lit(cue, at)[0]
            end = lit(cue, at + 1)[0] if at + 1 < len(block.words) else cue.end
            edge = word.left - 2 * size if block.right_to_left else word.left + word.width + size
            if stamp(end) > stamp(start):
                caret = _square(edge, word.baseline - heights.cap * block.em, edge + size, word.baseline)
                yield self._drawing(start, end, self.accent, caret, outlined=True)

    def _drawing(self, start: float, end: float, colour: colours.Colour, shape: str, *,
                 outlined: bool = False) -> Event:
        outline = f"\\bord{_n(self.layout.stroke)}" if outlined else ""
        return Event(LOW, start, end, "Drawing", f"{{\\pos(0,0){colour.tag(1)}{outline}\\p1}}{shape}")

    def _scaled(self, pixels: float) -> str:
        return _n(pixels * self.scale)


def _near(scenes: Sequence[Scene]) -> Iterator[Sequence[Scene]]:
    """Scenes in stretches whose pauses are short."""
    first = 0
    for place in range(1, len(scenes) + 1):
        if place == len(scenes) or scenes[place][0].start - scenes[place - 1][0].end > JOINED:
            yield scenes[first:place]
            first = place


def stamp(seconds: float) -> int:
    """Hundredths of a second, the finest that ASS knows."""
    return round(seconds * 100)


def _n(value: float) -> str:
    """A number as ASS reads it: at most two decimals, never an exponent."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _square(left: float, top: float, right: float, bottom: float) -> str:
    """A rectangle on whole pixels, so that its edges are sharp."""
    a, b, c, d = (round(edge) for edge in (left, top, right, bottom))
    return f"m {a} {b} l {c} {b} {c} {d} {a} {d}"


def _rounded(left: float, top: float, right: float, bottom: float, radius: float) -> str:
    """A rectangle on whole pixels with round corners."""
    a, b, c, d = (round(edge) for edge in (left, top, right, bottom))
    r = min(round(radius), (c - a) // 2, (d - b) // 2)
    k = r - round(r * 0.5523)  # how far the handles of a quarter circle lie from its corner
    return (f"m {a + r} {b} l {c - r} {b} b {c - k} {b} {c} {b + k} {c} {b + r} l {c} {d - r} "
            f"b {c} {d - k} {c - k} {d} {c - r} {d} l {a + r} {d} b {a + k} {d} {a} {d - k} {a} {d - r} "
            f"l {a} {b + r} b {a} {b + k} {a + k} {b} {a + r} {b}")
