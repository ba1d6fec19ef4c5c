// What operators mean for values of any kind. The machine does the common cases itself.
#ifndef SIMPLE_RUNTIME_OPERATIONS_H_
#define SIMPLE_RUNTIME_OPERATIONS_H_

#include <string>

#include "runtime/object.h"
#include "syntax/ast.h"

namespace simple {

// Of what is built in; anything else is true.
bool truthy(Value value);
// What conditions go by: `__bool__` where a value has it.
bool truth(Vm& vm, Value value);
// Structural; strict about the kinds of numbers (42 == 42.0 is false; integers of
// different widths compare by value). None and nil are one; Some(x) == x. Uses
// __equals__ of instances, or else whether what their __eq__ gives is true.
bool equal(Vm& vm, Value left, Value right);
uint64_t hash(Vm& vm, Value value);
// -1, 0, 1, and 2 for NaN. Fails for what has no order. Uses __lt__ of instances.
int compare(Vm& vm, Value left, Value right);
// == != < <= > >= with everything that can stand for them: __eq__ and __ne__ or its
// opposite; __lt__, __le__, __gt__, __ge__, of the right operand also, or what follows
// from
// __lt__; or the order that compare() knows. NaN is never ordered.
// A method's result need not be a bool.
Value related(Vm& vm, ast::BinaryOp op, Value left, Value right);
// Whether that is true.
bool relation(Vm& vm, ast::BinaryOp op, Value left, Value right);
// `op` is an arithmetic or bit operator, for any operands: numbers of mixed kinds, text,
// arrays, and instances with their dunder methods (reflected ones too).
Value arithmetic(Vm& vm, ast::BinaryOp op, Value left, Value right);
// What is said of an operator whose operands are of types that it does not take.
std::string mismatch(ast::BinaryOp op, std::string_view left, std::string_view right);
Value negate(Vm& vm, Value value);
// ~x
Value invert(Vm& vm, Value value);
bool contains(Vm& vm, Value container, Value item);
Value index_get(Vm& vm, Value container, Value index);
// Stores into a container that is not shared.
void index_set(Vm& vm, Value container, Value index, Value value);
// The text of a value as print shows it; uses fmt() of instances.
void display(Vm& vm, Value value, std::string& out);
std::string display(Vm& vm, Value value);
// {x:>8.2f}. Fails with a message for a format that does not fit.
void format(Vm& vm, Value value, std::string_view spec, std::string& out);
// The type's name in messages: i64 f64 bool str array tuple dict function object enum
// nil.
std::string type_name(Value value);
// e as T: the target is the name of a type, see ast::Type.
Value cast(Vm& vm, Value value, Symbol target);

}  // namespace simple

#endif
