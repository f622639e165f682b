"""Uploads and their parts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core import storage
from core.ids import new_id
from core.storage import new_generation

STATES = ["requested", "receiving", "processing", "ready", "failed", "aborted", "expired"]
OPEN_STATES = ["requested", "receiving"]
UNFINISHED_STATES = [*OPEN_STATES, "processing"]  # what a Quota counts
ASSET_KINDS = ["peaks", "sprites", "proxy"]  # in the order of making
SHEETS = 6  # most pictures of a filmstrip: 600 tiles, a hundred on each
ASSET_FILES = {"peaks": ["peaks-0.bin", "peaks-1.bin"], "sprites": [f"sprites-{n}.jpg" for n in range(SHEETS)],
               "proxy": ["proxy.mp4", "proxy.m4a"]}


def upload_id() -> str:
    return new_id("upl_")


class Upload(models.Model):
    """A file coming in, then the source of clips.

    States: requested -> receiving -> processing -> ready | failed | aborted | expired; published as
    pending, processing, ready, failed. `writers` counts open PUTs under `writer_until`; the switch to
    processing demands 0, so no open descriptor survives it. `pins` counts the jobs that need the bytes.
    """

    id = models.CharField(primary_key=True, max_length=16, default=upload_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads")
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=255, blank=True)
    size = models.BigIntegerField()  # declared bytes
    state = models.CharField(max_length=10, default="requested")
    generation = models.CharField(max_length=16, default=new_generation)  # part of the incoming file's name

    multipart_id = models.CharField(max_length=40, null=True, unique=True)  # public `upload_id`
    store_id = models.CharField(max_length=1024, blank=True, default="")  # S3's own name for the multipart upload
    part_size = models.BigIntegerField(null=True)
    part_count = models.PositiveIntegerField(default=1)
    completed_with = models.CharField(max_length=64, blank=True, default="")  # digest of the parts list

    writers = models.PositiveIntegerField(default=0)
    writer_until = models.DateTimeField(null=True)
    pins = models.PositiveIntegerField(default=0)
    clip_job = models.CharField(max_length=24, blank=True, default="")  # one-shot clip (C017)

    key = models.CharField(max_length=300, blank=True, default="")  # where the bytes are, once validated
    sha256 = models.CharField(max_length=64, blank=True, default="")
    declared_sha256 = models.CharField(max_length=64, blank=True, default="")  # what the client says (X024)
    pin = models.JSONField(default=dict)  # core.storage.Pin of the validated file
    poster_key = models.CharField(max_length=300, blank=True, default="")
    probe = models.JSONField(default=dict)  # media.probe.Probe.to_dict()

    error = models.CharField(max_length=500, null=True)
    error_code = models.CharField(max_length=40, null=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)  # by its owner (X025): from then on it does not exist to a client

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="upload_state"),
            models.CheckConstraint(condition=Q(size__gte=1), name="upload_size_positive"),
            models.CheckConstraint(condition=Q(part_count__gte=1, part_count__lte=10_000),
                                   name="upload_part_count"),
            models.CheckConstraint(condition=~Q(state="ready") | (~Q(key="") & ~Q(sha256="")),
                                   name="upload_ready_has_bytes"),
            models.CheckConstraint(condition=Q(deleted_at__isnull=True) | Q(state__in=["failed", "aborted", "expired"]),
                                   name="upload_deleted_has_ended"),
            models.CheckConstraint(
                condition=~Q(state="failed") | Q(error__isnull=False, error_code__isnull=False),
                name="upload_failed_says_why"),
        ]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="upload_of_account"),
            # read by uploads.library.known: a ready source of the account by its bytes
            models.Index(fields=["account", "sha256"], condition=Q(state="ready"), name="upload_known"),
            # read by uploads.services.sweep_uploads
            models.Index(fields=["expires_at"], name="upload_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.filename}"

    @property
    def incoming_key(self) -> str:
        """Where the bytes arrive."""
        return f"incoming/{self.id}/{self.generation}"

    @property
    def source_key(self) -> str:
        """Where the validated bytes go.

        On disk they are named by their content, so this is meaningful once `sha256` is known. On S3 they get
        there, by a copy within the store, before anyone has read them.
        """
        return f"sources/{self.id}/{self.generation if storage.remote() else self.sha256}"

    @property
    def has_source(self) -> bool:
        """Whether something may be stored under `source_key`."""
        return bool(self.sha256) or storage.remote() is not None

    def asset_keys(self, *kinds: str) -> list[str]:
        """Every key that something made of this source may have, whether it was made or not; only of `kinds`."""
        return [f"assets/{self.id}/{name}" for kind in kinds or ASSET_KINDS for name in ASSET_FILES[kind]]


class Asset(models.Model):
    """Something made of a source for the studio: its waveform, its filmstrip, a copy that browsers play.

    A kind without a row is still to be made, or not wanted for this source. Its `files` have names out of
    ASSET_FILES and are written once; `facts` says what they hold.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=6)
    files = models.JSONField(default=list)
    facts = models.JSONField(default=dict)  # see the maker of the kind in uploads.assets
    error = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "kind"], name="asset_one_per_kind"),
            models.CheckConstraint(condition=Q(kind__in=ASSET_KINDS), name="asset_kind"),
            models.CheckConstraint(condition=Q(state="ready", error="") | (Q(state="failed") & ~Q(error="")),
                                   name="asset_failed_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.upload_id}: {self.state}"

    @property
    def keys(self) -> list[str]:
        return [f"assets/{self.upload_id}/{name}" for name in self.files]


class Part(models.Model):
    """One received part. The etag is cleared before bytes change, so it always names bytes on disk."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    size = models.BigIntegerField(default=0)
    etag = models.CharField(max_length=64, blank=True, default="")
    writer = models.CharField(max_length=16, blank=True, default="")  # who writes it now
    writer_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="part_one_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=10_000), name="part_number"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id} part {self.number}"


class Quota(models.Model):
    """How many unfinished uploads an account has and how many bytes they declared.

    Raised and lowered by conditional UPDATEs in the transaction of the upload's own change, so two
    requests cannot both take the last place.
    """

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    uploads = models.PositiveIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(uploads__gte=0), name="quota_uploads_not_negative"),
            models.CheckConstraint(condition=Q(bytes__gte=0), name="quota_bytes_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.uploads} uploads, {self.bytes} bytes"
