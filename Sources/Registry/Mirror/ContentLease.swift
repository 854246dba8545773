/// Sees to it that content is closed exactly once, even when the connection dies before its body is begun and nobody is left to close it.
actor ContentLease {
    nonisolated let content: any OpenContent
    private var isClosed = false

    init(_ content: any OpenContent) {
        self.content = content
    }

    func close() async {
        guard !isClosed else { return }
        isClosed = true
        await content.close()
    }

    deinit {
        if !isClosed { Task { [content] in await content.close() } }
    }
}
