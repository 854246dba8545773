/// Keeps a whole blob in the store; lets go when it ends.
public final class BlobHold: Sendable {
    private let atEnd: @Sendable () -> Void

    init(atEnd: @escaping @Sendable () -> Void) { self.atEnd = atEnd }

    deinit { atEnd() }
}
