#include "values/fitted.h"

#include <ATen/core/Dict.h>
#include <ATen/core/List.h>

#include <utility>
#include <vector>

#include "core/failure.h"

namespace simple_torch {
namespace {

using c10::TypeKind;

[[noreturn]] void refuse(const c10::IValue& value, const c10::TypePtr& type,
                         const Place& place) {
  fail(Code::kType, place.argument(),
       place.text() + "must be " + type->annotation_str() + ", not " +
           value.type()->annotation_str());
}

// Real and imaginary part, as languages without complex numbers have them.
bool is_pair(const c10::IValue& value) {
  if (!value.isTuple()) return false;
  const auto& parts = value.toTupleRef().elements();
  return parts.size() == 2 && parts[0].isDouble() && parts[1].isDouble();
}
c10::IValue complex_of(const c10::IValue& pair) {
  const auto& parts = pair.toTupleRef().elements();
  return c10::complex<double>(parts[0].toDouble(), parts[1].toDouble());
}

c10::IValue fitted_list(const c10::IValue& value, const c10::TypePtr& type,
                        const Place& place) {
  const c10::TypePtr element = type->castRaw<c10::ListType>()->getElementType();
  if (value.isList() && *value.toList().elementType() == *element) return value;
  if (!value.isList() && !value.isTuple()) refuse(value, type, place);
  c10::impl::GenericList list(element);
  for (const c10::IValue& each :
       value.isTuple() ? c10::ArrayRef<c10::IValue>(value.toTupleRef().elements())
                       : value.toListRef()) {
    list.push_back(fitted(each, element, Place(place, "item", list.size() + 1)));
  }
  return list;
}

c10::IValue fitted_dict(const c10::IValue& value, const c10::TypePtr& type,
                        const Place& place) {
  if (!value.isGenericDict()) refuse(value, type, place);
  const auto* const wanted = type->castRaw<c10::DictType>();
  const c10::impl::GenericDict given = value.toGenericDict();
  if (*given.keyType() == *wanted->getKeyType() &&
      *given.valueType() == *wanted->getValueType()) {
    return value;
  }
  c10::impl::GenericDict dict(wanted->getKeyType(), wanted->getValueType());
  for (const auto& entry : given) {
    const size_t index = dict.size() + 1;
    dict.insert(
        fitted(entry.key(), wanted->getKeyType(), Place(place, "key", index)),
        fitted(entry.value(), wanted->getValueType(), Place(place, "value", index)));
  }
  return dict;
}

// Names of its members stay with a tuple that has them in its type.
c10::IValue fitted_tuple(const c10::IValue& value, const c10::TypePtr& type,
                         const Place& place) {
  const auto wanted = type->cast<c10::TupleType>();
  const auto elements = wanted->elements();
  if (!value.isTuple() && !value.isList()) refuse(value, type, place);
  const auto given = value.isTuple()
                         ? c10::ArrayRef<c10::IValue>(value.toTupleRef().elements())
                         : value.toListRef();
  if (given.size() != elements.size()) refuse(value, type, place);
  std::vector<c10::IValue> members;
  for (size_t i = 0; i < given.size(); ++i) {
    members.push_back(fitted(given[i], elements[i], Place(place, "item", i + 1)));
  }
  return wanted->name() ? c10::ivalue::Tuple::createNamed(std::move(members), wanted)
                        : c10::ivalue::Tuple::create(std::move(members));
}

}  // namespace

std::string Place::text() const {
  if (outer_ == nullptr) return {};
  std::string text = kind_ + (" " + std::to_string(number_)) + " ";
  if (!name_.empty()) text += "(`" + std::string(name_) + "`) ";
  const std::string outer = outer_->text();
  return outer.empty() ? text : text + "of " + outer;
}

c10::IValue fitted(const c10::IValue& value, const c10::TypePtr& type,
                   const Place& place) {
  switch (type->kind()) {
    case TypeKind::AnyType:
      return value;
    case TypeKind::OptionalType:
      if (value.isNone()) return value;
      return fitted(value, type->castRaw<c10::OptionalType>()->getElementType(), place);
    case TypeKind::ListType:
      return fitted_list(value, type, place);
    case TypeKind::DictType:
      return fitted_dict(value, type, place);
    case TypeKind::TupleType:
      return fitted_tuple(value, type, place);
    case TypeKind::FloatType:
      if (value.isInt()) return static_cast<double>(value.toInt());
      break;
    case TypeKind::ComplexType:
      if (value.isInt()) return c10::complex<double>(static_cast<double>(value.toInt()));
      if (value.isDouble()) return c10::complex<double>(value.toDouble());
      if (is_pair(value)) return complex_of(value);
      break;
    default:
      break;
  }
  if (!value.type()->isSubtypeOf(*type)) refuse(value, type, place);
  return value;
}

}  // namespace simple_torch
