"""Filter chains for the picture: constants and checked numbers only, never a byte of a user's."""

from __future__ import annotations

from media.ffmpeg import has_filter
from media.probe import Probe
from media.quality import fit

# PQ and HLG to BT.709: linear light, the primaries, the tone curve, back to gamma.
TONE_MAP = ("zscale=t=linear:npl=100", "format=gbrpf32le", "zscale=p=bt709", "tonemap=hable:desat=0",
            "zscale=t=bt709:m=bt709:r=tv")


def size(probe: Probe, short_side: int | None) -> tuple[int, int]:
    """Even (width, height) of the output in pixels.

    Under the cap the stored pixels stay and with them their aspect ratio; when scaling, pixels become square.
    """
    if scales(probe, short_side):
        return fit(probe.display_width, probe.height, short_side)
    return fit(probe.width, probe.height, None)


def scales(probe: Probe, short_side: int | None) -> bool:
    """Whether the cap makes the picture smaller."""
    width, height = probe.display_width, probe.height
    return short_side is not None and fit(width, height, short_side) != fit(width, height, None)


def filters(probe: Probe, short_side: int | None) -> list[str]:
    """The chain after rotation (which the decoder's side applies by itself); [] when nothing is to be done.

    Deinterlacing gives one frame for each frame, so the count stays exact. Odd sizes lose one row or
    column, which keeps every other pixel as it was.
    """
    chain: list[str] = []
    if probe.interlaced:
        chain.append("bwdif=mode=send_frame:deint=interlaced")
    width, height = size(probe, short_side)
    if scales(probe, short_side):
        chain += [f"scale={width:d}:{height:d}:flags=bicubic", "setsar=1"]
    elif (width, height) != (probe.width, probe.height):
        chain.append(f"crop={width:d}:{height:d}:0:0")
    if probe.hdr and has_filter("zscale") and has_filter("tonemap"):
        chain += TONE_MAP
    return chain
