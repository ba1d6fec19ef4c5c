#!/usr/bin/env bash
# What no program should be, and programs that would take all there is: a precise error each,
# and never a crash. What a single small program shows stands in errors/ and modules/.
# bad_input_test.sh HOST LIBRARY NATIVE
set -uo pipefail
# With it, cd may go elsewhere, and prints where.
unset CDPATH
host=$(realpath "$1")
SIMPLE_LIB=$(realpath "$2")
SIMPLE_SFFI_PATH=$(realpath "$3")
export SIMPLE_LIB SIMPLE_SFFI_PATH SIMPLE_CACHE=off
unset SIMPLE_PACKAGES SIMPLE_SFFI_BUILD_PATH SIMPLE_SFFI_BUILD_COMMAND SIMPLE_SPEC_REPORT_FD
work=$(mktemp -d "${TMPDIR:-/tmp}/simple bad input.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

verdict() {
  local good=$?
  if ((good == 0)); then
    echo "good: $1"
  else
    echo "FAILED: $1"
    head -c 1000 <<< "$output" | sed 's/^/    /'
    failures=$((failures + 1))
  fi
}
# fails NAME WANTED: the program on standard input ends with status 1, and with this at the
# start of what it writes to standard error.
fails() {
  local status=0
  cat > program.spl
  "$host" run program.spl < /dev/null > printed 2> errors || status=$?
  output="status $status: $(head -c 1000 errors)"
  [[ $status == 1 && $(head -c 1000 errors) == "$2"* ]]
  verdict "$1"
}
# many COUNT TEXT: so often the text.
many() { head -c "$1" /dev/zero | sed "s/\x0/$2/g"; }

# ---- Sources

printf '\xef\xbb\xbfprint("mark")\r\nif true:\r\n    print("lines")\r\n' > marked.spl
output=$("$host" run marked.spl 2>&1) && [[ $output == $'mark\nlines' ]]
verdict 'a byte order mark and ends of lines with carriage returns are taken'
printf 'if true:\n\tprint(1)\n        print(2)\n' | fails 'tabs and blanks that do not agree' \
  $'error: parse: inconsistent indentation: this line fits no block around it\n   --> program.spl:3:9'
printf 'print((1, 2]\nprint(3)\n' | fails 'a bracket that another one closes' \
  $'error: parse: `]` does not close the `(` of line 1\n   --> program.spl:1:12'
printf 'val a = [1, 2\nprint(3)\n' | fails 'a bracket that nothing closes' \
  $'error: parse: the `[` of line 1 is not closed\n   --> program.spl:1:9'
printf 'print(3))\n' | fails 'a bracket that closes nothing' \
  $'error: parse: `)` closes nothing\n   --> program.spl:1:9'
deep='error: parse: nested too deeply: more than 400 levels of brackets, blocks and operators'
printf 'print(%s%s)\n' "$(many 10000 '[')" "$(many 10000 ']')" | fails '10,000 brackets' "$deep"
printf 'print(%s\n' "$(many 10000 '(')" | fails '10,000 brackets that nothing closes' \
  'error: parse: the `(` of line 1 is not closed'
printf 'val x = %s1\n' "$(many 100000 '-')" | fails '100,000 signs' "$deep"
printf 'val x: %si64%s = 1\n' "$(many 10000 '[')" "$(many 10000 ']')" | fails 'types' "$deep"
printf 'match 1:\n    case %s1%s: pass\n' "$(many 10000 '(')" "$(many 10000 ')')" |
  fails 'patterns' "$deep"
printf 'val x = %s1\n' "$(many 100000 '1 + ')" | fails 'an endless sum' \
  'error: parse: this expression is too long: more than 3000 operators and calls in one'
{ printf 'val s = "' && many 100000000 x && printf '" + nothing\n'; } |
  fails 'a line of 100 MB' 'error: semantic: variable `nothing` not found'
{ printf 'val s = [' && many 50000000 '1,' && printf ']\n'; } |
  fails '50 million numbers' 'error: parse: this file is too long: more than 10000000 words'
[[ $(wc -c < errors) -lt 1000 ]]
verdict 'of which no more is shown than can be read'

# ---- Stacks

printf 'var all = \\x: x + 1\nfor i in 0..200000: all = all >> (\\x: x + 1)\nprint(all(1))\n' |
  fails 'a composition of 200,000 functions' \
    $'error: runtime: stack overflow: built-in functions call each other too deep [E3003]\n   --> program.spl:3:7'
output=$("$host" -e 'var a = []
for i in 0..1000000: a = [a]
a = []
var total = 0
for i in 0..300000: total = total + [i, i].len()
print(total)' 2>&1) && [[ $output == 600000 ]]
verdict 'a million arrays in one another are marked and freed'

# ---- Memory

export SIMPLE_MEMORY_LIMIT=200000000
runs_out() { fails "$1" 'error: runtime: out of memory'; }
printf 'print(("x" * 10**12).len())\n' | runs_out 'a text times too much'
printf 'print(("xyz" * 100000000).len())\n' | runs_out 'a text above the limit'
printf 'print("x".repeat(10**12).len())\n' | runs_out 'repeat'
printf 'print("x".pad_left(3 * 10**9).len())\n' | runs_out 'pad_left'
printf 'print([0; 10**12].len())\n' | runs_out 'an array of too many'
printf 'print((0..10**12).to_array().len())\n' | runs_out 'a range as an array'
printf 'print([for i in 0..10**12: i].len())\n' | runs_out 'a comprehension'
printf 'val a = "x" * 1000000\nprint([for i in 0..1000: a].join(",").len())\n' | runs_out 'join'
printf 'val a = "x" * 100000\nprint(a.replace("x", a).len())\n' | runs_out 'replace'
printf 'print(("x," * 30000000).split(",").len())\n' | runs_out 'split'
printf 'var a = [1]\nfor i in 0..60: a = a + a\n' | runs_out 'arrays that are joined'
printf 'var a = "x"\nfor i in 0..60: a = a + a\n' | runs_out 'texts that are joined'
printf 'var a = []\nwhile true: a.push([1, 2, 3])\n' | runs_out 'an array that grows for ever'
printf 'var d = {}\nvar i = 0\nwhile true:\n    d[i] = i\n    i = i + 1\n' |
  runs_out 'a dict that grows for ever'
shared='var a = [1, 2]\nfor i in 0..60: a = [a, a]\n'
printf "${shared}print(a)\n" | runs_out 'the text of an array that holds another 2^60 times'
printf "${shared}print(json_text(a).len())\n" | runs_out 'its JSON'
unset SIMPLE_MEMORY_LIMIT

# ---- Ctrl-C

# stops NAME [PLACE]: the program on standard input says "ready", is interrupted and ends at
# once, having said where it was.
mkfifo silent
sleep 1000 > silent &
silence=$!
trap 'kill "$silence"; rm -rf "$work"' EXIT
stops() {
  local status=0 call
  { echo 'eprint("ready")' && cat; } > program.spl
  : > errors
  "$host" run program.spl < silent > printed 2> errors &
  call=$!
  for _ in {1..200}; do [[ -s errors ]] && break; sleep 0.05; done
  sleep 0.3
  kill -INT "$call"
  for _ in {1..200}; do
    if ! kill -0 "$call" 2> /dev/null; then break; fi
    sleep 0.05
  done
  kill -KILL "$call" 2> /dev/null && status=late
  wait "$call"
  status=${status/#0/$?}
  output="status $status: $(< errors)"
  [[ $status == 130 && $(< errors) == $'ready\nerror: runtime: interrupted\n   --> program.spl:'"${2:-}"* ]]
  verdict "Ctrl-C in $1"
}
stops 'a loop' 2 <<< 'while true: pass'
printf 'fn f():\n    defer: print("deferred")\n    while true: pass\nf()\n' | stops 'a function' 4
[[ $(< printed) == deferred ]]
verdict 'what was deferred runs'
stops 'a comparison of a sort' <<< 'while true: [3, 1, 2].sort_by(\x: -x)'
stops 'sleep' 2 <<< 'rt_sleep_ms(100000)'
stops 'input' 2 <<< 'val x = input("name? ")'
stops 'a process that it waits for' 2 <<< 'print(rt_process_run("sleep", ["100"]))'
stops 'a function that native code calls' 4 << 'TEXT'
extern fn rt_probe_apply(f: fn(i64) -> i64, value: i64) -> i64
fn endless(x: i64) -> i64:
    while true: pass
    0
print(rt_probe_apply(endless, 3))
TEXT
printf 'var a = (1, 2)\nfor i in 0..60: a = (a, a)\nprint(hash(a))\n' | stops 'a hash' 4
printf 'var a = [1, 2]\nvar b = [1, 2]\nfor i in 0..60:\n    a = [a, a]\n    b = [b, b]\nprint(a == b)\n' |
  stops 'a comparison' 7
printf "${shared}print(a)\n" | stops 'a display' 4

# The prompt goes on. Without a terminal it does not take the signal.
if command -v script > /dev/null; then
  { sleep 1 && printf 'while true: pass\n\n' && sleep 1 && printf '\x03' && sleep 1 &&
    printf 'print(6 * 7)\n:quit\n'; } |
    timeout 30 script -qec "'$host' repl" /dev/null > repl.txt 2>&1
  output=$(< repl.txt)
  [[ $output == *'error: runtime: interrupted'*$'\n42'* ]]
  verdict 'Ctrl-C at the prompt ends what runs, and not the prompt'
fi
exit $((failures > 0))
