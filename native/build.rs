//! Puts librdkafka's headers where the C++ side looks for them: `MESSINA_NATIVE_INCLUDE_DIR/librdkafka`.
use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-env-changed=MESSINA_NATIVE_INCLUDE_DIR");
    println!("cargo:rerun-if-changed=build.rs");
    // rdkafka-sys builds librdkafka in a copy of its sources and says where that is.
    let root = std::env::var("DEP_RDKAFKA_ROOT").expect("rdkafka-sys says where librdkafka is");
    let out = std::env::var("OUT_DIR").expect("cargo gives an output directory");
    let include = std::env::var("MESSINA_NATIVE_INCLUDE_DIR").map_or(PathBuf::from(out).join("include"), PathBuf::from);
    let folder = include.join("librdkafka");
    std::fs::create_dir_all(&folder).expect("create the include directory");
    for header in ["rdkafka.h", "rdkafka_mock.h"] {
        std::fs::copy(format!("{root}/src/{header}"), folder.join(header)).expect("copy a header of librdkafka");
    }
}
