// Where positions of sources without a commit of their own (files) are kept: one small JSON file
// for each pipeline, replaced atomically (written beside, synced, renamed, directory synced).
#pragma once

#include <map>
#include <span>
#include <string>

#include "base/error.h"
#include "engine/source.h"

namespace messina::engine {

class CheckpointFile {
  public:
    /// Reads `directory`/`pipeline`.checkpoint.json, creating the directory when missing. A file
    /// that cannot be understood is an error: starting from the beginning instead would repeat
    /// everything silently.
    static Result<CheckpointFile> open(const std::string& directory, const std::string& pipeline);

    [[nodiscard]] const std::map<std::string, Position>& positions() const { return positions_; }
    /// Remembers these positions, beside those of other lanes, durably.
    Result<void> save(std::span<const LanePosition> positions);
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
    std::string pipeline_;
    std::map<std::string, Position> positions_;
};

}  // namespace messina::engine
