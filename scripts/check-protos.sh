#!/usr/bin/env bash
# Checks the contract: its style and comments (buf.yaml says what is excepted, and why), and how it is laid out.
#
#   scripts/check-protos.sh            checks
#   scripts/check-protos.sh --write    lays the files out anew, and checks the rest
set -euo pipefail
cd "$(dirname "$0")/../protos"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

buf() { npx --yes @bufbuild/buf@1.75.0 "$@"; }

# buf cannot read imports that lie in packages, so it is given what protoc reads.
packages=$(dotnet nuget locals global-packages --list | sed 's/^[^/]*//')
newest() { ls -d "$packages/$1/"*/ | sort -V | tail -1; }
tools=$(newest grpc.tools)
protoc=${tools}tools/linux_$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')/protoc
"$protoc" --include_imports --include_source_info --descriptor_set_out="$work/set.binpb" \
  -I. -I"${tools}build/native/include" -I"$(newest google.api.commonprotos)content/protos" provisioning/v1/*.proto

# Of the packages' files nothing is said here.
code=0
buf lint "$work/set.binpb" --config buf.yaml >"$work/found" || code=$?
[ "$code" = 0 ] || [ "$code" = 100 ] || exit "$code"
if grep '^provisioning/' "$work/found"; then
  exit 1
fi

if [ "${1:-}" = --write ]; then
  buf format --write .
elif ! buf format --diff --exit-code .; then
  echo "Lay the contract out by scripts/check-protos.sh --write."
  exit 1
fi
