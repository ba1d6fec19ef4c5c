// The text of values, and the names of their types.
#include <algorithm>

#include "runtime/module.h"
#include "runtime/numbers.h"
#include "runtime/operations_impl.h"
#include "runtime/table.h"

namespace simple {
namespace {

class Printer {
 public:
  Printer(Vm& vm, std::string& out) : vm_(vm), out_(out) {}

  void print(Value value) {
    switch (value.tag) {
      case Tag::kNil:
      case Tag::kMissing:
        out_ += "nil";
        return;
      case Tag::kBool:
        out_ += value.integer != 0 ? "true" : "false";
        return;
      case Tag::kSymbol:
        out_ += ':';
        out_ += text_of(value.symbol());
        return;
      case Tag::kObject:
        if (value.object->kind == Kind::kText) {
          out_ += text(value);
          return;
        }
        check_depth(vm_, ++depth_, "display");
        vm_.heap().check_text(out_.size());
        print_object(value);
        --depth_;
        return;
      default:
        append_number(value, out_);
    }
  }

 private:
  void print_object(Value value) {
    if (const Method* method = protocol_method(vm_, value, dunders().format)) {
      const Value shown = call_protocol(vm_, value, *method);
      // An object whose fmt gives the object itself would never end.
      if (shown.is_object() && shown.object == value.object) {
        fail("E1003", "fmt has to return text, found " + type_name(shown));
      }
      print(shown);
      return;
    }
    switch (value.object->kind) {
      case Kind::kArray:
        print_array(as<Array>(value));
        break;
      case Kind::kTuple:
        print_tuple(as<Tuple>(value));
        break;
      case Kind::kDict:
      case Kind::kSet:
        print_table(as<Table>(value));
        break;
      case Kind::kRange:
        print_part(as<Range>(value)->start);
        out_ += as<Range>(value)->inclusive() ? "..=" : "..";
        print_part(as<Range>(value)->end);
        break;
      case Kind::kSlice:
        print_part(as<SliceObject>(value)->start);
        out_ += ':';
        print_part(as<SliceObject>(value)->end);
        if (as<SliceObject>(value)->step.is_nil()) break;
        out_ += ':';
        print_part(as<SliceObject>(value)->step);
        break;
      case Kind::kEllipsis:
        out_ += "...";
        break;
      case Kind::kInstance:
        print_instance(as<Instance>(value));
        break;
      case Kind::kEnum:
        print_enum(as<EnumValue>(value));
        break;
      case Kind::kClosure:
        print_function(text_of(as<Closure>(value)->code->name));
        break;
      case Kind::kNative:
        print_function(as<Native>(value)->spec->name);
        break;
      case Kind::kBound:
        print_object(Value::of(as<Bound>(value)->method));
        break;
      case Kind::kHandle:
        out_ += '<';
        out_ += text_of(as<Handle>(value)->type->name);
        out_ += as<Handle>(value)->handle == 0 ? ", empty>" : ">";
        break;
      case Kind::kIterator:
        out_ += "<iterator>";
        break;
      case Kind::kType:
        out_ += text_of(as<Type>(value)->name);
        break;
      case Kind::kModule:
        out_ += "<module " + as<Module>(value)->name + '>';
        break;
      default:
        out_ += "<function>";
        break;
    }
  }

  void print_part(Value value) {
    if (!value.is_nil()) print(value);
  }

  void print_array(const Array* array) {
    out_ += '[';
    for (int64_t i = 0; i < array->length; ++i) {
      if (i != 0) out_ += ", ";
      print(array->get(i));
    }
    out_ += ']';
  }

  void print_values(const Value* values, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      if (i != 0) out_ += ", ";
      print(values[i]);
    }
  }

