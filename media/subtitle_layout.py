"""Where the words of a caption stand: measured, broken into balanced lines, kept inside the frame. Pure.

Every word is placed by itself, so boxes, carets and growing words need no guessing, and right-to-left text is put
in visual order here. Pixels of the output, x to the right, y downwards. Source: contract C090 and section 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from media.style import CANVAS, Style
from media.subtitle_cues import Cue
from media.subtitle_faces import Piece, Typesetter
from media.subtitle_text import cased, runs_right_to_left, unspaced, visual_order
from media.typefaces import measure, metrics

MARGIN = 0.04  # of the frame, at every edge
LEAST, LEAST_ALONE = 0.7, 0.5  # of the style's size, for a caption and for a word that cannot be parted
STEP = 0.05  # by which sizes shrink, so that neighbours do not all differ by a little
LEADING = 0.24  # em between the ink of two lines
ACCENT = 0.1  # em that marks may reach beyond capitals and tails before lines and boxes give way
BOXES = ("box", "ticker", "bar", "lower-third")
ONE_LINE = ("ticker", "punch", "bar")
PADDING = (18.0, 10.0)  # of a box: sideways, up and down
PADDING_OF = {"ticker": (18.0, 16.0), "bar": (18.0, 16.0)}
STRIPE = 10.0  # at the side of a lower third
SPACING = {"bar": 2.0}  # between letters
GROWTH = {"pop": 1.12, "punch": 1.30}  # how large a word may become


@dataclass(frozen=True)
class Frame:
    """The output in pixels."""

    width: int
    height: int

    @property
    def scale(self) -> float:
        """Pixels of the output for one of a style's canvas."""
        return min(self.width, self.height) / CANVAS


@dataclass(frozen=True)
class Placed:
    """One word on the screen: pen from `left` over `width` pixels on `baseline`."""

    piece: Piece
    left: float
    width: float
    baseline: float


@dataclass(frozen=True)
class Block:
    """A caption on the screen. `em` is the size of its letters; the edges hold capitals and tails, no padding."""

    words: tuple[Placed, ...]
    em: float
    lines: int
    left: float
    top: float
    right: float
    bottom: float
    right_to_left: bool
    shrunk: bool


@dataclass(frozen=True)
class _Lines:
    """Words in lines at one size, not yet placed: places of the words, widths of the lines."""

    lines: tuple[range, ...]
    widths: tuple[float, ...]
    em: float
    up: float
    down: float
    leading: float

    @property
    def width(self) -> float:
        return max(self.widths)

    @property
    def height(self) -> float:
        return self.up + self.down + self.leading * (len(self.lines) - 1)


