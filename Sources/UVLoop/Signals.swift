import CLibUV

/// Makes writing to a connection that the peer has closed an error (`EPIPE`) where it would end the process.
///
/// For the whole process; harmless to repeat. `UVLoop.init` does it too, because neither libuv's writes nor
/// `sendfile(2)` can ask for it call by call.
public func ignoreSIGPIPE() {
    _ = shoal_ignore_sigpipe()
}
