// Messina's side of bench/jobs/avro-decode.py: FOLDER MODE SECONDS, see there. Decodes as a
// pipeline does: batches of 512 rows, values in the batch's arena, slots.
#include <chrono>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "base/check.h"
#include "codec/avro/decoder.h"
#include "data/batch.h"

namespace messina::codec::avro {
namespace {

constexpr size_t kBatchRows = 512;

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    MESSINA_CHECK(file.good(), "the generator has written every file");
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Each datum stands behind its length.
std::vector<std::string_view> split(std::string_view data) {
    std::vector<std::string_view> datums;
    while (!data.empty()) {
        uint32_t size = 0;
        std::memcpy(&size, data.data(), sizeof size);
        datums.push_back(data.substr(sizeof size, size));
        data.remove_prefix(sizeof size + size);
    }
    return datums;
}

double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

class Side {
  public:
    Side(const std::string& folder, std::string_view mode)
        : data_(read_file(folder + "/records.bin")), datums_(split(data_)) {
        Projection projection;
        if (mode == "projection") {
            for (const Path& path : paths_)
                projection.fields.push_back(
                    {path, static_cast<SlotIndex>(projection.fields.size()), kNoSite});
        } else {
            projection.fields.push_back({{}, 0, kNoSite});
            is_whole_ = true;
        }
        slots_ = projection.fields.size();
        AvroInput input;
        input.schema = *Schema::parse(read_file(folder + "/writer.avsc"));
        decoder_ = *make_avro_decoder(std::move(input), std::move(projection));
    }

    [[nodiscard]] size_t records() const { return datums_.size(); }
    /// Decodes everything once; `visit` gets each decoded batch.
    template <class Visit>
    void pass(Visit&& visit) {
        for (size_t begin = 0; begin < datums_.size(); begin += kBatchRows) {
            batch_.reset();
            const size_t end = std::min(begin + kBatchRows, datums_.size());
            for (size_t i = begin; i < end; ++i) {
                Record& record = batch_.records.emplace_back();
                record.raw = datums_[i];
            }
            batch_.make_rows(slots_, 0);
            decoder_->decode(batch_);
            MESSINA_CHECK(batch_.failures.empty(), "every datum is sound");
            visit(batch_);
        }
    }
    /// Over four of the wanted fields, as the other sides compute it.
    int64_t checksum() {
        int64_t sum = 0;
        pass([&](Batch& batch) {
            for (const RowIndex row : batch.live()) {
                const auto wanted = [&](size_t field) {
                    return is_whole_ ? navigate(batch.slots(row)[0], paths_[field])
                                     : batch.slots(row)[field];
                };
                sum +=
                    static_cast<int64_t>(wanted(1).as_text().size() + wanted(2).as_text().size());
                sum += static_cast<int64_t>(wanted(3).as_double()) + wanted(4).as_int();
            }
        });
        return sum;
    }

  private:
    const std::vector<Path> paths_ = {
        {"event_time"}, {"kind"}, {"user", "country"}, {"total"}, {"browser_version"}};
    std::string data_;
    std::vector<std::string_view> datums_;
    std::unique_ptr<Decoder> decoder_;
    Batch batch_;
    size_t slots_ = 0;
    bool is_whole_ = false;
};

int run(const std::string& folder, std::string_view mode, double seconds) {
    using Clock = std::chrono::steady_clock;
    Side side(folder, mode);
    const int64_t checksum = side.checksum();
    const auto begin = Clock::now();
    const double begin_cpu = cpu_seconds();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(Clock::now() - begin).count();
    };
    double count = 0;
    while (elapsed() < seconds) {
        side.pass([](Batch&) {});
        count += static_cast<double>(side.records());
    }
    const double rate = count / elapsed();
    fmt::print("{{\"records_per_s\": {}, \"cpu_s_per_million\": {}, \"checksum\": {}}}\n", rate,
               (cpu_seconds() - begin_cpu) / count * 1e6, checksum);
    return 0;
}

}  // namespace
}  // namespace messina::codec::avro

int main(int count, char** arguments) {
    if (count != 4) {
        fmt::print(stderr, "usage: avro_decode_bench FOLDER full|projection SECONDS\n");
        return 64;
    }
    return messina::codec::avro::run(arguments[1], arguments[2], std::stod(arguments[3]));
}
