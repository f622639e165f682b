"""Fonts from strangers: what comes out of the sandbox, and what does not."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable
from PIL import ImageFont

from media import font, typefaces
from media.ffmpeg import MIB, Limits, Sandbox
from media.font import FontRefused, format_of, sanitise
from media.font_child import scripts
from tests.captions import font_bank
from tests.captions.font_bank import REFUSED, builder, opened, saved

FAMILY = "fc_font_0123456789ab"


@pytest.fixture
def made(tmp_path):
    """`made(data)` -> the facts and the font that was written."""
    def make(data: bytes):
        source, target = tmp_path / "font", tmp_path / "made"
        source.write_bytes(data)
        facts = sanitise(source, target, FAMILY, Sandbox(tmp_path))
        return facts, target

    return make


@pytest.mark.parametrize("kind", ["ttf", "otf"])
def test_c093_a_font_says_what_it_is(made, kind):
    facts, _ = made(getattr(font_bank, kind)())
    assert (facts.name, facts.style, facts.format) == ("My Font", "Bold", kind)
    assert (facts.glyph_count, facts.scripts) == (54, ["Latn"])


@pytest.mark.parametrize("kind", ["ttf", "otf"])
def test_c093_what_is_kept_is_one_regular_face_of_its_own_family(made, kind):
    written = opened(made(getattr(font_bank, kind)())[1].read_bytes())
    names = {record.nameID: record.toUnicode() for record in written["name"].names}
    assert (names[1], names[2], names[4], names[6]) == (FAMILY, "Regular", FAMILY, FAMILY)
    assert "My Font" not in names.values() and "Bold" not in names.values()
    assert (written["OS/2"].usWeightClass, written["OS/2"].fsSelection & 0x61, written["head"].macStyle) == (
        400, 0x40, 0)
    assert written.getBestCmap().keys() == {ord(letter) for letter in font_bank.LATIN}


def test_c093_freetype_and_the_captions_know_the_kept_font_by_that_family(made):
    _, target = made(font_bank.ttf())
    assert ImageFont.truetype(target, 20).getname() == (FAMILY, "Regular")
    face = typefaces.shipped().with_upload(FAMILY, target).face(FAMILY)
    assert (face.name, face.weight) == (FAMILY, 400)
    assert typefaces.measure(face.path, "AA").advance == pytest.approx(1.2)


def test_copyright_and_licence_stay_in_the_font(made):
    source = builder()
    source.setupNameTable({"familyName": "My Font", "styleName": "Bold", "copyright": "(c) Ada",
                           "licenseDescription": "OFL"})
    written = opened(made(saved(source.font))[1].read_bytes())
    assert (written["name"].getDebugName(0), written["name"].getDebugName(13)) == ("(c) Ada", "OFL")


def test_wrong_checksums_are_put_right(made):
    _, target = made(font_bank.wrong_checksums())
    assert TTFont(io.BytesIO(target.read_bytes()), checkChecksums=2)["maxp"].numGlyphs == 54


def test_bytes_that_hide_in_a_font_are_not_kept(made):
    tail, table = b"<script>alert(1)</script>" * 40, b"#!/bin/sh evil" * 40
    source = opened(font_bank.ttf())
    source["EVIL"] = DefaultTable("EVIL")
    source["EVIL"].data = table
    _, target = made(saved(source) + tail)
    assert tail not in target.read_bytes() and table not in target.read_bytes()
    assert "EVIL" not in opened(target.read_bytes())


def test_a_shipped_font_with_layout_rules_keeps_them(made):
    face = typefaces.shipped().face("Bangers")
    facts, target = made(face.path.read_bytes())
    assert (facts.name, facts.scripts) == ("Bangers", ["Latn"])
    assert {"GSUB", "GPOS", "GDEF"} <= set(opened(target.read_bytes()).keys())
    assert typefaces.measure(target, "AVAWA").advance == pytest.approx(typefaces.measure(face.path, "AVAWA").advance,
                                                                        abs=0.005)


def test_a_variable_font_is_kept_at_the_default_of_its_axes(made):
    source = builder()
    source.setupFvar([("wght", 100, 400, 900, "Weight")], [])
    source.setupGvar({})
    _, target = made(saved(source.font))
    assert not {"fvar", "gvar", "STAT"} & set(opened(target.read_bytes()).keys())


def test_the_editable_and_preview_rights_allow_captions(made):
    for rights in (0x0004, 0x0008, 0x0000, 0x0104):
        assert made(saved(builder(rights=rights).font))[0].glyph_count == 54


@pytest.mark.parametrize("what", REFUSED)
def test_b57_hostile_and_broken_fonts_are_refused_with_a_reason(made, tmp_path, what):
    make, reason = REFUSED[what]
    with pytest.raises(FontRefused, match=reason) as refused:
        made(make())
    assert refused.value.code == "invalid_font"
    assert refused.value.sentence.endswith(".") and str(tmp_path) not in refused.value.sentence


@pytest.mark.parametrize("place", range(12, 12 + 16 * 10, 13))
def test_a_font_with_one_wrong_byte_is_read_or_refused_and_nothing_else(made, place):
    data = bytearray(font_bank.ttf())
    data[place] ^= 0xFF
    try:
        facts, target = made(bytes(data))
    except FontRefused:
        return
    assert facts.glyph_count and opened(target.read_bytes()).getBestCmap()


def test_a_font_that_never_ends_is_stopped_by_its_time(made, monkeypatch):
    """A subroutine that calls the next thirty times, nine deep: 30 ** 9 strokes in 2 kB."""
    monkeypatch.setattr(font, "LIMITS", Limits(cpu=1, wall=60, memory=1024 * MIB, output=MIB))
    with pytest.raises(FontRefused, match="too long"):
        made(font_bank.subroutines(9, 30))


def test_a_font_that_grows_beyond_its_memory_is_refused(made, monkeypatch):
    monkeypatch.setattr(font, "LIMITS", Limits(cpu=20, wall=60, memory=60 * MIB, output=MIB))
    with pytest.raises(FontRefused, match="damaged"):
        made(font_bank.cmap_of_everything())


def test_a_font_that_writes_more_than_it_may_is_refused(made, monkeypatch):
    monkeypatch.setattr(font, "LIMITS", Limits(cpu=20, wall=60, memory=1024 * MIB, output=1000))
    with pytest.raises(FontRefused):
        made(font_bank.ttf())


def test_few_subroutines_are_fine(made):
    assert made(font_bank.subroutines(3, 3))[0].format == "otf"


def test_a_heavy_letter_that_stays_one_and_a_light_one_that_becomes_many_are_fine(made):
    assert made(font_bank.spiky(5000, crowd=False))[0].glyph_count == 54
    facts, target = made(font_bank.spiky(50, crowd=True))
    assert facts.glyph_count == 54 and typefaces.measure(target, "A").advance > 100


def test_no_program_of_a_font_is_kept(made):
    source = opened(font_bank.programmed())
    assert all(len(source["glyf"][name].program.getBytecode()) == 150 for name in ("u0041", "u0042"))
    written = opened(made(font_bank.programmed())[1].read_bytes())
    assert not {"fpgm", "prep", "cvt "} & set(written.keys())
    plain, made_of = written["glyf"]["u0041"], written["glyf"]["u0042"]
    assert not plain.program.getBytecode() and len(plain.coordinates) == 4
    assert not hasattr(made_of, "program") and made_of.components[0].glyphName == "u0041"


def test_a_font_that_takes_for_ever_to_measure_is_given_up(made):
    _, target = made(font_bank.ttf())
    with typefaces.at_most(60):
        assert typefaces.measure(target, "ABBA").advance
    with pytest.raises(typefaces.TooSlow), typefaces.at_most(-1):
        typefaces.measure(target, "BAAB")
    assert typefaces.measure(target, "BAAB").advance


@pytest.mark.parametrize(("ascent", "descent"), [(0, 0), (65535, 65535), (20000, 0)])
def test_heights_that_nothing_could_be_drawn_with_are_put_right(made, ascent, descent):
    source = builder()
    source.font["OS/2"].usWinAscent, source.font["OS/2"].usWinDescent = ascent, descent
    source.font["hhea"].ascent = source.font["hhea"].descent = 0
    assert typefaces.metrics(made(saved(source.font))[1]).size == 1.0


def test_letters_larger_than_anything_are_refused_and_where_they_hide_they_are_a_fault_of_the_font(made, tmp_path):
    """700 units of 16 an em: FreeType cannot draw these at the size at which captions are measured."""
    source = builder()
    source.font["head"].unitsPerEm = 16
    with pytest.raises(FontRefused, match="damaged"):
        made(saved(source.font))
    path = tmp_path / "hidden.ttf"
    path.write_bytes(saved(source.font))
    with pytest.raises(typefaces.NotDrawable) as fault:
        typefaces.measure(path, "A")
    assert fault.value.code == "media_error"


def test_what_shows_nothing_takes_no_room_in_a_font_without_a_space(made):
    _, target = made(saved(builder(characters=font_bank.GREEK).font))
    assert typefaces.measure(target, "\u200b") == typefaces.Extent(0.0, 0.0, 0.0)


def test_parts_of_parts_are_fine(made):
    assert made(font_bank.composites(2, 3))[0].glyph_count == 4


def test_scripts_count_from_sixteen_letters_on_and_the_best_covered_comes_first():
    latin, greek = [ord(letter) for letter in font_bank.LATIN], [ord(letter) for letter in font_bank.GREEK]
    assert scripts(latin + greek) == ["Latn", "Grek"]
    assert scripts(greek + latin[:15]) == ["Grek"]
    assert scripts([*range(0x20, 0x30), 0x301]) == []


@pytest.mark.parametrize(("magic", "kind"), [(b"\0\1\0\0", "ttf"), (b"true", "ttf"), (b"OTTO", "otf")])
def test_the_kind_is_what_the_first_bytes_say(tmp_path, magic, kind):
    path = tmp_path / "any.name"
    path.write_bytes(magic + b"...")
    assert format_of(path) == kind


def test_the_calls_take_paths_and_no_shell(tmp_path):
    odd = tmp_path / "-o $(id) ;"
    assert font.sanitiser_argv(odd, odd)[1:] == [str(odd), str(odd)]
    assert font.child_argv(odd, odd, FAMILY)[-3:] == [str(odd), str(odd), FAMILY]
    assert font.child_argv(odd, odd, FAMILY)[1:3] == ["-I", "-c"]
    assert Path(font.sanitiser_argv(odd, odd)[0]).is_file() and shutil.which(font.child_argv(odd, odd, "x")[0])
