"""The corpus: good files of every accepted container, what was done to them, and mutants up to the wanted number.

Everything follows from the seed. A specimen's name says what it is and keeps its extension.
"""

from __future__ import annotations

import random
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from media.ffmpeg import ffmpeg_binary
from tests.hostile.boxes import matroskas, mp4s
from tests.hostile.chunks import chunked
from tests.hostile.disguises import World, disguises

SEED = 3
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=10")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "5")
BOTH = (*PICTURE, *SOUND, "-t", "1.5")
# The smallest honest file of every container that is taken.
BASES = {
    "mp4.mp4": (*BOTH, *X264, "-c:a", "aac"), "mov.mov": (*BOTH, *X264, "-c:a", "pcm_s16le"),
    "m4v.m4v": (*PICTURE, "-t", "1", *X264), "frag.mp4": (*BOTH, *X264, "-movflags", "frag_keyframe+empty_moov"),
    "mkv.mkv": (*BOTH, *X264, "-c:a", "flac"), "webm.webm": (*BOTH, "-c:v", "libvpx", "-c:a", "libvorbis"),
    "avi.avi": (*BOTH, "-c:v", "mpeg4", "-c:a", "libmp3lame"), "flv.flv": (*BOTH, *X264, "-c:a", "aac"),
    "mp3.mp3": (*SOUND, "-t", "2", "-c:a", "libmp3lame"), "wav.wav": (*SOUND, "-t", "0.5"),
    "aac.aac": (*SOUND, "-t", "1"), "flac.flac": (*SOUND, "-t", "1"), "m4a.m4a": (*SOUND, "-t", "1"),
    "ogg.ogg": (*SOUND, "-t", "1", "-c:a", "libvorbis"), "wma.wma": (*SOUND, "-t", "1", "-c:a", "wmav2"),
}


def _color(size: str, *more: str) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"color=s={size}:r=1:d=1", "-c:v", "mjpeg", *more)


_GAP = ("-f", "lavfi", "-i", "testsrc=s=64x64:r=10:d=2", "-fps_mode", "passthrough", "-c:v", "libx264", "-bf", "0",
        "-video_track_timescale", "1000", "-vf")
# What the encoder itself can make hostile.
ODDITIES = {
    "8200-wide.mp4": _color("8200x4400"), "8200-wide.mkv": _color("8200x4400"), "16384-wide.mov": _color("16384x8640"),
    "sliver.mkv": _color("8192x16"), "sliver.avi": _color("16x4096"), "one-pixel.mkv": _color("1x1"),
    "two-pixels.mp4": (*PICTURE, "-t", "1", "-vf", "scale=2:2", *X264),
    "gap-of-3-h.mp4": (*_GAP, "setpts=PTS+if(gte(N\\,10)\\,11000/TB)"),
    "gap-inside-3-h.mp4": (*_GAP, "setpts=PTS+if(gte(N\\,10)\\,9000/TB)"),
    "streams-1000.mkv": (*SOUND, "-t", "0.05", *("-map", "0:a") * 1000, "-c:a", "pcm_s16le"),
    "streams-65.mp4": (*SOUND, "-t", "0.1", *("-map", "0:a") * 65, "-c:a", "aac"),
    "image-only.mkv": (*PICTURE, "-frames:v", "1", "-c:v", "png"), "images.mov": (*PICTURE, "-t", "1", "-c:v", "png"),
    "pixels-1-to-1000.mp4": (*BOTH, "-vf", "setsar=1/1000", *X264), "noise.mkv": (
        "-f", "lavfi", "-i", "nullsrc=s=320x180:r=25:d=1,geq=random(1)*255:128:128", "-c:v", "ffv1"),
    "fps-1000.mkv": ("-f", "lavfi", "-i", "color=s=64x64:r=1000:d=1", "-c:v", "mjpeg"),
    "fps-tiny.mkv": ("-f", "lavfi", "-i", "color=s=64x64:r=1/3000:d=9000", "-c:v", "mjpeg"),
    "ten-frames-bare.avi": (*PICTURE, "-frames:v", "10", "-c:v", "rawvideo"),
}
# Names that a shell, a filter, a URL or a terminal could take for something else.
NAMES = ("-i.mp4", "'; touch owned;'.mp4", "$(touch owned).mp4", "%s%n%d.mp4", "concat:a|b.mp4", "a\u202egpj.mp4",
         "\U0001f600.mp4", "..\\..\\a.mp4", "line\nbreak.mp4", "in'[a];movie=b.mp4", ".mp4.mp4", "x" * 250 + ".mp4",
         "http:..127.0.0.1.mp4", "<script>alert(1).mp4", "con.mp4", "\u0301\u0301\u0301.mp4")
_EXTENSIONS = {"id3": "mp3", "mp3": "mp3", "adts": "aac", "xing": "mp3", "flac": "flac", "ogg": "ogg", "wav": "wav",
               "avi": "avi", "flv": "flv", "asf": "wma", "playlist": "mp4"}


