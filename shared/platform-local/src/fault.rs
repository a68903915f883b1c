//! Places where a test ends the process: before and after whatever must survive a kill.

/// A place by name. In a build with the feature `failpoints`, `FAILPOINTS='NAME=2*off->return'` kills the process
/// at its third passage, as `kill -9` would. In any other build it is nothing.
pub(crate) fn point(name: &'static str) {
    #[cfg(feature = "failpoints")]
    fail::fail_point!(name, |_| kill_9_self());
    #[cfg(not(feature = "failpoints"))]
    let _ = name;
}

#[cfg(feature = "failpoints")]
fn kill_9_self() {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    // the kernel does not come back from that one; should it ever, nothing may run on
    std::process::abort()
}
