// A library called libtorch without anything in it. The code of AOTInductor's packages
// names libtorch, which in a libtorch for CUDA wants all of CUDA's libraries; what a
// package for CPU uses is in libtorch_cpu, which it names as well.