class Layout:
    """How one style sets captions on one frame."""

    def __init__(self, style: Style, frame: Frame, setter: Typesetter, language: str) -> None:
        self.style, self.frame, self.setter, self.language = style, frame, setter, language
        self.scale = frame.scale
        self.stroke = style.stroke_width * self.scale if style.stroke_enabled else 0.0
        self.spacing = SPACING.get(style.effect, 0.0) * self.scale
        boxed = style.effect in BOXES
        pad = PADDING_OF.get(style.effect, PADDING) if boxed else (0.0, 0.0)
        self.pad = (max(pad[0] * self.scale, self.stroke), max(pad[1] * self.scale, self.stroke))
        self.stripe = STRIPE * self.scale if style.effect == "lower-third" else 0.0
        self.growth = GROWTH.get(style.effect, 1.0)
        self.room = (min(frame.width * (1 - 2 * MARGIN), frame.width / self.growth) - 2 * self.pad[0] - self.stripe,
                     min(frame.height * (1 - 2 * MARGIN), frame.height / self.growth) - 2 * self.pad[1])
        heights = metrics(setter.first.path)
        capitals = style.text_case == "upper"
        self._up, self._down = (heights.cap, 0.0) if capitals else (heights.rise, heights.tail)

    def fit(self, cue: Cue) -> Block | None:
        """The caption in its place, as large as it can be; None where even the least size is too wide."""
        pieces = [self.setter.piece(cased(word.text, self.style.text_case, self.language)) for word in cue.words]
        least = LEAST if len(pieces) > 1 else LEAST_ALONE
        for step in range(round((1 - least) / STEP) + 1):
            em = self.style.font_size * self.scale * (1 - STEP * step)
            found = self._broken(pieces, em)
            if found.width <= self.room[0] and found.height <= self.room[1]:
                return self._place(pieces, found, shrunk=step > 0)
        return None

    def forced(self, cue: Cue) -> Block:
        """A caption that cannot be parted any more, small enough to fit."""
        pieces = [self.setter.piece(cased(word.text, self.style.text_case, self.language)) for word in cue.words]
        em = self.style.font_size * self.scale * LEAST_ALONE
        while em > 1 and (self._broken(pieces, em).width > self.room[0]
                          or self._broken(pieces, em).height > self.room[1]):
            em *= 1 - STEP
        return self._place(pieces, self._broken(pieces, em), shrunk=True)

    def aligned(self, blocks: Sequence[Block]) -> list[Block]:
        """Blocks of a lower third with one common edge, where the widest of them has it; others as they are."""
        if self.style.effect != "lower-third" or not blocks:
            return list(blocks)
        widest = max(blocks, key=lambda block: block.right - block.left)
        return [_moved(block, widest.right - block.right if block.right_to_left else widest.left - block.left)
                for block in blocks]

    def _width(self, piece: Piece, em: float) -> float:
        spacing = 0.0 if piece.joined else self.spacing * len(piece.text)
        return piece.advance * em + spacing

    def _gap(self, before: Piece, after: Piece, em: float) -> float:
        """Between two words: a space, none in scripts without spaces, and always room for the outline."""
        if before.text and after.text and unspaced(before.text[-1]) and unspaced(after.text[0]):
            return 0.0
        space = measure(self.setter.first.path, " ").advance * em + self.spacing
        return max(space + self.stroke / 2, 1.25 * self.stroke)

    def _broken(self, pieces: Sequence[Piece], em: float) -> _Lines:
        """One line where it fits, else two as even as they can be."""
        widths = [self._width(piece, em) for piece in pieces]
        gaps = [self._gap(before, after, em) for before, after in pairwise(pieces)]

        def length(first: int, last: int) -> float:
            return sum(widths[first:last]) + sum(gaps[first:last - 1])

        cuts: list[tuple[range, ...]] = [(range(len(pieces)),)]
        if self.style.effect not in ONE_LINE and length(0, len(pieces)) > self.room[0]:
            cuts += [(range(cut), range(cut, len(pieces))) for cut in range(1, len(pieces))]
        lines = min(cuts, key=lambda cut: max(length(line.start, line.stop) for line in cut))
        up = max(self._up, max(piece.top for piece in pieces) - ACCENT) * em
        down = max(self._down, max(-piece.bottom for piece in pieces) - ACCENT) * em
        return _Lines(lines=lines, widths=tuple(length(line.start, line.stop) for line in lines), em=em,
                      up=up, down=down, leading=up + down + LEADING * em + self.stroke)

    def _place(self, pieces: Sequence[Piece], found: _Lines, *, shrunk: bool) -> Block:
        right_to_left = runs_right_to_left([piece.text for piece in pieces], self.language)
        left, top = self._corner(found)
        words: list[Placed] = []
        for place, (line, width) in enumerate(zip(found.lines, found.widths, strict=True)):
            baseline = top + found.up + place * found.leading
            pen = left + self._indent(found.width - width, right_to_left)
            words += self._line([pieces[at] for at in line], pen, baseline, found.em, right_to_left)
        return Block(words=tuple(words), em=found.em, lines=len(found.lines), left=left, top=top,
                     right=left + found.width, bottom=top + found.height, right_to_left=right_to_left, shrunk=shrunk)

    def _indent(self, free: float, right_to_left: bool) -> float:
        """Lines are centred; in a lower third they begin at its edge."""
        if self.style.effect == "lower-third":
            return free if right_to_left else 0.0
        return free / 2

    def _corner(self, found: _Lines) -> tuple[float, float]:
        """Left and top of the block: centred on the style's position, inside the margin with all that is around."""
        frame, style = self.frame, self.style
        growing = max(0.0, (self.growth - 1) / 2 * found.width - MARGIN * frame.width)
        sides = (self.pad[0] + self.stripe + growing, self.pad[0] + self.stripe + growing)
        left = _kept(frame.width * style.position_x - found.width / 2, found.width, sides, frame.width)
        top = _kept(frame.height * style.position_y - found.height / 2, found.height, (self.pad[1], self.pad[1]),
                    frame.height)
        return left, top

    def _line(self, pieces: list[Piece], pen: float, baseline: float, em: float, right_to_left: bool) -> list[Placed]:
        """The words of a line in the order of speech, each where it is seen."""
        order = visual_order([piece.text for piece in pieces], right_to_left)
        lefts: dict[int, float] = {}
        for seen, place in enumerate(order):
            if seen:
                one, other = sorted((order[seen - 1], place))
                pen += self._gap(pieces[one], pieces[other], em)
            lefts[place] = pen
            pen += self._width(pieces[place], em)
        return [Placed(piece, lefts[place], self._width(piece, em), baseline) for place, piece in enumerate(pieces)]


def _moved(block: Block, by: float) -> Block:
    return replace(block, left=block.left + by, right=block.right + by,
                   words=tuple(replace(word, left=word.left + by) for word in block.words))


def _kept(at: float, size: float, around: tuple[float, float], whole: int) -> float:
    """`at`, moved so that `size` and what is `around` it stay within the margin; centred where they are larger."""
    least, most = whole * MARGIN + around[0], whole * (1 - MARGIN) - around[1] - size
    return min(max(at, least), most) if least <= most else (least + most) / 2
