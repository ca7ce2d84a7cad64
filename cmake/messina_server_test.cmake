# A test against real servers: Kafka, Cassandra and the schema registry, which all such tests of one ctest run share.
#
#   messina_server_test(NAME cql_live COMMAND $<TARGET_FILE:cql_live_test> --gtest_brief=1)
#
# The command finds the addresses in MESSINA_KAFKA, MESSINA_CASSANDRA and MESSINA_REGISTRY (tests/servers/README.md). Since the servers are
# shared, a test makes topics, keyspaces and subjects of its own, and neither stops nor slows a server. The fixture starts the servers before
# the first such test and stops them after the last one, failed or not; when ctest itself is killed they stop with it.
set(MESSINA_SERVERS ${PROJECT_SOURCE_DIR}/tests/servers/servers --state ${PROJECT_BINARY_DIR}/servers)

function(messina_server_test)
  cmake_parse_arguments(TEST "" "NAME;TIMEOUT" "COMMAND" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  add_test(NAME ${TEST_NAME} COMMAND ${MESSINA_SERVERS} use -- ${TEST_COMMAND})
  set_tests_properties(${TEST_NAME} PROPERTIES FIXTURES_REQUIRED servers LABELS servers TIMEOUT ${TEST_TIMEOUT})
endfunction()
