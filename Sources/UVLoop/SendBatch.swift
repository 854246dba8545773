import CLibUV
import Glibc

/// A stretch of a connection's queue that is sent from a thread of the pool, because files are in it and reading them may wait for a disk.
struct SendBatch: Sendable {
    enum Segment: Sendable {
        case bytes(ArraySlice<UInt8>)
        case file(OpenFile, offset: UInt64, count: Int)
    }

    enum End: Sendable {
        case done
        /// The socket takes no more for now.
        case wouldBlock
        case failed(UVError)
    }

    let segments: [Segment]

    /// Whether sending takes little time, because there is little to send and all of it is in memory.
    func isQuick(limitBytes: Int) -> Bool {
        var count = 0
        for segment in segments {
            switch segment {
            case .bytes(let bytes): count += bytes.count
            case .file(_, _, let length): count += length
            }
            guard count <= limitBytes else { return false }
        }
        return segments.allSatisfy { segment in
            guard case .file(let file, let offset, let count) = segment else { return true }
            return file.isInMemory(offset: offset, count: count)
        }
    }

    /// Sends until all is sent or the nonblocking socket is full.
    ///
    /// - Returns: how many bytes went out, and why it ended.
    func send(on socket: DuplicatedSocket) -> (sent: Int, end: End) {
        var sent = 0
        for (index, segment) in segments.enumerated() {
            let end =
                switch segment {
                case .bytes(let bytes): send(bytes, isLast: index == segments.count - 1, on: socket, &sent)
                case .file(let file, let offset, let count): send(file, offset, count, on: socket, &sent)
                }
            guard case .done = end else { return (sent, end) }
        }
        return (sent, .done)
    }

    private func send(_ bytes: ArraySlice<UInt8>, isLast: Bool, on socket: DuplicatedSocket, _ sent: inout Int) -> End {
        // MSG_MORE joins a frame's header to the file that follows it; the last segment goes out at once.
        let flags = CInt(MSG_NOSIGNAL) | (isLast ? 0 : CInt(MSG_MORE))
        return bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.send(socket.descriptor, part.baseAddress, part.count, flags)
                if count < 0 {
                    if errno == EINTR { continue }
                    return failure(errno, "send")
                }
                rest = rest.dropFirst(count)
                sent += count
            }
            return .done
        }
    }

    private func send(_ file: OpenFile, _ offset: UInt64, _ count: Int, on socket: DuplicatedSocket, _ sent: inout Int) -> End {
        var position = off_t(offset)
        var left = count
        while left > 0 {
            let count = sendfile(socket.descriptor, file.descriptor, &position, left)
            if count < 0 {
                if errno == EINTR { continue }
                return failure(errno, "sendfile")
            }
            guard count > 0 else {
                let detail = "the file ends at byte \(position), \(left) bytes before the range that was promised"
                return .failed(UVError(.endOfFile, operation: "sendfile", detail: detail))
            }
            left -= count
            sent += count
        }
        return .done
    }

    private func failure(_ code: Int32, _ operation: String) -> End {
        code == EAGAIN || code == EWOULDBLOCK ? .wouldBlock : .failed(UVError(errno: code, operation: operation))
    }
}
