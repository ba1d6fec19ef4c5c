# What the tests of the build share. Sourced by them.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/simple torch build.XXXXXX")
trap 'rm -rf "$work"' EXIT
failures=0
unset LIBTORCH TORCH_HOME SIMPLE_TORCH_FETCH SIMPLE_TORCH_BUILD PKG_CONFIG_PATH

# expect "what it does": the last command's result must be 0.
expect() {
  local status=$?
  if ((status == 0)); then
    echo "good: $1"
  else
    echo "FAILED: $1"
    if [[ -n ${output:-} ]]; then sed 's/^/    /' <<< "$output"; fi
    failures=$((failures + 1))
  fi
}

# The text is in the last command's output, whatever the line breaks.
says() { [[ $(tr -s ' \n' ' ' <<< "$output") == *"$1"* ]]; }

finish() { exit $((failures > 0)); }
