#!/bin/sh
# Pins all dependencies with their hashes, keeping the versions that still fit; name packages to renew, or `--all`.
set -eu
uv=$(command -v uv || echo .venv/bin/uv)
[ -x "$uv" ] || .venv/bin/python -m pip install -q uv

options="--quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-config --override scripts/overrides.txt"
case ${1:-} in
    --all) options="$options --upgrade" ;;
    *) for package in "$@"; do options="$options --upgrade-package $package"; done ;;
esac

export UV_CUSTOM_COMPILE_COMMAND="make lock"
"$uv" pip compile $options pyproject.toml -o requirements.txt
"$uv" pip compile $options --no-annotate pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
for lock in requirements.txt requirements-dev.txt; do # what is never installed need not stand there
    awk "/^[a-z]/ { never = /sys_platform == 'never'/ } !never" "$lock" >"$lock.new" && mv "$lock.new" "$lock"
done
