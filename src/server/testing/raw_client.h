// For tests: a client that sends exactly the bytes it is told to, well-formed or not, and waits on
// its socket only.
#pragma once

#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/listen_address.h"

namespace messina::server::testing {

class RawClient {
  public:
    explicit RawClient(const ListenAddress& address) {
        sockaddr_storage storage{};
        socklen_t length = 0;
        if (address.host.find(':') != std::string::npos) {
            auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
            v6->sin6_family = AF_INET6;
            v6->sin6_port = htons(address.port);
            ::inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr);
            length = sizeof *v6;
        } else {
            auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
            v4->sin_family = AF_INET;
            v4->sin_port = htons(address.port);
            ::inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr);
            length = sizeof *v4;
        }
        socket_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        // Nothing here takes so long, unless a test has failed.
        const timeval patience{20, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&storage), length) != 0)
            throw std::runtime_error("cannot connect");
    }
    ~RawClient() {
        if (socket_ >= 0) ::close(socket_);
    }
    RawClient(RawClient&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}
    RawClient& operator=(RawClient&&) = delete;

    /// False when the server does not take it all any more.
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<size_t>(sent));
        }
        return true;
    }
    void shut_down_sending() const { ::shutdown(socket_, SHUT_WR); }

    /// One whole response, head and body; what came before the end of the connection when it is cut
    /// off. `has_body` is false for the answer to a HEAD.
    std::string receive(bool has_body = true) {
        size_t end = 0;
        while ((end = received_.find("\r\n\r\n")) == std::string::npos)
            if (!receive_more()) return std::exchange(received_, {});
        const size_t total = end + 4 + (has_body ? content_length(received_.substr(0, end)) : 0);
        while (received_.size() < total)
            if (!receive_more()) return std::exchange(received_, {});
        std::string response = received_.substr(0, total);
        received_.erase(0, total);
        return response;
    }
    /// Everything until the server closes the connection.
    std::string receive_to_end() {
        while (receive_more()) continue;
        return std::exchange(received_, {});
    }
    std::string ask(std::string_view request) {
        send(request);
        return receive();
    }
    /// Whether there is something to read (the end counts) within the time.
    [[nodiscard]] bool is_readable_within(int milliseconds) const {
        pollfd readable{socket_, POLLIN, 0};
        return ::poll(&readable, 1, milliseconds) == 1;
    }

  private:
    static size_t content_length(const std::string& head) {
        constexpr std::string_view name = "\r\nContent-Length: ";
        const size_t at = head.find(name);
        size_t length = 0;
        if (at != std::string::npos)
            std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
        return length;
    }
    bool receive_more() {
        char bytes[8192];
        const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
        if (count > 0) received_.append(bytes, static_cast<size_t>(count));
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            throw std::runtime_error("the server neither answers nor closes");
        return count > 0;
    }

    int socket_ = -1;
    std::string received_;
};

}  // namespace messina::server::testing
