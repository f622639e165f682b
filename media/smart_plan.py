"""Which packets a smart cut copies and which it encodes anew: arithmetic on timestamps. Pure.

Times are ticks of the video stream unless a name says otherwise. Source: engine 2, rules 2 to 6.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

PREROLL_PACKETS = 1  # of AAC: a block is whole only together with the one before it
LAST_DEPTH = 16  # H.264 reorders at most so many pictures


class Refused(Exception):
    """This cut is not for copying, says the sentence. Another way has to make it."""


class SoundRefused(Refused):
    """The picture can be copied, the sound cannot."""


class Disorder(Refused):
    """Pictures are reordered further than was assumed."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the process that cuts is told. Seconds on the source's clock, whose 0 is the timestamp `zero`.

    The clip begins at `seek` and ends at `end`; its frames are shown from `first` to `last`, `count` in all.
    `video` and `audio` are stream indexes, -1 for none. `sound` is a file whose only track, as long as the clip,
    is to be taken instead of the source's; `sar` is width to height of a pixel.
    """

    source: str
    target: str
    report: str
    video: int
    audio: int
    zero: float
    seek: float
    first: float
    last: float
    end: float
    count: int
    sar: str
    sound: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What the process says it did: frames made anew before and behind the copied ones; whether sound was copied."""

    head: int
    copied: int
    tail: int
    sound: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A packet of the picture, in decode order."""

    pts: int
    key: bool
    idr: bool


@dataclass(frozen=True, slots=True)
class Head:
    """Decode from the picture shown at `start`; the copy begins with the IDR picture shown at `idr`."""

    start: int
    idr: int


@dataclass(frozen=True, slots=True)
class Tail:
    """The copy ends with the packet of `stop`; the pictures of `left` are made anew, decoded from `start` on.

    `highest` is the copied picture that is shown last.
    """

    start: int
    stop: int
    highest: int
    left: tuple[int, ...]


def plan_head(rows: Sequence[Row], first: int, last: int) -> Head:
    """Where the copy of a cut begins whose frames are shown from `first` to `last`.

    `rows` begin at a key frame before the cut. Raises Refused where no IDR picture lies inside.
    """
    idr = next((row.pts for row in rows if row.idr and first <= row.pts <= last), None)
    if idr is None:
        raise Refused("no IDR picture in the range")
    begin = min(row.pts for row in rows if row.pts >= first)
    starts = [row.pts for row in rows if row.key and row.pts <= begin]
    if not starts:
        raise Refused("no key frame before the range")
    sure = [row.pts for row in rows if row.idr and row.pts <= begin]
    return Head(start=(sure or starts)[-1], idr=idr)


def plan_tail(rows: Sequence[Row], last: int) -> Tail:
    """Where the copy ends: the last packet up to which all pictures are shown before every later one.

    `rows` begin at an IDR picture inside the cut and reach beyond its last frame.
    """
    lowest, later = [0] * len(rows), max(row.pts for row in rows) + 1
    for index in range(len(rows) - 1, -1, -1):
        lowest[index] = later
        later = min(later, rows[index].pts)
    clean, highest = 0, rows[0].pts
    for index, row in enumerate(rows):
        highest = max(highest, row.pts)
        if highest > last:
            break
        if highest < lowest[index]:
            clean = index
    return Tail(start=rows[0].pts, stop=rows[clean].pts, highest=max(row.pts for row in rows[:clean + 1]),
                left=tuple(sorted(row.pts for row in rows[clean + 1:] if row.pts <= last)))


@dataclass(frozen=True, slots=True)
class Layout:
    """A cut as packets: decode from `start` on, make the pictures of `made` anew, copy from `idr` on, then `tail`.

    All frames lie within `first` and `last`; `origin` is the tick of the clip's beginning, `depth` and `step`
    (a usual frame's length) are for the clock; `grid` is where the sound's blocks lie, None for no or other sound.
    """

    start: int
    made: tuple[int, ...]
    idr: int
    tail: Tail
    first: int
    last: int
    origin: int
    depth: int
    step: int
    grid: Grid | None

    @property
    def first_out(self) -> int:
        """When the first picture is shown in the clip, in ticks."""
        return (self.made[0] if self.made else self.idr) - self.origin

    @property
    def final(self) -> int:
        """The last picture to be shown."""
        return self.tail.left[-1] if self.tail.left else self.tail.highest


def depth(rows: Sequence[Row]) -> int:
    """By how many places a picture is sent before its turn to be shown."""
    rank = {pts: place for place, pts in enumerate(sorted(row.pts for row in rows))}
    return max((place - rank[row.pts] for place, row in enumerate(rows)), default=0)


class Clock:
    """Makes decode times for packets in decode order: `dts[i]` is the `i - depth`th smallest pts.

    Needs no more than `depth` packets of memory. Source: engine 2, rule 4.
    """

    def __init__(self, depth: int, step: int, first: int) -> None:
        self._depth, self._step, self._first = depth, step, first
        self._waiting: list[int] = []
        self._given = 0
        self._last = first

    def dts(self, pts: int) -> int:
        """The decode time of the next packet. Raises Disorder where `depth` is too small."""
        heapq.heappush(self._waiting, pts)
        self._given += 1
        if self._waiting[0] < self._last:
            raise Disorder("pictures are reordered further than expected")
        if self._given <= self._depth:  # the first packets are sent before the clip's own time begins
            return self._first - (self._depth - self._given + 1) * self._step
        self._last = heapq.heappop(self._waiting)
        return self._last


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the blocks of an AAC track lie: block `n` begins at `origin + n * block` samples."""

    origin: float
    block: int

    def place(self, samples: float, slack: float) -> int:
        """The number of the block that begins at `samples`. Raises SoundRefused where none begins there."""
        number = round((samples - self.origin) / self.block)
        if abs(self.origin + number * self.block - samples) > slack:
            raise SoundRefused("the sound has a gap")
        return number

    def start(self, number: int) -> int:
        """Where a block begins, in samples."""
        return round(self.origin + number * self.block)

    def first(self, samples: float) -> int:
        """The number of the block to begin with for sound from `samples` on."""
        return int((samples - self.origin) // self.block) - PREROLL_PACKETS


def fit_grid(starts: Sequence[float], block: int, slack: float) -> Grid:
    """The grid on which the blocks that begin at `starts` (samples, without gaps) lie.

    Containers round to milliseconds; the middle of many is exact. Raises SoundRefused.
    """
    if not starts:
        raise SoundRefused("no sound in the range")
    origin = median(start - number * block for number, start in enumerate(starts))
    grid = Grid(origin=origin, block=block)
    for number, start in enumerate(starts):
        if grid.place(start, slack) != number:
            raise SoundRefused("the sound has a gap")
    return grid
