// The functions and methods that are written in C++. Methods that take functions (map,
// filter, sort by a function, …) are written in Simple, in host/lib/prelude.spl.
#ifndef SIMPLE_RUNTIME_BUILTINS_H_
#define SIMPLE_RUNTIME_BUILTINS_H_

namespace simple {

class Vm;

void define_core(Vm& vm);     // what the compiler and specs need
void define_globals(Vm& vm);  // print, len, range, panic, …
void define_numbers(Vm& vm);  // methods of numbers and bools
void define_text(Vm& vm);
void define_arrays(Vm& vm);   // and tuples, ranges
void define_dicts(Vm& vm);    // and sets
void define_options(Vm& vm);  // methods of nil, Option, Result
void define_system(Vm& vm);  // rt_file_…, rt_process_…, rt_time_…, rt_env_…, rt_math_…
void define_random(Vm& vm);
void define_json(Vm& vm);
void define_objects(Vm& vm);  // rt_object_…

}  // namespace simple

#endif
