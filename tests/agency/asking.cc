#include "tests/agency/asking.h"

#include <cstdlib>
#include <type_traits>
#include <utility>

namespace jiexu {
namespace {

template <class Value>
void keep(Value&& value, Answer& answer) {
  using T = std::remove_cvref_t<Value>;
  if constexpr (std::is_same_v<T, v1::BankLineResults>) {
    answer.bank = std::move(value);
  } else if constexpr (std::is_same_v<T, v1::BankFileView>) {
    answer.bank_file = std::move(value);
  } else if constexpr (std::is_same_v<T, std::vector<Submitted>>) {
    answer.submitted = std::move(value);
  } else if constexpr (std::is_same_v<T, v1::PeerViews>) {
    answer.peers = std::move(value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    answer.file = std::make_shared<const std::string>(std::move(value));
  } else if constexpr (!std::is_same_v<T, Done>) {
    answer.view = std::make_shared<const T>(std::move(value));
  }
}

template <class T>
T kept_in(const Answer& answer) {
  if constexpr (std::is_same_v<T, v1::BankLineResults>) {
    return answer.bank;
  } else if constexpr (std::is_same_v<T, v1::BankFileView>) {
    return answer.bank_file;
  } else if constexpr (std::is_same_v<T, std::vector<Submitted>>) {
    return answer.submitted;
  } else if constexpr (std::is_same_v<T, v1::PeerViews>) {
    return answer.peers;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return answer.file ? *answer.file : T();
  } else if constexpr (std::is_same_v<T, Done>) {
    return {};
  } else {
    const auto* view = dynamic_cast<const T*>(answer.view.get());
    return view != nullptr ? *view : T();
  }
}

template <class Reply>
Answer answer_of(Reply&& reply) {
  Answer answer;
  if constexpr (std::is_same_v<std::remove_cvref_t<Reply>, CaseReply>) {
    answer.rejection = std::move(reply.rejection);
    answer.subject = std::move(reply.subject);
  } else if (!reply) {
    answer.rejection = std::move(reply.error());
  } else {
    keep(std::move(*reply), answer);
  }
  return answer;
}

template <class Reply>
Reply reply_of(const Answer& answer) {
  if constexpr (std::is_same_v<Reply, CaseReply>) {
    return answer.rejection ? CaseReply::refused(answer.subject, *answer.rejection)
                            : CaseReply::done(answer.subject);
  } else {
    if (answer.rejection) return tl::unexpected(*answer.rejection);
    return kept_in<typename Reply::value_type>(answer);
  }
}

template <class Ask>
bool read_as(const std::shared_ptr<Request>& request, Asking& out) {
  const auto asked = std::dynamic_pointer_cast<RequestFor<Ask>>(request);
  if (asked == nullptr) return false;
  out.what = asked->ask();
  out.done = [asked](Answer&& answer) {
    asked->answer(reply_of<typename Ask::Reply>(answer));
    asked->deliver();
  };
  return true;
}

template <class... Asks>
void read_as_any(const std::shared_ptr<Request>& request, Asking& out, std::variant<Asks...>*) {
  if (!(read_as<Asks>(request, out) || ...)) std::abort();
}

}  // namespace

Command to_command(Asking asking) {
  return std::visit(
      [&](auto&& what) {
        using Ask = std::remove_cvref_t<decltype(what)>;
        const auto done = [done = std::move(asking.done)](typename Ask::Reply&& reply) {
          if (done) done(answer_of(std::move(reply)));
        };
        return make_command(std::move(asking.user), std::move(what), done);
      },
      std::move(asking.what));
}

Asking to_asking(Command command) {
  Asking asking;
  asking.user = std::move(command.user);
  const std::shared_ptr<Request> request = std::move(command.request);
  read_as_any(request, asking, &asking.what);
  return asking;
}

}  // namespace jiexu
