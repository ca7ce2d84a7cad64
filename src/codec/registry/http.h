// One HTTP exchange at a time with a REST service, over libcurl: basic or bearer authentication,
// TLS, time-outs.
//
// Threads: one at a time.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/error.h"

namespace messina::codec::registry {

struct HttpOptions {
    std::string user;      // empty: none
    std::string password;
    std::string token;     // of `Authorization: Bearer`
    std::string ca_file;   // PEM; empty: the system's authorities
    std::string certificate_file;
    std::string key_file;
    std::chrono::milliseconds connect_timeout{2'000};
    std::chrono::milliseconds timeout{10'000};
    size_t answer_bytes_max = 16u << 20;
};

struct HttpAnswer {
    long status = 0;
    std::string body;
};

class HttpClient {
  public:
    explicit HttpClient(HttpOptions options);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// An answer of any status; an error when none came: Transient, or Misconfigured when TLS or
    /// the URL is at fault.
    Result<HttpAnswer> get(const std::string& url);
    Result<HttpAnswer> post(const std::string& url, const std::string& body);
    /// One part of a path, with what may not stand there escaped.
    [[nodiscard]] std::string escape(const std::string& part) const;

  private:
    Result<HttpAnswer> perform(const std::string& url, const std::string* body);

    HttpOptions options_;
    struct Handle;
    std::unique_ptr<Handle> handle_;
};

}  // namespace messina::codec::registry
