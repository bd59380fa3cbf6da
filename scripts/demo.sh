#!/bin/sh
# Reads the sample packages and shows what is wrong in them. Each time the cases start afresh, but no page is read twice.
set -eu
# The days on which the samples were handed in: a permit that runs out later must not spoil the demo.
first=2026-06-25 last=2026-11-20
export HEYAN_DATA=data/demo
unset HEYAN_BUCKET HEYAN_DATABASE_URL PREFECT_API_URL

PYTHONPATH=. .venv/bin/python scripts/fresh_cases.py "$HEYAN_DATA"
packages=$(find fixtures/scans -mindepth 1 -maxdepth 1 ! -name '*.json' ! -name '*.json.gz' ! -name '*.md' | sort)
traders=$(printf '%s\n' $packages | grep '/[sb]072') # before the deals that move their kilograms
others=$(printf '%s\n' $packages | grep -v '/[sb]072')
status=0
./heyan intake $traders --today $first || status=$?
[ "$status" -le 1 ]
# Publishing is an act of the province, by somebody of its: only what is public is sold.
./heyan user add demo --role reviewer --display 演示 --no-password
HEYAN_TOKEN=$(./heyan user token demo --label 演示)
export HEYAN_TOKEN
./heyan publish --all --on $first
./heyan intake $others --today $last || status=$?
./heyan publish
./heyan ledger

cat <<'END'
每一项问题都附有两处数值、所在页和依据。接下来可以 · Each finding names both figures, their pages and the provision. Next:
  HEYAN_DATA=data/demo ./heyan queue                      待人工处理的事项 · what waits for a person
  HEYAN_DATA=data/demo ./heyan show HY-…                  一个案件 · one case
  HEYAN_DATA=data/demo ./heyan life HY-…                  办理过程：已办、可办、尚缺 · steps taken, possible, missing
  HEYAN_DATA=data/demo ./heyan ledger 企业                 一家企业的排放量 · what a company has left
  ./heyan check 您的材料.zip                              您自己的扫描件 · your own scans
  ./heyan --help
END
# Planted faults make packages wait for review (1); anything graver is a failure of the demo.
[ "$status" -le 1 ]
