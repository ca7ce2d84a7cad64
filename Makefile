# The few commands a newcomer needs. Each installs what it needs (tools/setup) and says what it does.
.PHONY: demo test build bench up down lint setup coverage clean

demo: build
	@tools/demo

test:
	@tools/test

build: setup
	@cmake --preset release -DMESSINA_BENCH=OFF >/dev/null
	@echo "building messina (some minutes the first time)"
	@cmake --build --preset release --target messina -- --quiet

bench:
	@bench/run $(NAME)

# Kafka, Cassandra and a schema registry on their usual ports of the loopback address, for trying things out.
up: setup
	@tests/servers/servers up --kafka=9092 --cassandra=9042 --registry=8081

down:
	@tests/servers/servers down

lint:
	@tools/lint

coverage:
	@tools/coverage

setup:
	@tools/setup

clean:
	rm -rf build
