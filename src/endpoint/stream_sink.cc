#include "endpoint/stream_sink.h"

#include <utility>

namespace messina::endpoint {

StreamSink::StreamSink(std::string name, std::unique_ptr<codec::Encoder> encoder,
                       std::shared_ptr<StreamOutput> output, observe::Counter& bytes_out)
    : name_(std::move(name)),
      encoder_(std::move(encoder)),
      output_(std::move(output)),
      bytes_out_(bytes_out) {}

void StreamSink::write(Batch& batch, std::span<const RowIndex> rows, engine::Delivery& delivery) {
    const size_t failures_before = batch.failures.size();
    if (Result<void> prepared = output_->prepare(batch); !prepared) {
        for (const RowIndex row : rows)
            delivery.failed(row, engine::Outcome::Refused, prepared.error());
        return;
    }
    encoder_->encode(batch, rows, buffer_, ends_);
    Pending pending{&delivery, {rows.begin(), rows.end()}};
    if (batch.failures.size() > failures_before) [[unlikely]] {
        std::erase_if(pending.rows, [&](RowIndex row) {
            const Error* cause = batch.failure_of(row, failures_before);
            if (cause != nullptr) delivery.failed(row, engine::Outcome::Refused, *cause);
            return cause != nullptr;
        });
    }
    if (!pending.rows.empty()) pending_.push_back(std::move(pending));
    if (buffer_.size() >= kBufferBytes) flush();
}

void StreamSink::flush() {
    if (pending_.empty()) return;
    // Reports may lead to further writes: what is pending is taken out first.
    const std::vector<Pending> settled = std::exchange(pending_, {});
    Result<void> written = output_->write(buffer_.view(), ends_);
    if (written) written = output_->sync();
    if (written) bytes_out_.add(buffer_.size());
    buffer_.clear();
    ends_.clear();
    for (const Pending& pending : settled) {
        if (written) {
            pending.delivery->done(pending.rows.size());
            continue;
        }
        for (const RowIndex row : pending.rows)
            pending.delivery->failed(row, engine::Outcome::Unknown, written.error());
    }
}

}  // namespace messina::endpoint
