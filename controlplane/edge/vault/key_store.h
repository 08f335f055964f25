// Where wrapped keys stay: on this machine's disk, or on Kafka for all nodes of a ledger. A store
// sees no key in the clear, and knows nothing of what is sealed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dialtone::vault {

inline constexpr std::size_t kKeyIdChars = 16;

struct WrappedKey {
  std::string id;  // kKeyIdChars
  std::string wrapped;
};

struct NewKey {
  std::string subject;
  WrappedKey key;
};

// The error is a sentence for an operator.
template <class T>
using Stored = tl::expected<T, std::string>;

// Any thread.
class KeyStore {
 public:
  virtual ~KeyStore() = default;

  // As far as it is known here; asks nobody. Oldest first: the last is the one to seal with.
  virtual Stored<std::vector<WrappedKey>> Load(std::string_view subject) = 0;
  // Durable when it returns, and known here. A subject that has got another key meanwhile keeps
  // that one: Load tells whether this one is beside it. After an error all, some or none is there.
  virtual Stored<void> Add(const std::vector<NewKey>& keys) = 0;
  // All keys of the subject that were stored before this call.
  virtual Stored<void> Erase(std::string_view subject) = 0;
  // Waits, bounded, until all that was stored before this call is known here. False: in vain.
  virtual bool CatchUp() = 0;
  // Asks nobody. The error: what is known here is stored no more, and nothing may be sealed with
  // it.
  virtual Stored<void> Sound() = 0;

  // What tells whose keys these are: the first that was ever added.
  virtual Stored<std::optional<std::string>> Canary() = 0;
  virtual Stored<void> AddCanary(const std::string& canary) = 0;
  // One that has a key, if any has: for what was stored before there was a canary.
  virtual std::optional<std::string> AnySubject() = 0;

  // `changed` hears of subjects whose keys are no longer those of the last Load. Called by any
  // thread, which must not come back with anything but Load.
  virtual void OnChange(std::function<void(std::string_view subject)> changed) = 0;
  // "the keys in topic …": for sentences.
  virtual std::string Where() const = 0;
};

}  // namespace dialtone::vault