  void print_tuple(const Tuple* tuple) {
    out_ += '(';
    if (tuple->labels == nullptr) {
      print_values(tuple->items(), tuple->small);
      if (tuple->small == 1) out_ += ',';
    } else {
      for (uint32_t i = 0; i < tuple->small; ++i) {
        if ((*tuple->labels)[i]) {
          print_named(i == 0, (*tuple->labels)[i], tuple->items()[i]);
          continue;
        }
        if (i != 0) out_ += ", ";
        print(tuple->items()[i]);
      }
    }
    out_ += ')';
  }

  void print_named(bool first, Symbol name, Value value) {
    if (!first) out_ += ", ";
    if (name) {
      out_ += text_of(name);
      out_ += ": ";
    }
    print(value);
  }

  void print_table(const Table* table) {
    out_ += '{';
    bool first = true;
    for (const uint32_t i : table_order(vm_, table)) {
      if (i >= table->used) continue;  // A fmt changed it.
      const TableEntry entry = table->entries[i];
      if (!first) out_ += ", ";
      first = false;
      print(entry.key);
      if (table->kind == Kind::kSet) continue;
      out_ += ": ";
      print(entry.value);
    }
    out_ += '}';
  }

  void print_instance(Instance* instance) {
    out_ += text_of(instance->type->name);
    if (std::find(open_.begin(), open_.end(), instance) != open_.end()) {
      out_ += "(...)";  // It holds itself.
      return;
    }
    open_.push_back(instance);
    out_ += '(';
    for (uint32_t i = 0; i < instance->small; ++i) {
      print_named(i == 0, instance->type->fields[i].name, instance->fields()[i]);
    }
    out_ += ')';
    open_.pop_back();
  }

  void print_enum(EnumValue* value) {
    out_ += text_of(value->type->name);
    out_ += "::";
    out_ += text_of(value->type->variants[value->variant].name);
    if (value->small == 0) return;
    out_ += value->small == 1 ? "(" : "((";
    print_values(value->payload(), value->small);
    out_ += value->small == 1 ? ")" : "))";
  }

  void print_function(std::string_view name) {
    if (name.empty() || name == "<lambda>") {
      out_ += "<lambda>";
      return;
    }
    out_ += "<fn:";
    out_ += name;
    out_ += '>';
  }

  Vm& vm_;
  std::string& out_;
  int depth_ = 0;
  std::vector<const Instance*> open_;  // Objects that are being printed.
};

}  // namespace

void display(Vm& vm, Value value, std::string& out) { Printer(vm, out).print(value); }

std::string display(Vm& vm, Value value) {
  std::string result;
  display(vm, value, result);
  return result;
}

std::string type_name(Value value) {
  switch (value.tag) {
    case Tag::kNil:
    case Tag::kMissing:
      return "nil";
    case Tag::kBool:
      return "bool";
    case Tag::kInt:
      return "i64";
    case Tag::kFloat:
      return "f64";
    case Tag::kU8:
      return "u8";
    case Tag::kU16:
      return "u16";
    case Tag::kU32:
      return "u32";
    case Tag::kU64:
      return "u64";
    case Tag::kF32:
      return "f32";
    case Tag::kSymbol:
      return "symbol";
    case Tag::kObject:
      break;
  }
  switch (value.object->kind) {
    case Kind::kText:
      return "str";
    case Kind::kArray:
      return "array";
    case Kind::kDict:
      return "dict";
    case Kind::kSet:
      return "set";
    case Kind::kTuple:
      return "tuple";
    case Kind::kRange:
      return "range";
    case Kind::kSlice:
      return "slice";
    case Kind::kEllipsis:
      return "ellipsis";
    case Kind::kInstance:
      return "object";
    case Kind::kEnum:
      return "enum";
    case Kind::kHandle:
      return std::string(text_of(as<Handle>(value)->type->name));
    case Kind::kIterator:
      return "iterator";
    case Kind::kType:
      return "type";
    case Kind::kModule:
      return "module";
    default:
      return "function";
  }
}

}  // namespace simple
