// POST /v1/letters:submit: applications in bulk, from a system that has accepted them already.
#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <map>

#include "daemon/api/api.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/base/bytes.h"
#include "daemon/casework/four_eyes.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

constexpr std::string_view kProtobuf = "application/x-protobuf";
constexpr std::string_view kNdjson = "application/x-ndjson";
constexpr size_t kRandomBytes = 10;

tl::expected<void, JsonError> read_ndjson(std::string_view body, v1::SubmitInput& out) {
  for (size_t line = 1; !body.empty(); ++line) {
    const size_t end = std::min(body.find('\n'), body.size());
    const std::string_view text = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (static_cast<size_t>(out.applications_size()) > limits::kSubmitMax) return {};
    if (auto read = from_json(text, out.add_applications(), line); !read) return read;
  }
  return {};
}

tl::expected<void, JsonError> read_submit(const HttpRequest& request, v1::SubmitInput& out) {
  if (!request.content_type.starts_with(kProtobuf)) return read_ndjson(request.body, out);
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(request.body.data()),
                                            static_cast<int>(request.body.size()));
  in.SetRecursionLimit(limits::kProtoDepthMax);
  if (out.ParseFromCodedStream(&in) && in.ConsumedEntireMessage()) return {};
  return tl::unexpected(JsonError{{Errc::kInvalid, "the body is no jiexu.v1.SubmitInput"}, {}});
}

// A letter that waits for a second person.
void fill_proposal(const Case& proposed, v1::SubmitResult& result) {
  const Proposal& proposal = proposed.proposals.front();
  result.set_proposal(proposal.number);
  result.set_digest(to_hex(view(proposal_digest(proposed, proposal))));
}

void fill(size_t line, const Submitted& outcome, v1::SubmitResult& result) {
  result.set_line(static_cast<uint32_t>(line));
  if (outcome) {
    result.set_case_id(outcome->case_id.str());
    result.set_letter_number(outcome->letter_number);
    if (outcome->proposed != nullptr) fill_proposal(*outcome->proposed, result);
  } else {
    result.set_refusal(std::string(name(outcome.error().refusal)));
    result.set_detail(outcome.error().detail);
  }
}

HttpResponse render(const std::vector<Submitted>& outcomes, bool as_protobuf) {
  std::string body;
  v1::SubmitResults one;  // whose memory each uses again
  v1::SubmitResult& result = *one.add_results();
  for (size_t i = 0; i < outcomes.size(); ++i) {
    result.Clear();
    fill(i + 1, outcomes[i], result);
    if (as_protobuf) {
      one.AppendToString(&body);  // lists one after another are one list
    } else {
      append_element(result, body);
      body += '\n';
    }
  }
  return {200, std::string(as_protobuf ? kProtobuf : kNdjson), std::move(body), {}};
}

std::vector<CaseId> new_case_ids(size_t count, Instant now) {
  const std::string random = random_bytes(count * kRandomBytes);
  std::vector<CaseId> ids;
  ids.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const auto bytes = std::string_view(random).substr(i * kRandomBytes, kRandomBytes);
    ids.push_back(CaseId::make(now.ms, *to_array<kRandomBytes>(bytes)));
  }
  // In the order of their keys they are cheaper to write.
  std::ranges::sort(ids);
  return ids;
}

}  // namespace

void Api::submit_letters(Call call) {
  // One arena for the whole submission: a thousand applications are twenty thousand pieces.
  const auto arena = std::make_shared<google::protobuf::Arena>();
  const std::shared_ptr<v1::SubmitInput> input(
      arena, google::protobuf::Arena::CreateMessage<v1::SubmitInput>(arena.get()));
  if (auto read = read_submit(call.request, *input); !read) {
    return reply(call, bad_body(read.error()));
  }
  const auto count = static_cast<size_t>(input->applications_size());
  if (count == 0 || count > limits::kSubmitMax) {
    return reply(call, problem_response(400, "bad_count",
                                        "a submission holds 1 to " +
                                            std::to_string(limits::kSubmitMax) + " applications"));
  }
  SubmitCommand command{input, new_case_ids(count, ports_.clock.now())};
  const bool as_protobuf = call.request.content_type.starts_with(kProtobuf);
  ask(call, std::move(command),
      [this, as_protobuf](const SubmitCommand::Reply& answer) -> HttpResponse {
        if (!answer) return refusal_response(answer.error(), nullptr);
        std::map<std::string_view, size_t> outcomes;
        for (const Submitted& one : *answer) {
          ++outcomes[one ? std::string_view("done") : name(one.error().refusal)];
        }
        for (const auto& [outcome, letters] : outcomes) {
          ports_.metrics.actions.Add({{"action", "submit"}, {"outcome", std::string(outcome)}})
              .Increment(static_cast<double>(letters));
        }
        return render(*answer, as_protobuf);
      });
}

}  // namespace jiexu
