"""`GET` and `POST /v1/caption-fonts`, `GET` and `DELETE /v1/caption-fonts/{font_id}` (C093, C094)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from captions import fonts
from captions.models import MAX_FONT_BYTES, MAX_FONTS, Font, Preset
from captions.reconcile import findings
from core import storage
from core.crowd import Turns
from core.models import Trash
from tests.api.test_auth import refused
from tests.captions import font_bank
from tests.captions.font_bank import REFUSED, builder, opened, saved
from tests.captions.rows import font_row, make_preset, upload_font

URL = "/v1/caption-fonts"


def send(client, data: bytes, *, name: str = "MyFont.ttf", query: str = "?filename=MyFont.ttf", part: str = "file"):
    return client.post(f"/v1/caption-fonts{query}", {part: SimpleUploadedFile(name, data)}, format="multipart")


def path(font_id: str) -> str:
    return f"/v1/caption-fonts/{font_id}"


@pytest.fixture
def files(db):
    """The keys of fonts stored since the test began."""
    before = {file.key for file in storage.keys(fonts.FOLDER)}
    return lambda: {file.key for file in storage.keys(fonts.FOLDER)} - before


# --- Sending one ------------------------------------------------------------------------------------------

def test_c093_a_font_is_stored_and_described(session, files):
    reply = send(session, font_bank.ttf())
    body = reply.json()
    assert reply.status_code == 201
    assert re.fullmatch(r"font_[0-9a-f]{12}", body["font_id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["created_at"])
    assert {**body, "font_id": "", "created_at": ""} == {
        "font_id": "", "name": "My Font", "style": "Bold", "filename": "MyFont.ttf", "size": len(font_bank.ttf()),
        "format": "ttf", "glyph_count": 54, "scripts": ["Latn"], "created_at": ""}
    assert files() == {f"fonts/{body['font_id']}.ttf"}
    assert session.get(URL).json() == [body] == [session.get(path(body["font_id"])).json()]


def test_c093_only_what_the_sanitiser_wrote_is_kept(session, files):
    tail = b"<script>alert(1)</script>"
    font_id = send(session, font_bank.otf() + tail).json()["font_id"]
    with storage.open_(f"fonts/{font_id}.otf") as file:
        kept = file.read()
    assert tail not in kept and kept != font_bank.otf()
    assert opened(kept)["name"].getDebugName(1) == f"fc_{font_id}" == Font.objects.get().family
    assert Font.objects.get().sha256 == sha256(kept).hexdigest()
    assert not Trash.objects.exists()


def test_c093_the_kind_is_what_the_file_is_not_what_its_name_says(session):
    body = send(session, font_bank.otf(), query="?filename=plain.ttf").json()
    assert (body["format"], body["filename"]) == ("otf", "plain.ttf")


@pytest.mark.parametrize(("query", "part_name", "kept"), [
    ("?filename=../../x.ttf", "b.ttf", "x.ttf"),
    ("?filename=C%3A%5Cx%5Cy.ttf", "b.ttf", "y.ttf"),
    ("?filename=a%0d%0ab%00.ttf", "b.ttf", "ab.ttf"),
    ("?filename=%e2%80%ae.ttf", "b.ttf", ".ttf"),
    ("", "b.ttf", "b.ttf"),
    ("?filename=", "b.ttf", "b.ttf"),
    ("?filename=..", "b.ttf", "b.ttf"),
    ("?filename=" + "n" * 300 + ".ttf", "b.ttf", "n" * 255),
])
def test_b58_the_file_name_is_cleaned_and_optional(session, monkeypatch, query, part_name, kept):
    monkeypatch.setattr(fonts.engine, "sanitise", _quick)
    assert send(session, font_bank.ttf(), name=part_name, query=query).json()["filename"] == kept


def _quick(source, target, family, sandbox):
    """What names are about needs no sandbox."""
    target.write_bytes(source.read_bytes())
    return fonts.Facts("My Font", "Bold", "ttf", 54, ["Latn"])


def test_names_in_the_font_are_cleaned_and_cut(session):
    data = saved(builder(family="Evil\u202eTxet\x07" + "x" * 300, style="\u2028Bo\nld").font)
    body = send(session, data).json()
    assert body["name"] == ("EvilTxet" + "x" * 300)[:100] and body["style"] == "Bo ld"


def test_a_font_without_a_name_is_called_as_its_file(session, monkeypatch):
    monkeypatch.setattr(fonts.engine, "sanitise",
                        lambda *args: fonts.Facts(" \u200e", "", "ttf", 1, []) if _quick(*args) else None)
    assert send(session, font_bank.ttf(), query="?filename=Own.Face.ttf").json()["name"] == "Own.Face"
    assert send(session, font_bank.ttf(), query="?filename=plain").json()["name"] == "Font"


# --- What is refused --------------------------------------------------------------------------------------

@pytest.mark.parametrize("what", ["a page", "an archive", "a collection", "a web font", "a newer web font",
                                  "half of a font", "no rights", "a hundred thousand nothings in one glyph"])
def test_b57_what_is_no_usable_font_is_422_and_nothing_is_kept(session, files, what):
    make, reason = REFUSED[what]
    body = refused(send(session, make()), 422, "invalid_font")
    assert reason in body["error"]
    assert not Font.objects.exists() and not Trash.objects.exists() and not files()
    assert session.get(URL).json() == []


def test_b57_nothing_is_left_in_the_working_folder(session, settings):
    send(session, font_bank.ttf())
    send(session, b"no font")
    assert list((settings.FASTCLIP_DATA / "forms").glob("font-*")) == []


def test_b57_one_byte_more_than_10_mib_is_413(session, files):
    refused(send(session, font_bank.ttf().ljust(MAX_FONT_BYTES + 1, b"\0")), 413, "body_too_large")
    assert not Font.objects.exists() and not files()


def test_g20_10_mib_are_taken(session):
    body = send(session, font_bank.ttf().ljust(MAX_FONT_BYTES, b"\0")).json()
    assert body["size"] == MAX_FONT_BYTES


def test_b57_a_form_that_says_it_is_huge_is_413_before_it_is_read(session):
    class Never(io.RawIOBase):
        def readable(self):
            return True

        def read(self, size=-1):
            raise AssertionError("the body was read")

    reply = session.generic("POST", URL, b"", content_type="multipart/form-data; boundary=x",
                            CONTENT_LENGTH=str(MAX_FONT_BYTES + 70_000), **{"wsgi.input": Never()})
    refused(reply, 413, "body_too_large")


@pytest.mark.parametrize(("kind", "body"), [
    ("multipart/form-data", b"x"), ("multipart/form-data; boundary=", b"x"),
    ("multipart/form-data; charset=utf-8", b"--x\r\n\r\n--x--")])
def test_b57_a_form_without_a_boundary_is_400(session, kind, body):
    refused(session.generic("POST", URL, body, content_type=kind), 400, "invalid_field")


@pytest.mark.parametrize("kind", ["application/json", "font/ttf", "application/x-www-form-urlencoded", "text/plain"])
def test_g02_a_body_that_is_no_form_is_415(session, kind):
    assert "multipart" in refused(session.generic("POST", URL, b"{}", content_type=kind), 415,
                                  "unsupported_content_type")["error"]


@pytest.mark.parametrize("part", ["font", "File", "files[]"])
def test_c093_no_part_called_file_is_400(session, part):
    body = refused(send(session, font_bank.ttf(), part=part), 400, "missing_field")
    assert list(body["fields"]) == ["file"]


def test_c093_no_body_and_a_field_instead_of_a_file_are_400(session):
    refused(session.post(URL, {"file": "text"}, format="multipart"), 400, "missing_field")
    refused(session.post(URL, {}, format="multipart"), 400, "missing_field")


def test_an_empty_file_is_400(session):
    assert list(refused(send(session, b""), 400, "invalid_field")["fields"]) == ["file"]


def test_b55_fonts_are_for_sessions_only(api, anon, alice):
    font = font_row(alice)
    for method, address in (("get", URL), ("post", URL), ("get", path(font.pk)), ("delete", path(font.pk))):
        refused(getattr(api, method)(address), 403, "session_required")
        refused(getattr(anon, method)(address), 401, "not_authenticated")
    refused(send(api, font_bank.ttf()), 403, "session_required")
    assert Font.objects.get() == font


def test_c003_sending_needs_a_csrf_token_in_the_header_or_the_form(alice, monkeypatch):
    monkeypatch.setattr(fonts.engine, "sanitise", _quick)
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(alice)
    refused(send(client, font_bank.ttf()), 403, "csrf")
    client.get("/signup")  # sets the cookie
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else "x" * 32
    client.cookies["csrftoken"] = token
    client.credentials(HTTP_X_CSRFTOKEN=token)
    assert send(client, font_bank.ttf()).status_code == 201


def test_a_full_disk_is_503_and_nothing_is_kept(session):
    with override_settings(LOW_DISK_FRACTION=1.1):
        refused(send(session, font_bank.ttf()), 503, "disk_full")
    assert not Font.objects.exists()


def test_a_disk_that_fills_up_meanwhile_is_503(session, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fonts.storage, "put", full)
    refused(send(session, font_bank.ttf()), 503, "disk_full")
    assert not Font.objects.exists()


def test_too_many_fonts_at_a_time_are_503(session, monkeypatch):
    monkeypatch.setattr(fonts, "TURNS", Turns(at_once=1, waiting=0, patience=30, refusal="Too many."))
    with fonts.TURNS.take():
        refused(send(session, font_bank.ttf()), 503, "queue_unavailable")
    assert send(session, font_bank.ttf()).status_code == 201


def test_a_name_in_parts_that_contradict_each_other_is_400(session):
    """Django's parser of forms ends in a TypeError for these."""
    body = (b"--x\r\nContent-Disposition: form-data; name=file; filename*=utf-8''a; filename*0=b\r\n\r\n"
            b"data\r\n--x--\r\n")
    reply = session.post("/v1/caption-fonts", body, content_type="multipart/form-data; boundary=x")
    refused(reply, 400, "invalid_field")


