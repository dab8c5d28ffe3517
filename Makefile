# The commands of the project; what each does stands in README.md.
#   make run     the portal with the demo city on http://localhost:8000/
#   make code    the present code of a demo account's second factor: ACCOUNT=truong-ban
#   make test    what must pass before a change: each test on SQLite or PostgreSQL, on the other in turn
#   make test-all  the same with everything on both databases: before an issue or a release ends
#   make bench   measures pages and editors' actions on both databases, writes tables and a chart: half an hour
#   make drill   one fault after the other under a steady load, then a soak: nothing acknowledged lost; 50 minutes
#   make abuse   the thirty-one abuse cases against the portal as it runs in production; CASES="A07 A11" for some
#   make scan    looks for weaknesses: bandit, and semgrep with rules of our own, in the code; advisories of libraries
#   make lock    writes the locks of the requirements anew: after every change of requirements.txt or -dev.txt
#   make next    tries the newest Django and Wagtail in a copy: locks anew, then make check
#   make sbom    writes var/sbom.json, the list of libraries that goes with a release
#   make scan-api   lets Schemathesis try the API for dossiers: no 5xx, no answer that is not described
#   make scan-site  attacks the running portal with wapiti, as a reader and as an editor
#   make screenshots  the pictures of the editors' guide, taken afresh; also counts what daily tasks take
#   make language  how much of the libraries is translated, and what English anybody meets on any screen
#   make press   presses every control of every form of the administration; ONLY="articlepage" for some screens
#   make scale-trial  two web servers behind PgBouncer, with a streaming replica, with files in an object store: some minutes
#   make install-trial  deploy/install, upgrade, rollback in a bare Debian 13 of its own; as root, half an hour
#   make matrix  whether one ward can reach what another has not published: the whole isolation matrix

PYTHON ?= python3
PORT ?= 8000
VENV := .venv/bin

.PHONY: run dev code test test-all check format bench drill abuse install-trial scale-trial matrix language lock next press sbom scan scan-api scan-site screenshots setup setup-dev

run: setup
	@PORTAL_PORT=$(PORT) $(VENV)/python tools/run_portal.py

dev: setup-dev
	@PORTAL_PORT=$(PORT) $(VENV)/python tools/run_portal.py --dev

test: setup-dev
	@$(VENV)/python tools/run_tests.py all

test-all: setup-dev
	@$(VENV)/python tools/run_tests.py whole

check: setup-dev
	@$(VENV)/python tools/run_tests.py quick

scan: setup-dev
	@$(VENV)/python tools/scan.py
	@$(VENV)/python tools/supply.py audit

lock: setup-dev
	@$(VENV)/python tools/supply.py lock

next: setup-dev
	@$(VENV)/python tools/next_versions.py $(TRY)

sbom: setup-dev
	@$(VENV)/python tools/supply.py sbom

scan-site: setup-dev
	@$(VENV)/python tools/scan_site.py

scan-api: setup-dev
	@$(VENV)/python tools/scan_api.py

language: setup-dev
	@$(VENV)/python tools/admin_language.py

press: setup-dev
	@$(VENV)/python tools/press.py $(ONLY)

matrix: setup-dev
	@$(VENV)/python tools/matrix.py $(STEP) $(ONLY)

install-trial:
	@$(PYTHON) tools/install_trial.py

scale-trial: setup-dev
	@$(VENV)/python tests/scale/run.py

abuse: setup-dev
	@$(VENV)/python tests/abuse/run.py $(CASES)

screenshots: setup-dev
	@$(VENV)/python tools/screenshots.py
	@STOPWATCH=write $(VENV)/pytest -q -n 0 tests/browser -k 'test_stopwatch and not figures'

code: setup
	@PORTAL_DEMO=true $(VENV)/python manage.py demo_code $(ACCOUNT)

format: setup-dev
	@$(VENV)/ruff check --fix --quiet .
	@$(VENV)/ruff format .

bench: setup-dev
	@$(VENV)/python bench/run.py

drill: setup-dev
	@$(VENV)/python bench/drill.py $(DRILL)

setup:
	@$(PYTHON) tools/bootstrap.py

setup-dev:
	@$(PYTHON) tools/bootstrap.py --dev
