# 核验 Heyan. `make help` tells what there is.
.DEFAULT_GOAL := help
.PHONY: help setup demo test faults rgw lint fixtures readings lock env audit clean

python := .venv/bin/python
workers ?= 2

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /  make \1	/'

# A virtual environment that lost its Python (moved, upgraded) counts as none.
ifeq ($(shell .venv/bin/python -c pass 2>/dev/null && echo yes),)
$(shell rm -f .venv/.ready-run .venv/.ready-test .venv/.ready-rgw)
endif

.venv/.ready-run: requirements.txt scripts/debian-run.txt scripts/setup.sh
	@scripts/setup.sh run

.venv/.ready-test: requirements-dev.txt scripts/debian-run.txt scripts/debian-test.txt scripts/setup.sh
	@scripts/setup.sh test

setup: .venv/.ready-run ## Debian packages, virtual environment, locked dependencies; nothing is done twice
	@echo "就绪 ready: ./heyan --help"

demo: setup ## read and check the sample packages, show verdicts and the faults planted in them
	@scripts/demo.sh

test: .venv/.ready-test ## everything that is tested, on the embedded default
	$(python) -m pytest -n $(workers) --dist loadfile

faults: .venv/.ready-test ## workers killed, servers away, disks full, clocks wrong: what is lost or doubled
	FAULTS=1 $(python) -m pytest -n 0 tests/faults

.venv/.ready-rgw: .venv/.ready-test scripts/debian-rgw.txt
	@scripts/setup.sh rgw

rgw: .venv/.ready-rgw ## bucket, intake and the whole stack on a real S3 server (Ceph RGW of Debian)
	@scripts/rgw-tests.sh

lint: .venv/.ready-test ## ruff, mypy, import-linter
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	.venv/bin/lint-imports

fixtures: .venv/.ready-test ## make the committed sample packages again, and record what is read on them
	@scripts/fixtures.sh

readings: .venv/.ready-run ## record what is read on the sample packages, for the tests
	./heyan eval fixtures/scans --fresh --record

lock: .venv/.ready-run ## pin the dependencies of pyproject.toml with their hashes
	scripts/lock.sh

env: ## write .env with fresh secrets for docker-compose.yml, unless there is one
	@scripts/make-env.sh

audit: ## known faults of the locked dependencies, where pip-audit and its data can be had
	@scripts/audit.sh

clean: ## forget the environment and the data of this checkout
	rm -rf .venv data