# --- How many ---------------------------------------------------------------------------------------------

def test_c093_the_fifty_first_font_is_409_without_being_read(session, alice, bob, monkeypatch):
    font_row(bob)
    for slot in range(1, MAX_FONTS + 1):
        font_row(alice, slot)
    monkeypatch.setattr(fonts.engine, "sanitise", None)
    assert refused(send(session, font_bank.ttf()), 409, "limit_reached")["hint"]
    monkeypatch.undo()
    session.delete(path(Font.objects.filter(account=alice)[7].pk))
    assert send(session, font_bank.ttf()).status_code == 201
    assert Font.objects.filter(account=alice).count() == MAX_FONTS


# --- What is there ----------------------------------------------------------------------------------------

def test_c094_the_list_is_a_bare_array_of_the_accounts_own_the_newest_first(session, alice, bob, time_machine):
    font_row(bob)
    assert session.get(URL).json() == []
    for day in (1, 2):
        time_machine.move_to(f"2026-05-0{day}T10:00:00Z")
        font_row(alice, day, name=f"Font {day}")
    assert [font["name"] for font in session.get(URL).json()] == ["Font 2", "Font 1"]


@pytest.mark.parametrize("method", ["get", "delete"])
def test_g10_anothers_font_is_404_like_an_unknown_one_and_stays(session, bob, method):
    foreign = font_row(bob)
    told = [refused(getattr(session, method)(path(font_id)), 404, "not_found")["error"]
            for font_id in (foreign.pk, "font_000000000000", "font_1", "nonsense", "✂")]
    assert len(set(told)) == 1 and Font.objects.get() == foreign


