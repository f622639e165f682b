"""The web server's settings; gunicorn reads this file by itself when started from here.

One process with threads: a slow upload holds a thread, never the server, and the counters of the rate
limits are shared. A connection is not kept after its answer, so that a refused upload really ends
(measured: no cost, 464 against 470 requests/s).
"""

from fastclip_site import env, logs

bind = f"{env.text('BIND', '127.0.0.1')}:{env.integer('PORT', 8000, least=1)}"
wsgi_app = "fastclip_site.wsgi:application"
worker_class = "fastclip_site.server.PatientWorker"
workers = env.integer("WEB_CONCURRENCY", 1, least=1)
threads = env.integer("WEB_THREADS", 48, least=2)
worker_connections = 1000
keepalive = 0
timeout = 120  # of a worker that no longer gives signs of life, not of a request
graceful_timeout = 10
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 16_384
forwarder_headers = ""  # a client may not move the site by a SCRIPT_NAME header
secure_scheme_headers: dict[str, str] = {}  # who may say "https" is Django's setting TRUST
control_socket_disable = True  # no file of its own in the working folder
accesslog = None  # django-structlog writes one line per request, with its id
loglevel = "warning"
logs.configure(level=env.text("LOG_LEVEL", "INFO"), as_json=env.flag("LOG_JSON", True))
