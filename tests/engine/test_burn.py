"""Captions burned in the pass that cuts: the frames stay exact, the words come on time, the colours are right."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from media import burn, encode, ffmpeg, frames, trim
from media.burn import Captions, within
from media.cut import Cut
from media.errors import MediaError
from media.ffmpeg import Sandbox, ffmpeg_binary, ffprobe_binary
from media.frames import Span
from media.probe import probe
from media.subtitles import Compiled
from media.timed import Sentence, Word
from tests.engine import frames as judge
from tests.engine.captions import FACES, built_in, edges, like, said
from tests.engine.sources import MATRIX, sampled

STYLES = built_in()
BY_NAME = {source.name: source for source in MATRIX}
LOUD = replace(STYLES["bold-outline"], font_size=150, position_y=0.25, highlight_color="#ff0000", words_per_caption=2)
GREEN = replace(STYLES["highlight-box"], highlight_color="#00c040", font_size=120, position_y=0.25)


def captions(text: str, style=LOUD, **how: float) -> Captions:
    return Captions([said(text, **how)], style, FACES)


def seen(path, width: int, height: int) -> np.ndarray:
    """Every frame of a clip as it is shown: count x height x width x RGB."""
    argv = [ffmpeg_binary(), "-v", "error", "-i", str(path), "-an", "-fps_mode", "passthrough", "-f", "rawvideo",
            "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """plain(size, *options) -> a grey clip of 4 s with sound, 25 frames a second."""
    folder = tmp_path_factory.mktemp("plain")

    def made(size: str = "640x360", *options: str, fps: str = "25", name: str = "plain.mp4", filters: str = "null"):
        path = folder / f"{size}-{fps}-{name}"
        if not path.exists():
            subprocess.run([ffmpeg_binary(), "-v", "error", "-f", "lavfi", "-i", f"color=gray:s={size}:r={fps}:d=4",
                            "-f", "lavfi", "-i", "sine=r=48000:d=4", "-vf", filters, "-c:v", "libx264", "-preset",
                            "ultrafast", "-g", "50", "-c:a", "aac", *options, str(path)], check=True)
        return path, probe(path, Sandbox(folder / "probe"))

    return made


@pytest.mark.parametrize("name", sampled(["vfr", "gop250", "ntsc", "late-video", "open-gop", "vp9", "odd-444",
                                          "twenty-five"], str))
def test_a_captioned_cut_holds_exactly_the_frames_of_its_range(name, known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME[name])
    drawn = replace(LOUD, position_y=0.1, font_size=100)
    receipt = trim.trim(path, found, Cut(2.51, 4.97), tmp_path / "out.mp4", sandbox,
                        captions=captions("some words said here", drawn, start=2.6))
    wanted = judge.expected(shown, moments, 2.51, 4.97)
    assert judge.numbers(tmp_path / "out.mp4") == wanted
    assert (receipt.mode, receipt.frames, receipt.captions.captions) == ("encode", len(wanted), 2)


def test_without_captions_the_same_cut_is_copied_and_nothing_is_reported(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop60"])
    receipt = trim.trim(path, found, Cut(0, 2), tmp_path / "out.mp4", sandbox)
    assert receipt.mode != "encode" and receipt.captions is None
    assert not (sandbox.folder / burn.ASS).exists()


@pytest.mark.parametrize("start", sampled([1.313, 0.5, 0.0], str))
def test_words_light_up_within_80_ms_on_the_clips_own_clock(start, plain, sandbox, tmp_path):
    path, found = plain()
    spoken = Sentence((Word("first", 1.5, 2.0), Word("second", 2.0, 2.6)))
    trim.trim(path, found, Cut(start, 3.5), tmp_path / "out.mp4", sandbox,
              captions=Captions([spoken], LOUD, FACES))
    pictures = seen(tmp_path / "out.mp4", 640, 360)
    moments = judge.times(tmp_path / "out.mp4")
    lit = [like(picture, (255, 0, 0), by=60) for picture in pictures]
    there = [moment for moment, mask in zip(moments, lit, strict=True) if mask.sum() > 50]
    assert there[0] == pytest.approx(1.5 - start, abs=0.08)
    assert there[-1] + 0.04 == pytest.approx(2.6 - start, abs=0.08)
    left = {moment: edges(mask)[0] for moment, mask in zip(moments, lit, strict=True) if mask.sum() > 50}
    turned = [moment for moment, at in left.items() if at > left[there[0]] + 50]
    assert turned[0] == pytest.approx(2.0 - start, abs=0.08)


WRITTEN = {  # what sources say about their colours: size, tags, pixel format
    "bt601": ("640x360", "smpte170m", "yuv420p"),
    "full-range": ("640x360", "bt709", "yuvj420p"), "10-bit": ("640x360", "bt709", "yuv422p10le"),
    "untagged-sd": ("640x360", "", "yuv420p"), "untagged-hd": ("400x720", "", "yuv420p"),
    "wide-gamut": ("640x360", "bt2020nc", "yuv420p10le"), "rgb": ("640x360", "", "rgb24"),
    "hdr": ("640x360", "bt2020nc -color_trc smpte2084", "yuv420p10le")}
LUMA = {"smpte170m": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020nc": (0.2627, 0.0593)}


def told(path) -> tuple[str, str]:
    """The matrix and the range that a file tells players; "" for none."""
    argv = [ffprobe_binary(), "-v", "error", "-select_streams", "v", "-show_entries", "stream=color_space,color_range",
            "-of", "json", str(path)]
    stream = json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)["streams"][0]
    return stream.get("color_space", ""), stream.get("color_range", "")


def decoded(path, width: int, height: int) -> np.ndarray:
    """The first frame as RGB, by the tags of the file and nothing else. Source: ITU-R BT.601, BT.709, BT.2020."""
    matrix, scale = told(path)
    red, blue = LUMA[matrix]
    argv = [ffmpeg_binary(), "-v", "error", "-i", str(path), "-frames:v", "1", "-f", "rawvideo", "-"]
    raw = np.frombuffer(subprocess.run(argv, check=True, capture_output=True).stdout, np.uint8).astype(float)
    luma, *chroma = np.split(raw, [width * height, width * height * 5 // 4])
    black, over, around = (0, 255, 255) if scale == "pc" else (16, 219, 224)
    y = (luma.reshape(height, width) - black) / over
    b, r = ((plane.reshape(height // 2, width // 2).repeat(2, 0).repeat(2, 1) - 128) / around for plane in chroma)
    r, b = y + 2 * (1 - red) * r, y + 2 * (1 - blue) * b
    return 255 * np.stack([r, (y - red * r - blue * b) / (1 - red - blue), b], axis=2)


@pytest.mark.parametrize("name", sampled(list(WRITTEN), str))
def test_colours_are_within_4_of_the_style_by_the_tags_of_the_delivered_file(name, plain, sandbox, tmp_path):
    """However the source writes its colours, and also where it does not say: the clip always does."""
    size, tags, pixels = WRITTEN[name]
    options = ["-t", "0.4", *(["-colorspace", *tags.split()] if tags else [])]
    coder = ["-c:v", "libx264rgb"] if name == "rgb" else ["-pix_fmt", pixels]
    path, found = plain(size, *options, *coder, fps="25", name=f"{name}.mp4")
    made = trim.trim(path, found, Cut(0, 0.2), tmp_path / "out.mp4", sandbox,
                     captions=captions("MM", replace(GREEN, position_y=0.5), pace=0.2))
    picture = decoded(tmp_path / "out.mp4", made.width, made.height)
    box = like(picture, (0, 192, 64), by=40)
    assert box.sum() > 1000
    assert np.abs(np.median(picture[box], axis=0) - (0, 192, 64)).max() <= 4


def test_letters_are_nearer_to_their_colour_where_captions_are_encoded_with_care(plain, sandbox, tmp_path, monkeypatch):
    """Cream is so near to grey that a coarse encoder loses it."""
    path, found = plain()
    style = replace(STYLES["typewriter"], font_size=100, position_y=0.5)
    pictures = []
    for how in (burn.filters, lambda *_: [burn.FILTER]):
        monkeypatch.setattr(burn, "filters", how)
        trim.trim(path, found, Cut(0, 0.4), tmp_path / "out.mp4", sandbox, captions=captions("MM", style, pace=0.2))
        pictures.append(seen(tmp_path / "out.mp4", 640, 360)[-1].astype(int))
    cream = tuple(bytes.fromhex(style.text_color[1:]))
    both = like(pictures[0], cream, by=12) & like(pictures[1], cream, by=12)
    careful, coarse = (np.abs(picture[both] - cream).mean() for picture in pictures)
    assert both.sum() > 300 and careful < coarse - 0.2


def test_c101_captions_are_set_for_the_size_that_is_delivered(plain, sandbox, tmp_path):
    path, found = plain("1920x1080")
    receipt = trim.trim(path, found, Cut(0, 1), tmp_path / "out.mp4", sandbox, cap="720p",
                        captions=captions("words", GREEN))
    assert (receipt.width, receipt.height) == (1280, 720)
    head = (sandbox.folder / burn.ASS).read_text()
    assert "PlayResX: 1280\nPlayResY: 720\n" in head
    box = edges(like(seen(tmp_path / "out.mp4", 1280, 720)[12], (0, 192, 64), by=25))
    assert (box[0] + box[2]) / 2 == pytest.approx(640, abs=3)
    assert (box[1] + box[3]) / 2 == pytest.approx(180, abs=3)


def test_turned_pixels_and_turned_pictures_get_upright_captions_of_the_right_shape(plain, sandbox, tmp_path):
    """Pixels that are not square are made so; a turned picture is upright before the text is drawn."""
    square, found = plain("640x360")
    trim.trim(square, found, Cut(0, 1), tmp_path / "a.mp4", sandbox, captions=captions("words", GREEN))
    oblong, wide = plain("480x360", name="oblong.mp4", filters="setsar=4/3")
    made = trim.trim(oblong, wide, Cut(0, 1), tmp_path / "b.mp4", sandbox, captions=captions("words", GREEN))
    assert (made.width, made.height) == (640, 360)
    boxes = [edges(like(seen(tmp_path / name, 640, 360)[12], (0, 192, 64), by=25)) for name in ("a.mp4", "b.mp4")]
    assert boxes[0] == pytest.approx(boxes[1], abs=2)
    turned = tmp_path / "turned.mp4"
    subprocess.run([ffmpeg_binary(), "-v", "error", "-display_rotation:v:0", "90", "-i", str(square), "-c", "copy",
                    str(turned)], check=True)
    upright = trim.trim(turned, probe(turned, sandbox), Cut(0, 1), tmp_path / "c.mp4", sandbox,
                        captions=captions("words", GREEN))
    assert (upright.width, upright.height) == (360, 640)
    left, top, right, bottom = edges(like(seen(tmp_path / "c.mp4", 360, 640)[12], (0, 192, 64), by=25))
    assert right - left > 1.5 * (bottom - top)


@pytest.mark.parametrize("fps", sampled(["5", "1"], str))
def test_slides_get_frames_enough_to_follow_the_words(fps, plain, sandbox, tmp_path):
    path, found = plain(fps=fps)
    spoken = Sentence((Word("first", 1.2, 1.6), Word("second", 1.6, 2.3)))
    receipt = trim.trim(path, found, Cut(0.4, 3.0), tmp_path / "out.mp4", sandbox,
                        captions=Captions([spoken], LOUD, FACES))
    assert receipt.frames == pytest.approx(receipt.duration * burn.STEADY, abs=1)
    moments = judge.times(tmp_path / "out.mp4")
    there = [moment for moment, picture in zip(moments, seen(tmp_path / "out.mp4", 640, 360), strict=True)
             if like(picture, (255, 0, 0), by=60).sum() > 50]
    begin = receipt.start_error_ms / 1000 + 0.4
    assert there[0] == pytest.approx(1.2 - begin, abs=0.08)
    assert there[-1] == pytest.approx(2.3 - begin, abs=0.08)
    assert receipt.duration == pytest.approx(3.0 - begin, abs=0.1)


def test_a_cut_between_two_slides_is_captioned_too(plain, sandbox, tmp_path):
    path, found = plain(fps="1")
    receipt = trim.trim(path, found, Cut(1.2, 1.9), tmp_path / "out.mp4", sandbox,
                        captions=Captions([Sentence((Word("one", 1.5, 1.8),))], LOUD, FACES))
    lit = [like(picture, (255, 0, 0), by=60).sum() > 50 for picture in seen(tmp_path / "out.mp4", 640, 360)]
    assert len(lit) == receipt.frames == 18
    assert lit.index(True) / 25 == pytest.approx(0.3, abs=0.08) and not lit[0]


def test_a_source_with_frames_enough_keeps_its_own(plain):
    span = Span(seek=1.0, end=3.0, first=1.0, count=50, last=2.96)
    assert burn.steady(span) is span
    sparse = burn.steady(replace(span, count=2, last=2.0))
    assert (sparse.rate, sparse.count, sparse.last) == (25, 50, pytest.approx(2.96))


def test_c082_letters_that_nobody_has_end_the_job_before_it_encodes(plain, sandbox, tmp_path):
    path, found = plain()
    with pytest.raises(MediaError) as caught:
        trim.trim(path, found, Cut(0, 1), tmp_path / "out.mp4", sandbox, captions=captions("fine 🦄"))
    assert caught.value.code == "missing_glyphs" and "U+1F984" in caught.value.sentence
    assert not (tmp_path / "out.mp4").exists()


def test_an_uploaded_font_is_drawn_and_not_one_of_the_machine(plain, sandbox, tmp_path):
    from fontTools.ttLib import TTFont

    own = tmp_path / "own.ttf"
    with TTFont(FACES.face("Press Start 2P").path) as font:
        for record in font["name"].names:
            if record.nameID in (1, 4, 6, 16):
                font["name"].setName("fc_font_1", record.nameID, record.platformID, record.platEncID, record.langID)
        font.save(own)
    style = replace(GREEN, font_name="fc_font_1", font_weight=400, font_size=40, effect="none")
    path, found = plain()
    trim.trim(path, found, Cut(0, 1), tmp_path / "out.mp4", sandbox,
              captions=Captions([said("MMMM", pace=1)], style, FACES.with_upload("fc_font_1", own)))
    left, _, right, _ = edges(like(seen(tmp_path / "out.mp4", 640, 360)[12], (255, 255, 255), by=60))
    assert right - left == pytest.approx(4 * 40 / 3, abs=4)  # four letters, each as wide as the size
    assert [file.read_bytes() for file in (sandbox.folder / "fonts").iterdir()] == [own.read_bytes()]


def test_words_belong_to_a_cut_where_their_middle_lies():
    spoken = [Sentence((Word("before", 0.0, 0.8), Word("lead", 0.8, 1.4), Word("in", 1.4, 1.9),
                        Word("edge", 1.9, 2.3))),
              Sentence((Word("late", 2.1, 2.6), Word("after", 2.6, 3.0)))]
    kept, = within(spoken, 1.0, 2.2)
    assert [(word.text, round(word.start, 3), round(word.end, 3)) for word in kept.words] == [
        ("lead", 0.0, 0.4), ("in", 0.4, 0.9), ("edge", 0.9, 1.2)]
    assert within(spoken, 5.0, 6.0) == []


def test_no_byte_of_a_users_text_is_in_the_command(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop250"])
    span = frames.plan_span(frames.read_times(path, found, Cut(0, 1), sandbox), found, Cut(0, 1))
    drawn = captions("evil{").compiled(burn.Frame(320, 180), 0, 1)
    argv = encode.encode_argv(path, found, span, tmp_path / "out.mp4", size=(320, 180),
                              burning=burn.filters(drawn, (320, 180)))
    plain = encode.encode_argv(path, found, span, tmp_path / "out.mp4", size=(320, 180))
    told, burning, place = argv[argv.index("-vf") + 1].removeprefix(plain[plain.index("-vf") + 1]).split(",")[-3:]
    assert (told, burning) == ("setparams=colorspace=smpte170m", "ass=c.ass:fontsdir=fonts")
    assert re.fullmatch(r"addroi=x=\d+:y=\d+:w=\d+:h=\d+:qoffset=-4/51", place)
    assert "ass=" not in " ".join(plain) and "addroi" not in " ".join(plain) and "setparams" not in " ".join(plain)


def test_the_place_that_is_encoded_with_care_is_that_of_the_captions_and_inside_the_picture():
    report = captions("some words").compiled(burn.Frame(640, 360), 0, 4).report
    made = Compiled("", (), replace(report, area=(10.6, -3.0, 700.0, 80.2)))
    assert burn.filters(made, (640, 360))[1:] == ["addroi=x=10:y=0:w=630:h=81:qoffset=-4/51"]
    assert burn.filters(Compiled("", (), replace(report, area=None)), (640, 360)) == [burn.FILTER]


def test_fonts_of_another_file_system_are_copied(plain, tmp_path, monkeypatch):
    """Where no link can be made, the bytes are the same."""
    made = captions("word").compiled(burn.Frame(640, 360), 0.0, 1.0)
    locked = tmp_path / "locked"
    monkeypatch.setattr("pathlib.Path.hardlink_to", lambda *_: (_ for _ in ()).throw(OSError("cross-device")))
    burn.prepare(made, locked)
    assert (locked / "fonts" / "0.ttf").read_bytes() == made.faces[0].path.read_bytes()


def test_tools_look_for_fonts_in_their_own_folder_only(sandbox):
    told = sandbox.run(["sh", "-c", "echo $FONTCONFIG_FILE"], limits=ffmpeg.PROBE_LIMITS).stdout.decode().strip()
    assert told == str(sandbox.folder / "fonts.conf")
