# The two commands: `make run` shows the demo, `make test` runs every check, `make bench` prints the figures. dev.py does the work, with or without make.
PYTHON ?= python3

.PHONY: run test bench setup lock clean

run test bench setup lock clean:
	@$(PYTHON) dev.py $@
