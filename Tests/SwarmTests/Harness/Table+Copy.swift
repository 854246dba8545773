import BasicContainers

@testable import Swarm

extension Table {
    /// A copy, which the policy never makes.
    subscript(key: Key) -> Value? { index(forKey: key).map { values[$0] } }
}
