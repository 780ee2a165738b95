# Thin on purpose: each target is a script in tools/, or one command.
export PORT

.PHONY: help run test bench dist lab lint screenshot clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{ printf "make %-11s %s\n", $$1, $$2 }' Makefile

run: ## set up, build the release page, serve it on 127.0.0.1:8080 (PORT=… for another port)
	@tools/run

test: ## everything: format, lints, native tests, tests in the browser, size budget, end to end
	@tools/test

bench: ## Porthole beside a page written by hand, on the same load: ratios, in some six minutes
	@tools/setup && tools/build && tools/with node bench/run.mjs

dist: ## dist/: the folder to put on any web server, brotli and gzip beside each file
	@tools/setup && tools/build && echo "The page is in dist/: put that folder on any web server."

lab: ## simulated instruments on real sockets, with faults on demand
	@cargo run --locked --package porthole-lab

lint: ## format check and lints, native and for the browser
	@tools/setup && tools/with node tools/test.mjs lint

screenshot: ## docs/screenshot.png, taken from the demo
	@tools/screenshot

clean: ## remove what was built here; the cache of tools stays
	@rm -rf target dist node_modules e2e/results
