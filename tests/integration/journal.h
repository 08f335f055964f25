// What a server has acknowledged, kept outside of it: each request with the answer that it got.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

namespace dialtone::testing {

struct Acknowledged {
  std::string path;     // of the method
  std::string request;  // its bytes, with the request id
  std::string answer;   // status and reply
};

// A file; any thread.
class Journal {
 public:
  explicit Journal(std::filesystem::path file);

  void Add(const Acknowledged& entry);
  // Until so many are in it.
  void WaitFor(std::size_t count);
  std::size_t size() const;
  // As the file has them, from that one on.
  std::vector<Acknowledged> ReadFrom(std::size_t first) const;

 private:
  const std::filesystem::path file_;
  mutable std::mutex mutex_;
  std::condition_variable added_;
  std::ofstream stream_;
  std::size_t size_ = 0;
};

}  // namespace dialtone::testing
