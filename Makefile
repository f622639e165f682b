# Every target says what it does; the logic is in scripts/.
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-deep services services-stop test-services lint types worker doctor models demo bench chaos openapi

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

setup: ## install what FastClip needs, build the pages, prepare the data folder
	@scripts/setup.sh

setup-dev: ## setup, plus what the tests and linters need (Chromium included)
	@scripts/setup.sh --dev

run: ## setup, then web server and worker until Ctrl-C (PORT, FASTCLIP_DATA)
	@scripts/run.sh

test: setup-dev ## run every test: Python, Chromium, JavaScript
	@scripts/test.sh

test-deep: setup-dev ## what make test leaves out: every awkward source and range, more crashes and hostile files, the bench
	@scripts/test.sh --deep

chaos: setup-dev ## kill, fill, lock and starve everything in volume, and print one table (docs/chaos.md)
	@scripts/chaos.sh

services: ## start PostgreSQL, Redis and an S3 store for the tests; a second call is harmless
	@scripts/services.sh start

services-stop: ## stop them and drop their data
	@scripts/services.sh stop

test-services: setup-dev ## start them and run the tests for which database, cache or store matter
	@scripts/test-services.sh

lint: setup-dev ## style, import directions, forgotten migrations, deployment checks
	@scripts/lint.sh

types: setup-dev ## type-check with mypy
	@scripts/types.sh

worker: setup ## run only the worker, next to a web server of your own
	@scripts/say.sh "Worker: runs queued jobs until Ctrl-C"
	@exec $(PYTHON) manage.py worker

doctor: ## name every missing or wrong part of this machine, with a hint
	@scripts/doctor.sh

openapi: setup ## rewrite tests/openapi.json after a wanted change of the API
	@exec $(PYTHON) manage.py openapi

models: setup ## fetch a Whisper model with progress and checksum (NAME=base), and convert it for faster-whisper
	@exec $(PYTHON) manage.py models $(NAME)

demo: setup ## make a talking video, upload it, cut three clips and prove them frame by frame
	@exec $(PYTHON) scripts/demo.py

bench: setup ## measure uploads, jobs, polls, pages, cuts and captions; prints one table and keeps it in docs/benchmarks.md
	@$(PYTHON) scripts/bench.py $(ONLY)
