#include "server/http_server.h"

#include <set>
#include <thread>
#include <tuple>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <signal.h>

#include "server/http_session.h"

namespace messina::server {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

/// After a failed accept (usually: no descriptors left) the next one waits a little.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

class BeastServer final : public HttpServer, private HttpSession::Host {
  public:
    BeastServer(HttpServerOptions wanted, Router router, observe::Log& log, Clock& time)
        : router_(std::move(router)), log_(log), address_(wanted.address) {
        options = std::move(wanted);
        clock = &time;
    }
    ~BeastServer() override { stop(); }

    Result<void> listen();
    Result<void> run();

    [[nodiscard]] const ListenAddress& address() const override { return address_; }
    void stop() override;

  private:
    Response answer(const Request& request) override;
    void on_closed(HttpSession* session) override;

    void serve();
    void accept();
    void on_accepted(ErrorCode error, Tcp::socket socket);
    void turn_away(Tcp::socket socket);
    void begin_stop();

    Router router_;
    observe::Log& log_;
    ListenAddress address_;
    std::set<HttpSession*> sessions_;
    // Below what sessions use when they go away with it.
    asio::io_context context_{1};
    Tcp::acceptor acceptor_{context_};
    asio::steady_timer accept_pause_{context_};
    asio::steady_timer stop_deadline_{context_};
    std::thread thread_;
};

Result<void> BeastServer::listen() {
    ErrorCode error;
    const auto refuse = [&](std::string_view hint) {
        return fail(ErrorClass::Misconfigured, "server.listen_failed",
                    fmt::format("cannot listen on {}: {}", address_.to_text(), error.message()),
                    std::string(hint));
    };
    const auto host = asio::ip::make_address(address_.host, error);
    if (error) return refuse("write an IPv4 or IPv6 address");
    const Tcp::endpoint endpoint(host, address_.port);
    if (acceptor_.open(endpoint.protocol(), error)) return refuse("");
    if (acceptor_.set_option(Tcp::acceptor::reuse_address(true), error)) return refuse("");
    if (acceptor_.bind(endpoint, error))
        return refuse(error == asio::error::address_in_use
                          ? "another process has this port; choose another one"
                          : "choose an address of this machine and a port that this user may take");
    if (acceptor_.listen(asio::socket_base::max_listen_connections, error)) return refuse("");
    address_.port = acceptor_.local_endpoint(error).port();
    return {};
}

Result<void> BeastServer::run() {
    accept();
    // Signals belong to the main thread.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    Result<void> started;
    try {
        thread_ = std::thread([this] { serve(); });
    } catch (const std::system_error& error) {
        started = fail(ErrorClass::Transient, "server.no_thread", error.what());
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (started) log_.write(observe::kServerListening, {}, address_.to_text());
    return started;
}

void BeastServer::serve() {
    while (true) {
        try {
            context_.run();
            return;
        } catch (const std::exception& exception) {
            // Out of memory; the connection it happened to is gone, the others go on.
            const Error error{ErrorClass::Transient, "server.connection_failed", exception.what()};
            log_.write(observe::kServerConnectionFailed, {.error = &error});
        }
    }
}

void BeastServer::accept() {
    acceptor_.async_accept(
        [this](ErrorCode error, Tcp::socket socket) { on_accepted(error, std::move(socket)); });
}

void BeastServer::on_accepted(ErrorCode error, Tcp::socket socket) {
    if (is_stopping) return;
    if (error) {
        const Error reason{ErrorClass::Transient, "server.accept_failed", error.message()};
        log_.write(observe::kServerAcceptFailed, {.error = &reason});
        accept_pause_.expires_after(kAcceptPause);
        accept_pause_.async_wait([this](ErrorCode cancelled) {
            if (!cancelled) accept();
        });
        return;
    }
    accept();
    if (sessions_.size() >= options.connections_max) return turn_away(std::move(socket));
    Host& host = *this;
    const auto session = std::make_shared<HttpSession>(std::move(socket), host);
    sessions_.insert(session.get());
    session->start();
}

void BeastServer::turn_away(Tcp::socket socket) {
    log_.write(observe::kServerFull, {}, options.connections_max);
    const Response full = error_response(503, "too many connections are open");
    const std::string bytes = fmt::format(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n{}",
        full.content_type, full.body.size(), full.body);
    // A new socket takes so few bytes at once; if not, the client does without.
    ErrorCode ignored;
    std::ignore = socket.non_blocking(true, ignored);
    std::ignore = socket.write_some(asio::buffer(bytes), ignored);
    std::ignore = socket.shutdown(Tcp::socket::shutdown_send, ignored);
}

Response BeastServer::answer(const Request& request) {
    try {
        return router_.answer(request);
    } catch (const std::exception& exception) {
        const Error error{ErrorClass::Fatal, "server.handler_failed", exception.what()};
        log_.write(observe::kServerHandlerFailed, {.error = &error}, request.path);
        return error_response(500, "the request could not be answered", "see the log");
    }
}

void BeastServer::on_closed(HttpSession* session) {
    sessions_.erase(session);
    if (is_stopping && sessions_.empty()) stop_deadline_.cancel();
}

void BeastServer::begin_stop() {
    is_stopping = true;
    ErrorCode ignored;
    std::ignore = acceptor_.close(ignored);
    accept_pause_.cancel();
    for (HttpSession* session : sessions_) session->stop();
    if (sessions_.empty()) return;
    stop_deadline_.expires_after(options.stop_timeout);
    stop_deadline_.async_wait([this](ErrorCode cancelled) {
        if (cancelled) return;
        for (HttpSession* session : sessions_) session->close();
    });
}

void BeastServer::stop() {
    if (!thread_.joinable()) return;
    asio::post(context_, [this] { begin_stop(); });
    thread_.join();
    log_.write(observe::kServerStopped);
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, Router router,
                                                      observe::Log& log, Clock& clock) {
    if (options.exposure == Exposure::Loopback && !options.address.is_loopback())
        return fail(ErrorClass::Misconfigured, "server.listen_not_loopback",
                    fmt::format("{} can be reached from other machines, and the server has neither "
                                "encryption nor authentication",
                                options.address.to_text()),
                    "listen on 127.0.0.1 or [::1], or allow it with --insecure");
    auto server = std::make_unique<BeastServer>(std::move(options), std::move(router), log, clock);
    MESSINA_TRY_VOID(server->listen());
    MESSINA_TRY_VOID(server->run());
    return server;
}

std::string http_date(WallTime time) {
    constexpr std::string_view days = "SunMonTueWedThuFriSat";
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    const size_t weekday = std::chrono::weekday(day).c_encoding();
    const size_t month = static_cast<unsigned>(date.month()) - 1;
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days.substr(weekday * 3, 3),
                       static_cast<unsigned>(date.day()), months.substr(month * 3, 3),
                       static_cast<int>(date.year()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

}  // namespace messina::server
