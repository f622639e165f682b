"""The Caption Studio: gallery, editor and fonts. Every action also works as a plain form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from captions import font_form, fonts, forms, presets, preview, queries, studio, tiles
from captions.models import NAME_LENGTH
from captions.queries import Look
from core.errors import FastClipError
from core.text import apart
from core.throttles import PreviewThrottle, spend

YEAR = 365 * 24 * 3600  # seconds; the address of a tile changes with its look


def _account(request: HttpRequest) -> Account:
    """Who is signed in; only for views behind `login_required`."""
    assert isinstance(request.user, Account)  # noqa: S101
    return request.user


@require_safe
def moved(request: HttpRequest) -> HttpResponse:
    """`/captions`: the short address of the Caption Studio."""
    return redirect("caption-studio")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def gallery(request: HttpRequest) -> HttpResponse:
    """`/account/captions?scope=&kind=`: all styles; a post makes a copy of one."""
    if request.method == "POST":
        return _make(request)
    return _gallery(request)


def _gallery(request: HttpRequest, fault: FastClipError | None = None) -> HttpResponse:
    shown = studio.gallery(_account(request), request.GET.get("scope", ""), request.GET.get("kind", ""))
    page = {"section": "account", "tab": "captions", "part": "styles", "fault": fault}
    return render(request, "captions/gallery.html", page | shown, status=fault.status if fault else 200)


def _make(request: HttpRequest) -> HttpResponse:
    form = forms.read(request.POST, new=True)
    if form.faults:
        told = FastClipError(next(iter(form.faults.values())), code="invalid_field")
        told.status = 400
        return _gallery(request, told)
    try:
        made = presets.create(_account(request), **form.body)
    except FastClipError as fault:
        return _gallery(request, fault)
    return redirect("captions-style", preset_id=made.ref)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def editor(request: HttpRequest, preset_id: str) -> HttpResponse:
    """`/account/captions/{preset_id}`: one style. A post saves it, with `do=new` as another one, or with
    `do=see` only shows what it would look like."""
    look = queries.preset(_account(request), preset_id)
    if request.POST.get("do") == "see":
        return _see(request, look)
    if request.method == "POST":
        return _save(request, look, new=request.POST.get("do") == "new")
    return _editor(request, look, forms.StyleForm({}, {}))


def _editor(request: HttpRequest, look: Look, form: forms.StyleForm, fault: FastClipError | None = None,
            seen: dict[str, Any] | None = None) -> HttpResponse:
    shown = studio.editor(_account(request), look, form.typed, form.faults) | (seen or {})
    page = {"section": "account", "tab": "captions", "part": "styles", "fault": fault,
            "copy_name": forms.copy_name(look.name, NAME_LENGTH)}
    status = fault.status if fault else 400 if form.faults else 200
    return render(request, "captions/editor.html", page | shown, status=status)


def _see(request: HttpRequest, look: Look) -> HttpResponse:
    """The form as it was sent, with a picture of it; nothing is stored."""
    form = forms.read(request.POST, new=False)
    if form.faults:
        return _editor(request, look, form)
    asked = forms.sample_of(request.POST)
    wish = {name: value for name, value in form.body.items() if name != "name"}
    try:
        spend(PreviewThrottle, request)
        made = preview.preview(_account(request), clone_from=look.ref, picture=True, **asked, **wish)
    except FastClipError as fault:
        faults = forms.first(fault.fields)
        return _editor(request, look, forms.StyleForm(form.typed, {}, faults), None if faults else fault)
    return _editor(request, look, form, seen={"picture": made["picture"], "warnings": made["warnings"],
                                              "shape": asked["aspect_ratio"], "said": asked["sample_text"]})


def _save(request: HttpRequest, look: Look, *, new: bool) -> HttpResponse:
    form = forms.read(request.POST, new=new)
    if form.faults:
        return _editor(request, look, form)
    try:
        if new:
            saved = presets.create(_account(request), **{"clone_from": look.ref} | form.body)
        else:
            saved = presets.change(_account(request), preset_id=look.ref, **form.body)
    except FastClipError as fault:
        faults = forms.first(fault.fields)
        return _editor(request, look, forms.StyleForm(form.typed, {}, faults), None if faults else fault)
    messages.success(request, f"“{apart(saved.name)}” is saved.")
    return redirect("captions-style", preset_id=saved.ref)


@login_required
@require_POST
def delete(request: HttpRequest, preset_id: str) -> HttpResponse:
    """The first post asks, the one that says `sure` deletes. Scripts ask in a dialog and send only the second."""
    look = queries.preset(_account(request), preset_id)
    if request.POST.get("sure") != "yes":
        return render(request, "captions/delete.html", {"section": "account", "look": look})
    presets.delete(_account(request), preset_id=look.ref)
    messages.success(request, f"“{apart(look.name)}” is deleted. Jobs that chose it keep its look.")
    return redirect("caption-studio")


@login_required
@require_safe
def tile(request: HttpRequest, preset_id: str, kind: str) -> HttpResponse:
    """`/account/captions/{preset_id}/loop.webp` and `still.webp`: a style in small, made now where it is not there."""
    path = tiles.path_of(queries.preset(_account(request), preset_id), kind)
    reply = HttpResponse(path.read_bytes(), content_type="image/webp")
    reply["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    return reply


@login_required
@require_safe
def picture(request: HttpRequest, preset_id: str) -> HttpResponse:
    """`/account/captions/{preset_id}/picture.png`: the sample in a style, for pages without scripts. Counted with the
    previews of the API."""
    look = queries.preset(_account(request), preset_id)
    spend(PreviewThrottle, request)
    shown = preview.sampled(look.style, look.font)
    reply = HttpResponse(preview.still(shown, preview.style_hash(look.style, look.font)), content_type="image/png")
    reply["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    return reply


@csrf_exempt  # the token is checked one step later, once the form's file is told to stream to disk
@login_required  # nobody else's form is read at all
@require_http_methods(["GET", "HEAD", "POST"])
def fonts_page(request: HttpRequest) -> HttpResponse:
    """`/account/captions/fonts`: uploaded fonts with specimens; a post uploads one."""
    if request.method == "POST":
        request.upload_handlers = [font_form.FontFile(request)]  # type: ignore[assignment]
    return _fonts(request)


@csrf_protect
def _fonts(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _show_fonts(request)
    try:
        name, size, stream = font_form.sent(request.FILES.get("file"))
        made = fonts.create(_account(request), filename=name, size=size, stream=stream)
    except FastClipError as fault:
        return _show_fonts(request, fault)
    messages.success(request, f"“{apart(str(made))}” can be used now.")
    return redirect("captions-fonts")


def _show_fonts(request: HttpRequest, fault: FastClipError | None = None) -> HttpResponse:
    page = {"section": "account", "tab": "captions", "part": "fonts", "fault": fault}
    status = fault.status if fault else 200
    return render(request, "captions/fonts.html", page | studio.fonts(_account(request)), status=status)


@login_required
@require_POST
def delete_font(request: HttpRequest, font_id: str) -> HttpResponse:
    """The first post asks, the one that says `sure` deletes; a font that a preset uses stays."""
    font = queries.font(_account(request), font_id)
    if request.POST.get("sure") != "yes":
        page = {"section": "account", "font": font, "users": queries.users_of(_account(request), font.pk)}
        return render(request, "captions/delete_font.html", page)
    try:
        fonts.delete(_account(request), font_id=font.pk)
    except FastClipError as fault:
        return _show_fonts(request, fault)
    messages.success(request, f"“{apart(str(font))}” is deleted.")
    return redirect("captions-fonts")
