import CLibUV
import Glibc

/// A second descriptor of a connection's socket, for the thread pool and for `uv_poll`.
///
/// It stays valid for as long as anything refers to it, whatever happens to the `uv_tcp_t` meanwhile; and epoll, which refuses
/// a descriptor twice, takes the duplicate besides the original.
final class DuplicatedSocket: Sendable {
    let descriptor: Int32

    init(of handle: UnsafeMutablePointer<uv_handle_t>) throws(UVError) {
        var original: uv_os_fd_t = -1
        try check(uv_fileno(handle, &original), "find the connection's descriptor")
        let descriptor = shoal_duplicate_descriptor(original)
        guard descriptor >= 0 else { throw UVError(errno: errno, operation: "duplicate the connection's descriptor") }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
