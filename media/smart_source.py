"""The source of a smart cut: packets from anywhere in it, and a first look at both edges of the cut."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from media.formats import FORMATS, MAX_PIXELS
from media.h264 import Config, bare, join, parse_config, parse_sps, split_annexb
from media.signature import family_of
from media.smart_plan import (
    Grid,
    Head,
    Layout,
    Order,
    Refused,
    Row,
    SoundRefused,
    depth,
    fit_grid,
    plan_head,
    plan_tail,
)

EPSILON = 0.0005  # seconds, as where the frames of a cut are counted
BACK = (0.1, 3.0, 12.0, 1e9)  # seconds to jump back by: some indexes lead too late; sound needs a block before
BEHIND = 40  # packets that are all shown behind the cut: no other of the cut follows them
BLOCKS = 32  # of sound, whose middle says where they lie
BLOCK = 1024  # samples of AAC LC
SLACK = 0.002  # seconds a block may be off its place; Matroska and FLV round to milliseconds


def open_media(path: str) -> InputContainer:
    """Open a file as every tool here does: no network, no playlists, no picture beyond the limit."""
    decoding = {"max_pixels": str(MAX_PIXELS), "threads": "1"}
    if family_of(Path(path)) == "flv":
        decoding = {}  # its tracks turn up while reading; PyAV 16 crashes on options for decoders it does not know yet
    return av.open(f"file:{path}", options=decoding,
                   container_options={"protocol_whitelist": "file", "format_whitelist": FORMATS})


class Source:
    """An opened source. Raises Refused, NotH264 where its picture is none that can be continued."""

    def __init__(self, order: Order) -> None:
        self._file = open_media(order.source)
        self.video: VideoStream = self._file.streams[order.video]  # type: ignore[assignment]
        self.audio: AudioStream | None = None
        if order.audio >= 0 and not order.sound:
            self.audio = self._file.streams[order.audio]  # type: ignore[assignment]
        self.tick: Fraction = self.video.time_base or Fraction(1, 1000)
        self.rate = self.audio.codec_context.sample_rate if self.audio else 1  # samples of sound per second
        self._samples_per_tick = float(self.audio.time_base * self.rate) if self.audio and self.audio.time_base else 0.0
        self.config = self._checked()

    def _checked(self) -> Config:
        picture = self.video.codec_context
        if picture.name != "h264" or picture.pix_fmt not in ("yuv420p", "yuvj420p"):
            raise Refused(f"{picture.name} {picture.pix_fmt}")
        config = parse_config(picture.extradata or b"")
        sets = [parse_sps(nal) for nal in config.sps]
        if not all(found.plain for found in sets) or len({(found.width, found.height) for found in sets}) > 1:
            raise Refused("not 8 bit 4:2:0 progressive")
        return config

    def packets(self, tick: int) -> Iterator[Packet]:
        """Packets of picture and sound in the file's order, from a key frame at or before `tick` on."""
        for back in BACK:
            self._seek(tick - int(back / self.tick))
            packets, early = self._read(), []
            for packet in packets:
                early.append(packet)
                if packet.stream is self.video:
                    break
            if early and early[-1].stream is self.video and _reaches(early[-1], tick):
                yield from early
                yield from packets
                return
        raise Refused("no key frame can be reached")

    def _seek(self, tick: int) -> None:
        start = self.video.start_time or 0
        try:
            self._file.seek(max(tick, start), stream=self.video)
        except av.FFmpegError:
            self._file.seek(start, stream=self.video)

    def _read(self) -> Iterator[Packet]:
        for packet in self._file.demux(*([self.video, self.audio] if self.audio else [self.video])):
            if packet.size == 0:
                continue  # the end of a stream
            if packet.pts is None or packet.is_corrupt:
                raise Refused("a packet is damaged or has no time")
            yield packet

    @property
    def size(self) -> float:
        """About how many bytes a second has; 0 where that is not known."""
        return self._file.size / (self._file.duration / 1e6) if self._file.duration else 0.0

    def block(self, packet: Packet) -> float:
        """Where a packet of the sound begins, in samples."""
        return (packet.pts or 0) * self._samples_per_tick

    def samples(self, seconds: Fraction | float) -> float:
        """A time as a place in the sound."""
        return float(seconds * self.rate)

    def with_lengths(self, packet: Packet) -> Packet:
        """A packet with start codes as one with lengths, as MP4 wants it."""
        changed = Packet(join(bare(split_annexb(bytes(packet))), self.config.size))
        changed.pts, changed.duration, changed.is_keyframe = packet.pts, packet.duration, packet.is_keyframe
        return changed

    def row(self, packet: Packet) -> Row:
        """What a packet of the picture is. Raises Refused where it changes the parameter sets."""
        idr, fresh = self.config.look(memoryview(packet))
        if fresh or packet.has_sidedata("new_extradata"):
            raise Refused("parameter sets change in mid-stream")
        return Row(pts=packet.pts or 0, key=packet.is_keyframe, idr=idr)


