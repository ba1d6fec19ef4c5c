#!/usr/bin/env bash
# bin/simple: its messages, and that it makes what is missing, does no more than it has to, and
# cannot be confused. Most of it runs on a project of the same shape with next to nothing in it.
source "$(dirname "$0")/lib.sh"
export XDG_CACHE_HOME=$work/cache
unset SIMPLE_LIB SIMPLE_PACKAGES

# A checkout in a folder with a space, called from another folder through a link.
checkout="$work/a check out"
mkdir -p "$checkout/bin" "$work/a link"
cp "$root/bin/simple" "$checkout/bin"
mkdir "$checkout/build_support"
cp -r "$root"/build_support/{cmake,bootstrap,doctor,launcher.sh,tools.sh} "$checkout/build_support"
cp -r "$root"/tests/build/miniature/* "$checkout"
ln -s "../a check out/bin/simple" "$work/a link/simple"
simple="$work/a link/simple"
build="$checkout/build/release"
cd / || exit 1

output=$("$simple" help 2>&1) && says 'simple build'
expect 'help shows the commands, also when called through a link'
output=$(cd "$work" && CDPATH=$work 'a check out/bin/simple' version 2>&1) && says 'simple-torch 1.2.3'
expect 'CDPATH leads nobody astray'
output=$("$simple" frobnicate 2>&1)
[[ $? != 0 ]] && says "there is no command 'frobnicate', and no such file. There are run, test"
expect 'an unknown command is an error that says which there are'
output=$("$simple" build --frobnicate 2>&1)
[[ $? != 0 ]] && says "there is no option '--frobnicate'. It takes --with-torch"
expect 'an unknown option is an error that says which there are'
output=$("$simple" doctor now 2>&1)
[[ $? != 0 ]] && says "takes no arguments, and 'now' was given"
expect 'an argument that would be ignored is an error'
output=$("$simple" build --with-nothing 2>&1)
[[ $? != 0 ]] && says "there is no library 'nothing'. There is torch"
expect 'a library that there is not is an error'
output=$("$simple" version 2>&1) && says 'simple-torch 1.2.3, not built yet' && [[ ! -e $checkout/build ]]
expect 'version builds nothing'

output=$("$simple" build --with-torch 2>&1) && says 'miniature 1.2.3' && says "$build/tier1_ffi/libsimple_torch_ffi.so"
expect 'build makes the library, loads it and says where it is'
start=$(now)
output=$("$simple" build --with-torch 2>&1) && says 'miniature 1.2.3' && ! says 'Configuring' && (($(now) - start < 500))
expect 'a second call does nothing, and takes less than half a second'
output=$("$simple" version 2>&1) && says 'miniature 1.2.3'
expect 'version shows what was built'

# The host: it has a build of its own.
rm -rf "$checkout/build"
output=$("$simple" run program.spl 'an argument' 2>&1) && says 'Building the host' &&
  says 'host [run] [program.spl] [an argument]' && [[ ! -e $build ]]
expect 'run builds the host, and only that, and hands the arguments on'
says "SIMPLE_LIB=$checkout/host/lib" && says "SIMPLE_SFFI_BUILD_PATH=$build/tier1_ffi" &&
  says "SIMPLE_PACKAGES=lib.torch=$checkout/tier3_api/torch:$checkout/tier2_sffi/torch"
expect 'and says where the checkout has libraries and packages'
# In time of the processor, since other tests run at the same time.
many() { for _ in {1..20}; do "$checkout/bin/simple" run program.spl; done > "$work/output" 2>&1; }
took=$( { TIMEFORMAT='%3U %3S'; time many; } 2>&1 | tr -d .)
took=$(((10#${took% *} + 10#${took#* }) / 20))
output=$(< "$work/output")
says 'host [run]' && ! says 'Building' && ((took < 15))
expect "run adds $took ms when the host is current, of 15"
output=$("$simple" program.spl 2>&1) && says 'host [run] [program.spl]' &&
  output=$("$simple" -e 'print 1' 2>&1) && says 'host [-e] [print 1]' &&
  output=$("$simple" help run 2>&1) && says 'host [help] [run]'
expect 'a file alone, code and help are for the host'
sed -i 's/"host"/"changed host"/' "$checkout/host/src/host.c"
output=$("$simple" run program.spl 2>&1) && says 'changed host [run]'
expect 'a source of the host that changed is built'
echo 'broken' > "$checkout/host/src/host.c"
output=$("$simple" run program.spl 2>&1)
[[ $? != 0 ]] && says 'Building the host failed:' && says "The whole log: $checkout/build/host/simple-build.log"
expect 'one that does not compile is shown, with where the log is'
cp "$root/tests/build/miniature/host/src/host.c" "$checkout/host/src"
output=$("$simple" run needs_torch.spl 2>/dev/null) && ! says 'miniature 1.2.3' && [[ -e $build/tier1_ffi/libsimple_torch_ffi.so ]]
expect 'a library that a program needs is built for it, and the output stays its own'
output=$("$simple" build program.spl 2>&1) && says 'host [check] [program.spl]'
expect 'build checks a program'
output=$(cd "$checkout" && bin/simple test host 2>&1) && says 'host [test] [host]' &&
  output=$("$simple" test --filter text 2>&1) && says 'host [test] [--filter] [text]'
expect 'paths that are there, and the options for specs, are for the specs'

# What the build was made from.
output=$(CC='gcc -g' "$simple" build 2>&1) && says 'Configuring' && grep -q 'CMAKE_C_COMPILER_ARG1.* -g' "$build/CMakeCache.txt"
expect 'another compiler is noticed and used'
output=$("$simple" build 2>&1) && says 'Configuring' && ! grep -q 'CMAKE_C_COMPILER_ARG1.* -g' "$build/CMakeCache.txt"
expect 'as is the usual one again'
output=$(LIBTORCH=/somewhere "$simple" build --verbose 2>&1) && says 'configured with LIBTORCH=/somewhere'
expect 'another LIBTORCH is noticed'
output=$(cd "$work" && LIBTORCH=lib "$simple" build --verbose 2>&1) && says "configured with LIBTORCH=$work/lib"
expect 'a relative LIBTORCH is meant from where the caller is'
start=$(now)
output=$(LIBTORCH=/nonexistent "$simple" build --with-torch 2>&1)
[[ $? != 0 ]] && says 'LIBTORCH: there is no folder /nonexistent' && (($(now) - start < 5000))
expect 'a wrong LIBTORCH fails in less than five seconds'
output=$("$simple" build 2>&1) && says 'Configuring' && says 'miniature 1.2.3'
expect 'and what failed does not count afterwards'
output=$(LIBTORCH=/nonexistent "$simple" run program.spl 2>&1) && says 'was not made with LIBTORCH=/nonexistent' &&
  says 'host [run]' && output=$("$simple" run program.spl 2>&1) && ! says 'was not made with'
expect 'run says if the library that is there was made with another libtorch than is meant'
output=$(SIMPLE_TORCH_LIBTORCH_VERSION=1.2.4 "$simple" build 2>&1) &&
  output=$(SIMPLE_TORCH_LIBTORCH_VERSION=1.2.4 "$simple" run program.spl 2>&1) && ! says 'was not made with' &&
  output=$("$simple" build 2>&1)
expect 'and nothing if it was made with that one'
echo 'const char* simple_torch_version(void) { return "changed"; }' > "$checkout/library.c"
output=$("$simple" build 2>&1) && says 'changed'
expect 'a source that changed is built'
echo 'broken' > "$checkout/library.c"
output=$("$simple" build 2>&1)
[[ $? != 0 && $(sed -n '/^Building failed:/{n;p}' <<< "$output") != '['* ]] && says 'Building failed:' && says 'error' &&
  says "The whole log: $build/simple-build.log"
expect 'a source that does not compile is shown, with where the log is'
cp "$root/tests/build/miniature/library.c" "$checkout"
mv "$checkout" "$work/moved" && output=$("$work/moved/bin/simple" build 2>&1) && says "$work/moved/build/release" && says 'miniature 1.2.3'
expect 'a checkout can be moved with its build'
mv "$work/moved" "$checkout"

# Tests and their last line.
output=$("$simple" test 2>&1)
[[ $? != 0 && $(tail -n 1 <<< "$output") == '2 passed, 1 failed, 1 skipped' ]]
expect 'test ends with what passed, failed and was skipped'
mkdir "$checkout/tests" && touch "$checkout/tests/a_spec.spl"
output=$("$simple" test 2>&1)
[[ $? != 0 && $(tail -n 1 <<< "$output") == '4 passed, 2 failed, 1 skipped' ]]
expect 'with the specs, if there are some'
rm -r "$checkout/tests"
output=$("$simple" test '^good' 2>&1) && [[ $(tail -n 1 <<< "$output") == '1 passed, 0 failed, 0 skipped' ]]
expect 'a name chooses tests'
output=$("$simple" test --exclude-regex 'bad|skipped|host' 2>&1) && [[ $(tail -n 1 <<< "$output") == '1 passed, 0 failed, 0 skipped' ]]
expect "ctest's options are handed on"
output=$("$simple" test nosuchtest 2>&1)
[[ $? != 0 && $(tail -n 1 <<< "$output") == '0 passed, 0 failed, 0 skipped' ]]
expect 'a name that no test has is an error'

# Calls at once, and calls that are cut short.
rm -rf "$checkout/build"
output=$( ("$simple" build & "$simple" build & wait) 2>&1)
[[ $(grep -c 'miniature 1.2.3' <<< "$output") == 2 && $(grep -c '^Configuring' <<< "$output") == 1 ]] && says 'waiting for it'
expect 'of two calls at once one builds, the other waits, and both answer'
cat > "$checkout/server" <<'TEXT'
#!/bin/sh
# Like a compiler cache that starts its server at the first use.
server=${0%/*}/server.pid
if [ ! -e "$server" ]; then sleep 30 > /dev/null 2>&1 & echo $! > "$server"; fi
exec "$@"
TEXT
chmod +x "$checkout/server"
rm -rf "$checkout/build"
output=$(CMAKE_C_COMPILER_LAUNCHER=$checkout/server "$simple" build 2>&1) && [[ -e $checkout/server.pid ]] &&
  output=$(timeout 20 "$simple" build 2>&1) && says 'miniature 1.2.3' && ! says 'waiting for it'
expect 'a server that the build leaves running does not hold the build folder'
kill "$(< "$checkout/server.pid")"
rm -rf "$checkout/build" "$checkout/server" "$checkout/server.pid"
cat > "$checkout/slow" <<'TEXT'
#!/bin/sh
sleep 30
TEXT
chmod +x "$checkout/slow"
echo '/* later */' >> "$checkout/library.c"
# As Ctrl-C does, to all processes of the call.
CMAKE_C_COMPILER_LAUNCHER=$checkout/slow setsid bash -c '
  trap - INT; rm -rf "$2/build"; exec "$1" build' _ "$simple" "$checkout" > "$work/interrupted" 2>&1 &
