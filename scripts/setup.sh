#!/bin/sh
# Sets up what `run` or `test` needs: Debian packages, a virtual environment, locked dependencies.
# Every step looks first whether it is already done. Called by the Makefile from the checkout's root.
set -eu

purpose=$1 # run | test | rgw
python=${PYTHON:-python3}

say() { echo "· $*" >&2; }

wanted() {
    lists=scripts/debian-run.txt
    [ "$purpose" = run ] || lists="$lists scripts/debian-test.txt"
    [ "$purpose" = rgw ] && lists="$lists scripts/debian-rgw.txt"
    cat $lists | grep -v '^#'
}

missing() {
    for package in $(wanted); do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || has_successor "$package" || echo "$package"
    done
}

# Debian 13 renamed some libraries (libglib2.0-0 became libglib2.0-0t64).
has_successor() {
    dpkg-query -W -f '${db:Status-Status}' "$1t64" 2>/dev/null | grep -q '^installed$'
}

install_debian() {
    if ! command -v dpkg-query >/dev/null; then
        say "不是 Debian 系统，请自行安装 (not Debian, install these yourself): $(wanted | tr '\n' ' ')"
        return
    fi
    packages=$(missing)
    [ -z "$packages" ] && return
    if [ "$(id -u)" = 0 ]; then
        root=
    elif sudo -n true 2>/dev/null; then
        root=sudo
    else
        echo "缺少系统软件包，请执行后重试 (Debian packages are missing; run this, then try again):" >&2
        echo "  sudo apt-get install" $packages >&2
        exit 2
    fi
    say "安装系统软件包 (Debian packages):" $packages
    log=$(mktemp)
    if ! { $root apt-get update -qq && $root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $packages; } >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
    rm -f "$log"
}

check_python() {
    if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
        echo "需要 Python 3.11–3.13 (Python 3.11 to 3.13 is needed; set PYTHON=…)" >&2
        exit 2
    fi
}

make_environment() {
    .venv/bin/python -c 'import pip' 2>/dev/null && return
    say "建立虚拟环境 (virtual environment)"
    "$python" -m venv --clear .venv
}

install_locked() {
    lock=requirements.txt
    [ "$purpose" = run ] || lock=requirements-dev.txt
    say "安装锁定的依赖 (locked dependencies): $lock"
    if command -v uv >/dev/null && uv pip install -q --python .venv/bin/python --no-deps --require-hashes -r "$lock"; then
        return
    fi
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r "$lock"
}

check_python
install_debian
make_environment
install_locked
touch ".venv/.ready-$purpose"
[ "$purpose" = run ] || touch .venv/.ready-run
[ "$purpose" = rgw ] && touch .venv/.ready-test
say "就绪 (ready)"