# --- Deleting ---------------------------------------------------------------------------------------------

def test_c094_a_deleted_font_is_gone(session, alice):
    font = font_row(alice)
    reply = session.delete(path(font.pk))
    assert (reply.status_code, reply.json()) == (200, {"ok": True})
    refused(session.get(path(font.pk)), 404, "not_found")
    refused(session.delete(path(font.pk)), 404, "not_found")


def test_c094_the_file_goes_when_no_job_can_need_it_any_more(session, alice, time_machine):
    from core.trash import empty_trash

    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    font = font_row(alice)
    session.delete(path(font.pk))
    time_machine.move_to("2026-05-03T09:59:59Z", tick=False)
    assert empty_trash() == 0 and storage.exists(font.key)
    time_machine.move_to("2026-05-03T10:00:01Z", tick=False)
    assert empty_trash() == 1 and not storage.exists(font.key)


def test_c094_a_font_in_use_is_409_and_names_the_presets(session, alice):
    font = font_row(alice)
    used = [make_preset(alice, name, font_source="upload", font_id=font.pk) for name in ("One", "Two", "Three", "Four")]
    make_preset(alice, "Other")
    body = refused(session.delete(path(font.pk)), 409, "font_in_use")
    assert body["fields"]["presets"] == [preset.ref for preset in used]
    assert "“One”, “Two”, “Three” and 1 more" in body["error"] and body["hint"]
    assert Font.objects.get() == font and not Trash.objects.exists()
    for preset in used[:3]:
        session.patch(f"/v1/caption-presets/{preset.pk}", {"font_name": "Inter"})
    assert refused(session.delete(path(font.pk)), 409, "font_in_use")["error"] == "This font is used by “Four”."
    session.delete(f"/v1/caption-presets/{used[3].pk}")
    assert session.delete(path(font.pk)).status_code == 200
    assert Preset.objects.count() == 4


