"""A smart cut, carried out: a process of its own in the sandbox. Imports PyAV, nothing of the product but itself.

Reads the source around the edges of the cut, then once from edge to edge, one packet at a time: what is in
memory does not grow with the clip. Source: engine 2.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import av
from av.packet import Packet

from media.h264 import NotH264
from media.smart_codec import Recoder, open_decoder, open_encoder
from media.smart_output import Output
from media.smart_plan import LAST_DEPTH, Disorder, Layout, Order, Refused, Report
from media.smart_source import Source, survey


class Cutter:
    """Carries a layout out: makes the head anew, copies, makes the tail anew."""

    def __init__(self, order: Order, source: Source, layout: Layout, depth: int) -> None:
        self._source, self._layout, config = source, layout, source.config
        self._encoder = open_encoder(source.video, config) if layout.made or layout.tail.left else None
        self._sets = (self._encoder.extradata or b"") if self._encoder else b""
        if self._sets:
            config = config.with_sets(self._sets)
        self._output = Output(order, source, layout, config.avcc(), depth)
        self._head = self._recoder(layout.made)
        self._tail: Recoder | None = None
        self._reached = self._begun = self._stopped = False
        self.copied = 0

    def run(self) -> None:
        """Write the clip. Raises Refused, NotH264, av.FFmpegError."""
        for packet in self._source.packets(self._layout.start):
            if packet.stream.type == "audio":
                self._output.sound(packet)
            elif not self._pictures_done:
                self._picture(packet)
            if self._pictures_done and self._output.sound_done:
                break
        self._write(self._tail.finish() if self._tail else [])
        self._output.close()

    @property
    def _pictures_done(self) -> bool:
        return self._stopped and not (self._tail and self._tail.wanted)

    def _picture(self, packet: Packet) -> None:
        """One packet in decode order: before the first copied one, copied, or needed by the tail."""
        layout = self._layout
        self._reached = self._reached or packet.pts == layout.start
        if not self._begun:
            if packet.pts != layout.idr:
                self._write(self._head.feed(packet) if self._head and self._reached else [])
                return
            self._write(self._head.finish() if self._head else [])
            self._begun, self._head = True, None
        if packet.pts == layout.tail.start:
            self._tail = self._recoder(layout.tail.left)
        made = self._tail.feed(packet) if self._tail else []
        if not self._stopped:
            self._stopped = packet.pts == layout.tail.stop
            self._copy(packet)
        self._write(made)

    def _copy(self, packet: Packet) -> None:
        """Pass a packet on as it is; only start codes become lengths."""
        row, config = self._source.row(packet), self._source.config
        if config.annexb:
            packet = self._source.with_lengths(packet)
        packet.is_keyframe = row.key
        self._output.picture(packet)
        self.copied += 1

    def _recoder(self, wanted: tuple[int, ...]) -> Recoder | None:
        """A way to make the pictures of `wanted`, with the parameter sets that the clip has. Raises Refused."""
        if not wanted:
            return None
        encoder = self._encoder or open_encoder(self._source.video, self._source.config)
        self._encoder = None
        if encoder.extradata != self._sets:
            raise Refused("two encoders disagree")
        return Recoder(self._source.video, self._source.config, open_decoder(self._source.video), encoder,
                       set(wanted))

    def _write(self, made: list[Packet]) -> None:
        for packet in made:
            self._output.picture(packet)


def cut(order: Order) -> Report:
    """Write the clip. Raises Refused, NotH264, av.FFmpegError."""
    source = Source(order)
    layout = survey(source, order)
    for depth in (layout.depth, LAST_DEPTH):
        cutter = Cutter(order, source, layout, depth)
        try:
            cutter.run()
        except Disorder:
            if depth == LAST_DEPTH:
                raise
            continue
        break
    report = Report(head=len(layout.made), copied=cutter.copied, tail=len(layout.tail.left),
                    sound=layout.grid is not None)
    if report.head + report.copied + report.tail != order.count:
        raise Refused(f"{report} are not {order.count} pictures")
    return report


def main(argument: str) -> None:
    """Carry out the order in `argument` (JSON); ends with a sentence and 1 where this cut is not for copying."""
    order = Order(**json.loads(argument))
    try:
        report = cut(order)
    except (Refused, NotH264, av.FFmpegError) as fault:
        sys.exit(f"{type(fault).__name__}: {fault}")
    Path(order.report).write_text(json.dumps(asdict(report)))
