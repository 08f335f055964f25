// A file of lines that only grows, of which no line is lost once it is written.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <tl/expected.hpp>

namespace dialtone::clients::cli {

class DurableFile {
 public:
  // Makes it if it is not there. A last line without an end is of a writer that died in the middle
  // of it: it is cut off. The error is a sentence; one is that another process has it open.
  static tl::expected<std::unique_ptr<DurableFile>, std::string> Open(
      const std::filesystem::path& path);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  // What stood there when it was opened.
  const std::string& text() const { return text_; }
  // On the disk when it returns. REQUIRES: whole lines.
  tl::expected<void, std::string> Append(const std::string& lines);

 private:
  DurableFile(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  tl::expected<void, std::string> Read();
  tl::unexpected<std::string> Failed(const std::string& what) const;

  const std::filesystem::path path_;
  const int descriptor_;
  std::string text_;
};

}  // namespace dialtone::clients::cli
