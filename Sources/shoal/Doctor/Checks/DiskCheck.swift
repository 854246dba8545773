import Glibc
import Operations

/// Whether blobs can be kept.
enum DiskCheck {
    static func finding(_ settings: SettingsDocument, isHere: Bool) -> Finding {
        if isHere, access(settings.data, W_OK) != 0, errno == EROFS {
            return .problem(
                "disk", "\(settings.data) cannot be written to",
                do: "mount the disk read-write, look at the kernel's log, and restart the agent")
        }
        guard let freeBytes = settings.freeBytes else {
            return .problem("disk", "the agent cannot look at \(settings.data)", do: "see whether it is still there, and restart the agent")
        }
        let free = "\(ByteCount.size(freeBytes)) free at \(settings.data)"
        guard freeBytes < settings.minFreeBytes else { return .ok("disk", free) }
        return .problem(
            "disk", "\(free), less than the \(ByteCount.size(settings.minFreeBytes)) of --min-free: new blobs are passed on and not kept",
            do: "make room, move --data to a larger disk, or give a lower --min-free")
    }
}
