// Sets of enumerators, as bits by their numbers: states, overlays. Plain data.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace jiexu {

// REQUIRES of State: numbers below 32.
template <class State>
struct StateSet {
  uint32_t bits = 0;

  constexpr StateSet() = default;
  constexpr StateSet(State one) : bits(1u << static_cast<int>(one)) {}
  constexpr StateSet(std::initializer_list<State> states) {
    for (const State state : states) bits |= 1u << static_cast<int>(state);
  }
  constexpr bool has(State state) const { return bits >> static_cast<int>(state) & 1; }
  constexpr bool has_all(StateSet others) const { return (bits & others.bits) == others.bits; }
  constexpr bool has_any(StateSet others) const { return (bits & others.bits) != 0; }
  constexpr bool empty() const { return bits == 0; }
  constexpr void add(StateSet others) { bits |= others.bits; }
  constexpr void remove(StateSet others) { bits &= ~others.bits; }
  constexpr void keep(StateSet others) { bits &= others.bits; }
  // Adds or removes.
  constexpr void put(State state, bool in) { in ? add(state) : remove(state); }
  constexpr bool operator==(const StateSet&) const = default;
  constexpr StateSet operator|(StateSet others) const {
    others.bits |= bits;
    return others;
  }
  static constexpr StateSet any() {
    StateSet all;
    all.bits = ~0u;
    return all;
  }
};

}  // namespace jiexu
