"""H.264 as bytes: NAL units, parameter sets and the avcC box. Pure. Source: ITU-T H.264, ISO/IEC 14496-15."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

IDR, SPS, PPS = 5, 7, 8  # nal_unit_type
_PARAMETERS = (SPS, PPS)
_FROM_OUTSIDE = (6, 7, 8, 9)  # SEI, parameter sets, delimiters: what a sample of ours does without
# Profiles whose SPS says which chroma format and bit depth it has (7.3.2.1.1).
_HIGH = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}
MAX_SPS_ID, MAX_SETS = 31, 31
X264_PROFILES = {66: "baseline", 77: "main", 88: "main", 100: "high"}


class NotH264(ValueError):
    """The bytes are not what they should be."""


def kind(nal: bytes | memoryview) -> int:
    """nal_unit_type of a unit without its start code or length."""
    return nal[0] & 31


def split_annexb(data: bytes) -> list[bytes]:
    """The units between start codes; the zeros that pad them are gone."""
    found = [piece.rstrip(b"\0") for piece in bytes(data).split(b"\0\0\1")]
    return [piece for piece in found[1:] if piece]


def walk(sample: bytes | memoryview, size: int) -> Iterator[memoryview]:
    """The units of a sample in which each is preceded by its length in `size` bytes. Raises NotH264."""
    view, place = memoryview(sample), 0
    while place < len(view):
        length = int.from_bytes(view[place:place + size], "big")
        place += size
        if not 0 < length <= len(view) - place:
            raise NotH264("a unit is longer than its sample")
        yield view[place:place + length]
        place += length


def join(nals: Iterable[bytes | memoryview], size: int) -> bytes:
    """The inverse of `walk`. Raises NotH264 where a unit is too long for its length field."""
    try:
        return b"".join(len(nal).to_bytes(size, "big") + bytes(nal) for nal in nals)
    except OverflowError as fault:
        raise NotH264("a unit is too long for this stream") from fault


def bare(nals: Iterable[bytes]) -> list[bytes]:
    """The units that are the picture itself."""
    return [nal for nal in nals if kind(nal) not in _FROM_OUTSIDE]


class Bits:
    """Reads an RBSP from its first bit on. Raises NotH264 at its end."""

    def __init__(self, nal: bytes) -> None:
        payload = nal.replace(b"\0\0\3", b"\0\0")  # emulation prevention (7.4.1)
        self._value, self._left = int.from_bytes(payload, "big"), len(payload) * 8

    def take(self, count: int) -> int:
        """The next `count` bits as a number."""
        self._left -= count
        if self._left < 0:
            raise NotH264("a parameter set ends too early")
        return self._value >> self._left & (1 << count) - 1

    def ue(self) -> int:
        """An unsigned Exp-Golomb number (9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise NotH264("a number has no end")
        return (1 << zeros) - 1 + self.take(zeros)

    def se(self) -> int:
        """A signed one; only its length matters here."""
        return self.ue()


@dataclass(frozen=True, slots=True)
class Sps:
    """What a sequence parameter set says. Size in macroblocks of 16 pixels."""

    id: int
    profile: int
    level: int
    chroma_format: int
    bit_depth: int
    width: int
    height: int
    progressive: bool

    @property
    def plain(self) -> bool:
        """8 bit, 4:2:0, progressive, a profile that x264 can continue."""
        return (self.chroma_format == 1 and self.bit_depth == 8 and self.progressive
                and self.profile in X264_PROFILES)


def parse_sps(nal: bytes) -> Sps:
    """Read an SPS up to frame_mbs_only_flag (7.3.2.1.1). Raises NotH264."""
    if len(nal) < 4 or kind(nal) != SPS:
        raise NotH264("not a sequence parameter set")
    bits, profile = Bits(nal[4:]), nal[1]
    name, chroma, depth = bits.ue(), 1, 8
    if profile in _HIGH:
        chroma, depth = _high_fields(bits)
    bits.ue()  # log2_max_frame_num_minus4
    _order_count(bits)
    bits.ue()  # max_num_ref_frames
    bits.take(1)
    width, height = bits.ue() + 1, bits.ue() + 1
    return Sps(id=name, profile=profile, level=nal[3], chroma_format=chroma, bit_depth=depth, width=width,
               height=height, progressive=bool(bits.take(1)))


def _high_fields(bits: Bits) -> tuple[int, int]:
    """chroma_format_idc and the larger bit depth; skips the scaling lists."""
    chroma = bits.ue()
    if chroma == 3:
        bits.take(1)
    depth = 8 + max(bits.ue(), bits.ue())
    bits.take(1)
    if bits.take(1):
        for index in range(8 if chroma != 3 else 12):
            if bits.take(1):
                _scaling_list(bits, 16 if index < 6 else 64)
    return chroma, depth


def _scaling_list(bits: Bits, size: int) -> None:
    last, following = 8, 8
    for _ in range(size):
        if following:
            code = bits.ue()
            delta = (code + 1) // 2 if code % 2 else -(code // 2)
            following = (last + delta) % 256
        last = following or last


def _order_count(bits: Bits) -> None:
    """pic_order_cnt_type and what belongs to it."""
    order = bits.ue()
    if order == 0:
        bits.ue()
    elif order == 1:
        bits.take(1)
        bits.se()
        bits.se()
        for _ in range(min(bits.ue(), 255)):
            bits.se()


def pps_id(nal: bytes) -> int:
    """pic_parameter_set_id (7.3.2.2). Raises NotH264."""
    return Bits(nal[1:9]).ue()


@dataclass(frozen=True, slots=True)
class Config:
    """A decoder configuration: how long a length field is (bytes), and all parameter sets.

    `head` is profile, constraints and level; `tail` what High profiles have behind the sets in avcC.
    `annexb` says that samples come with start codes.
    """

    size: int
    head: bytes
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    tail: bytes = b""
    annexb: bool = False

    @property
    def sets(self) -> frozenset[bytes]:
        return frozenset((*self.sps, *self.pps))

    def free_id(self) -> int:
        """A number that no set here has, as SPS or as PPS. Raises NotH264."""
        used = {parse_sps(nal).id for nal in self.sps} | {pps_id(nal) for nal in self.pps}
        free = [name for name in range(MAX_SPS_ID, -1, -1) if name not in used]
        if not free:
            raise NotH264("all numbers of parameter sets are taken")
        return free[0]

    def with_sets(self, extradata: bytes) -> Config:
        """These sets and those of an encoder's Annex B `extradata`; the level is the higher one of both."""
        nals = split_annexb(extradata)
        sps = tuple(nal for nal in nals if kind(nal) == SPS)
        pps = tuple(nal for nal in nals if kind(nal) == PPS)
        level = max([self.head[2], *(nal[3] for nal in sps)])
        return replace(self, head=self.head[:2] + bytes([level]), sps=self.sps + sps, pps=self.pps + pps)

    def avcc(self) -> bytes:
        """The avcC box's content. Raises NotH264 where there are more sets than it can hold."""
        if len(self.sps) > MAX_SETS or len(self.pps) > 255:
            raise NotH264("too many parameter sets")
        return b"".join((b"\1", self.head, bytes([0xFC | self.size - 1]), bytes([0xE0 | len(self.sps)]),
                         join(self.sps, 2), bytes([len(self.pps)]), join(self.pps, 2), self.tail))

    def units(self, sample: bytes | memoryview) -> Iterator[bytes | memoryview]:
        """The units of one of the stream's samples. Raises NotH264."""
        return iter(split_annexb(bytes(sample))) if self.annexb else walk(sample, self.size)

    def look(self, sample: bytes | memoryview) -> tuple[bool, bool]:
        """Whether a sample is an IDR picture, and whether it brings a parameter set that is not known yet.

        A container's key frame need not be an IDR picture. Raises NotH264.
        """
        idr = fresh = False
        for nal in self.units(sample):
            what = kind(nal)
            idr = idr or what == IDR
            fresh = fresh or (what in _PARAMETERS and bytes(nal).rstrip(b"\0") not in self.sets)
        return idr, fresh


def parse_config(extradata: bytes) -> Config:
    """A stream's extradata, avcC or Annex B. Raises NotH264."""
    if extradata[:1] == b"\1":
        return _parse_avcc(extradata)
    nals = split_annexb(extradata)
    sps = tuple(nal for nal in nals if kind(nal) == SPS)
    pps = tuple(nal for nal in nals if kind(nal) == PPS)
    if not sps or not pps:
        raise NotH264("no parameter sets")
    tail = b"\xfd\xf8\xf8\0" if sps[0][1] in _HIGH else b""  # 4:2:0, 8 bit, no extensions
    return Config(size=4, head=sps[0][1:4], sps=sps, pps=pps, tail=tail, annexb=True)


def _parse_avcc(box: bytes) -> Config:
    """ISO/IEC 14496-15, 5.3.3.1.2."""
    if len(box) < 7:
        raise NotH264("avcC is too short")
    sps, place = _sets(box, 6, box[5] & 31)
    if place >= len(box):
        raise NotH264("avcC ends too early")
    pps, place = _sets(box, place + 1, box[place])
    if not sps or not pps:
        raise NotH264("no parameter sets")
    return Config(size=(box[4] & 3) + 1, head=box[1:4], sps=sps, pps=pps, tail=box[place:])


def _sets(box: bytes, place: int, count: int) -> tuple[tuple[bytes, ...], int]:
    found = []
    for _ in range(count):
        length = int.from_bytes(box[place:place + 2], "big")
        nal = box[place + 2:place + 2 + length]
        if length == 0 or len(nal) < length:
            raise NotH264("a parameter set ends too early")
        found.append(nal.rstrip(b"\0"))
        place += 2 + length
    return tuple(found), place
