#!/usr/bin/env bash
# Starts Beseda for itself, has Artillery at it, and stops it again. Arguments go to Artillery.
#
#   bench/artillery/run.sh [--output report.json]
set -euo pipefail
cd "$(dirname "$0")"
program=${BESEDA:-../../target/release/beseda}
limits=message=off,message-burst=off,typing=off,join=off,create-room=off,login=off,search=off,upload=off,connect=off,event=off

data=$(mktemp -d)
# All of them come from one address.
"$program" --address 127.0.0.1:0 --data-dir "$data" --limit "$limits" --max-connections-per-address 10000 \
    >"$data/out" 2>"$data/log" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; rm -rf "$data"' EXIT
until url=$(sed -n 's/^listening on //p' "$data/out") && [ -n "$url" ]; do
    kill -0 "$server" 2>/dev/null || { cat "$data/log" >&2; exit 1; }
    sleep 0.1
done

ARTILLERY_DISABLE_TELEMETRY=true npx artillery run --target "$url" "$@" chat.yml
ps -o cputime=,rss= -p "$server" | awk '{ print "Beseda took " $1 " of processor time and has " int($2 / 1024) " MiB" }'
