import Operations

/// The bar that all uploads share.
actor PublishProgress {
    private var bar: ProgressBar
    private var done: UInt64 = 0

    init(title: String) { bar = ProgressBar(title: title) }

    func expect(_ bytes: UInt64) { bar.update(doneBytes: 0, totalBytes: bytes) }

    func add(_ bytes: Int) {
        done += UInt64(bytes)
        bar.update(doneBytes: done)
    }

    func finish() { bar.finish() }
    func abandon() { bar.abandon() }
}
