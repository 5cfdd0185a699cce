#include "daemon/peers/give_back.h"

#include <algorithm>

#include "daemon/base/limits.h"

namespace jiexu {
namespace {

// A recovery has to write and replay what it gets; no disk of an agency does that faster for long.
constexpr int64_t kBytesPerMs = 32 << 10;
constexpr int64_t kBurstMs = static_cast<int64_t>(limits::kFetchBytes) / kBytesPerMs;
// Until a carrier that is full is looked at again.
constexpr int64_t kFullMs = 50;

}  // namespace

void GiveBack::asked(AgencyId peer, const FetchFrame& fetch) {
  Question& question = questions_[peer];
  question.next = fetch.first_seq;
  question.frames = std::clamp<uint32_t>(fetch.frames, 1, limits::kFetchFrames);
  question.bytes = 0;
}

void GiveBack::go_on(Steady now) {
  auto it = questions_.upper_bound(last_);
  for (size_t left = questions_.size(); left > 0; --left, ++it) {
    if (it == questions_.end()) it = questions_.begin();
    Question& question = it->second;
    if (question.frames == 0 || now < question.due) continue;
    if (held(question) >= limits::kFetchBytes) {
      question.due = now.plus_ms(kFullMs);
      continue;
    }
    last_ = it->first;
    return give(*peers_.find(it->first), question, now);
  }
}

void GiveBack::give(Peer& peer, Question& question, Steady now) {
  FetchedFrame answer;
  answer.last_seq = peer.receiver().on_disk().through;
  const auto frame = peer.incoming_log().frame_with(question.next);
  if (frame && *frame) {
    if (auto batch = decode_batch((*frame)->bytes)) answer.batch = std::move(*batch);
    question.next = (*frame)->last_seq + 1;
    question.bytes += (*frame)->bytes->size();
  }
  answer.more = answer.batch && question.frames > 1 && question.bytes < limits::kFetchBytes &&
                question.next <= answer.last_seq;
  question.frames = answer.more ? question.frames - 1 : 0;
  const FrameBytes bytes = share(encode(answer));
  const Steady earliest = now.plus_ms(-kBurstMs);
  question.due = std::max(question.due, earliest)
                     .plus_ms(static_cast<int64_t>(bytes->size()) / kBytesPerMs + 1);
  question.sent.push_back(bytes);
  transport_.send(peer.id(), Lane::kReply, bytes);
}

size_t GiveBack::held(Question& question) {
  size_t bytes = 0;
  std::erase_if(question.sent, [&](const std::weak_ptr<const std::string>& sent) {
    const FrameBytes frame = sent.lock();
    bytes += frame == nullptr ? 0 : frame->size();
    return frame == nullptr;
  });
  return bytes;
}

Steady GiveBack::next_wake() const {
  Steady next{INT64_MAX};
  for (const auto& [peer, question] : questions_) {
    if (question.frames > 0) next = std::min(next, question.due);
  }
  return next;
}

}  // namespace jiexu
