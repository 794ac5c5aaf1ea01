#!/usr/bin/env bash
# Runs every test against a real PostgreSQL, SQLite, a real Redis and a real Chromium, on the programs as they are
# published, and checks formatting and the contract's style. Installs what is missing, starts private servers on free
# loopback ports, and stops what it started. Screenshots of the pages are written to artifacts/screenshots.
#
#   ./test.sh                 everything
#   TEST_POSTGRES='Host=…'    use this PostgreSQL (a user that may make databases) instead of a private one
#   TEST_REDIS='host:port'    use this Redis instead of a private one
#   METAMORPHIC_SEED=…        repeat the random requests of an earlier run (METAMORPHIC_CASES says how many, 2000 if not set)
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
export DOTNET_CLI_HOME="${DOTNET_CLI_HOME:-${HOME:-/tmp}}"

work=$(mktemp -d /tmp/provisioning-test.XXXXXX)
chmod 755 "$work"
postgres_data="" redis_pid="" server_user=""

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# PostgreSQL refuses to run as root, so root hands its server to the user that the package made.
as_server() {
  [ -n "$server_user" ] || { "$@"; return; }
  (cd "$work" && setpriv --reuid "$server_user" --regid "$server_user" --clear-groups "$@")
}

stop() {
  [ -n "$redis_pid" ] && kill "$redis_pid" 2>/dev/null || true
  [ -n "$postgres_data" ] && as_server "$pg_bin/pg_ctl" -D "$postgres_data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work" 2>/dev/null || as_root rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

find_postgres() { pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1); [ -n "$pg_bin" ] && [ -x "$pg_bin/initdb" ]; }

install_missing() {
  local packages=()
  [ -n "${TEST_POSTGRES:-}" ] || find_postgres || packages+=(postgresql)
  [ -n "${TEST_REDIS:-}" ] || command -v redis-server >/dev/null || packages+=(redis-server)
  command -v chromium >/dev/null || packages+=(chromium fonts-dejavu-core)
  command -v npx >/dev/null || packages+=(npm)
  [ ${#packages[@]} -eq 0 ] && return
  echo "Installing ${packages[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >"$work/apt.log" 2>&1 \
    || { cat "$work/apt.log"; exit 1; }
}

free_port() {
  local port
  for _ in $(seq 200); do
    port=$((20000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  echo "There is no free port." >&2
  exit 1
}

start_postgres() {
  find_postgres
  [ "$(id -u)" = 0 ] && server_user=postgres
  local port
  port=$(free_port)
  mkdir "$work/postgres"
  [ -n "$server_user" ] && chown "$server_user" "$work/postgres"
  as_server "$pg_bin/initdb" -D "$work/postgres" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$work/initdb.log" 2>&1 \
    || { cat "$work/initdb.log"; exit 1; }
  postgres_data="$work/postgres"
  as_server "$pg_bin/pg_ctl" -D "$postgres_data" -w -t 60 -l "$postgres_data/server.log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300 -c fsync=off" start >/dev/null \
    || { cat "$postgres_data/server.log"; exit 1; }
  export TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres;Maximum Pool Size=20"
}

start_redis() {
  local port
  port=$(free_port)
  redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --daemonize no --dir "$work" >"$work/redis.log" 2>&1 &
  redis_pid=$!
  export TEST_REDIS="127.0.0.1:$port"
}

install_missing
[ -n "${TEST_POSTGRES:-}" ] || start_postgres
[ -n "${TEST_REDIS:-}" ] || start_redis

# No line has more than 140 columns, but what tools make.
if git ls-files '*.cs' '*.razor' '*.css' '*.proto' '*.sh' '*.props' '*.csproj' ':!*/Migrations/*' \
  | LC_ALL=C.UTF-8 xargs grep -nP '^.{141,}$'; then
  echo "These lines have more than 140 columns. Wrap them."
  exit 1
fi

dotnet restore Provisioning.sln --locked-mode
scripts/check-protos.sh
dotnet build Provisioning.sln -c Release --no-restore
dotnet format Provisioning.sln --no-restore --verify-no-changes --severity warn
for program in Standalone Provisioning.Grpc Scim.Rest; do
  dotnet publish "src/$program" -c Release --no-restore
done
export TEST_PROGRAMS=publish
export METAMORPHIC_SEED="${METAMORPHIC_SEED:-$RANDOM}"
echo "METAMORPHIC_SEED=$METAMORPHIC_SEED"

code=0
dotnet test --solution Provisioning.sln -c Release --no-build --no-restore --no-progress "$@" 2>&1 | tee "$work/tests.log" || code=$?
count() { sed 's/\x1b\[[0-9;]*m//g' "$work/tests.log" | sed -n "s/^ *$1: *\([0-9][0-9]*\).*/\1/p" | tail -1; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
line="${passed:-0} passed, ${failed:-0} failed"
[ "${skipped:-0}" -gt 0 ] && line="$line, $skipped skipped"
if [ "$code" -ne 0 ] && [ "${failed:-0}" -eq 0 ]; then echo "The test run ended with exit code $code."; fi
[ "${passed:-0}" -gt 0 ] || code=1
echo "$line"
exit "$code"
