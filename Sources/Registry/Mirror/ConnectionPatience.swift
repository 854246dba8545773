import NIOCore

/// The time within which something must happen on a connection. One timer a connection, which is looked at when it runs out and set again
/// then, so that what happens often costs a clock reading and no timer.
struct ConnectionPatience {
    /// How long to wait for something.
    struct Wait {
        /// nil for as long as it takes.
        var limit: TimeAmount?
        /// How long until the wait itself is looked at again.
        var glance: TimeAmount
    }

    private final class Alarm {
        var task: Scheduled<Void>?
        var next = NIODeadline.distantFuture
        var since = NIODeadline.now()
    }

    private let alarm = Alarm()

    /// Something has happened.
    func renew() { alarm.since = .now() }

    /// Makes sure that the alarm goes off in time.
    ///
    /// - Parameters:
    ///   - wait: asked now and whenever the time has come.
    ///   - act: done once, when nothing has happened for as long as the limit says.
    func watch(_ loop: any EventLoop, _ wait: @escaping () -> Wait, _ act: @escaping () -> Void) {
        let next = look(wait()).next
        guard alarm.task == nil || next < alarm.next else { return }
        set(loop, next, wait, act)
    }

    func end() {
        alarm.task?.cancel()
        alarm.task = nil
    }

    private func look(_ wait: Wait) -> (next: NIODeadline, isOver: Bool) {
        let now = NIODeadline.now()
        let glance = now + wait.glance
        guard let limit = wait.limit else { return (glance, false) }
        let due = alarm.since + limit
        return (min(due, glance), due <= now)
    }

    private func set(_ loop: any EventLoop, _ next: NIODeadline, _ wait: @escaping () -> Wait, _ act: @escaping () -> Void) {
        alarm.task?.cancel()
        alarm.next = next
        alarm.task = loop.assumeIsolated().scheduleTask(deadline: next) {
            let (next, isOver) = look(wait())
            alarm.task = nil
            if isOver { act() } else { set(loop, next, wait, act) }
        }
    }
}
