#!/bin/sh
# Makes the committed sample packages again from their seeds (see fixtures/scans/README.md) and records their readings.
set -eu
out=fixtures/scans

make_one() { # seed, kind, fault, megabytes, further options
    seed=$1 kind=$2 fault=$3 size=$4
    shift 4
    PYTHONPATH=. .venv/bin/python -m fixtures.make --out $out --count 1 --clean-share 0 \
        --seed "$seed" --kinds "$kind" --faults "$fault" --megabytes "$size" "$@"
}

# Parties and deals that belong together; of the four groups of this seed the last two are kept.
all=$(mktemp -d)
PYTHONPATH=. .venv/bin/python -m fixtures.make --out "$all" --trios 4 --seed 72 --rough typical --megabytes 0.8
for name in s072-002 s072-003 s072-004 b072-002 b072-003 b072-004 d072-002 d072-003 d072-004 d072-005; do
    cp -R "$all/$name"* $out
done
rm -r "$all"

make_one 2466 supply permit_changed_too_little 2.2 --rough typical
make_one 1211 supply hexavalent_added 2.2 --rough light
make_one 320 supply statement_in_tonnes 2.2 --rough rough
make_one 411 demand ratio_left_out 0.8 --rough typical
make_one 405 transfer signed_within_notice 0.8 --rough typical
make_one 409 transfer words_times_ten 0.8 --rough typical

./heyan eval $out --fresh --record
