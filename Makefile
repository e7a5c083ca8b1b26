# The two commands: `make run` shows the demo, `make test` runs every check. dev.py does the work, with or without make.
PYTHON ?= python3

.PHONY: run test setup lock clean

run test setup lock clean:
	@$(PYTHON) dev.py $@
