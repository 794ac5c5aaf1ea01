#!/usr/bin/env bash
# Measures the service beside the floor, beside a peer, in all its shapes, in one run on this machine, and prints one table.
# Installs what is missing, starts a PostgreSQL (durable: synchronous_commit and fsync on) and a Redis of its own, and fills two
# databases with 1.1 million people, which takes ten minutes once: they stay in /var/tmp for the next run (BENCH_POSTGRES_DATA).
#
#   bench/run.sh                    everything, about 30 minutes after the first filling
#   bench/run.sh one                some parts: one (floor, one process and two by turns), size, behind, sqlite, peer, start, memory
#   bench/run.sh one only=GET,block some operations, by words of their names
#   BENCH_SECONDS=10                how long each operation is measured (default 6)
#   BENCH_WARM_UP=20                how long each operation runs before any is measured (default 15)
#   BENCH_OTHER=FILE                another build's Standalone, measured by turns with this one in place of two processes
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
export DOTNET_CLI_HOME="${DOTNET_CLI_HOME:-${HOME:-/tmp}}"

# What the service keeps beside its database, such as the key of its tokens, stays where the database does.
data="${BENCH_POSTGRES_DATA:-/var/tmp/provisioning-bench-postgres}"
folder="$data.files" server_user="" redis_pid=""
mkdir -p "$folder"

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
as_server() {
  [ -n "$server_user" ] || { "$@"; return; }
  (cd /tmp && setpriv --reuid "$server_user" --regid "$server_user" --clear-groups "$@")
}
find_postgres() { pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1); [ -n "$pg_bin" ]; }
free_port() {
  local port
  for _ in $(seq 200); do
    port=$((20000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  exit 1
}

missing=()
find_postgres || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v haproxy >/dev/null || missing+=(haproxy)
command -v node >/dev/null || missing+=(nodejs npm)
if [ ${#missing[@]} -gt 0 ]; then
  echo "Installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  find_postgres
fi

dotnet restore Provisioning.sln --locked-mode >/dev/null
for program in src/Standalone src/Provisioning.Grpc src/Scim.Rest bench/Floor bench/Bench; do
  dotnet publish "$program" -c Release --no-restore >"$folder/publish.log" 2>&1 || { cat "$folder/publish.log"; exit 1; }
done
(cd bench/Peer && npm ci --no-audit --no-fund --loglevel=error >/dev/null)

[ "$(id -u)" = 0 ] && server_user=postgres
settings=(-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=100
  -c shared_buffers=2GB -c max_wal_size=4GB -c checkpoint_timeout=15min)
port=$(free_port)

start_postgres() {
  as_server "$pg_bin/pg_ctl" -D "$data" -w -t 120 -l "$data/server.log" -o "-p $port ${settings[*]@Q} $*" start >/dev/null \
    || { tail "$data/server.log"; exit 1; }
}
stop_postgres() { as_server "$pg_bin/pg_ctl" -D "$data" -m fast -w -t 300 stop >/dev/null 2>&1 || true; }
stop() { [ -n "$redis_pid" ] && kill "$redis_pid" 2>/dev/null || true; stop_postgres; }
trap stop EXIT
trap 'exit 130' INT TERM

bench() {
  BENCH_POSTGRES_PID=$(as_server head -1 "$data/postmaster.pid") artifacts/publish/Bench/release/Bench "$@" \
    "Host=127.0.0.1;Port=$port;Username=postgres" "127.0.0.1:$redis_port" "$folder" "${parts[@]}"
}

redis_port=$(free_port)
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$folder" >"$folder/redis.log" 2>&1 &
redis_pid=$!

if ! as_root test -f "$data/filled"; then
  as_root rm -rf "$data"
  as_root install -d -m 700 -o "${server_user:-$(id -un)}" "$data"
  as_server "$pg_bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$folder/initdb.log" 2>&1 \
    || { cat "$folder/initdb.log"; exit 1; }
  start_postgres -c fsync=off -c full_page_writes=off
  parts=()
  rm -rf "$folder/data"
  bench fill
  stop_postgres
  as_server touch "$data/filled"
fi

start_postgres
parts=("$@")
bench run
