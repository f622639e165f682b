"""What a customer does, as one command: `python -m tests.chaos.submit WHAT ...`.

source          an account with money and a ready source
work SPECS      a paid job per spec, done slowly by tests.chaos.handlers; prints their ids
clips N         N real clips of the source; prints their jobs' ids
captioned N     captioned cuts of a source and captions for all of it in turn, N together; prints their jobs' ids
cancel JOB
ring TIMES ...  ring for every named job so many times more
transcript      a transcript of a source with speech; prints its job's id
talk HOURS      a transcript of so many hours of speech with pauses; prints its job's id
key             prints a key for the API
deafen          lose every bell that is not heard yet
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django_q.brokers import get_broker  # noqa: E402

from accounts.models import Account  # noqa: E402
from billing import ledger  # noqa: E402
from captions import transcript_services  # noqa: E402
from clips.caption_services import request_captions  # noqa: E402
from clips.services import request_trim  # noqa: E402
from jobs import queue  # noqa: E402
from jobs.models import Job  # noqa: E402
from media.cut import Cut  # noqa: E402
from tests import media_bank  # noqa: E402
from tests.chaos.volume import PERIOD, SPEECH  # noqa: E402
from tests.clips.rows import ready_upload  # noqa: E402
from tests.clips.spoken import KARAOKE, transcribed  # noqa: E402
from tests.factories import make_key  # noqa: E402
from tests.speech import recordings  # noqa: E402
from tests.transcripts.rows import three_prompts  # noqa: E402
from uploads.models import Upload  # noqa: E402
from uploads.services import pin  # noqa: E402

MONEY = 10_000  # cents


def source() -> None:
    account = Account.objects.create_user("alice@example.com", "correct horse battery")
    ledger.adjust(account, cents=MONEY, ticket="chaos", reason="chaos")
    ready_upload(account)


def work(specs: str) -> None:
    upload = Upload.objects.get(state="ready")
    for spec in json.loads(specs):
        assert pin(upload.pk)
        print(queue.submit(alice(), kind="clip", spec=spec, cents=2, source=upload.pk).pk)


def clips(number: str) -> None:
    upload, left = Upload.objects.get(state="ready"), int(number)
    while left > 0:
        cuts = [Cut(0.5 + index / 30, 1.5 + index / 30) for index in range(min(left, 50))]
        queued = request_trim(alice(), file_id=upload.pk, cuts=cuts, by_session=False)
        print(*[job.pk for job in queued.jobs], sep="\n")
        left -= len(queued.jobs)


def captioned(number: str) -> None:
    path = media_bank.make("short.mp4", *media_bank.VIDEO, *media_bank.TONE, "-t", "2", *media_bank.H264,
                           *media_bank.AAC)
    upload = ready_upload(alice(), path)
    transcribed(upload, "every word")
    for index in range(int(number)):
        if index % 2:
            print(request_captions(alice(), file_id=upload.pk, style=KARAOKE).pk)
        else:
            cut = Cut(0.5 + index / 300, 1.5 + index / 300)
            [job] = request_trim(alice(), file_id=upload.pk, cuts=[cut], captions=KARAOKE, by_session=False).jobs
            print(job.pk)


def transcript() -> None:
    upload = ready_upload(alice(), three_prompts(15))
    _print_asked(upload)


def talk(hours: str) -> None:
    """The prompts over and over, with silence between."""
    sound = recordings.recording("prompts.flac")
    once = media_bank.make("once.flac", "-t", str(SPEECH), "-i", str(sound), "-af", f"apad=whole_dur={PERIOD}",
                           "-c:a", "flac")
    path = media_bank.make("talk.flac", "-stream_loop", "-1", "-i", str(once), "-t", str(3600 * float(hours)),
                           "-c:a", "flac")
    _print_asked(ready_upload(alice(), path))


def _print_asked(upload: Upload) -> None:
    asked = transcript_services.ask(alice(), file_id=upload.pk)
    assert isinstance(asked, Job)
    print(asked.pk)


def cancel(job_id: str) -> None:
    queue.cancel(alice(), job_id=job_id)


def ring(times: str, *jobs: str) -> None:
    for _ in range(int(times)):
        for job_id in jobs:
            queue.ring(job_id)


def key() -> None:
    print(make_key(alice()))


def deafen() -> None:
    get_broker().purge_queue()


def alice() -> Account:
    return Account.objects.get(email="alice@example.com")


if __name__ == "__main__":
    {"source": source, "transcript": transcript, "talk": talk, "work": work, "clips": clips, "captioned": captioned,
     "cancel": cancel, "ring": ring, "key": key, "deafen": deafen}[sys.argv[1]](*sys.argv[2:])
