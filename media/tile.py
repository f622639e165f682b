"""A style in small: two seconds of captions burned over a quiet picture, as a loop and as a still.

Drawn by the encoder's own filter, so a tile shows what a render would. The picture is a part of a larger frame, cut
where the captions are, so that they can be read at a glance. Source: studio 4.
"""

from __future__ import annotations

from media import burn, ffmpeg
from media.ffmpeg import Sandbox
from media.style import Style
from media.subtitles import Compiled, Frame, compile_ass
from media.timed import Sentence, Word
from media.typefaces import Faces

SAID = ("Captions", "that", "keep", "up")
PACE, LEAD = 0.45, 0.05  # seconds
SECONDS, FPS = 2.0, 15
STILL = 20  # the frame that stands for the loop: a word is lit, and what comes in has come in
FRAME = Frame(1280, 720)
WIDTH, HEIGHT = 480, 270
ROOM = 1.2  # of the captions' width: how much picture is around them
LIGHT = "gradients=s={0}x{1}:r={2}:c0=0x1b2036:c1=0x7a66a8:n=2:x0=0:y0={1}:x1={0}:y1=0:speed=0.00001:d={3}:seed=1"
LOOP, STILL_NAME = "loop.webp", "still.webp"
EXPECTED = 2_000_000  # bytes, only bounds the output


def make(style: Style, faces: Faces, sandbox: Sandbox) -> None:
    """Write LOOP and STILL_NAME into the sandbox's folder.

    Raises MissingGlyphs where a font has no Latin letters and nobody stands in, MediaError, ToolStopped.
    """
    words = tuple(Word(text, LEAD + place * PACE, LEAD + (place + 1) * PACE) for place, text in enumerate(SAID))
    compiled = compile_ass([Sentence(words)], style, FRAME, faces)
    burn.prepare(compiled, sandbox.folder)
    sandbox.run(tile_argv(part(compiled)), limits=ffmpeg.render_limits(SECONDS, expected=EXPECTED))


def part(compiled: Compiled) -> tuple[int, int, int, int]:
    """The part of FRAME that is shown: width, height, left, top in even pixels, in the tile's shape."""
    left, top, right, bottom = compiled.area or (0.0, 0.0, float(FRAME.width), float(FRAME.height))
    wanted = max(WIDTH, ROOM * (right - left), ROOM * (bottom - top) * WIDTH / HEIGHT)
    width = min(FRAME.width, 2 * round(wanted / 2))
    height = 2 * round(width * HEIGHT / WIDTH / 2)
    return (width, height, _inside((left + right - width) / 2, FRAME.width - width),
            _inside((top + bottom - height) / 2, FRAME.height - height))


def _inside(at: float, most: int) -> int:
    return 2 * round(min(max(0.0, at), most) / 2)


def tile_argv(shown: tuple[int, int, int, int]) -> list[str]:
    """The ffmpeg call; pure. It works in the sandbox's folder, where burn.prepare has laid the captions."""
    width, height, left, top = shown
    light = LIGHT.format(FRAME.width, FRAME.height, FPS, SECONDS)
    graph = (f"{light},format=rgb24,{burn.FILTER},crop={width}:{height}:{left}:{top},"
             f"scale={WIDTH}:{HEIGHT}:flags=lanczos,split[a][b];[b]trim=start_frame={STILL}:end_frame={STILL + 1}[c]")
    return [ffmpeg.ffmpeg_binary(), "-hide_banner", "-nostdin", "-v", "error", "-filter_complex", graph,
            "-map", "[a]", "-c:v", "libwebp_anim", "-lossless", "0", "-q:v", "60", "-compression_level", "4",
            "-loop", "0", "-y", LOOP,
            "-map", "[c]", "-c:v", "libwebp", "-lossless", "0", "-q:v", "75", "-frames:v", "1", "-y", STILL_NAME]
