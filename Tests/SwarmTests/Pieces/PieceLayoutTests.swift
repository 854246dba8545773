import Swarm
import Testing

@Suite struct PieceLayoutTests {
    /// Around every power of two, and at the bounds.
    static let sizes: [UInt64] = {
        var sizes: [UInt64] = [0, 1]
        for exponent in 6...40 as ClosedRange<UInt64> {
            let power = UInt64(1) << exponent
            sizes += [power - 1, power, power + 1]
        }
        return sizes.filter { $0 <= PieceLayout.blobSizeLimit }
    }()

    @Test(arguments: sizes)
    func piecesCoverTheBlob(size: UInt64) throws {
        let layout = try #require(PieceLayout(blobSize: size))
        #expect(layout.pieceLength >= PieceLayout.shortestPiece && layout.pieceLength <= PieceLayout.longestPiece)
        #expect(layout.pieceLength.nonzeroBitCount == 1)
        #expect(layout.pieceCount >= 1 && (layout.pieceCount <= 512 || layout.pieceLength == PieceLayout.longestPiece))
        #expect(layout.offset(of: layout.lastPiece) + UInt64(layout.length(of: layout.lastPiece)) == size)
        #expect(size == 0 || layout.length(of: layout.lastPiece) > 0)
        for piece in Set([0, layout.pieceCount / 2, layout.lastPiece]) {
            #expect(layout.piece(at: layout.offset(of: piece)) == piece)
            #expect(piece == layout.lastPiece || layout.length(of: piece) == layout.pieceLength)
        }
        #expect(layout.piece(at: size) == layout.lastPiece)
        #expect(layout.byteRange(of: 0..<layout.pieceCount) == 0..<size)
    }

    @Test func lengthsGrowWithTheSize() {
        let lengths = Self.sizes.sorted().compactMap { PieceLayout(blobSize: $0)?.pieceLength }
        #expect(lengths == lengths.sorted())
        #expect(PieceLayout(blobSize: 64 << 20)?.pieceLength == 128 << 10)
        #expect(PieceLayout(blobSize: 32 << 20)?.pieceLength == 64 << 10)
    }

    @Test(arguments: [PieceLayout.blobSizeLimit + 1, UInt64.max])
    func refuses(size: UInt64) { #expect(PieceLayout(blobSize: size) == nil) }
}
