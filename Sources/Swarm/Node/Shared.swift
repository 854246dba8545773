/// A value that many share until one of them changes its own: thousands of nodes in one process have the same settings.
struct Shared<Value: Sendable>: Sendable {
    private final class Box: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private var box: Box

    init(_ value: Value) { box = Box(value) }

    var value: Value {
        _read { yield box.value }
        _modify {
            var own = box.value
            defer { box = Box(own) }
            yield &own
        }
    }
}
