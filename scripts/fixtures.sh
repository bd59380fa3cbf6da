#!/bin/sh
# Makes the committed sample packages again from their seeds (see fixtures/scans/README.md) and records their readings.
set -eu
out=fixtures/scans

make_one() { # seed, faults, share of clean packages
    PYTHONPATH=. .venv/bin/python -m fixtures.make --out $out --count 1 --megabytes 2.2 --seed "$1" --faults "$2" --clean-share "$3"
}

for seed in 1135 552 2921 5332; do make_one $seed none 1; done
make_one 2466 permit_changed_too_little 0
make_one 1211 hexavalent_added 0
make_one 320 statement_in_tonnes 0
make_one 914 foreign_metal_offered 0

./heyan eval $out --fresh --record
