#include "tests/sim/mutation.h"

namespace jiexu::sim {

std::string_view name(Mutation mutation) {
  switch (mutation) {
    case Mutation::kNone: return "none";
    case Mutation::kDropCommit: return "drop-commit";
    case Mutation::kAnswerEarly: return "answer-early";
    case Mutation::kPayTwice: return "pay-twice";
    case Mutation::kChangeAmount: return "change-amount";
    case Mutation::kMoveCase: return "move-case";
    case Mutation::kLoseFrame: return "lose-frame";
    case Mutation::kSkipVerification: return "skip-verification";
    case Mutation::kStayDeaf: return "stay-deaf";
    case Mutation::kStayFull: return "stay-full";
    case Mutation::kStayStranger: return "stay-stranger";
    case Mutation::kForgetMoney: return "forget-money";
    case Mutation::kForgetPeople: return "forget-people";
  }
  return "";
}

std::string_view invariant_of(Mutation mutation) {
  switch (mutation) {
    case Mutation::kNone: return "";
    case Mutation::kDropCommit:
    case Mutation::kAnswerEarly: return "I1";
    case Mutation::kPayTwice: return "I2";
    case Mutation::kChangeAmount: return "I3";
    case Mutation::kMoveCase: return "I4";
    case Mutation::kLoseFrame: return "I5";
    case Mutation::kSkipVerification: return "I6";
    case Mutation::kStayDeaf:
    case Mutation::kStayFull:
    case Mutation::kStayStranger: return "I7";
    case Mutation::kForgetMoney: return "I8";
    case Mutation::kForgetPeople: return "I9";
  }
  return "";
}

std::optional<Mutation> mutation_from_name(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(kMutationLast); ++i) {
    const auto mutation = static_cast<Mutation>(i);
    if (name(mutation) == text) return mutation;
  }
  return std::nullopt;
}

}  // namespace jiexu::sim
