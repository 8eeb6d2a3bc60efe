# What CI runs, by the name that everybody uses.
check:
    bash .ci/run

# The inner loop.
test *args:
    cargo test --test it {{args}}

demo:
    cargo run --release -- demo

bench:
    cargo bench

load:
    cargo run --release --example load