def _reaches(packet: Packet, tick: int) -> bool:
    """Whether the picture shown at `tick` can be decoded from this packet on."""
    return packet.is_keyframe and packet.pts is not None and packet.pts <= tick


class _Look:
    """Packets around one edge of the cut, until they say enough."""

    def __init__(self, source: Source, packets: Iterator[Packet], last: int) -> None:
        self.rows: list[Row] = []
        self.blocks: list[float] = []  # samples at which a block of sound begins
        self._source, self._packets, self._last, self._behind = source, packets, last, 0

    def take(self) -> bool:
        """Keep one more packet; False where there is none."""
        packet = next(self._packets, None)
        if packet is None:
            return False
        if packet.stream is self._source.video:
            self.rows.append(self._source.row(packet))
            self._behind = self._behind + 1 if self.rows[-1].pts > self._last else 0
        else:
            self.blocks.append(self._source.block(packet))
        return True

    def heard(self, end: float, patience: int) -> bool:
        """Whether sound has come up to `end` samples, or is not to be expected any more."""
        return (self._source.audio is None or (bool(self.blocks) and self.blocks[-1] >= end)
                or self.rows[-1].pts > patience)

    @property
    def passed(self) -> bool:
        """Whether all pictures of the cut have come."""
        return self._behind >= BEHIND

    def has_idr(self, first: int) -> bool:
        """Whether the copy's first picture has come."""
        return any(row.idr and row.pts >= first for row in reversed(self.rows[-2:]))


def survey(source: Source, order: Order) -> Layout:
    """Look at both edges of a cut and lay it out. Raises Refused, NotH264."""
    first = math.ceil((order.first + order.zero - EPSILON) / source.tick)
    last = math.floor((order.last + order.zero + EPSILON) / source.tick)
    near = _Look(source, source.packets(math.floor((order.first + order.zero + EPSILON) / source.tick)), last)
    found, blocks = False, BLOCKS if source.audio else 0
    while not (near.passed or (found and len(near.blocks) >= blocks)) and near.take():
        found = found or near.has_idr(first)
    head = plan_head(near.rows, first, last)
    far = _look_far(source, order, head, last)
    begin = min(row.pts for row in near.rows if row.pts >= first)
    step = max(1, round(1 / (source.tick * (source.video.average_rate or 30))))
    layout = Layout(
        start=head.start, made=tuple(sorted(row.pts for row in near.rows if first <= row.pts < head.idr)),
        idr=head.idr, tail=plan_tail(far.rows, last), first=first, last=last,
        origin=begin - round((order.first - order.seek) / source.tick),
        depth=max(depth(near.rows), depth(far.rows)), step=step, grid=None)
    return replace(layout, grid=_grid(source, order, layout, near.blocks, far.blocks) if source.audio else None)


def _look_far(source: Source, order: Order, head: Head, last: int) -> _Look:
    """The rows from the last IDR picture of the cut to behind its end, and the sound there. Raises Refused."""
    end = source.samples(Fraction(order.end + order.zero)) - BLOCK
    patience = last + int(BACK[-2] / source.tick)
    for tick in (last, head.idr):
        far = _Look(source, source.packets(tick), last)
        while not (far.passed and far.heard(end, patience)) and far.take():
            pass
        starts = [place for place, row in enumerate(far.rows) if row.idr and head.idr <= row.pts <= last]
        if starts:
            del far.rows[:starts[-1]]
            return far
    raise Refused("the end of the range cannot be reached")


def _grid(source: Source, order: Order, layout: Layout, near: list[float], far: list[float]) -> Grid:
    """Where the sound's blocks lie. Raises SoundRefused where it cannot be copied from edge to edge."""
    audio, slack = source.audio, SLACK * source.rate
    if audio is None or audio.codec_context.name != "aac" or audio.codec_context.profile != "LC":
        raise SoundRefused("the sound is not AAC LC")
    begin = source.samples(layout.origin * source.tick)
    end = begin + float(order.end - order.seek) * source.rate
    grid = fit_grid(near, BLOCK, slack)
    if grid.origin > begin + slack:
        raise SoundRefused("the sound begins inside the range")
    if not far or max(far) + BLOCK < end - BLOCK:
        raise SoundRefused("the sound ends inside the range")
    for start in far:
        grid.place(start, slack)
    return grid
