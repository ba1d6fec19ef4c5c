#!/usr/bin/env bash
# bin/simple: its messages, and that it does no more than it has to. A build folder that is
# current is lent by the build that runs this test.
source "$(dirname "$0")/lib.sh"
simple=$root/bin/simple

output=$("$simple" help 2>&1) && says 'simple build'
expect 'help shows the commands'
output=$("$simple" frobnicate 2>&1)
[[ $? != 0 ]] && says "there is no command 'frobnicate'"
expect 'an unknown command is an error'
output=$("$simple" build --frobnicate 2>&1)
[[ $? != 0 ]] && says "there is no option '--frobnicate'"
expect 'an unknown option is an error'

# A checkout that cannot be seen from here, in a folder with a space, called by a link.
mkdir "$work/a link"
ln -s "$simple" "$work/a link/simple"
output=$(cd / && "$work/a link/simple" help 2>&1) && says 'simple build'
expect 'a link from anywhere works'

start=$(date +%s%N)
output=$(SIMPLE_TORCH_BUILD="$work/build" LIBTORCH=/nonexistent "$simple" build --with-torch 2>&1)
[[ $? != 0 ]] && says 'LIBTORCH: there is no folder /nonexistent' && (($(date +%s%N) - start < 5000000000))
expect 'a wrong LIBTORCH fails in less than five seconds'
[[ ! -e $work/build/simple-inputs ]]
expect 'a configuration that failed does not count'

mkdir "$work/file" && touch "$work/file/x"
output=$(SIMPLE_TORCH_BUILD="$work/file/x/y" "$simple" build 2>&1)
[[ $? != 0 ]] && says 'Cannot make the folder'
expect 'a build folder that cannot be made is an error'

output=$(LIBTORCH=/nonexistent "$simple" doctor 2>&1)
[[ $? != 0 ]] && says 'LIBTORCH: there is no folder /nonexistent' && says 'Something is missing'
expect 'doctor says what is wrong'

# What is current is not made again. The first call may set the lent folder up.
if [[ -n ${SIMPLE_TORCH_TEST_BUILD:-} && -f $SIMPLE_TORCH_TEST_BUILD/simple-inputs ]]; then
  export SIMPLE_TORCH_BUILD=$SIMPLE_TORCH_TEST_BUILD
  unset LD_LIBRARY_PATH
  best=9999
  for _ in 1 2 3 4 5; do
    start=$(date +%s%N)
    output=$("$simple" version 2>&1) || break
    took=$((($(date +%s%N) - start) / 1000000))
    ((took < best)) && best=$took
  done
  says 'simple-torch 0.1.0 (libtorch' && ((best < 500))
  expect "a call with nothing to build answers in $best ms, of 500"

  output=$( ("$simple" version & "$simple" version & wait) 2>&1)
  [[ $(grep -c 'simple-torch 0.1.0 (libtorch' <<< "$output") == 2 ]]
  expect 'two calls at once both answer'
else
  echo 'not tested: a call with nothing to build (this build was not made by bin/simple)'
fi
finish
