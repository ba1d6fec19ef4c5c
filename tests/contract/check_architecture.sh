#!/usr/bin/env bash
# ARCHITECTURE.md names files that exist, and names in them that are there: every `path` with
# a slash or an ending, and in "`path` (`name`)" or "`path`, `name`" the name is in that file.
source "$(dirname "$0")/lib.sh"
root=$(cd "$here/../.." && pwd)
page=$(tr '\n' ' ' < "$root/ARCHITECTURE.md" | tr -s ' ')

count=0
while IFS= read -r path; do
  count=$((count + 1))
  [[ -e $root/$path ]] || fail "ARCHITECTURE.md names $path, which does not exist"
done < <(grep -oE '`(tier1_ffi|tier2_sffi|tier3_api|tests|build_support|bin)/[A-Za-z0-9_./-]+`|`[A-Z]+\.md`' <<< "$page" | tr -d '`' | sort -u)

while IFS=' ' read -r path name; do
  grep -q -- "$name" "$root/$path" || fail "ARCHITECTURE.md says that $name is in $path"
done < <(grep -oE '`[A-Za-z0-9_./-]+\.(h|cpp|cmake)`(,)? \(?`[A-Za-z_]+`' <<< "$page" | tr -d '`(,' | tr -s ' ')
((count > 20)) || fail 'found too few paths in ARCHITECTURE.md to believe it'
finish
