# The doors of the project for people; each is one line over a script or a preset.
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help build demo demo-kafka test rules bench bench-kafka kills format check clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

build: ## Build the server, the command line tool and the simulators into build/release/bin
	@deploy/bootstrap
	@cmake/build release dialtoned dialtone dialtone-carrier dialtone-authority

demo: build ## Watch an organization being set up by the real server
	@build/release/bin/dialtone demo

demo-kafka: build ## The same on Apache Kafka: two nodes, one of which is killed in the middle
	@deploy/bootstrap --kafka
	@deploy/kafka/with sh -c 'build/release/bin/dialtone demo --kafka "$$DIALTONE_KAFKA"'

test: ## Build everything and run all tests
	@deploy/bootstrap
	@cmake/build dev
	@tests/run dev -LE kafka

rules: ## Which test shows which rule of the domain
	@tests/rules/check.py

bench: ## Measure Dialtone against bare gRPC and bare disk; takes some minutes
	@deploy/bootstrap
	@cmake/build release benchmarks
	@tests/benchmark/run

bench-kafka: ## Measure it on Apache Kafka against bare librdkafka, and two nodes against one
	@deploy/bootstrap
	@deploy/bootstrap --kafka
	@cmake/build release benchmarks
	@tests/benchmark/run --kafka

kills: ## Kill the server 200 times under load; nothing acknowledged may be lost or doubled
	@deploy/bootstrap
	@cmake/build dev integration_tests
	@DIALTONE_KILLS=200 build/dev/bin/integration_tests --gtest_filter='KillTest.*'

format: ## Bring all C++ into shape with clang-format
	@deploy/bootstrap
	@git ls-files '*.h' '*.cc' | xargs -r clang-format-14 -i

check: ## The heavier checks of CI: lint, clang-tidy, sanitizers, the second compiler, Kafka
	@.ci/run format protos shell tidy-all asan tsan gcc bench kafka

clean: ## Remove everything that was built
	@rm -rf build
