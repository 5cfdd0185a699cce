#include "daemon/api/paper_view.h"

#include <algorithm>

#include "daemon/base/bytes.h"
#include "daemon/trust/suite.h"

namespace jiexu {

std::string paper_kind(const v1::Message& message) {
  const auto* field = v1::Message::descriptor()->FindFieldByNumber(message.body_case());
  std::string kind = field == nullptr ? "unknown" : field->name();
  std::ranges::replace(kind, '_', '-');
  return kind;
}

v1::PaperView paper_view(const v1::Message& message, std::string_view bytes, Between agencies) {
  v1::PaperView view;
  *view.mutable_message() = message;
  view.set_sha256(to_hex(jiexu::view(sha256(bytes))));
  view.set_from_agency(agencies.from.str());
  view.set_to_agency(agencies.to.str());
  view.set_kind(paper_kind(message));
  view.set_written_at(Instant{message.sent_at_ms()}.str());
  return view;
}

void name_paper(const Case& subject, uint32_t number, v1::PaperView& view) {
  view.set_number(subject.letter_number + "-" + std::string(name(subject.side)) + "-" +
                  std::to_string(number));
  view.set_case_id(subject.id.str());
  view.set_paper_number(subject.paper_number);
}

}  // namespace jiexu
