"""Every setting, typed and read once from the environment. Nothing changes them afterwards.

The names and defaults are explained in docs/operations.md; a house test fails when one is missing there.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

from fastclip_site import env, logs, secrets
from fastclip_site.admin_look import UNFOLD  # noqa: F401  (read by django-unfold)

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where things are ------------------------------------------------------------------------------
FASTCLIP_DATA = env.folder("FASTCLIP_DATA", BASE_DIR / "var")
MEDIA_ROOT = FASTCLIP_DATA / "media"
SCRATCH_ROOT = FASTCLIP_DATA / "scratch"  # one folder per running job, emptied when it ends
PORT = env.integer("PORT", 8000, least=1)
PUBLIC_SITE_URL = env.text("PUBLIC_SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
PUBLIC_API_URL = env.text("PUBLIC_API_URL", PUBLIC_SITE_URL).rstrip("/")

# --- Safety ----------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.secret("SECRET_KEY") or secrets.from_folder(FASTCLIP_DATA / "keys", "secret_key")
_public_hosts = {urlsplit(url).hostname or "" for url in (PUBLIC_SITE_URL, PUBLIC_API_URL)}
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("127.0.0.1", "localhost", "[::1]", *sorted(_public_hosts)))
_https = PUBLIC_SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_SITE_URL]
CSRF_FAILURE_VIEW = "core.pages.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other names below the domain are not ours to bind to https
    "security.W008",  # the proxy that ends TLS redirects to it; we do not see which scheme it spoke
    "security.W021",  # being on browsers' preload lists is the domain owner's decision
]
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")
CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS")
if "SECURE_PROXY_SSL_HEADER" in env.words("TRUST"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Apps ------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "core",
    "accounts",
    "webhooks",
    "billing",
    "jobs",
    "uploads",
    "captions",
    "clips",
    "marketing",
    "catalogue",
    "live",
    "fastclip_site",
]
MIDDLEWARE = [
    "core.middleware.RequestId",
    "core.middleware.RequestLog",
    "core.middleware.Cors",
    "core.middleware.RateLimitHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.ContentSecurityPolicy",
    "core.middleware.OptionalSlash",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "core.middleware.PageMethods",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.pages.PageErrors",
]
ROOT_URLCONF = "fastclip_site.urls"
WSGI_APPLICATION = "fastclip_site.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fastclip_site.context.page",
            ]
        },
    }
]

# --- Data ------------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", FASTCLIP_DATA / "fastclip.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.shared_cache("REDIS_URL")}  # rate limits; shared by processes and hosts where it is Redis
STORAGES = {
    "default": env.file_storage(MEDIA_ROOT),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if env.flag("STATIC_MANIFEST", True)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = FASTCLIP_DATA / "static"
STATICFILES_DIRS = [("dist", BASE_DIR / "static" / "dist"), ("img", BASE_DIR / "static" / "img")]
WHITENOISE_MIMETYPES = {".wasm": "application/wasm", ".ass": "text/x-ssa; charset=utf-8"}

# --- People ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = env.text("ACCOUNT_EMAIL_VERIFICATION", "optional")
ACCOUNT_EMAIL_SUBJECT_PREFIX = "FastClip: "
ACCOUNT_EMAIL_NOTIFICATIONS = True  # tells the owner of a changed or reset password
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/10m/ip,10/10m/key",
    "signup": "20/h/ip",
    "reset_password": "10/h/ip,5/h/key",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/studio"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", False)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "FastClip <admin@fastclip.dev>")
CONTACT_EMAIL = env.text("CONTACT_EMAIL", "admin@fastclip.dev")

# --- Language and time -----------------------------------------------------------------------------
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["fastclip_site.formats"]  # 24 hours, in the admin too
TIME_ZONE = "UTC"
USE_TZ = True

# --- API -------------------------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024**2  # JSON and forms; media bytes never pass Django's parsers
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.auth.ApiKeyAuthentication", "accounts.auth.SiteSession"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["core.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "core.schemas.Described",
    "DEFAULT_THROTTLE_CLASSES": ["core.throttles.ReadThrottle", "core.throttles.WriteThrottle"],
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "DEFAULT_METADATA_CLASS": "core.metadata.Methods",
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is a filter of ours, not a choice of renderer
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
RATE_READS = env.text("RATE_READS", "600/min")  # per account
RATE_WRITES = env.text("RATE_WRITES", "120/min")  # per account
RATE_JOB_POSTS = env.text("RATE_JOB_POSTS", "30/min")  # per account
RATE_PREVIEWS = env.text("RATE_PREVIEWS", "30/s")  # of captions, per account
RATE_PUBLIC = env.text("RATE_PUBLIC", "60/min")  # per address
SPECTACULAR_SETTINGS = {
    "TITLE": "FastClip API",
    "DESCRIPTION": "Upload a long video, cut exact clips from it, download or share them.",
    "VERSION": "1",
    "SERVERS": [{"url": "/"}],
    "SCHEMA_PATH_PREFIX": "/v1",
    "SORT_OPERATIONS": False,  # the order of the routes, which is the order of work
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums",
                             "core.schemas.without_docstrings", "core.schemas.with_meanings"],
    "ENUM_NAME_OVERRIDES": {
        "UploadStatus": ["pending", "processing", "ready", "failed"],
        "JobStatus": ["pending", "downloading", "processing", "uploading", "complete", "failed"],
        "QueueStatus": ["pending", "partial"],
    },
}

# --- Jobs ------------------------------------------------------------------------------------------
WORKER_NAME = env.text("WORKER_NAME", socket.gethostname())  # of this machine's worker among others
JOB_WORKERS = env.integer("JOB_WORKERS", 2, least=1)
JOB_LEASE_SECONDS = env.integer("JOB_LEASE_SECONDS", 30, least=3)
JOB_HEARTBEAT_SECONDS = env.integer("JOB_HEARTBEAT_SECONDS", 10, least=1)
WORKER_SILENT_SECONDS = env.integer("WORKER_SILENT_SECONDS", 60, least=1)  # then /readyz says 503
JOB_SWEEP_SECONDS = env.integer("JOB_SWEEP_SECONDS", 10, least=1)
JOB_WATCHDOG_SECONDS = env.integer("JOB_WATCHDOG_SECONDS", 60, least=3)  # silence that restarts the queue
JOB_GRACE_SECONDS = env.integer("JOB_GRACE_SECONDS", 30)  # for running jobs when the worker is told to stop
RECONCILE_SECONDS = env.integer("RECONCILE_SECONDS", 300, least=1)  # how often the worker looks for findings
SYNC_WAIT_SECONDS = env.integer("SYNC_WAIT_SECONDS", 25)  # a request for a transcript waits for it so long
JOBS_INLINE = False  # tests: who waits for a job runs it
MAX_QUEUED_JOBS = env.integer("MAX_QUEUED_JOBS", 200, least=1)  # open jobs per account
Q_CLUSTER = {
    # The queue is a doorbell: a message is a job id, and the Job row is the truth. Recovery is the
    # sweeper's work, so the broker may never deliver a long task again by itself.
    "name": "fastclip",
    **env.broker("QUEUE", "REDIS_URL"),
    "workers": JOB_WORKERS,
    "queue_limit": 1,
    "bulk": 1,
    "timeout": 14_400,
    "retry": 43_800,
    "max_attempts": 1,
    "ack_failures": True,
    "poll": 0.1,
    "guard_cycle": 0.5,
    "catch_up": False,
    "scheduler": False,
    "save_limit": 250,
    "recycle": 100,
    "label": "Queue",
    "log_level": "WARNING",
}
# kind of job -> dotted path of the Handler that runs, finishes and fails it
JOB_HANDLERS = {
    "validate": "uploads.handlers.validate",
    "clip": "clips.handlers.clip",
    "captions": "clips.caption_handler.captions",
    "prepare": "uploads.assets.prepare",
    "proxy": "uploads.assets.prepare",
    "transcript": "captions.handlers.transcript",
}
# What each app does on every sweep, in this order; a path names a function without arguments. What asks the
# media store comes last, since a store that hangs holds up what follows.
SWEEPS = ["jobs.sweep.sweep_jobs", "uploads.services.sweep_uploads", "clips.services.sweep_clips",
          "clips.services.sweep_transcripts", "core.idempotency.sweep", "core.leftovers.sweep",
          "uploads.arrivals.notice_all", "clips.reconcile.remove_leftovers", "uploads.reconcile.abort_strays",
          "core.trash.empty_trash"]
# What each app checks in `manage.py reconcile`; a path names a function that yields findings.
RECONCILERS = ["billing.reconcile.findings", "jobs.reconcile.findings", "uploads.reconcile.findings",
               "captions.reconcile.findings", "clips.reconcile.findings"]

# --- Limits and prices -----------------------------------------------------------------------------
MAX_UPLOAD_BYTES = 5 * 1024**3
MAX_OPEN_UPLOADS = env.integer("MAX_OPEN_UPLOADS", 50, least=1)  # per account
MAX_INCOMING_BYTES = env.integer("MAX_INCOMING_BYTES", 25 * 1024**3, least=1)  # declared, per account
UPLOAD_URL_SECONDS = 3600
DOWNLOAD_URL_SECONDS = 3600
SOURCE_HOURS = 24
CLIP_HOURS = 24
LOW_DISK_FRACTION = 0.05  # below it uploads and jobs answer 503 disk_full
LOW_BALANCE_CENTS = env.integer("LOW_BALANCE_CENTS", 100)
ALLOW_AUDIO_FROM_VIDEO = env.flag("ALLOW_AUDIO_FROM_VIDEO", False)
KILLPOINT = env.text("FASTCLIP_KILLPOINT")  # folder that tells workers where to die: jobs/killpoint.py
SANDBOX_REQUIRED = env.flag("SANDBOX_REQUIRED", False)
TOOL_MEMORY_BYTES = env.integer("TOOL_MEMORY_BYTES", 4 * 1024**3, least=1)

# --- Speech ----------------------------------------------------------------------------------------
MODELS_ROOT = env.folder("MODELS_ROOT", FASTCLIP_DATA / "models")
TRANSCRIBE_ENGINE = env.text("TRANSCRIBE_ENGINE", "auto")
WHISPER_MODEL = env.text("WHISPER_MODEL", "base")
WHISPER_MODELS_URL = env.text("WHISPER_MODELS_URL").rstrip("/")
TRANSCRIBE_CHUNK_SECONDS = env.integer("TRANSCRIBE_CHUNK_SECONDS", 300, least=1)  # the length of a piece
TRANSCRIBE_THREADS = env.integer("TRANSCRIBE_THREADS", max(1, (os.cpu_count() or 1) // JOB_WORKERS), least=1)

# --- Logs ------------------------------------------------------------------------------------------
LOGGING_CONFIG = None
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # core.middleware.RequestId wrote that header itself
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
logs.configure(level=env.text("LOG_LEVEL", "INFO"), as_json=env.flag("LOG_JSON", True))