call=$!
for _ in {1..100}; do
  if grep -q '^Building' "$work/interrupted" && pgrep -s "$call" -f "$checkout/slow" > /dev/null; then break; fi
  sleep 0.1
done
kill -INT -- "-$call"
wait "$call"
[[ $? == 130 ]] && output=$(< "$work/interrupted") && says 'was interrupted'
expect 'Ctrl-C ends the call and says so'
rm -f "$build/simple-inputs" "$build/CMakeCache.txt"
output=$("$simple" build 2>&1) && says 'miniature 1.2.3'
expect 'and the next call goes on'

# Where nothing can be written.
mkdir "$work/file" && touch "$work/file/x"
output=$(SIMPLE_TORCH_BUILD="$work/file/x/y" "$simple" build 2>&1)
[[ $? != 0 ]] && says 'Cannot make the folder'
expect 'a build folder that cannot be made is an error'
rm -rf "$checkout/build"
mkdir -p "$work/home"
chmod -R a+rX "$work" && chmod -R a-w "$checkout"
someone=()
if [[ $(id -u) == 0 ]]; then
  # Permissions do not hold root.
  chown nobody "$work/home"
  someone=(setpriv --reuid nobody --clear-groups)
fi
# The home of root, and what lies in it, is closed to others.
output=$("${someone[@]}" env -u XDG_CACHE_HOME HOME="$work/home" PATH=/usr/bin:/bin "$simple" build 2>&1) &&
  says 'miniature 1.2.3' && says "$work/home/.cache/simple-torch/build/"
