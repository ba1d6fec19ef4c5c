#!/usr/bin/env bash
# Every declared function has a comment that says what it does, what it returns and what
# each of its parameters is, and that speaks of no parameter that it has not.
source "$(dirname "$0")/lib.sh"

count=0
while IFS=$'\t' read -r declaration comment; do
  count=$((count + 1))
  name=$(name_of <<< "$declaration")
  [[ $comment == *'/**'* ]] || { fail "$name has no comment"; continue; }
  summary=${comment#*'/** '}
  summary=${summary#'* '}
  [[ $summary == [@/]* ]] && fail "$name does not say what it does"
  if [[ $declaration != "void $name"* && $comment != *'@return '* ]]; then
    fail "$name does not say what it returns"
  fi

  parameters=${declaration#*"$name("}
  parameters=${parameters%);}
  # A parameter that is a function is named in its parentheses; its own parameters are not
  # looked at.
  parameters=$(sed -E 's/\(\*([a-z_0-9]+)\)\([^)]*\)/\1/g' <<< "$parameters")
  declared=$(tr ',' '\n' <<< "$parameters" | grep -oE '[a-z_0-9]+$' | grep -vx void || true)
  described=$(grep -oE '@param [a-z_0-9]+ ' <<< "$comment" | cut -d' ' -f2 || true)
  if [[ $declared != "$described" ]]; then
    fail "$name has the parameters ($(echo $declared)) and describes ($(echo $described))"
  fi
done < <(declarations)
((count > 0)) || fail 'found no declaration'
finish
