import Testing

@testable import LoadTest

@Suite struct JoinPlanTests {
    @Test func allAgentsJoinOneBlobAfterAnother() {
        let plan = JoinPlan(agents: 3, joinsPerSecond: 10)
        #expect((0..<6).map { plan[$0].agent } == [0, 1, 2, 0, 1, 2])
        #expect((0..<6).map { plan[$0].blob } == [0, 0, 0, 1, 1, 1])
        #expect(plan[0].announced == nil && plan[3].announced == 0)
    }

    /// The reply to a join is told by its blob: it must be of one that the agent has left.
    @Test func agentsJoinOnlyWhatTheyHaveLeft() {
        let plan = JoinPlan(agents: 2, joinsPerSecond: 10)
        var members: [Set<Int>] = [[], []]
        for number in 0..<1000 {
            let join = plan[number]
            if let left = join.left { #expect(members[join.agent].remove(left) != nil) }
            if let announced = join.announced { #expect(members[join.agent].contains(announced)) }
            #expect(members[join.agent].insert(join.blob).inserted)
            #expect(members[join.agent].count <= JoinPlan.heldBlobs)
        }
    }

    @Test(arguments: [1, 7, 1000, 500_000])
    func joinsAreCountedFromWhenTheyAreDue(rate: Int) {
        let plan = JoinPlan(agents: 1, joinsPerSecond: rate)
        #expect(plan.dueCount(afterNanoseconds: -1) == 0)
        #expect(plan.dueCount(afterNanoseconds: 0) == 1)
        #expect(plan.dueCount(afterNanoseconds: 10 * 1_000_000_000 - 1) == 10 * rate)
        for number in [1, rate / 2 + 1, rate, 3 * rate] {
            // To the nanosecond, both ways.
            #expect(plan.dueCount(afterNanoseconds: plan.dueNanoseconds(number) + 1) == number + 1)
            #expect(plan.dueCount(afterNanoseconds: plan.dueNanoseconds(number) - 2) == number)
        }
    }
}
