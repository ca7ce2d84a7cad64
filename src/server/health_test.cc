#include "server/health.h"

#include <gtest/gtest.h>

namespace messina::server {
namespace {

using namespace std::chrono_literals;

class HealthRoutes : public ::testing::Test {
  protected:
    Response get(std::string path, NamedTexts query = {}, NamedTexts headers = {}) {
        return router_.answer({"GET", std::move(path), std::move(query), std::move(headers), {}});
    }
    void SetUp() override { add_health_routes(router_, health_, registry_, clock_); }

    VirtualClock clock_{WallTime(1h)};
    observe::Health health_;
    observe::MetricRegistry registry_{clock_};
    Router router_;
};

TEST_F(HealthRoutes, LivezIsAliveAsLongAsEveryLoopBeats) {
    EXPECT_EQ(get("/livez").status, 200u);
    observe::Pulse& worker = health_.add_loop("worker 1", clock_.instant());
    observe::Pulse& control = health_.add_loop("control", clock_.instant());
    clock_.advance(9s);
    control.beat(clock_.instant());
    EXPECT_EQ(get("/livez").body, "{\"status\":\"alive\"}\n");
    clock_.advance(1s);
    const Response dead = get("/livez");
    EXPECT_EQ(dead.status, 503u);
    EXPECT_EQ(dead.body,
              "{\"error_code\":503,\"message\":\"worker 1 has stood still for 10 s\"}\n");
    worker.stop();
    EXPECT_EQ(get("/livez").status, 200u) << "a loop that ended is expected no more";
}

TEST_F(HealthRoutes, ReadyzWaitsForTheFirstProgress) {
    EXPECT_NE(get("/readyz").body.find("nothing has been started yet"), std::string::npos);
    observe::TaskHealth& task = health_.add_task("enrich");
    EXPECT_EQ(get("/readyz").body,
              "{\"error_code\":503,\"message\":\"starting\","
              "\"hint\":\"/readyz?verbose says more\"}\n");
    task.obstruct({ErrorClass::Transient, "table.open", "table is locked", "stop the other one"});
    EXPECT_NE(get("/readyz").body.find("enrich: table is locked"), std::string::npos);
    task.progress(clock_.instant());
    EXPECT_EQ(get("/readyz").status, 200u);
    EXPECT_EQ(get("/readyz").body, "{\"status\":\"ready\"}\n");
}

TEST_F(HealthRoutes, ReadyzDoesNotFlapWhenADependencyIsSlow) {
    observe::TaskHealth& task = health_.add_task("enrich");
    task.progress(clock_.instant());
    task.obstruct({ErrorClass::Transient, "sink.full", "the sink is slow"});
    clock_.advance(29s);
    EXPECT_EQ(get("/readyz").status, 200u);
    clock_.advance(1s);
    EXPECT_EQ(get("/readyz").status, 503u);
    task.progress(clock_.instant());
    EXPECT_EQ(get("/readyz").status, 200u);
    clock_.advance(30s);
    EXPECT_NE(get("/readyz").body.find("no progress for 30 s"), std::string::npos);
    task.finish();
    EXPECT_EQ(get("/readyz").status, 200u);
}

TEST_F(HealthRoutes, ReadyzIsReadyWhileAnyTaskIs) {
    health_.add_task("stuck");
    health_.add_task("moving").progress(clock_.instant());
    EXPECT_EQ(get("/readyz").status, 200u);
}

TEST_F(HealthRoutes, ReadyzVerboseNamesEveryTaskAndItsReason) {
    observe::TaskHealth& enrich = health_.add_task("enrich");
    health_.add_task("new");
    health_.add_task("old").finish();
    enrich.progress(clock_.instant());
    clock_.advance(1500ms);
    enrich.obstruct({ErrorClass::Transient, "sink.full", "disk \"a\" is full", "free some"});
    const std::string tasks =
        "\"tasks\":[{\"name\":\"enrich\",\"state\":\"running\",\"is_ready\":true,"
        "\"progress_age_seconds\":1.500,\"code\":\"sink.full\","
        "\"reason\":\"disk \\\"a\\\" is full\",\"hint\":\"free some\"},"
        "{\"name\":\"new\",\"state\":\"starting\",\"is_ready\":false},"
        "{\"name\":\"old\",\"state\":\"finished\",\"is_ready\":true}]}\n";
    EXPECT_EQ(get("/readyz", {{"verbose", ""}}).body, "{\"status\":\"ready\"," + tasks);
    EXPECT_EQ(get("/readyz", {{"verbose", "false"}}).body, "{\"status\":\"ready\"}\n");
}

TEST_F(HealthRoutes, ReadyzVerboseKeepsTheFormOfErrors) {
    health_.add_task("new");
    EXPECT_EQ(get("/readyz", {{"verbose", "1"}}).body,
              "{\"error_code\":503,\"message\":\"starting\",\"tasks\":[{\"name\":\"new\","
              "\"state\":\"starting\",\"is_ready\":false}]}\n");
}

TEST_F(HealthRoutes, MetricsComeInTheFormThatWasAskedFor) {
    const Response text = get("/metrics");
    EXPECT_EQ(text.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_NE(text.body.find("# TYPE messina_records_in_total counter\n"), std::string::npos);
    const Response open = get("/metrics", {}, {{"accept", "application/openmetrics-text"}});
    EXPECT_EQ(open.content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    EXPECT_TRUE(open.body.ends_with("# EOF\n"));
}

}  // namespace
}  // namespace messina::server
