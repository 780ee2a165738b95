//! The page: panic hook and mount, nothing else.

fn main() {
    #[cfg(target_arch = "wasm32")]
    porthole::start();
}
