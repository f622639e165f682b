"""One moment of captions as a picture with nothing behind it, drawn by the encoder's own filter.

Source: studio 4 (without WebAssembly: a picture of the frame by the server).
"""

from __future__ import annotations

from pathlib import Path

from media import burn, ffmpeg
from media.ffmpeg import Limits, Sandbox
from media.subtitles import Compiled, Frame

NAME = "picture.png"
LIMITS = Limits(cpu=20, wall=30, memory=2048 * ffmpeg.MIB, output=16 * ffmpeg.MIB)


def draw(compiled: Compiled, size: Frame, moment: float, sandbox: Sandbox) -> Path:
    """Write the captions at `moment` seconds as an RGBA PNG of `size` pixels into the sandbox's folder; returns it.

    Raises MediaError, ToolStopped, OSError.
    """
    burn.prepare(compiled, sandbox.folder)
    sandbox.run(argv(size, moment), limits=LIMITS)
    return sandbox.folder / NAME


def argv(size: Frame, moment: float) -> list[str]:
    """The ffmpeg call; pure. It works in the sandbox's folder, where burn.prepare has laid the captions.

    They are drawn over black and over white: the less both differ, the more opaque they are. (The filter's own
    `alpha=1` makes what is half transparent too faint.) Over black, colours are mixed with nothing else.
    """
    plain = (f"s={size.width}x{size.height}:r=25:d=0.04,format=gbrp,settb=1/1000,setpts={round(1000 * moment)},"
             f"{burn.FILTER}")
    graph = (f"color=c=black:{plain},split[black][drawn];color=c=white:{plain}[white];"
             "[white][black]blend=all_mode=difference,negate,extractplanes=g[opacity];"
             "[drawn][opacity]mergeplanes=format=gbrap:map1p=1:map2p=2:map3s=1,"
             "unpremultiply=inplace=1,format=rgba,setpts=0[out]")
    return [ffmpeg.ffmpeg_binary(), "-hide_banner", "-nostdin", "-v", "error", "-filter_complex", graph,
            "-map", "[out]", "-frames:v", "1", "-c:v", "png", "-y", NAME]
