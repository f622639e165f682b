"""The clip of a smart cut: packets with their new times, its index in front of its data."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from time import monotonic

import av
from av.packet import Packet
from av.video.stream import VideoStream

from media.smart_plan import Clock, Layout, Order, Refused, SoundRefused
from media.smart_source import BLOCK, SLACK, Source, open_media

MOVIE_TIMESCALE = 90_000  # edit lists are written in it; the usual 1000 would round sound and picture apart
TOLD = 0.25  # seconds between two lines of progress
# Bytes of index for a picture and a block of sound at most: duration, offset, size, key frame, chunk (ISO 14496-12).
INDEX_PICTURE, INDEX_BLOCK, INDEX_REST = 8 + 8 + 4 + 4 + 20, 8 + 4 + 20, 65_536
SPARE = 0.02  # of the clip, that room kept for the index may take; else the clip is written twice


class Output:
    """Takes the packets of picture and sound in any order that a file may have them in, and writes the clip."""

    def __init__(self, order: Order, source: Source, layout: Layout, avcc: bytes, depth: int) -> None:
        self._source, self._layout = source, layout
        self._length = order.end - order.seek  # seconds
        self._ticks, self._second = round(self._length / source.tick), float(source.tick)
        self._begin = source.samples(layout.origin * source.tick)
        self._samples = round(self._length * source.rate)
        self._clock = Clock(depth, layout.step, layout.first_out)
        self._file = av.open(f"file:{order.target}", "w", format="mp4", container_options={
            **_index_first(order, source, self._length), "movie_timescale": str(MOVIE_TIMESCALE)})
        self._video = self._picture_track(order, avcc)
        self._made = open_media(order.sound) if order.sound else None
        template = self._made.streams.audio[0] if self._made else source.audio
        self._audio = self._file.add_stream_from_template(template, opaque=True) if template else None
        self._sample = Fraction(1, source.rate)
        self._ready = self._ready_sound()
        self._waiting = next(self._ready, None)
        self._next: int | None = None  # number of the block of sound that has to come
        self._told = 0.0
        self.sound_done = layout.grid is None

    def _picture_track(self, order: Order, avcc: bytes) -> VideoStream:
        track = self._file.add_stream_from_template(self._source.video, opaque=True)
        track.time_base, track.codec_context.extradata = self._source.tick, avcc
        track.codec_context.thread_count = 1
        track.codec_context.sample_aspect_ratio = Fraction(order.sar.replace(":", "/"))
        return track

    def picture(self, packet: Packet) -> None:
        """Write a packet of the picture; they come in decode order, with the source's times.

        Raises Refused where it is none of the clip's, Disorder.
        """
        layout, pts = self._layout, packet.pts
        if pts is None or not layout.first <= pts <= layout.last or packet.is_discard:
            raise Refused("a picture from outside the range")
        shown = pts - layout.origin
        left, dts = max(1, self._ticks - shown), self._clock.dts(shown)
        packet.pts, packet.dts = shown, dts
        packet.duration = left if pts == layout.final else min(left, packet.duration or layout.step)
        self._sound_until(dts * self._second)
        packet.stream, packet.time_base = self._video, self._source.tick
        self._file.mux_one(packet)
        self._tell(shown * self._second)

    def sound(self, packet: Packet) -> None:
        """Write a block of the source's sound, if it is one of the clip's. Raises SoundRefused at a gap."""
        grid = self._layout.grid
        if grid is None or self._audio is None or self.sound_done:
            return
        number = grid.place(self._source.block(packet), SLACK * self._source.rate)
        if self._next is None and number < grid.first(self._begin):
            return
        if self._next is not None and number != self._next:
            raise SoundRefused("the sound has a gap")
        start = grid.start(number) - round(self._begin)
        left = self._samples - start
        packet.pts = packet.dts = start
        packet.duration, packet.time_base, packet.stream = min(BLOCK, left), self._sample, self._audio
        self._file.mux_one(packet)
        self._next, self.sound_done = number + 1, left <= BLOCK

    def _ready_sound(self) -> Iterator[Packet]:
        """The blocks of a track made for this clip."""
        for packet in self._made.demux(self._made.streams.audio[0]) if self._made else ():
            if packet.size:
                yield packet

    def _sound_until(self, second: float) -> None:
        """Write the blocks of the ready track that come before `second`."""
        while self._waiting is not None and float((self._waiting.dts or 0) * self._waiting.time_base) <= second:
            if self._audio is not None:
                self._waiting.stream = self._audio
            self._file.mux_one(self._waiting)
            self._waiting = next(self._ready, None)

    def _tell(self, second: float) -> None:
        now = monotonic()
        if now >= self._told + TOLD:
            self._told = now
            print(f"out_time_us={int(second * 1e6)}", flush=True)  # noqa: T201 the parent reads it

    def close(self) -> None:
        """Write what is left and the index."""
        self._sound_until(float("inf"))
        self._file.close()


def _index_first(order: Order, source: Source, seconds: float) -> dict[str, str]:
    """How the index comes to stand before the data: in a gap left for it, or, in small clips, by writing them again."""
    blocks = seconds * 48_000 / BLOCK * 2  # none has more than 96 kHz
    room = order.count * INDEX_PICTURE + int(blocks) * INDEX_BLOCK + INDEX_REST
    if room <= SPARE * source.size * seconds:
        return {"moov_size": str(room)}
    return {"movflags": "+faststart"}
