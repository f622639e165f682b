"""How the studio names what a browser may not play."""

from __future__ import annotations

import pytest

from clips import studio


@pytest.mark.parametrize(("probe", "name"), [
    ({"kind": "video", "tracks": [{"type": "audio", "codec": "aac"}, {"type": "video", "codec": "hevc"}]}, "HEVC"),
    ({"kind": "audio", "tracks": [{"type": "audio", "codec": "flac"}]}, "FLAC"),
    ({"kind": "video", "tracks": []}, ""), ({}, ""),
])
def test_a_codec_has_the_name_that_people_know(probe, name):
    assert studio.codec(probe) == name
