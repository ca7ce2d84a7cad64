#include "engine/checkpoint.h"

#include <filesystem>

#include <fmt/core.h>

#include "base/failpoint.h"
#include "base/file.h"
#include "codec/json.h"

namespace messina::engine {
namespace {

constexpr int64_t kFormatVersion = 1;

Result<std::map<std::string, Position>> parse_positions(const std::string& path,
                                                        std::string_view text) {
    Arena arena;
    const auto broken = [&path](const std::string& why) {
        return fail(ErrorClass::Misconfigured, "checkpoint.broken",
                    fmt::format("{}: not a checkpoint: {}", path, why),
                    "restore the file, or remove it to read everything again");
    };
    Result<Value> parsed = codec::parse_json(text, arena);
    if (!parsed) return broken(parsed.error().message);
    const Value version = parsed->field("version");
    if (!version.is(Kind::Int)) return broken("it has no version");
    if (version.as_int() != kFormatVersion)
        return broken(fmt::format("unknown version {}", version.as_int()));
    const Value lanes = parsed->field("lanes");
    if (!lanes.is(Kind::Map)) return broken("it has no lanes");
    std::map<std::string, Position> positions;
    for (const MapEntry& entry : lanes.as_map()) {
        const bool is_pair = entry.value.is(Kind::List) && entry.value.as_list().size() == 2 &&
                             entry.value.as_list()[0].is(Kind::Int) &&
                             entry.value.as_list()[1].is(Kind::Int);
        if (!is_pair) return broken(fmt::format("lane '{}' has no position", entry.key.as_text()));
        const Position position{entry.value.as_list()[0].as_int(),
                                entry.value.as_list()[1].as_int()};
        if (position.major < 0 || position.minor < 0)
            return broken(
                fmt::format("lane '{}' stands before its beginning", entry.key.as_text()));
        positions[std::string(entry.key.as_text())] = position;
    }
    return positions;
}

std::string format_positions(const std::string& pipeline,
                             const std::map<std::string, Position>& positions) {
    std::string text = fmt::format("{{\"version\":{},\"pipeline\":{},\"lanes\":{{", kFormatVersion,
                                   codec::to_json(Value::string(pipeline)));
    const char* separator = "\n";
    for (const auto& [lane, position] : positions) {
        text += fmt::format("{}  {}: [{}, {}]", separator, codec::to_json(Value::string(lane)),
                            position.major, position.minor);
        separator = ",\n";
    }
    return text + "\n}}\n";
}

}  // namespace

Result<CheckpointFile> CheckpointFile::open(const std::string& directory,
                                            const std::string& pipeline) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error)
        return fail(
            ErrorClass::Misconfigured, "checkpoint.directory",
            fmt::format("cannot create the state directory {}: {}", directory, error.message()));
    CheckpointFile file;
    file.path_ = (std::filesystem::path(directory) / (pipeline + ".checkpoint.json")).string();
    file.pipeline_ = pipeline;
    Result<std::string> text = read_file(file.path_);
    if (!text) {
        if (text.error().code == "file.missing") return file;
        return fail(std::move(text.error()));
    }
    MESSINA_TRY(file.positions_, parse_positions(file.path_, *text));
    return file;
}

Result<void> CheckpointFile::save(std::span<const LanePosition> positions) {
    std::map<std::string, Position> next = positions_;
    for (const LanePosition& position : positions) next[position.lane] = position.position;
    (void)failpoint("checkpoint.before_write");
    MESSINA_TRY_VOID(replace_file(path_, format_positions(pipeline_, next)));
    (void)failpoint("checkpoint.after_rename");
    positions_ = std::move(next);
    return {};
}

}  // namespace messina::engine
