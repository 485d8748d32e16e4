# Sourced by the scripts beside it: goes to the repository's root, finds Swift, names and times steps.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v swift >/dev/null || PATH=/opt/swift/usr/bin:$PATH

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# step NAME COMMAND…: runs the command; its name stands before it, its time after it.
step() {
  local name=$1 began=$SECONDS
  shift
  echo "== $name" >&2
  "$@" || fail "'$name' failed after $((SECONDS - began)) s: $*"
  echo "== $name: done in $((SECONDS - began)) s" >&2
}
