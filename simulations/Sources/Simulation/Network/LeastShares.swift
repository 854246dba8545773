import BasicContainers

/// What each link could give each of its flows that still grow, and which could give least. That is asked for after a few of them have changed, again and
/// again: so the least of each few is kept.
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
    /// Of each link, and infinite ones to fill the last group.
    private var shares = UniqueArray<Double>()
    /// The least of each group; negative where it is to be looked for.
    private var leastOfGroup = UniqueArray<Double>()
    /// Links, which are all looked through when one of them has changed.
    private static var group: Int { 32 }

    /// Before any flow has anything.
    mutating func begin(_ ports: borrowing UniqueArray<FluidNetwork.Port>) {
        links.removeAll(keepingCapacity: true)
        for port in ports.indices { links.append(Link(rest: ports[port].capacity, growing: ports[port].flows.count)) }
        divide()
    }

    /// Finds all shares anew.
    mutating func divide() {
        shares.removeAll(keepingCapacity: true)
        leastOfGroup.removeAll(keepingCapacity: true)
        for link in links.indices {
            shares.append(links[link].share)
            if link % Self.group == 0 { leastOfGroup.append(-1) }
        }
        while shares.count % Self.group != 0 { shares.append(.infinity) }
    }

    /// The first link with the least share; nil when no flow grows.
    mutating func least() -> (link: Int, share: Double)? {
        var (share, group) = (Double.infinity, 0)
        for index in leastOfGroup.indices {
            if leastOfGroup[index] < 0 {
                leastOfGroup[index] = Self.least(of: shares.span.extracting(Self.group * index..<Self.group * (index + 1)))
            }
            let isLess = leastOfGroup[index] < share
            share = isLess ? leastOfGroup[index] : share
            group = isLess ? index : group
        }
        guard share < .infinity else { return nil }
        var link = Self.group * group
        // As whole numbers, which unlike others are either equal or not.
        while shares[link].bitPattern != share.bitPattern { link += 1 }
        return (link, share)
    }

    /// In fours, which a processor need not compare one after the other.
    @inline(__always)
    private static func least(of shares: Span<Double>) -> Double {
        var (a, b, c, d) = (shares[0], shares[1], shares[2], shares[3])
        for four in 1..<group / 4 {
            a = min(a, shares[4 * four])
            b = min(b, shares[4 * four + 1])
            c = min(c, shares[4 * four + 2])
            d = min(d, shares[4 * four + 3])
        }
        return min(min(a, b), min(c, d))
    }

    /// One of a link's flows gets so much, and grows no more.
    ///
    /// - Returns: what was left before, for `takeBack`.
    @inline(__always)
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

    @inline(__always)
    private mutating func setShare(_ share: Double, at link: Int) {
        shares[link] = share
        leastOfGroup[link / Self.group] = -1
    }
}
