#!/usr/bin/env bash
# `simple doc` with a small package: which names it shows, how, and its examples.
# doc_test.sh HOST LIBRARY
set -uo pipefail
unset CDPATH
host=$1
export SIMPLE_LIB=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/simple doc.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
check() { # what it is, then a command
  if "${@:2}"; then echo "good: $1"; else
    echo "FAILED: $1"
    sed 's/^/    /' output
    failures=$((failures + 1))
  fi
}
has() { grep -qxF -- "$1" output; }
lacks() { ! grep -qF -- "$1" output; }

mkdir -p kit/shapes
cat > kit/__init__.spl <<'TEXT'
# A kit for trying things.
export {area} from kit.shapes.flat
export use kit.shapes
use kit.more
TEXT
cat > kit/shapes/__init__.spl <<'TEXT'
# Shapes.
export {Square} from kit.shapes.flat
TEXT
cat > kit/shapes/flat.spl <<'TEXT'
# Flat shapes.
use kit.base.*

## How large a square is. More of it.
##
##     print area(3)    #=> 9
fn area(side: i64,
        times: i64 = 1) -> i64:
    # A comment.
    side * side * times

## area(), or why not.
fn try_area(side: i64) -> Result<i64, text>: Ok(side)

fn helper(): 1
fn _hidden(): 1

class Square(Sized) with Cornered:
    ## How long.
    side: i64
    _kept: i64 = 0
    fn __init__(side: i64):
        self.side = side
    ## Its area:
    ##     print Square(2).size()
    ##     #=> 4
    fn size() -> i64: area(self.side)
    fn _inner(): 1

class Unseen:
    x: i64
TEXT
cat > kit/base.spl <<'TEXT'
# What shapes have in common.
trait Sized:
    fn size() -> i64
mixin Cornered:
    fn corners() -> i64: 4
TEXT
cat > kit/more.spl <<'TEXT'
# More for numbers.
impl i64:
    ## Twice as much.
    fn twice() -> i64: self * 2
impl Local:
    fn nothing(): 1
class Local:
    x: i64
TEXT
cat > kit/alone.spl <<'TEXT'
# Nobody exports this.
fn alone(): 1
TEXT
export SIMPLE_PACKAGES=kit=$work/kit

"$host" doc --names kit > output
cat > wanted <<'TEXT'
kit.base method Sized.size
kit.base method Cornered.corners
kit.more method i64.twice
kit.shapes.flat function area
kit.shapes.flat type Square
kit.shapes.flat field Square.side
kit.shapes.flat method Square.size
TEXT
check 'names are those that the package exports, and what belongs to its types' diff wanted output

"$host" doc --output pages --title 'The kit' kit
cp pages/kit.shapes.flat.md output
check 'a signature is as it is written' has 'fn area(side: i64,'
check 'in all its lines' has '        times: i64 = 1) -> i64'
check 'an example is code' has 'print area(3)    #=> 9'
check 'a constructor has the name of its type' has 'Square(side: i64)'
check 'private names are not shown' lacks _
check 'names that nobody can reach are not shown' lacks Unseen
ls pages > output
check 'a module without names has no page' lacks alone
cp pages/README.md output
check 'the index has the title' has '# The kit'
check 'and leads to the pages' has '* [kit.shapes.flat](kit.shapes.flat.md): Flat shapes. `area`, `Square`'

"$host" doc kit/shapes/flat.spl > output
check 'a file alone is shown whole' has '## Unseen'
check 'with one entry for a function and its try_ form' has '`try_area` gives a failure as an `Err`.'
"$host" doc --compact flat kit/shapes/flat.spl > output
check 'a compact page has signatures alone' lacks 'How large'

"$host" doc --examples specs kit
"$host" test specs > output 2>&1
check 'examples print what they say' has '2 passed, 0 failed, 0 skipped'
sed -i 's/#=> 9/#=> 8/; s/print Square(2).size()/print Square(2)[0]/' kit/shapes/flat.spl
"$host" doc --examples specs kit
"$host" test specs > output 2>&1
check 'or fail' has '0 passed, 2 failed, 0 skipped'
check 'with what they print' grep -qF '+ 9' output

echo 'fn (' > broken.spl
! "$host" doc broken.spl > output 2>&1
check 'a file that cannot be parsed is an error with its place' grep -qF 'broken.spl:1:' output
"$host" doc nothing.spl > output 2>&1
check 'a file that is not there is an error' has 'error: io: there is no file `nothing.spl`'
"$host" doc > output 2>&1
check 'it wants a path' has 'simple doc: which files, or which folder?'
exit $((failures > 0))
