#!/usr/bin/env bash
# The host's commands: messages, exit statuses, and `test` with its formats and its children.
# commands_test.sh HOST LIBRARY
set -uo pipefail
# With it, cd may go elsewhere, and prints where.
unset CDPATH
host=$1
export SIMPLE_LIB=$2
unset SIMPLE_PACKAGES SIMPLE_SFFI_BUILD_PATH SIMPLE_SFFI_BUILD_COMMAND SIMPLE_SPEC_REPORT_FD
work=$(mktemp -d "${TMPDIR:-/tmp}/simple commands.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_STATE_HOME=$work/state
failures=0

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
simple() { "$host" "$@"; }
# run STATUS ARGUMENT…: keeps the output; the exit status has to be this one.
run() {
  local wanted=$1 status=0
  shift
  output=$(simple "$@" 2>&1 < /dev/null) || status=$?
  [[ $status == "$wanted" ]]
}

# Whether the process that a file names has ended; a zombie has.
gone() {
  local state=
  [[ -s $1 ]] || return 1
  read -r _ _ state _ < "/proc/$(< "$1")/stat" 2> /dev/null
  [[ -z $state || $state == Z ]]
}

# Programs.
printf 'print("hello", rt_get_args().len())\n' > hello.spl
run 0 run hello.spl a b && says 'hello'
expect 'run runs a file'
run 0 hello.spl && says 'hello'
expect 'as does the file alone'
output=$(simple run <(echo 'print(1 + 2)') 2>&1) && [[ $output == 3 ]]
expect 'run takes a program that comes through a pipe'
run 0 -e 'print(1 + 2)' && [[ $output == 3 ]] && run 0 -c 'print(4)' && [[ $output == 4 ]]
expect '-e and -c run code'
output=$(echo 'print(5)' | simple run - 2>&1) && [[ $output == 5 ]]
expect '- is standard input'
run 3 -e 'exit(3)'
expect 'exit says the status'
# Native libraries that are built when they are needed.
needing=$'extern fn rt_missing_thing() -> i64\nprint(rt_missing_thing())'
run 1 -e "$needing" && says 'which was not found in' && says 'build it with `simple build --with-missing`'
expect 'a library that nobody builds is said to be missing'
output=$(SIMPLE_SFFI_BUILD_COMMAND='echo "no {}"; false' simple -e "$needing" 2>&1)
[[ $? == 1 ]] && says 'no missing' && says 'which could not be built; what went wrong is said above'
expect 'one that cannot be built is not asked to be built again'
run 1 -e 'print(y)' && says 'error: semantic: variable `y` not found' && says '<-e>:1:7'
expect 'an error names the place in the code'

# What may be meant by a name that nothing has. The module gets one of its names from another.
printf 'fn triple(x: i64) -> i64: x * 3\n' > numbers.spl
printf 'export use numbers.*\nfn double(x: i64, times: i64 = 1) -> i64: x * 2 * times\n' > util.spl
near() {
  local program=$1 meant=$2
  printf '%b\n' "$program" > near.spl
  run 1 run near.spl && says "did you mean \`$meant\`?"
}
near 'use util\nprint(util.tripel(1))' triple && near 'use util.*\nprint(tripel(1))' triple &&
  near 'use util.{dubble}' double && near 'use util.dubble' double && says 'module `util` has no `dubble`'
expect 'a misspelt name of a module'
near 'use util.*\nprint(double(1, tmes: 2))' times && near 'use util.*\nval f = double\nprint(f(1, tmes: 2))' times
expect 'a misspelt parameter'
near 'fn f(x): x.uper()\nf("a")' upper &&
  near 'class Box:\n    width: i64\nfn f(x): x.widht\nf(Box(width: 1))' width &&
  near 'class Box:\n    width: i64\nval box = Box(width: 1)\nprint(box.widht)' width
expect 'a misspelt method or field'
run 1 -e $'if true:\n    val inner = 1\nprint(inner)' && says 'declare it before that block: var inner = nil'
expect 'a name of a block that has ended is said to be one'

# Errors in packages point at what called them.
mkdir packages
printf 'fn f(x): g(x)\nfn g(x): panic("no")\nfn h(call): call()\n' > packages/__init__.spl
printf 'use kit.*\nfn mine():\n    f(1)\nmine()\n' > caller.spl
printf 'use kit.*\ndescribe "kit":\n    it "fails":\n        f(1)[0]\n' > kit_spec.spl
export SIMPLE_PACKAGES=kit=$work/packages
run 1 run caller.spl && says 'panic: no [E3004] --> caller.spl:3:5' &&
  says 'inside g (packages/__init__.spl:2:10) f (packages/__init__.spl:1:10) called from <module> (caller.spl:4:1)'
expect 'an error in a package points at the line that called it'
run 1 -e 'use kit.*
h(\: 1 / 0)' && says '<-e>:2:' && ! says 'inside'
expect 'a function that a package calls is where its error is'
run 1 test kit_spec.spl && says 'kit_spec.spl:4'
expect 'a failed example names the line of the spec'
unset SIMPLE_PACKAGES

# Files that are none.
run 1 run nothing.spl && says 'error: io: there is no file `nothing.spl`'
expect 'a file that is not there is an error'
run 1 run hello && says 'there is `hello.spl`'
expect 'that says what may be meant'
mkdir folder
run 1 run folder && says 'error: io: `folder` is a folder'
expect 'a folder is none'
printf 'val a = 1\nprint("\xff")\n' > latin.spl
run 1 run latin.spl && says '`latin.spl` is not UTF-8: byte 0xff at line 2, column 8'
expect 'a file that is not UTF-8 is refused with the place'
if [[ $(id -u) != 0 ]]; then
  touch closed.spl && chmod 000 closed.spl
  run 1 run closed.spl && says 'cannot be read: Permission denied'
  expect 'a file that may not be read is an error'
fi

# Command lines.
run 2 run && says 'which file?' && says "See 'simple help run'"
expect 'run wants a file'
run 2 tset && says "did you mean 'test'?"
expect 'an unknown command says what may be meant'
run 2 --frobnicate && says "there is no option '--frobnicate'"
expect 'an unknown option is an error'
run 0 help && says 'Simple Language v' && says 'run FILE' && run 0 help test && says '--filter' && run 0 test --help && says '--filter'
expect 'help shows the commands, and one'
run 0 --version && says 'Simple Language v'
expect 'version says it'
run 0 doctor && says 'Nothing is missing' && says 'host/lib'
expect 'doctor shows what it finds'
output=$(SIMPLE_LIB=/nowhere simple doctor 2>&1)
[[ $? == 1 ]] && says 'MISSING: /nowhere/prelude.spl'
expect 'doctor says what is missing'

# check
printf 'val x = 1\nx = 2\nprint(nothing)\n' > wrong.spl
run 1 check wrong.spl hello.spl && says 'wrong.spl:2:1' && says 'wrong.spl:3:7'
expect 'check reports all errors'
run 0 check hello.spl && [[ -z $output ]]
expect 'and says nothing of what is right'
run 1 check hello.spl nothing.spl && says 'there is no file `nothing.spl`'
expect 'check wants files that are there'

# repl, from a pipe
output=$(printf '1 + 2\nval a = 4\nif a > 3:\n    print("big")\n\na * 2\nprint(zz)\na\n' | simple repl 2>&1)
says '3 big 8' && says 'variable `zz` not found' && [[ ${output##*$'\n'} == 4 ]]
expect 'repl shows values, reads blocks and goes on after errors'
output=$(printf 'fn f(x):\n    x + 1\n\nf(2)\nexit(4)\n1\n' | simple repl 2>&1)
[[ $? == 4 ]] && [[ $output == 3 ]]
expect 'repl ends with exit'

# test
mkdir -p tests/.hidden
cat > tests/good_spec.spl <<'TEXT'
describe "good":
    it "adds": expect(1 + 1).to_equal(2)
    it "is fast", tag: ["quick"]: pass
    it "is slow", tag: ["slow"]: pass
TEXT
cat > tests/bad_spec.spl <<'TEXT'
describe "bad":
    it "is wrong":
        expect(3).to_equal(4)
    it "compares":
        val three = 3
        expect three == 4
    it "is false", tag: ["quick"]:
        expect false
    it "divides":
        val zero = 0
        print(1 / zero)
    it "has a message": expect(3).to_equal(4, "the count")
    it "has types": expect(1).to_equal(1.0)
    it "has lines": expect("a\nb\nc").to_equal("a\nx\nc")
    it "fails": fail("on purpose")
TEXT
echo 'nonsense(' > tests/.hidden/hidden_spec.spl
echo 'nonsense(' > tests/not_a_test.txt
run 1 test && says 'expected 3 to equal 4 --> tests/bad_spec.spl:3:19' &&
  says '✗ compares expected 3 to equal 4 --> tests/bad_spec.spl:6' &&
  says '✗ is false expected false to be truthy --> tests/bad_spec.spl:8' &&
  says 'error: division by zero [E3001]' && says 'the count: expected 3 to equal 4' &&
  says 'expected 1 (i64) to equal 1 (f64)' && says '- x + b' && says '✗ fails on purpose'
expect 'failures are shown with their message and line'
says '○ is slow (skipped)' && says '✓ adds' && says '3 examples, 0 failures' && says '8 examples, 8 failures'
expect 'with the examples that pass and are skipped'
says 'Files: 2 Passed: 2 Failed: 8' && says '✗ Some tests failed tests/bad_spec.spl' && [[ ${output##*$'\n'} == '2 passed, 8 failed, 1 skipped' ]]
expect 'and totals'
[[ $output != *$'\033'* ]]
expect 'there are no colours where there is no terminal'
run 0 test tests/good_spec.spl && says '✓ All tests passed!' && [[ ${output##*$'\n'} == '2 passed, 0 failed, 1 skipped' ]]
expect 'a file can be named'
run 0 test --slow tests/good_spec.spl && [[ ${output##*$'\n'} == '3 passed, 0 failed, 0 skipped' ]]
expect 'slow examples run when they are asked for'
run 0 test --filter 'good adds' && [[ ${output##*$'\n'} == '1 passed, 0 failed, 0 skipped' ]]
expect 'a filter chooses by the full name'
run 1 test --tag quick && [[ ${output##*$'\n'} == '1 passed, 1 failed, 0 skipped' ]]
expect 'a tag chooses'
run 0 test --list && says 'tests/bad_spec.spl: bad is wrong tests/bad_spec.spl: bad compares' && ! says 'expected'
expect 'list names the examples and runs none'
run 1 test --fail-fast -j1 && [[ ${output##*$'\n'} == '0 passed, 1 failed, 0 skipped' ]]
expect 'fail-fast ends at the first failure'
run 2 test --format=html && says "there is no format 'html'"
expect 'a format that there is not is an error'
run 2 test nowhere && says 'there is no file or folder `nowhere`'
expect 'as is a path that is not there'
run 1 test folder && says 'There are no spec files there'
expect 'and a folder without specs'

run 1 test --format=tap && [[ $output == 'TAP version 13'* ]] && says 'not ok 1 - tests/bad_spec.spl: bad is wrong' &&
  says 'ok 9 - tests/good_spec.spl: good adds' && says '# SKIP' && says '1..11'
expect 'tap'
output=$(simple test --format=json 2> /dev/null)
says '"passed": 2, "failed": 8, "skipped": 1' && says '"message": "expected 3 to equal 4"' &&
  { ! command -v python3 > /dev/null || python3 -c 'import json, sys; assert len(json.load(sys.stdin)["files"]) == 2' <<< "$output"; }
expect 'json'
output=$(simple test --format=junit 2> /dev/null)
says '<testsuites tests="11" failures="8" skipped="1"' && says '<failure message="expected 3 to equal 4"' &&
  { ! command -v python3 > /dev/null || python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parseString(sys.stdin.read())' <<< "$output"; }
expect 'junit'
run 1 test --format=junit --output report.xml && [[ -s report.xml ]] && [[ $output == '2 passed, 8 failed, 1 skipped' ]]
expect 'a report in a file'
run 1 test --format=brief && says '✓ tests/good_spec.spl (3 examples'
expect 'brief'

# Files that end badly fail by themselves.
mkdir wild
cat > wild/crash_spec.spl <<'TEXT'
describe "crash":
    it "is fine": pass
    it "kills itself": rt_process_run("sh", ["-c", "kill -ABRT $PPID"])
    it "is never reached": pass
TEXT
cat > wild/endless_spec.spl <<'TEXT'
describe "endless":
    it "never ends":
        rt_process_run("sh", ["-c", "echo $$ > endless.pid; sleep 100"])
TEXT
cat > wild/error_spec.spl <<'TEXT'
describe "error":
    it "is fine": pass
val zero = 0
print("printed")
print(1 / zero)
TEXT
cat > wild/ends_spec.spl <<'TEXT'
describe "ends":
    it "ends the program": exit(0)
    it "is never reached": pass
TEXT
cat > wild/group_spec.spl <<'TEXT'
describe "group":
    it "is fine": pass
    val zero = 0
    print(1 / zero)
describe "waiting":
    it "waits": pass
expect(1 == 2)
TEXT
echo 'val = 3' > wild/parse_spec.spl
cp tests/good_spec.spl wild/zz_good_spec.spl
start=$SECONDS
run 1 test --timeout 2 -j4 wild
says 'wild/crash_spec.spl: crashed: Aborted in the example "crash kills itself"'
expect 'a crash names the example'
says 'wild/endless_spec.spl: ran longer than 2 seconds in the example "endless never ends"' && ((SECONDS - start < 20))
expect 'a file that never ends is killed'
sleep 0.2
gone endless.pid
expect 'with what it has started'
says 'wild/error_spec.spl: ended with exit status 1, outside of the examples' && says '| printed' && says 'division by zero'
expect 'an error outside of the examples fails the file, and is shown'
says '✗ ends the program the program ended in this example, with exit status 0'
expect 'exit in an example fails it'
says '✗ the group itself error: division by zero' && says '✗ outside of the examples'
expect "an error in a group's body counts, as does an expectation outside of the examples"
says 'wild/parse_spec.spl: ended with exit status 1' && says 'error: parse:'
expect 'a file that does not compile fails'
says '✓ adds'
expect 'and the others run'

rm -f endless.pid
"$host" test wild/endless_spec.spl > interrupted.txt 2>&1 &
call=$!
for _ in {1..100}; do [[ -s endless.pid ]] && break; sleep 0.1; done
kill -INT "$call"
wait "$call"
[[ $? == 130 ]] && output=$(< interrupted.txt) && says 'Interrupted' && sleep 0.2 && gone endless.pid
expect 'Ctrl-C ends the call and what it has started'

mkdir partly
cat > partly/partly_spec.spl <<'TEXT'
use nowhere.at_all
describe "parts":
    it "needs more":
        nothing_of_that_name()
    it "adds":
        expect 1 + 1 == 2
TEXT
run 1 partly/partly_spec.spl && says '✗ needs more error: function `nothing_of_that_name` not found [E1002]' && says '✓ adds' &&
  says 'warning: partly/partly_spec.spl:1: module `nowhere.at_all` not found; looked for'
expect 'an example that cannot be compiled fails alone, and so does one that needs a missing module'
run 1 check partly/partly_spec.spl && says 'error: semantic: module `nowhere.at_all` not found [E1010]' &&
  says 'error: semantic: function `nothing_of_that_name` not found [E1002]'
expect 'check reports both'
exit $((failures > 0))
