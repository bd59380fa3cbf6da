#!/bin/bash
# A real S3 server for tests: Ceph RGW of Debian 12, on loopback, in memory, with a key of its own.
#   scripts/rgw.sh up DIR [PORT]     needs scripts/debian-rgw.txt; prints host:port once it answers
#   scripts/rgw.sh down DIR
set -eu
key=${S3_TEST_KEYS:-rgwaccess:rgwsecret123}
command=$1
dir=$(realpath -m "$2")
port=${3:-7480}
lib=/usr/lib/$(uname -m)-linux-gnu
export CEPH_CONF=$dir/ceph.conf

configure() {
    cat >"$CEPH_CONF" <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = v1:127.0.0.1:$((20000 + RANDOM % 10000))
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
osd crush chooseleaf type = 0
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
plugin dir = $lib/ceph
erasure code dir = $lib/ceph/erasure-code
osd class dir = $lib/rados-classes
log file = $dir/\$name.log
admin socket = $dir/\$name.asok
run dir = $dir
pid file = $dir/\$name.pid
mon data = $dir/mon
osd data = $dir/osd
osd objectstore = memstore
memstore device bytes = 2147483648
keyring = /dev/null
crash dir = $dir
[client.rgw]
rgw data = $dir/rgw
rgw frontends = beast endpoint=127.0.0.1:$port
rgw override bucket index max shards = 1
rgw dynamic resharding = false
rgw thread pool size = 16
rgw lc debug interval = -1
CONF
}

begin() { # NAME PROGRAM ARGUMENT…
    "${@:2}" -f >"$dir/$1.out" 2>&1 &
    echo $! >"$dir/$1.started"
}

# Seldom a start hangs; the caller tries again.
up() {
    mkdir -p "$dir/mon" "$dir/osd" "$dir/rgw"
    configure
    monmaptool --create --fsid "$(sed -n 's/^fsid = //p' "$CEPH_CONF")" \
        --addv a "[$(sed -n 's/^mon host = //p' "$CEPH_CONF")]" "$dir/monmap" >/dev/null
    ceph-mon --mkfs -i a --monmap "$dir/monmap" --keyring /dev/null
    begin mon ceph-mon -i a
    osd=$(cat /proc/sys/kernel/random/uuid)
    patiently timeout 20 ceph --connect-timeout 10 osd new "$osd"
    ceph-osd -i 0 --mkfs --osd-uuid "$osd" >/dev/null 2>&1
    begin osd ceph-osd -i 0
    patiently sh -c 'ceph osd stat 2>/dev/null | grep -q "1 up"'
    begin rgw radosgw -n client.rgw
    patiently python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)"
    radosgw-admin -n client.rgw user create --uid=t --display-name=t \
        --access-key="${key%%:*}" --secret-key="${key#*:}" >/dev/null 2>&1
    echo "127.0.0.1:$port"
}

patiently() {
    for _ in $(seq 300); do
        "$@" >/dev/null 2>&1 && return
        sleep .2
    done
    echo "did not come up: $*" >&2
    return 1
}

down() {
    for started in rgw osd mon; do
        [ -f "$dir/$started.started" ] && kill -9 "$(cat "$dir/$started.started")" 2>/dev/null || true
    done
    rm -rf "$dir"
}

$command
