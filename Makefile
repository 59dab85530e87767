# `make` prints the targets. Everything needs Python 3.11 and make; the rest is fetched into one cache folder.
# Variables: PYTHON (which one to use), SEATIME_CACHE (that folder), VIDEO and ONCE (see demo), ARGS (passed on),
# WORKERS (how many processes share the tests; with ARGS there is one, unless they say `-n`).

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
RUN := .venv/bin/python
WORKERS ?= 3
SHARED := -n $(WORKERS)
COLOUR := $(if $(MAKE_TERMOUT),$(if $(NO_COLOR),,\033[36m))
PLAIN := $(if $(COLOUR),\033[0m)
PY := libs services tools tests benchmarks deploy
export PYTHONUNBUFFERED = 1

# Where a proxy signs anew what it passes on, the machine's certificates know it and those in the wheels do not.
CERTIFICATES := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem))
ifneq ($(CERTIFICATES),)
export SSL_CERT_FILE ?= $(CERTIFICATES)
export PIP_CERT ?= $(CERTIFICATES)
export REQUESTS_CA_BUNDLE ?= $(CERTIFICATES)
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
endif

.DEFAULT_GOAL := help
.PHONY: help setup java web package judges programs secrets gateway demo up status down test unit e2e check lint format types web-check \
	screenshots bench schemas lock lock-jars clean

help: ## print the targets
	@awk -F ':.*## ' -v colour="$(COLOUR)" -v plain="$(PLAIN)" \
		'/^[a-z][a-z0-9%-]*:.*## / { printf "  %s%-14s%s %s\n", colour, $$1, plain, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: setup java web ## the whole system, and a video all the way through it (VIDEO=my.mp4, ONCE=1 to end afterwards)
	@$(RUN) -m devstack demo $(if $(VIDEO),--video "$(VIDEO)") $(if $(ONCE),--once) $(ARGS)

up: setup java web ## the whole system, without the demonstration
	@$(RUN) -m devstack up $(ARGS)

status: setup ## what of it runs
	@$(RUN) -m devstack status || [ $$? -eq 3 ]

down: setup ## end it
	@$(RUN) -m devstack down

test: setup java web judges programs ## all tests (ARGS="-k webhook")
	@$(RUN) -m pytest $(or $(ARGS),$(SHARED) --durations=15)

unit: setup java judges programs ## all tests but those of the whole system and the browser
	@$(RUN) -m pytest -m "not e2e and not browser" $(or $(ARGS),$(SHARED))

e2e: setup java web programs ## the tests of the whole system: real processes, and a browser
	@$(RUN) -m pytest -m "e2e or browser" $(ARGS)

check: lint types web-check test ## exactly what CI runs

lint: setup ## style, likely mistakes, and who may import whom
	@$(RUN) -m ruff format --check $(PY)
	@$(RUN) -m ruff check $(PY)
	@.venv/bin/lint-imports

format: setup ## put the style right
	@$(RUN) -m ruff format $(PY)
	@$(RUN) -m ruff check --fix $(PY)

types: setup ## the type checker, strict
	@$(RUN) -m mypy libs services tools benchmarks deploy

screenshots: setup java web programs ## a picture of every page into docs/images/pages: of the stack that runs, else of one of its own
	@$(RUN) -m devstack.pictures

web-check: setup web ## the web app's own linter, tests and budget
	@$(RUN) -m devstack.web check

bench: setup java ## list the benchmarks, or run one (NAME=outbox; SHORT=1 to see that it runs)
	@$(RUN) -m benchmarks $(NAME) $(if $(SHORT),--short) $(ARGS)

setup: ## what everything needs, into .venv and the cache folder; at once when nothing changed
	@test -n "$(PYTHON)" || { echo "Seatime needs Python 3.11 or later; none was found. Name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) tools/bootstrap.py

java: setup ## fetch Kafka's and S3Proxy's jars by their locks
	@$(RUN) -m devstack.jars

web: setup ## build the web app where its sources changed
	@$(RUN) -m devstack.web build

package: setup ## build @seatime/react and pack it: web/packages/dist
	@$(RUN) -m devstack.web package

judges: setup ## fetch Mux's own programs, which judge the simulator in the tests
	@$(RUN) -m devstack.web judges

programs: setup ## find Chromium and nginx for the tests, or install Debian's as root
	@$(RUN) -m devstack.debian

secrets: setup ## write the .env that docker compose reads, or add what a newer version needs
	@$(RUN) deploy/make_env.py

gateway: setup ## write the production gateway's nginx.conf from the routing table
	@$(RUN) deploy/gateway/render.py

schemas: setup ## write what is generated of contracts and APIs: schemas, pages, OpenAPI, the web client's types
	@$(RUN) -m contracts.export
	@$(RUN) -m devstack.openapi
	@$(RUN) -m devstack.web generate

migrate-%: setup ## bring a service's database up to date (DATABASE_OWNER_URL_…, else the running stack's)
	@$(RUN) -m devstack migrate $*

lock: setup ## resolve the requirements anew into their hash locks
	@for name in requirements requirements-dev requirements-build requirements-uv requirements-java requirements-node requirements-ffmpeg; do \
		echo "· $$name.lock"; \
		$(RUN) -m uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url -q --no-header $(ARGS) \
			$$name.in -o $$name.lock || exit 1; \
	done

lock-jars: setup ## the same for the jars (needs Maven)
	@$(RUN) -m devstack.lock_jars

clean: down ## remove what was built and the stack's data; the cache folder stays
	@$(RUN) -m devstack clean
	rm -rf web/dist web/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path "./.venv/*" -prune -exec rm -rf {} +
	rm -rf .venv
