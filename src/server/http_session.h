// One connection: reads a request, has it answered, writes the response, and again. Runs on the
// server's thread only; lives as long as one of its operations is under way.
#pragma once

#include <memory>
#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "server/http_server.h"

namespace messina::server {

class HttpSession : public std::enable_shared_from_this<HttpSession> {
  public:
    struct Host {
        virtual ~Host() = default;
        virtual Response answer(const Request& request) = 0;
        virtual void on_closed(HttpSession* session) = 0;

        HttpServerOptions options;
        Clock* clock = nullptr;
        bool is_stopping = false;
    };

    /// `host` must outlive the session.
    HttpSession(boost::asio::ip::tcp::socket socket, Host& host);
    ~HttpSession();
    HttpSession(const HttpSession&) = delete;
    HttpSession& operator=(const HttpSession&) = delete;

    void start() { await_request(); }
    /// Closes at once when it waits for a request, otherwise after the response.
    void stop();
    void close();

  private:
    using ErrorCode = boost::beast::error_code;

    enum class State : uint8_t {
        Idle,      // waits for the first byte of a request
        Reading,   // the request
        Writing,   // the response
        Draining,  // has said all and reads on until the client closes, so that it can read that
    };
    enum class After : bool { GoOn, Close };

    void await_request();
    void begin_reading();
    void read_more();
    void parse_header();
    void on_header();
    void invite_body();
    void read_body();
    void on_request();
    void refuse(ErrorCode error);
    void write(Response response, After after);
    void on_written(ErrorCode error, After after);
    void close_gently();
    void drain();

    boost::beast::tcp_stream stream_;
    Host& host_;
    State state_ = State::Idle;
    boost::beast::flat_buffer buffer_;
    size_t header_bytes_ = 0;  // of the present request, parsed so far
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
    boost::beast::http::response<boost::beast::http::empty_body> invitation_;
    boost::beast::http::response<boost::beast::http::string_body> response_;
};

}  // namespace messina::server
