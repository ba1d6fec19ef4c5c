# What the contract checks share. Sourced by them.
set -euo pipefail
# With it, cd may go elsewhere, and prints where.
unset CDPATH
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
include=${SIMPLE_TORCH_INCLUDE:-$here/../../tier1_ffi/include}
failures=0

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  failures=$((failures + 1))
}

finish() {
  if ((failures > 0)); then exit 1; fi
}

# The declared functions: declaration, tab, comment.
declarations() { awk -f "$here/declarations.awk" "$include"/simple_torch/*.h; }

# The name in a declaration.
name_of() { sed -E 's/^[^(]*[ *](simple_torch_[a-z0-9_]+)\(.*/\1/'; }
