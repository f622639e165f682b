"""What templates need to say things the way the product says them."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.models import Entry
from core.money import price as money
from jobs.models import Job

register = template.Library()

ENTRY_WORDS = {"topup": "Deposit", "bonus_first": "First deposit bonus", "bonus_50": "Bonus from $50.00",
               "signup": "Sign-up credit", "promo": "Promo code", "reserve": "Clip",
               "release": "Given back", "storage": "Storage", "refund": "Refund to your card",
               "chargeback": "Chargeback", "adjust": "Correction"}
# What money was set aside for, while the job is open and once it has ended; every other job makes a clip.
WORK_WORDS = {"transcript": ("Reserved for a transcript", "Transcript"),
              "captions": ("Reserved for captions", "Captions")}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One symbol of the sprite, hidden from screen readers: `{% icon "play" %}`."""
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
                       extra, static("img/icons.svg"), name)


@register.filter
def price(cents: int | None) -> str:
    """Cents as dollars: `{{ 5|price }}` is `$0.05`."""
    return money(cents or 0)


@register.filter
def clock(seconds: float | None) -> str:
    """Seconds as a time code, `1:15.250`; hours only where there are any."""
    total = round((seconds or 0) * 1000)
    hours, rest = divmod(total, 3_600_000)
    minutes, millis = divmod(rest, 60_000)
    head = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{head}:{millis // 1000:02}.{millis % 1000:03}"


@register.filter
def brief(seconds: float | None) -> str:
    """Seconds as a length in a list, `1:15`."""
    return clock(round(seconds or 0)).removesuffix(".000")


@register.filter
def size(count: int | None) -> str:
    """Bytes as file managers count them, a MB being a million: `12.4 MB`."""
    left = float(count or 0)
    for unit in ("B", "KB", "MB"):
        if left < 1000:
            return f"{left:.0f} {unit}" if unit == "B" else f"{left:.1f} {unit}"
        left /= 1000
    return f"{left:.2f} GB"


@register.filter
def left(moment: datetime | None) -> str:
    """How long something stays: `3 h 12 m`, `5 m`, or `now` once its time is over."""
    if moment is None:
        return "kept"
    minutes = int((moment - timezone.now()).total_seconds() // 60)
    if minutes < 1:
        return "now"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} m" if hours else f"{minutes} m"


@register.simple_tag
def control(field: BoundField, css: str = "input input-big") -> SafeString:
    """A form field's input in our style, tied to its error and its hint (`templates/parts/field.html`)."""
    told = [f"{field.auto_id}_{part}" for part, there in (("error", field.errors), ("hint", field.help_text))
            if there]
    attrs: dict[str, str | bool] = {"class": css, "placeholder": ""}
    if told:
        attrs["aria-describedby"] = " ".join(told)
    return field.as_widget(attrs=attrs)


@register.filter
def entry_words(entry: Entry) -> str:
    """A ledger row's kind as people read it."""
    if entry.kind != "reserve" or entry.hold is None:
        return ENTRY_WORDS.get(entry.kind, entry.kind)
    job = entry_job(entry)
    running, ended = WORK_WORDS.get(job.kind if job else "", ("Reserved for a running clip", ENTRY_WORDS["reserve"]))
    return running if entry.hold.status == "open" else ended


@register.filter
def entry_job(entry: Entry) -> Job | None:
    """The job that a ledger row paid for, if it paid for one."""
    return getattr(entry.hold, "job", None)


@register.filter
def job_name(job: Job) -> str:
    """What a job made, by its file name; until then the range it cuts. Of a transcript the file that was heard."""
    if job.kind == "transcript":
        return str(job.spec.get("file_name", ""))
    clip = next(iter(job.clips.all()), None)
    return clip.file_name if clip else f"{clock(job.spec.get('start'))} to {clock(job.spec.get('end'))}"
