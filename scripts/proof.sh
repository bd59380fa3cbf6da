#!/bin/sh
# Reads a page drawn on the spot: engine, models and language data are there, and load without a network.
set -eu
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" HEYAN_DATA="$work/data" PYTHONDONTWRITEBYTECODE=1 PYTHONSAFEPATH=1 PYTHONPATH="$home"
cd "$work"
"$home/.venv/bin/python" - <<'END'
from PIL import Image, ImageDraw

from extractors.language_data import missing

assert not missing(), missing()
page = Image.new("RGB", (1240, 600), "white")
ImageDraw.Draw(page).text((80, 120), "PAGE 1234567890", fill="black", font_size=80)
page.save("page.png", dpi=(150, 150))
END
status=0
"$home/heyan" check page.png --json --workers 1 >told.json || status=$?
[ "$status" = 1 ] && grep -q '"state": *"review"' told.json # read, and nothing that we know
