# Each target does all of its own set-up: the environment in .venv is made once and then reused.
#   make book        build the site and serve it on this machine
#   make test        run all checks
#   make lab         open the chapters in JupyterLab
#   make site        build the site in _build/html
#   make notebooks   run every chapter and store its outputs
#   make anki        write the review cards as a deck for Anki

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

export PYTHON
export OMP_NUM_THREADS := 1

.PHONY: book test lab site notebooks anki environment

book: site
	@$(BIN)/python tools/serve.py _build/html --port $(PORT)

test: environment
	@$(BIN)/python tools/run_checks.py

lab: environment
	@$(BIN)/jupyter lab book

site: environment
	@$(BIN)/jupyter-book build . -W -n --keep-going

notebooks: environment
	@$(BIN)/python tools/execute_notebooks.py
	@$(BIN)/python tools/build_claims.py

anki: environment
	@$(BIN)/python tools/export_anki.py

environment:
	@sh tools/bootstrap.sh
