#!/bin/sh
# Fetches Docker Compose v2 into a folder (default .tools/compose), for `config` checks: no engine, nothing installed.
# It comes from Debian 13's package, through this machine's own Debian sources, whose release is left as it is.
set -eu
target=${1:-.tools/compose}
[ -x "$target/docker-compose" ] && exit 0
sources=/etc/apt/sources.list.d/debian.sources
[ -r "$sources" ] || { echo "no $sources: get Docker Compose v2 yourself, into $target" >&2; exit 3; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/parts" "$work/package"
awk 'BEGIN { RS = "" } NR == 1' "$sources" | sed 's/^Suites:.*/Suites: trixie/' >"$work/parts/trixie.sources"
options="-o Dir::State::lists=$work/lists -o Dir::Cache=$work -o Dir::Etc::sourcelist=/dev/null"
options="$options -o Dir::Etc::sourceparts=$work/parts"
apt-get -qq $options update
(cd "$work/package" && apt-get -qq $options download docker-compose)
dpkg -x "$work"/package/docker-compose_*.deb "$work/tree"
mkdir -p "$target"
cp "$work/tree/usr/libexec/docker/cli-plugins/docker-compose" "$target/docker-compose.new"
mv "$target/docker-compose.new" "$target/docker-compose"
