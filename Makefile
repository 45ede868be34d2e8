# Every target is one script; `scripts/<name> -h` says more.

.PHONY: help run demo seed-data bench test chaos chaos-load check fmt sqlx clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build everything and run it on this machine until Ctrl-C
	@exec scripts/run --follow-parent

demo: ## fill a running stack with a few people, posts, pictures and videos
	@exec scripts/demo

bench: ## measure the API beside the bare queries (release builds, some minutes)
	@exec scripts/bench api

test: ## run every test with throw-away services, or those that match WORD=…
	@exec scripts/test --follow-parent $(WORD)

chaos: ## try faults of Postgres and of clocks again and again; `scripts/chaos -h` says more
	@exec scripts/chaos --follow-parent

chaos-load: ## `make test` five times beside two processes that keep two cores busy
	@exec scripts/chaos load

check: ## rustfmt, clippy, arrows, .sqlx drift, shellcheck, cargo deny, the web client's types
	@exec scripts/check --follow-parent

fmt: ## format the Rust code
	@exec cargo fmt --all

sqlx: ## write .sqlx/ anew after a change of a query or a migration
	@exec scripts/sqlx-prepare

seed-data: ## a database with a million posts, for tests and benchmarks; `-h` says where
	@exec scripts/seed-data

clean: ## remove what was built; databases, keys and uploads stay
	@exec rm -rf target api-server/web/dist
