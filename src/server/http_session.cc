#include "server/http_session.h"

#include <tuple>

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include "server/request_target.h"

namespace messina::server {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr size_t kReadBytes = 4096;
/// Beast reads at most this much at once beyond what it was asked for.
constexpr size_t kReadAheadBytes = 65'536;

constexpr unsigned kHttp10 = 10;
constexpr unsigned kHttp11 = 11;

std::string text(beast::string_view view) {
    return {view.data(), view.size()};
}

bool is_malformed(beast::error_code error) {
    return error.category() == http::make_error_code(http::error::bad_method).category();
}

template <class Message>
Result<Request> to_request(Message& message) {
    if (message.version() == kHttp11 && message.find(http::field::host) == message.end())
        return fail(ErrorClass::Poison, "http.host", "the request has no Host header");
    MESSINA_TRY(RequestTarget target, parse_request_target(text(message.target())));
    Request request;
    request.method = text(message.method_string());
    request.path = std::move(target.path);
    request.query = std::move(target.query);
    for (const auto& field : message)
        request.headers.emplace_back(text(field.name_string()), text(field.value()));
    request.body = std::move(message.body());
    return request;
}

}  // namespace

HttpSession::HttpSession(boost::asio::ip::tcp::socket socket, Host& host)
    : stream_(std::move(socket)),
      host_(host),
      buffer_(host.options.header_bytes_max + kReadAheadBytes) {}

HttpSession::~HttpSession() {
    host_.on_closed(this);
}

void HttpSession::stop() {
    if (state_ != State::Writing) close();
}

void HttpSession::close() {
    stream_.close();
}

void HttpSession::await_request() {
    if (host_.is_stopping) return close();
    state_ = State::Idle;
    header_bytes_ = 0;
    parser_.emplace();
    parser_->header_limit(host_.options.header_bytes_max);
    parser_->body_limit(host_.options.body_bytes_max);
    parser_->eager(false);
    // What a pipelining client sent along is served first.
    if (buffer_.size() != 0) return begin_reading();
    stream_.expires_after(host_.options.idle_timeout);
    read_more();
}

void HttpSession::begin_reading() {
    state_ = State::Reading;
    // One deadline for the whole request: a byte now and then does not move it.
    stream_.expires_after(host_.options.read_timeout);
    parse_header();
}

void HttpSession::read_more() {
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](ErrorCode error, size_t bytes) {
                                if (error) return;
                                self->buffer_.commit(bytes);
                                if (self->state_ == State::Idle) return self->begin_reading();
                                self->parse_header();
                            });
}

void HttpSession::parse_header() {
    // The parser's own limit holds for one line only, when lines come one by one; hence this loop
    // and not http::async_read_header.
    ErrorCode error;
    const size_t used = parser_->put(buffer_.data(), error);
    buffer_.consume(used);
    header_bytes_ += used;
    if (error == http::error::need_more) {
        if (header_bytes_ + buffer_.size() < host_.options.header_bytes_max) return read_more();
        error = http::error::header_limit;
    }
    if (error) return refuse(error);
    on_header();
}

void HttpSession::on_header() {
    if (parser_->is_done()) return on_request();
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) return invite_body();
    read_body();
}

void HttpSession::invite_body() {
    invitation_ = {http::status::continue_, kHttp11};
    http::async_write(stream_, invitation_, [self = shared_from_this()](ErrorCode error, size_t) {
        if (!error) self->read_body();
    });
}

void HttpSession::read_body() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](ErrorCode error, size_t) {
                         if (error) return self->refuse(error);
                         self->on_request();
                     });
}

void HttpSession::on_request() {
    auto& message = parser_->get();
    const After after = message.keep_alive() ? After::GoOn : After::Close;
    Result<Request> request = to_request(message);
    if (!request) return write(error_response(400, request.error().message), After::Close);
    if (request->method == "HEAD") request->method = "GET";
    write(host_.answer(*request), after);
}

void HttpSession::refuse(ErrorCode error) {
    // The client left, or was too slow and is cut off: nobody to answer.
    if (!is_malformed(error) || error == http::error::end_of_stream ||
        error == http::error::partial_message)
        return;
    const auto refuse_with = [&](unsigned status, const std::string& message) {
        write(error_response(status, message), After::Close);
    };
    if (error == http::error::header_limit)
        return refuse_with(431, fmt::format("the request's header is larger than {} bytes",
                                            host_.options.header_bytes_max));
    if (error == http::error::body_limit)
        return refuse_with(413, fmt::format("the request's body is larger than {} bytes",
                                            host_.options.body_bytes_max));
    if (error == http::error::bad_version) return refuse_with(505, "speak HTTP/1.1 or HTTP/1.0");
    refuse_with(400, "malformed request: " + error.message());
}

void HttpSession::write(Response response, After after) {
    state_ = State::Writing;
    const auto& request = parser_->get();
    const bool is_http10 = request.version() == kHttp10;
    response_ = {};
    response_.result(response.status);
    response_.version(is_http10 ? kHttp10 : kHttp11);
    response_.set(http::field::date, http_date(host_.clock->now()));
    response_.set(http::field::content_type, response.content_type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : response.headers) response_.set(name, value);
    if (host_.is_stopping) after = After::Close;
    response_.keep_alive(after == After::GoOn);
    response_.content_length(response.body.size());
    if (request.method() != http::verb::head) response_.body() = std::move(response.body);
    stream_.expires_after(host_.options.write_timeout);
    http::async_write(stream_, response_,
                      [self = shared_from_this(), after](ErrorCode error, size_t) {
                          self->on_written(error, after);
                      });
}

void HttpSession::on_written(ErrorCode error, After after) {
    if (error) return;
    if (after == After::Close) return close_gently();
    await_request();
}

void HttpSession::close_gently() {
    ErrorCode ignored;
    std::ignore = stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    if (host_.is_stopping) return close();
    state_ = State::Draining;
    stream_.expires_after(host_.options.read_timeout);
    drain();
}

void HttpSession::drain() {
    // Closing with unread input would reset the connection and may destroy the response on its way.
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](ErrorCode error, size_t) {
                                if (!error) self->drain();
                            });
}

}  // namespace messina::server
