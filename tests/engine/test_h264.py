"""H.264 as bytes: what the parsers read is what x264 wrote, and what is broken is refused."""

from __future__ import annotations

import random
import subprocess

import pytest

from media import h264
from media.ffmpeg import ffmpeg_binary
from media.h264 import Bits, NotH264


@pytest.fixture(scope="module")
def stream(tmp_path_factory):
    """stream(*options) -> an Annex B stream of 320x180 by x264."""
    folder = tmp_path_factory.mktemp("h264")

    def of(*options: str, size: str = "320x180") -> bytes:
        target = folder / f"{abs(hash((options, size)))}.h264"
        if not target.exists():
            subprocess.run([ffmpeg_binary(), "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=s={size}:r=30:d=1",
                            "-c:v", "libx264", "-preset", "veryfast", *options, str(target)], check=True)
        return target.read_bytes()

    return of


def sets_of(data: bytes) -> tuple[list[bytes], list[bytes]]:
    nals = h264.split_annexb(data)
    return ([nal for nal in nals if h264.kind(nal) == h264.SPS], [nal for nal in nals if h264.kind(nal) == h264.PPS])


@pytest.mark.parametrize(("profile", "number"), [("baseline", 66), ("main", 77), ("high", 100)])
def test_an_sps_says_profile_size_and_that_it_is_plain(profile, number, stream):
    sps = h264.parse_sps(sets_of(stream("-profile:v", profile, "-pix_fmt", "yuv420p"))[0][0])
    assert (sps.profile, sps.width, sps.height, sps.id) == (number, 20, 12, 0)
    assert (sps.chroma_format, sps.bit_depth, sps.progressive, sps.plain) == (1, 8, True, True)


@pytest.mark.parametrize(("options", "facts"), [
    (("-pix_fmt", "yuv420p10le"), (1, 10, True)), (("-pix_fmt", "yuv422p"), (2, 8, True)),
    (("-pix_fmt", "yuv444p"), (3, 8, True)),
    (("-pix_fmt", "yuv420p", "-flags", "+ildct+ilme", "-x264-params", "tff=1"), (1, 8, False)),
    (("-pix_fmt", "yuv420p", "-x264-params", "cqm=jvt:sps-id=7"), (1, 8, True)),
])
def test_what_cannot_be_continued_is_not_plain(options, facts, stream):
    sps = h264.parse_sps(sets_of(stream(*options))[0][0])
    assert (sps.chroma_format, sps.bit_depth, sps.progressive) == facts
    assert sps.plain == (facts == (1, 8, True))


@pytest.mark.parametrize("name", [0, 1, 7, 30, 31])
def test_the_numbers_of_the_sets_are_read_and_a_free_one_is_found(name, stream):
    sps, pps = sets_of(stream("-x264-params", f"sps-id={name}"))
    assert (h264.parse_sps(sps[0]).id, h264.pps_id(pps[0])) == (name, name)
    config = h264.parse_config(b"\0\0\0\1" + sps[0] + b"\0\0\0\1" + pps[0])
    assert config.free_id() == (31 if name != 31 else 30)


def test_avcc_is_read_as_it_was_written_and_back(stream):
    sps, pps = sets_of(stream())
    config = h264.parse_config(b"".join(b"\0\0\0\1" + nal for nal in (*sps, *pps)))
    assert (config.annexb, config.size) == (True, 4)
    again = h264.parse_config(config.avcc())
    assert (again.annexb, again.size, again.head) == (False, 4, sps[0][1:4])
    assert (again.sps, again.pps) == (tuple(sps), tuple(pps))
    assert again.avcc() == config.avcc()


def test_a_second_encoders_sets_join_and_the_higher_level_wins(stream):
    sps, pps = sets_of(stream("-level", "3.0"))
    config = h264.parse_config(b"".join(b"\0\0\0\1" + nal for nal in (*sps, *pps)))
    other = stream("-level", "4.2", "-x264-params", f"sps-id={config.free_id()}")
    both = h264.parse_config(config.with_sets(other).avcc())
    assert (len(both.sps), len(both.pps)) == (2, 2)
    assert both.head == config.head[:2] + bytes([42])
    assert both.free_id() not in (0, config.free_id())


def test_only_the_first_picture_of_a_gop_is_an_idr_and_known_sets_are_no_change(stream):
    data = stream("-g", "10", "-sc_threshold", "0")
    sps, pps = sets_of(data)
    config = h264.parse_config(b"".join(b"\0\0\0\1" + nal for nal in (*sps, *pps)))
    slices = [nal for nal in h264.split_annexb(data) if h264.kind(nal) in (1, 5)]
    looks = [config.look(b"\0\0\0\1" + nal) for nal in slices]
    assert [idr for idr, _ in looks] == [index % 10 == 0 for index in range(30)]
    assert not any(fresh for _, fresh in looks)
    assert config.look(b"\0\0\0\1" + sps[0] + b"\0\0\0\1" + slices[0]) == (True, False)
    strange = sets_of(stream("-x264-params", "ref=5"))[0][0]
    assert config.look(b"\0\0\0\1" + strange + b"\0\0\0\1" + slices[0]) == (True, True)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_lengths_of_every_width_come_back_as_units(size):
    units = [b"\x65abc", b"\x41" + bytes(200), b"\x06"]
    assert [bytes(unit) for unit in h264.walk(h264.join(units, size), size)] == units


@pytest.mark.parametrize(("sample", "size"), [(b"\0\0\0\5\x65", 4), (b"\0\0\0\0", 4), (b"\xff\xff", 2), (b"\0", 4)])
def test_lengths_that_lie_are_refused(sample, size):
    with pytest.raises(NotH264):
        list(h264.walk(sample, size))


def test_a_unit_longer_than_its_length_field_is_refused():
    with pytest.raises(NotH264):
        h264.join([bytes(70_000)], 2)


def test_exp_golomb_numbers_are_read_and_endless_ones_refused():
    bits = Bits(bytes([0b1_010_011_0, 0b0100_0010, 0b1_0000000]))
    assert [bits.ue() for _ in range(5)] == [0, 1, 2, 3, 4]
    for nal in (b"\0" * 8, b"", b"\0"):
        with pytest.raises(NotH264):
            Bits(nal).ue()


def test_emulation_prevention_is_taken_out():
    assert Bits(b"\0\0\3\1").take(24) == 1


def test_random_and_shortened_bytes_are_refused_and_nothing_else_happens(stream):
    chance, sets = random.Random(5), sets_of(stream())
    avcc = h264.parse_config(b"".join(b"\0\0\0\1" + nal for nals in sets for nal in nals)).avcc()
    tries = [chance.randbytes(chance.randrange(60)) for _ in range(2000)]
    tries += [b"\1" + chance.randbytes(chance.randrange(60)) for _ in range(2000)]
    tries += [avcc[:length] for length in range(len(avcc))]
    tries += [bytes(byte ^ (1 << chance.randrange(8) if chance.random() < 0.05 else 0) for byte in avcc)
              for _ in range(500)]
    for data in tries:
        try:
            config = h264.parse_config(data)
            [h264.parse_sps(nal) for nal in config.sps]
            config.free_id()
        except NotH264:
            continue


def test_more_sets_than_the_box_can_hold_are_refused(stream):
    sps, pps = sets_of(stream())
    config = h264.Config(size=4, head=sps[0][1:4], sps=tuple(sps * 32), pps=tuple(pps))
    with pytest.raises(NotH264):
        config.avcc()
