# Every target calls one script; see `scripts/<name> -h`.

.PHONY: help run demo seed-data bench test chaos chaos-load check fmt sqlx clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build everything and run it on this machine until Ctrl-C
	@exec scripts/run --follow-parent

demo: ## fill a running stack with a few users, posts, pictures and videos
	@exec scripts/demo

bench: ## measure the API and its bare queries (release builds, some minutes)
	@exec scripts/bench api

test: ## run every test with throw-away services, or those that match WORD=…
	@exec scripts/test --follow-parent $(WORD)

chaos: ## repeat the tests of faults of Postgres and of clocks; see `scripts/chaos -h`
	@exec scripts/chaos --follow-parent

chaos-load: ## `make test` five times beside two processes that keep two cores busy
	@exec scripts/chaos load

check: ## rustfmt, clippy, arrows, .sqlx drift, shellcheck, cargo deny, prose, the web client's types
	@exec scripts/check --follow-parent

fmt: ## format the Rust code
	@exec cargo fmt --all

sqlx: ## rewrite .sqlx/ after a change of a query or a migration
	@exec scripts/sqlx-prepare

seed-data: ## create a database with a million posts, for tests and benchmarks
	@exec scripts/seed-data

clean: ## remove build results; databases, keys and uploads stay
	@exec rm -rf target api-server/web/dist
