// A story that is written down as it happens, for people: who asks for what, what comes of it, and
// which events that is. The file beside the test is what the code must tell again.
//   DIALTONE_TALES=write build/dev/bin/golden_tests --gtest_filter='Tales*'
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "tests/support/story.h"

namespace dialtone::golden {

class Tale {
 public:
  // Of tests/golden/tales/{name}.txt.
  explicit Tale(std::string name) : name_(std::move(name)) {}
  // Compares, or writes.
  void End();

  testing::Story& story() { return story_; }
  // What follows is as it must be for the tale, and is not told, until Says.
  void Quietly() { is_quiet_ = true; }
  // A sentence of the teller.
  void Says(std::string_view sentence);
  // A command that is accepted; what follows from it has happened when this returns.
  template <class Reply, class Request, class DecideFn>
  Reply Do(const Request& request, DecideFn decide) {
    Told(request);
    story_.When(request, decide);
    const Reply reply = story_.ThenReplied<Reply>();
    Reply shown = reply;
    Answered(shown);
    return reply;
  }
  // One that is refused; the reason stands in the tale.
  template <class Request, class DecideFn>
  void Refused(const Request& request, DecideFn decide) {
    Told(request);
    story_.When(request, decide);
    Answered();
  }
  void Wait(Duration span, std::string_view in_words);

 private:
  void Told(const google::protobuf::Message& request);
  void Answered(google::protobuf::Message& reply);
  void Answered();
  void ToldEvents();

  const std::string name_;
  testing::Story story_;
  std::string text_;
  bool is_quiet_ = false;
};

}  // namespace dialtone::golden
