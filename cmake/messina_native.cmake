# The client libraries of native/ (ScyllaDB's driver, librdkafka) as one static library, built by cargo.
#
#   messina_room(NAME cql DEPS … LIBS messina::native)
#
# gives messina_native.h and librdkafka/rdkafka.h, and links the library with everything behind it. Rust code is neither
# instrumented nor specialised, so that one archive in build/cargo serves every preset; only what changed is built again.
find_program(CARGO cargo REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
pkg_check_modules(SASL2 IMPORTED_TARGET libsasl2)

set(native_source ${PROJECT_SOURCE_DIR}/native)
set(native_build ${PROJECT_SOURCE_DIR}/build/cargo)
set(native_library ${native_build}/release/libmessina_native.a)
set(native_include ${native_build}/include)
set(native_features)
if(TARGET PkgConfig::SASL2)
  set(native_features --features gssapi)
endif()
file(MAKE_DIRECTORY ${native_include})

# cargo takes no more than it is given: two of its jobs beside the compiler's own are enough.
add_custom_command(
  OUTPUT ${native_library}
  BYPRODUCTS ${native_include}/librdkafka/rdkafka.h ${native_include}/librdkafka/rdkafka_mock.h
  COMMAND ${CMAKE_COMMAND} -E env MESSINA_NATIVE_INCLUDE_DIR=${native_include} ${CARGO} build --quiet --locked --release
          ${native_features} --manifest-path ${native_source}/Cargo.toml --target-dir ${native_build}
  DEPENDS ${native_source}/Cargo.toml ${native_source}/Cargo.lock ${native_source}/build.rs
  DEPFILE ${native_build}/release/libmessina_native.d
  COMMENT "Building native/ with cargo (minutes the first time)"
  USES_TERMINAL VERBATIM)
add_custom_target(native_cargo DEPENDS ${native_library})

add_library(messina_native STATIC IMPORTED GLOBAL)
add_library(messina::native ALIAS messina_native)
add_dependencies(messina_native native_cargo)
set_target_properties(messina_native PROPERTIES IMPORTED_LOCATION ${native_library})
target_include_directories(messina_native INTERFACE ${native_source}/include ${native_include})
# What `rustc --print native-static-libs` and librdkafka's own link line name.
target_link_libraries(messina_native INTERFACE PkgConfig::ZSTD CURL::libcurl ZLIB::ZLIB OpenSSL::SSL OpenSSL::Crypto gcc_s
                                               util rt pthread m dl)
if(TARGET PkgConfig::SASL2)
  target_link_libraries(messina_native INTERFACE PkgConfig::SASL2)
endif()
