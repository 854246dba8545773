/// What messages about tags have in common.
extension ByteWriter {
    mutating func write(_ name: TagName) {
        write(text: name.registry)
        write(text: name.repository)
        write(text: name.tag)
        write(UInt8(name.isForEverybody ? 1 : 0))
    }

    mutating func write(_ meaning: TagMeaning) {
        write(meaning.digest)
        write(UInt8(meaning.size == nil ? 0 : 1))
        if let size = meaning.size { write(size) }
        write(text: meaning.mediaType)
    }

    /// Whole milliseconds, from none to seven weeks.
    mutating func write(milliseconds duration: Duration) {
        write(UInt32(clamping: duration.inNanoseconds / 1_000_000))
    }
}

extension ByteReader {
    mutating func readTagName(_ field: String) throws(WireError) -> TagName {
        let (registry, repository) = (try readText(field), try readText(field))
        let tag = try readText(field)
        guard let name = TagName(registry: registry, repository: repository, tag: tag, isForEverybody: try readFlag(field)) else {
            throw .invalid(field: field)
        }
        return name
    }

    mutating func readTagMeaning(_ field: String) throws(WireError) -> TagMeaning {
        let digest = try readDigest(field)
        let size = try readFlag(field) ? try readBlobSize(field) : nil
        return TagMeaning(digest: digest, size: size, mediaType: try readText(field))
    }

    mutating func readMilliseconds(_ field: String) throws(WireError) -> Duration {
        .milliseconds(Int64(try read(UInt32.self, field)))
    }
}
