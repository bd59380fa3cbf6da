#!/bin/sh
# Writes .env for docker-compose.yml with fresh secrets; one that is there already is left alone.
set -eu
if [ -e .env ]; then
    echo "· .env 已存在，未改动 (is there already, left alone)" >&2
    exit 0
fi
secret() { od -An -N20 -tx1 /dev/urandom | tr -d ' \n'; } # 40 signs: the most that some S3 servers take
umask 077
sed -e "s/^\(HEYAN_[A-Z0-9_]*\)=$/\1=@/" .env.example | while IFS= read -r line; do
    case $line in
        *ACCESS_KEY=@) printf '%s=%s\n' "${line%=@}" "$(secret | cut -c -20)" ;;
        *=@) printf '%s=%s\n' "${line%=@}" "$(secret)" ;;
        *) printf '%s\n' "$line" ;;
    esac
done >.env.new
mv .env.new .env
echo "· 已生成 .env，请妥善保管 (written; keep it safe): docker compose up --build --wait" >&2
