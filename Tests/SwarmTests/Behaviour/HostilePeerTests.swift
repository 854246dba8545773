import Swarm
import Testing

/// Peers that lie, flip bytes, babble or say nothing.
@Suite struct HostilePeerTests {
    /// One hostile seed, one honest, four that want the blob.
    private func cluster(
        _ misdeeds: SimulatedNode.Misdeeds, seed: UInt64, size: UInt64 = 3_000_000, honestSeed: Bool = true, hasTracker: Bool = true
    ) -> (Cluster, ToyContent) {
        let cluster = Cluster(seed: seed)
        cluster.startTrackerTicks()
        let blob = cluster.add(ToyContent(size: size, seed: seed))
        cluster.addNodes(1, holding: [blob])
        cluster.nodes[0].misdeeds = misdeeds
        if honestSeed { cluster.addNodes(1, holding: [blob]) }
        cluster.addNodes(4)
        cluster.run(for: .milliseconds(100))
        for node in cluster.nodes.indices.dropFirst(honestSeed ? 2 : 1) { cluster.want(blob, at: node) }
        return (cluster, blob)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64], [true, false])
    func flippedBytesAreNeverReleasedAndTheirSenderIsNamed(seed: UInt64, honestSeed: Bool) {
        let (cluster, blob) = cluster(.flipsBytes, seed: seed, honestSeed: honestSeed)
        cluster.expectComplete(blob)
        let banned = cluster.nodes.flatMap(\.bannedNodes)
        #expect(Set(banned) == [cluster.nodes[0].settings.node])
    }

    /// Two who send wrong bytes under a right list are no proof against the list: one piece from the origin tells.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func severalWhoFlipBytesDoNotDiscreditTheList(seed: UInt64) {
        let (cluster, blob) = Cluster.cold(24, seed: seed)
        for node in [3, 8, 11, 17, 20] { cluster.nodes[node].misdeeds = .flipsBytes }
        cluster.originUplink.bytesPerSecond = 3_000_000
        cluster.want(blob, at: 0, after: .milliseconds(10))
        for node in 1..<24 { cluster.want(blob, at: node, after: .milliseconds(15)) }
        let honest = cluster.nodes.filter { $0.misdeeds.isEmpty }
        cluster.expectComplete(blob, nodes: honest.map(\.index))
        #expect(honest.allSatisfy { $0.restarts == 0 })
        #expect(Double(cluster.originBytes(blob)) < 2 * Double(blob.size))
        let hostile = Set(cluster.nodes.filter { !$0.misdeeds.isEmpty }.map(\.settings.node))
        #expect(Set(honest.flatMap(\.bannedNodes)).isSubset(of: hostile))
    }

    /// However long a frame may be: no piece has these bytes.
    @Test(arguments: [true, false]) func bytesBeyondAPieceBreakTheProtocol(honestSeed: Bool) {
        let (cluster, blob) = cluster(.sendsTooMuch, seed: 1, honestSeed: honestSeed)
        cluster.expectComplete(blob)
        #expect(Set(cluster.nodes.flatMap(\.bannedNodes)) == [cluster.nodes[0].settings.node])
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func flippedBytesOfASmallBlob(seed: UInt64) {
        let (cluster, blob) = cluster(.flipsBytes, seed: seed, size: 1000)
        cluster.expectComplete(blob)
        #expect(Set(cluster.nodes.flatMap(\.bannedNodes)).isSubset(of: [cluster.nodes[0].settings.node]))
    }

    @Test(arguments: [SimulatedNode.Misdeeds.servesNothing, .sendsEmptyFrames], [true, false])
    func aPeerThatServesNothingIsGotAround(misdeeds: SimulatedNode.Misdeeds, honestSeed: Bool) {
        for seed in 1...3 as ClosedRange<UInt64> {
            let (cluster, blob) = cluster(misdeeds, seed: seed, honestSeed: honestSeed)
            cluster.expectComplete(blob)
        }
    }

    /// What is near is not asked of those who are far, so long as it comes. In the second case far peers are known early, and bring what was
    /// asked for in vain, each time a little later, so that no single request grows old.
    @Test(arguments: [SimulatedNode.Misdeeds.servesNothing, .sendsEmptyFrames], [100, 30_000])
    func aNearPeerThatServesNothingIsNotWaitedForTwice(misdeeds: SimulatedNode.Misdeeds, age: Int) {
        for seed in 1...3 as ClosedRange<UInt64> {
            let cluster = Cluster(seed: seed)
            cluster.startTrackerTicks()
            let blob = cluster.add(ToyContent(size: 30_000_000, seed: seed))
            // The hostile node is in the zone of the one that wants the blob, the honest one in the other.
            cluster.addNodes(2, zones: 2, holding: [blob])
            cluster.addNodes(1, zones: 2)
            cluster.nodes[0].misdeeds = misdeeds
            cluster.nodes[1].uplink.bytesPerSecond = 3_000_000
            cluster.run(for: .milliseconds(age))
            cluster.want(blob, at: 2)
            // The honest one's link needs ten.
            cluster.expectComplete(blob, within: .seconds(16))
            #expect(cluster.originBytes(blob) == 0)
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func garbageIsAnsweredWithABan(seed: UInt64) {
        let (cluster, blob) = cluster(.sendsGarbage, seed: seed)
        cluster.expectComplete(blob)
        #expect(Set(cluster.nodes.flatMap(\.bannedNodes)).isSubset(of: [cluster.nodes[0].settings.node]))
    }

    /// Without a tracker's list a peer's claim is all there is.
    @Test(arguments: 1...8 as ClosedRange<UInt64>, [0, 10, 44])
    func aForgedClaimIsFoundOut(seed: UInt64, from piece: Int) {
        let cluster = Cluster(seed: seed)
        let blob = cluster.add(ToyContent(size: 3_000_000, seed: seed))
        cluster.addNodes(2, holding: [blob])
        cluster.nodes[0].lies[blob.digest] = blob.forged(from: piece, seed: seed)
        cluster.addNodes(3)
        // The tracker names the peers, and then it is gone before anyone could vouch.
        cluster.run(for: .milliseconds(100))
        cluster.wantEverywhere(blob, nodes: [2, 3, 4])
        cluster.run(for: .milliseconds(13))
        cluster.stopTracker()
        cluster.expectComplete(blob)
        let honest = Set(cluster.nodes.dropFirst().map(\.settings.node))
        #expect(honest.isDisjoint(with: cluster.nodes.flatMap(\.bannedNodes)))
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>, [0, 20, 45])
    func aHostileLeaseHolderCanWasteTimeOnly(seed: UInt64, from piece: Int) {
        let (cluster, blob) = Cluster.cold(6, seed: seed)
        cluster.isReleaseTrusted = false
        cluster.nodes[0].lies[blob.digest] = blob.forged(from: piece, seed: seed)
        cluster.want(blob, at: 0, after: .milliseconds(10))
        for node in 1..<6 { cluster.want(blob, at: node, after: .milliseconds(15)) }
        cluster.expectComplete(blob, within: .seconds(120), nodes: [1, 2, 3, 4, 5])
    }

    @Test(arguments: [100_000, 2_999_999, 3_000_001, 700_000_000] as [UInt64], [true, false])
    func aLieAboutTheSizeDoesNotStick(lie: UInt64, honestSeed: Bool) {
        let cluster = Cluster(seed: lie)
        cluster.startTrackerTicks()
        let blob = cluster.add(ToyContent(size: 3_000_000, seed: 1))
        let other = ToyContent(size: lie, seed: 2).retold(as: blob.digest)
        cluster.addNodes(1)
        cluster.pretend(other, at: 0)
        cluster.run(for: .milliseconds(100))
        if honestSeed { cluster.addNodes(1, holding: [blob]) }
        cluster.addNodes(3)
        cluster.run(for: .milliseconds(100))
        let wanting = Array(cluster.nodes.indices.suffix(3))
        cluster.wantEverywhere(blob, nodes: wanting)
        cluster.isReleaseTrusted = false
        cluster.expectComplete(blob, within: .seconds(120), nodes: wanting)
    }

    /// The first to have a blob send wrong bytes, and so does the first that gets a lease because all others have banned it.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func aCrowdIsNotHeldUpByWhoFetchesForIt(seed: UInt64) {
        let cluster = Cluster(seed: seed)
        cluster.startTrackerTicks()
        let blobs = (0..<3).map { cluster.add(ToyContent(size: 6_000_000, seed: seed + UInt64(100 * $0))) }
        cluster.addNodes(40)
        for blob in blobs {
            for node in 0..<6 {
                cluster.nodes[node].misdeeds = .flipsBytes
                cluster.want(blob, at: node, after: .milliseconds(10))
            }
            for node in 6..<40 { cluster.want(blob, at: node, after: .milliseconds(15)) }
        }
        for blob in blobs {
            cluster.expectComplete(blob, within: .seconds(30), nodes: Array(6..<40))
            #expect(cluster.originBytes(blob) < 10 * blob.size)
        }
    }

    /// It takes a minute for the blob, and nobody gets any of it.
    @Test(arguments: [SimulatedNode.Misdeeds.flipsBytes, .servesNothing])
    func aSlowHolderOfNoUseIsNotWaitedFor(misdeeds: SimulatedNode.Misdeeds) {
        let (cluster, blob) = Cluster.cold(12, size: 12_000_000)
        cluster.nodes[0].misdeeds = misdeeds
        cluster.originUplink.bytesPerSecond = 200_000
        cluster.want(blob, at: 0, after: .milliseconds(10))
        for node in 1..<12 { cluster.want(blob, at: node, after: .milliseconds(15)) }
        cluster.expectComplete(blob, within: .seconds(110), nodes: Array(1..<12))
        #expect(cluster.originBytes(blob) < 2 * blob.size)
    }

    @Test func aHolderThatBoastsAndServesNothingLosesItsHold() {
        let (cluster, blob) = Cluster.cold(4)
        cluster.nodes[0].misdeeds = .servesNothing
        cluster.want(blob, at: 0, after: .milliseconds(10))
        for node in 1..<4 { cluster.want(blob, at: node, after: .milliseconds(15)) }
        cluster.expectComplete(blob)
    }
}