# --- Files and rows ---------------------------------------------------------------------------------------

def test_a_file_that_no_row_claims_goes_by_itself(session, alice, files, monkeypatch, time_machine):
    """As after a crash between storing the file and writing its row."""
    from core.trash import empty_trash

    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    monkeypatch.setattr(fonts, "_claim", lambda row: (_ for _ in ()).throw(storage.StorageUnavailable))
    refused(send(session, font_bank.ttf()), 503, "storage_unavailable")
    assert len(files()) == 1 and not [finding for finding in findings() if files().pop() in finding]
    time_machine.move_to("2026-05-01T10:10:01Z", tick=False)
    assert empty_trash() == 1 and not files()


def test_a_file_that_was_swept_before_its_row_was_written_makes_no_font(session, alice, monkeypatch):
    monkeypatch.setattr(fonts.trash, "keep", lambda key: False)
    refused(send(session, font_bank.ttf()), 503, "storage_unavailable")
    assert not Font.objects.exists()


def test_reconcile_names_fonts_without_files_and_files_without_rows(alice, time_machine):
    font, lost, stray = font_row(alice), font_row(alice, 2), font_row(alice, 3)
    storage.delete(lost.key)
    Font.objects.filter(pk=stray.pk).delete()
    time_machine.move_to(timezone.now() + timedelta(seconds=62))
    told = [finding for finding in findings() if any(row.pk in finding for row in (font, lost, stray))]
    assert told == [f"Font {lost.pk} is there, but its file {lost.key} is missing.",
                    f"No row names the file {stray.key}."]


def test_c093_two_accounts_may_send_the_same_font(alice, bob):
    first, second = upload_font(alice), upload_font(bob)
    assert first.key != second.key and first.family != second.family and first.name == second.name
