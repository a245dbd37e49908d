//! Passes on what a Node-API addon needs of the linker on this platform.

fn main() {
    napi_build::setup();
}
