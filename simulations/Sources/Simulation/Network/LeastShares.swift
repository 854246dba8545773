import BasicContainers

/// What each link could give each of its flows that still grow, and which could give least. That is asked for after a few of them have changed, again and
/// again: so the least of each eight is kept.
struct LeastShares: ~Copyable {
    /// Not private, as other modules could not destroy it then (Swift 6.3).
    struct Link {
        /// Bytes a second that none of its flows has yet.
        var rest: Double
        var growing: Int

        /// Infinite where no flow grows.
        var share: Double { growing > 0 ? max(0, rest) / Double(growing) : .infinity }
    }

    private var links = UniqueArray<Link>()
    /// Of each link, and infinite ones to fill the last eight.
    private var shares = UniqueArray<Double>()
    /// Negative where it is to be looked for.
    private var leastOfEight = UniqueArray<Double>()

    /// Before any flow has anything.
    mutating func begin(_ ports: borrowing UniqueArray<FluidNetwork.Port>) {
        links.removeAll(keepingCapacity: true)
        for port in ports.indices { links.append(Link(rest: ports[port].capacity, growing: ports[port].flows.count)) }
        divide()
    }

    /// Finds all shares anew.
    mutating func divide() {
        shares.removeAll(keepingCapacity: true)
        leastOfEight.removeAll(keepingCapacity: true)
        for link in links.indices {
            shares.append(links[link].share)
            if link % 8 == 0 { leastOfEight.append(-1) }
        }
        while shares.count % 8 != 0 { shares.append(.infinity) }
    }

    /// The first link with the least share; nil when no flow grows.
    mutating func least() -> (link: Int, share: Double)? {
        var (share, eight) = (Double.infinity, 0)
        for index in leastOfEight.indices {
            if leastOfEight[index] < 0 { leastOfEight[index] = Self.least(of: shares.span.extracting(8 * index..<8 * index + 8)) }
            if leastOfEight[index] < share { (share, eight) = (leastOfEight[index], index) }
        }
        guard share < .infinity else { return nil }
        var link = 8 * eight
        while shares[link] != share { link += 1 }
        return (link, share)
    }

    /// In pairs, which a processor need not compare one after the other.
    private static func least(of eight: Span<Double>) -> Double {
        let first = min(min(eight[0], eight[1]), min(eight[2], eight[3]))
        return min(first, min(min(eight[4], eight[5]), min(eight[6], eight[7])))
    }

    /// One of a link's flows gets so much, and grows no more.
    ///
    /// - Returns: what was left before, for `takeBack`.
    mutating func give(_ rate: Double, at link: Int) -> Double {
        let rest = links[link].rest
        links[link].rest -= rate
        links[link].growing -= 1
        setShare(links[link].share, at: link)
        return rest
    }

    /// All flows of a link have what they get.
    mutating func finish(_ link: Int) {
        links[link].growing = 0
        setShare(.infinity, at: link)
    }

    /// As if a flow had not been given anything; the share is found by `divide`.
    mutating func takeBack(to rest: Double, at link: Int) {
        links[link].rest = rest
        links[link].growing += 1
    }

    func growing(at link: Int) -> Int { links[link].growing }

    /// So many of a link's flows grow; its share is found by `divide`.
    mutating func setGrowing(_ count: Int, at link: Int) { links[link].growing = count }

    private mutating func setShare(_ share: Double, at link: Int) {
        if shares[link] == leastOfEight[link / 8] {
            leastOfEight[link / 8] = -1
        } else if share < leastOfEight[link / 8] {
            leastOfEight[link / 8] = share
        }
        shares[link] = share
    }
}
