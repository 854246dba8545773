import CLibUV

/// What other threads have handed to a loop, in order, and how the loop gets to know of it.
final class Inbox: @unchecked Sendable {  // everything is behind `lock`
    enum Item {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    /// What whoever pushed an item has to do so that it runs.
    enum Duty {
        case nothing
        /// Drain before the next poll: nobody has woken the loop, since it is the loop's own thread that pushed.
        case drainThisTurn
        /// The loop has ended: start a thread that drains what comes late.
        case startLateThread
    }

    private enum Delivery {
        /// The loop sleeps in its poll: wake it.
        case wakes(UnsafeMutablePointer<uv_async_t>)
        /// The loop is draining, or has been woken, or ends and will drain once more: it finds the item by itself.
        case found(UnsafeMutablePointer<uv_async_t>?)
        /// The loop's thread is gone.
        case late
    }

    private let lock = Lock()
    private var items: [Item] = []
    private var delivery: Delivery

    init(wake: UnsafeMutablePointer<uv_async_t>) {
        self.delivery = .wakes(wake)
    }

    /// - Parameter isOwn: whether this is the loop's own thread, which need not be woken.
    func push(_ item: Item, isOwn: Bool) -> Duty {
        lock.withLock {
            items.append(item)
            switch delivery {
            case .wakes(let wake):
                delivery = .found(wake)
                if isOwn { return .drainThisTurn }
                // Under the lock, so that the handle cannot be closed between the look and the call.
                uv_async_send(wake)
                return .nothing
            case .found:
                return .nothing
            case .late:
                delivery = .found(nil)
                return .startLateThread
            }
        }
    }

    /// Exchanges an emptied array for the items pushed so far. None means that the next push wakes the loop (or starts a late thread).
    func take(_ batch: inout [Item]) {
        lock.withLock {
            swap(&items, &batch)
            guard batch.isEmpty else { return }
            switch delivery {
            case .found(let wake?): delivery = .wakes(wake)
            case .found(nil): delivery = .late
            case .wakes, .late: break
            }
        }
    }

    /// The loop has drained as much as it wants to in one turn: it comes back in the next if anything is left.
    func yield() {
        lock.withLock {
            guard case .found(let wake?) = delivery else { return }
            if items.isEmpty {
                delivery = .wakes(wake)
            } else {
                uv_async_send(wake)
            }
        }
    }

    /// From here on nothing touches the async handle; the loop drains once more when it has closed.
    func detach() {
        lock.withLock { delivery = .found(nil) }
    }
}
