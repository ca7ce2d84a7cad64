// Calls of a table that wait for answers of the cluster.
#pragma once

#include <list>
#include <memory>

#include "cql/session.h"

namespace messina::table {

class CqlCall : public cql::RequestHandler {
  public:
    std::list<std::unique_ptr<CqlCall>>::iterator self;
};

class CqlCalls {
  public:
    explicit CqlCalls(cql::Session& session) : session_(session) {}
    /// Those under way hear nothing more.
    ~CqlCalls() {
        for (const auto& call : calls_) session_.forget(*call);
    }
    CqlCalls(const CqlCalls&) = delete;
    CqlCalls& operator=(const CqlCalls&) = delete;

    template <class Call>
    Call& start(std::unique_ptr<Call> call) {
        Call& started = *call;
        started.self = calls_.insert(calls_.end(), std::move(call));
        return started;
    }
    /// Takes the call out of those under way; it ends with the holder.
    std::unique_ptr<CqlCall> retire(CqlCall& call) {
        std::unique_ptr<CqlCall> held = std::move(*call.self);
        calls_.erase(call.self);
        return held;
    }

  private:
    cql::Session& session_;
    std::list<std::unique_ptr<CqlCall>> calls_;
};

}  // namespace messina::table