# What no run may leave out; a corpus too small for all has those at the front.
ALWAYS = (
    "hls.mp4", "ffconcat.mp4", "dash.mp4", "sdp.mp4", "svg.mp4", "behind-ftyp.mp4", "behind-id3.mp4",
    "mp4-then-playlist.mp4", "attachment-with-a-path.mkv", "segment-linked.mkv", "dref-url.mp4", "dref-path.mp4",
    "reference-movie.mp4", "atom-of-2-63.mp4", "atom-of-zero.mp4", "streams-1000.mkv", "8200-wide.mp4",
    "16384-wide.mov", "gap-of-3-h.mp4", "moov-missing.mp4", "fragment-bomb.mp4", "cmov-bomb.mp4", "id3-256-mb.mp3",
    "id3-cover-link.mp3", "flac-picture-link.flac", "ogg-chained-40.ogg", "asf-script-command.wma",
    "image-only.mkv", "odd-name-1", "odd-name-4", "hls-key.mp4", "asx.mp4", "rtsp.mp4", "html.mp4", "zip.mp4",
    "tty.mp4", "srt.mp4", "behind-ebml.mp4", "mp4-then-zip.mp4", "dref-alias.mp4", "nested-moov.mp4",
    "gap-inside-3-h.mp4", "duration-of-years.mp4", "id3-cover-4-mb.mp3", "flac-padding-16-mb.flac", "odd-name-9",
)


@dataclass(frozen=True)
class Specimen:
    """A hostile file: `name` in reports, the file name a client would send, and where its bytes are."""

    name: str
    filename: str
    path: Path


def make(target: Path, *argv: str) -> Path:
    """A file by the encoder, outside the sandbox."""
    subprocess.run([ffmpeg_binary(), "-nostdin", "-v", "error", "-y", *argv, "-strict", "-2", str(target)], check=True,
                   stdin=subprocess.DEVNULL, capture_output=True)
    return target


def make_bases(folder: Path) -> None:
    """Every good file and every oddity, two at a time."""
    with ThreadPoolExecutor(2) as two:
        wanted = [(folder / name, argv) for name, argv in (BASES | ODDITIES).items()]
        list(two.map(lambda one: make(one[0], *one[1]), wanted))


def surgery(world: World) -> dict[str, bytes]:
    """File name -> bytes of everything made by hand."""
    made = {f"{name}.mp4": data for name, data in disguises(world).items()}
    made |= {f"{name}.mp4": data for name, data in mp4s(world).items()}
    made |= {f"{name}.mkv": data for name, data in matroskas(world).items()}
    return made | {f"{name}.{_EXTENSIONS[name.split('-')[0]]}": data for name, data in chunked(world).items()}


def mutant(data: bytes, other: bytes, dice: random.Random) -> tuple[str, bytes]:
    """One kind of damage done to a good file: its name and the bytes."""
    kind = dice.choice(["flips", "flips", "head", "cut", "front", "splice", "zeros", "doubled", "ones"])
    new, at = bytearray(data), dice.randrange(len(data))
    length = dice.randrange(1, max(2, len(data) // 4))
    if kind in ("flips", "head"):
        for _ in range(dice.choice([1, 4, 40, 400])):
            place = dice.randrange(min(len(new), 2048) if kind == "head" else len(new))
            new[place] ^= 1 << dice.randrange(8)
        return kind, bytes(new)
    return kind, {
        "cut": data[:max(1, at)], "front": data[at:], "doubled": data[:at] + data[max(0, at - length):],
        "splice": data[:at] + other[dice.randrange(len(other)):],
        "zeros": data[:at] + b"\0" * length + data[at + length:],
        "ones": data[:at] + b"\xff" * min(length, 64) + data[at + 64:]}[kind]


def mutants(world: World, number: int, seed: int) -> dict[str, bytes]:
    """File name -> bytes; the containers take turns."""
    dice, names, made = random.Random(seed), sorted(BASES), {}
    for index in range(number):
        name = names[index % len(names)]
        kind, data = mutant(world.base(name), world.base(dice.choice(names)), dice)
        made[f"mutant-{index}-{kind}.{name.rpartition('.')[2]}"] = data
    return made


def plan(world: World, count: int, seed: int = SEED) -> list[str]:
    """The names of a corpus of `count` files, in order.

    A quarter at least are mutants. What is made by hand is shuffled, so a small corpus has some of each kind.
    """
    others = [*(f"odd-name-{index}" for index in range(len(NAMES))), *ODDITIES, *surgery(world)]
    others = [name for name in others if name not in ALWAYS]
    random.Random(seed).shuffle(others)
    by_hand = [*ALWAYS, *others][:count * 3 // 4]
    return [*by_hand, *(f"mutant-{index}" for index in range(count - len(by_hand)))]


def build(world: World, names: list[str], folder: Path, seed: int = SEED) -> list[Specimen]:
    """The named specimens as files in `folder`."""
    by_hand = surgery(world)
    last = max((int(name.split("-")[1]) for name in names if name.startswith("mutant-")), default=-1)
    damaged = list(mutants(world, last + 1, seed).items())
    made = []
    for index, name in enumerate(names):
        path, filename = folder / str(index), name
        if name.startswith("mutant-"):
            filename, data = damaged[int(name.split("-")[1])]
        elif name.startswith("odd-name-"):
            filename, data = NAMES[int(name.split("-")[2])], world.base("mp4.mp4")
        else:
            data = by_hand[name] if name in by_hand else world.base(name)
        path.write_bytes(data)
        made.append(Specimen(name, filename, path))
    return made
