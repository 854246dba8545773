import Logging
public import Swarm
import UVLoop

/// Giving clients what cannot be stored: straight from the origin.
extension SwarmAgent {
    /// A reader of a blob as the origin has it at this location: neither the store nor other agents are asked, and nothing is kept.
    public func openPastStore(_ digest: Digest, at location: OriginLocation) async throws(TransferFailure) -> BlobReader {
        lastReader += 1
        return try await passage(digest, ReaderID(lastReader), at: location)
    }

    /// A reader of a blob that this node has no place for. Its size is the origin's word.
    func passage(_ digest: Digest, _ id: ReaderID, at location: OriginLocation) async throws(TransferFailure) -> BlobReader {
        do throws(OriginFailure) {
            let answer = try await origin.fetch(digest, at: location, range: nil)
            guard let layout = PieceLayout(blobSize: answer.blobSize) else {
                throw .refused("\(digest.short) has \(answer.blobSize) bytes, more than Shoal takes")
            }
            var passage = try Self.passage(digest, layout.blobSize, from: 0, state: nil)
            passage.answer = answer
            let reader = BlobReader(id: id, digest: digest, layout: layout, file: nil, location: location)
            reader.ended = .cannotStore("\(digest.short) is not kept")
            reader.passage = passage
            return reader
        } catch {
            throw TransferFailure(error)
        }
    }

    /// Waits until the byte at `offset` has come from the origin.
    func passed(_ reader: BlobReader, at offset: UInt64, limit: Int) async throws(TransferFailure) -> [UInt8] {
        do throws(OriginFailure) {
            let known = reader.passage.take().flatMap { $0.reaches(offset) ? $0 : nil }
            var passage = if let known { known } else { try Self.passage(reader, at: offset) }
            while true {
                let bytes = passage.give(from: offset, limit: limit)
                if !bytes.isEmpty {
                    reader.passage = passage
                    return bytes
                }
                try await advance(&passage, reader)
            }
        } catch {
            throw TransferFailure(error)
        }
    }

    /// Begins at the last piece before `offset` whose state is known: all that follows must be hashed.
    private static func passage(_ reader: BlobReader, at offset: UInt64) throws(OriginFailure) -> OriginPassage {
        let known = max(0, (reader.states?.end ?? 1) - 1)
        let piece = min(reader.layout.piece(at: offset), known)
        return try passage(reader.digest, reader.size, from: reader.layout.offset(of: piece), state: reader.states?[piece])
    }

    private static func passage(
        _ digest: Digest, _ size: UInt64, from start: UInt64, state: ChainState?
    ) throws(OriginFailure) -> OriginPassage {
        do {
            return try OriginPassage(digest, size: size, from: start, state: state)
        } catch {
            throw .refused("\(digest.short) cannot be hashed: \(error)")
        }
    }

    /// Takes in the next bytes, from another attempt if need be.
    private func advance(_ passage: inout OriginPassage, _ reader: BlobReader) async throws(OriginFailure) {
        do throws(OriginFailure) {
            if passage.answer == nil {
                let range = passage.end..<reader.size
                let answer = try await origin.fetch(reader.digest, at: reader.location, range: range.lowerBound == 0 ? nil : range)
                guard answer.blobSize == reader.size else {
                    throw .refused("the origin says \(answer.blobSize) bytes of \(reader.digest.short), and said \(reader.size) before")
                }
                passage.answer = answer
            }
            guard let chunk = try await passage.answer?.next() else {
                throw .broken("the origin's answer ended \(reader.size - passage.end) bytes early")
            }
            let hash = passage.hash
            guard let bytes = try? await loop.work({ hash.update(chunk) }) else { throw .refused("the agent is shutting down") }
            observer.originReceived(bytes: bytes.count)
            observer.passedThrough(bytes: bytes.count)
            guard passage.take(bytes) else {
                await origin.contradicted(reader.digest)
                throw .refused("what the origin sent does not hash to \(reader.digest.short)")
            }
        } catch {
            guard case .broken = error, !Task.isCancelled, !isStopping else { throw error }
            passage.answer = nil
            passage.failures += 1
            guard passage.failures < settings.transfer.originAttempts else { throw error }
            logger.notice(
                "origin fetch ended early, going on", metadata: ["digest": "\(reader.digest)", "reason": "\(error)"])
            await pause(min(settings.transfer.originFirstWait * (1 << (passage.failures - 1)), settings.transfer.originLongestWait))
        }
    }
}

extension TransferFailure {
    init(_ failure: OriginFailure) {
        switch failure {
        case .notFound(let why): self = .notFound(why)
        case .refused(let why), .broken(let why): self = .unavailable(why)
        }
    }
}