expect 'a checkout that cannot be written is built in the cache'
[[ ! -e $checkout/build ]]
expect 'and nothing is written to it'
chmod -R u+w "$checkout"

# The doctor needs no more than a shell.
output=$(LIBTORCH=/nonexistent "$simple" doctor 2>&1)
[[ $? != 0 ]] && says 'LIBTORCH: there is no folder /nonexistent' && says 'Something is missing'
expect 'doctor says what is wrong'
mkdir "$work/bare"
for name in bash dirname readlink sed grep head cut cksum tr id nproc; do
  ln -s "$(command -v $name)" "$work/bare"
done
output=$(PATH=$work/bare "$simple" doctor 2>&1)
[[ $? != 0 ]] && says 'cmake MISSING: sudo apt-get install cmake' && says 'cannot be looked for without cmake'
expect 'doctor works without cmake, and says how to get it'
printf '#!%s\necho "cmake version 3.18.4"\n' "$(command -v bash)" > "$work/bare/cmake" && chmod +x "$work/bare/cmake"
output=$(PATH=$work/bare "$simple" doctor 2>&1)
[[ $? != 0 ]] && says '3.18.4 is too old, 3.25 is needed'
expect 'a cmake that is too old is missing'
ln -s "$(command -v env)" "$(command -v mktemp)" "$(command -v rm)" "$(command -v tail)" "$work/bare"
output=$(PATH=$work/bare "$root/build_support/bootstrap" 2>&1)
[[ $? != 0 ]] && says 'These are missing' && says 'cmake' && says 'pkg-config'
expect 'what cannot be installed is named'

# The real build, where bin/simple made it: with the variables it was made with.
if [[ -n ${SIMPLE_TORCH_TEST_BUILD:-} && -f $SIMPLE_TORCH_TEST_BUILD/simple-inputs ]]; then
  simple() { env -u XDG_CACHE_HOME "${given[@]}" SIMPLE_TORCH_BUILD="$SIMPLE_TORCH_TEST_BUILD" "$root/bin/simple" "$@"; }
  before=$(< "$SIMPLE_TORCH_TEST_BUILD/simple-inputs")
  best=9999
  for _ in 1 2 3 4 5; do
    start=$(now)
    output=$(simple build 2>&1) || break
    took=$(($(now) - start))
    ((took < best)) && best=$took
  done
  says 'simple-torch ' && ((best < 500)) && [[ $(< "$SIMPLE_TORCH_TEST_BUILD/simple-inputs") == "$before" ]]
  expect "with libtorch too, a call with nothing to build answers in $best ms, of 500"
else
  echo 'not tested: the real build with nothing to build (it was not made by bin/simple)'
fi
finish
