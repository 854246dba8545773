import Dispatch
import Foundation
import Testing
import UVLoop

@Suite(.timeLimit(.minutes(1)))
struct LoopTests {
    /// What an owner of connections looks like: callbacks enter it without a hop.
    actor Counter {
        let loop: UVLoop
        private(set) var calls = 0
        private(set) var bytes = 0

        init(_ loop: UVLoop) { self.loop = loop }

        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        func count(_ done: Promise<Int>) {
            _ = LoopTimer(on: loop, after: .zero) {
                self.calls += 1  // compiles only because the closure is isolated to the actor
                self.preconditionIsolated()
                self.assumeIsolated { $0.calls += 1 }
                done.fulfil(self.calls)
            }
        }

        private var order: [Int] = []

        /// Tasks that each make the next one, from a callback in which nothing else happens.
        func handOn(_ count: Int, rounds: Int, _ done: Promise<[Int]>) {
            _ = LoopTimer(on: loop, after: .milliseconds(5)) { for index in 0..<count { self.step(index, count * rounds, done) } }
        }

        private func step(_ index: Int, _ total: Int, _ done: Promise<[Int]>) {
            Task {
                order.append(index)
                if order.count <= total - 3 { step(index, total, done) }
                if order.count == total { done.fulfil(order) }
            }
        }

        func add(_ count: Int) {
            precondition(loop.isCurrent)
            bytes += count
        }
    }

    @Test func callbacksRunIsolatedToTheActorThatMadeThem() async throws {
        let loop = try UVLoop(name: "isolation")
        let counter = Counter(loop)
        let done = Promise<Int>()
        await counter.count(done)
        #expect(try await done.value == 2)
        #expect(!loop.isCurrent)
        try await loop.shutdown()
    }

    @Test func jobsFromManyTasksAllRun() async throws {
        let loop = try UVLoop(name: "jobs")
        let counter = Counter(loop)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1000 { await counter.add(1) } }
            }
        }
        #expect(await counter.bytes == 8000)
        try await loop.shutdown()
    }

    @Test func actorsGoOnAfterTheirLoopHasEnded() async throws {
        let loop = try UVLoop(name: "late")
        let counter = Counter(loop)
        try await loop.shutdown()
        try await loop.shutdown()
        for _ in 0..<100 { await counter.add(1) }
        #expect(await counter.bytes == 100)
        let error = await #expect(throws: UVError.self) {
            try await LoopActor(loop).run { _ in _ = try TCPListener(on: loop) }
        }
        #expect(error?.code == .canceled)
        await #expect(throws: UVError.self) { try await loop.work { 1 } }
    }

    @Test func anActorMayShutDownItsOwnLoop() async throws {
        let loop = try UVLoop(name: "own end")
        let clean = try await LoopActor(loop).run { station in
            try await station.loop.shutdown()
            return station.loop.isCurrent
        }
        #expect(clean)
    }

    @Test func shutdownClosesWhatIsOpen() async throws {
        let loop = try UVLoop(name: "open handles")
        let end = Promise<UVError?>()
        let lost = Promise<UVError?>()
        try await LoopActor(loop).run { station in
            let (client, server) = try await station.pair()
            client.onClose = { end.fulfil($0) }
            server.resumeReading()
            try client.write([1, 2, 3])
            try client.sendFile(try Pattern().file(count: mebibyte), offset: 0, count: mebibyte) { lost.fulfil($0) }
            let (_, idle) = try await station.pair()
            try idle.write([UInt8](repeating: 1, count: 16 * mebibyte))
            let listener = try TCPListener(on: loop)
            try listener.bind(host: "127.0.0.1", port: 0)
            try listener.listen()
            _ = LoopTimer(on: loop, after: .seconds(3600)) { Issue.record("fired on shutdown") }
            _ = LoopTimer(on: loop, after: .seconds(3600), every: .seconds(1)) { Issue.record("fired on shutdown") }
        }
        try await loop.shutdown()
        #expect(try await end.value?.code == .canceled)
        _ = try await lost.value
    }

    /// Whatever the pool has not begun when the loop ends is told so; whatever it has begun is waited for.
    @Test func shutdownCancelsWaitingWork() async throws {
        let loop = try UVLoop(name: "waiting work")
        let gate = DispatchSemaphore(value: 0)
        let outcomes = Outcomes()
        try await LoopActor(loop).run { station in
            let (client, _) = try await station.pair()
            client.onClose = { _ in for _ in 0..<8 { gate.signal() } }  // handles close after the waiting work was cancelled
            for index in 0..<40 {
                loop.work {
                    if index < 8 { gate.wait() }
                } then: { result in
                    #expect(loop.isCurrent)
                    outcomes.add(result)
                }
            }
        }
        try await loop.shutdown()
        // The pool has no more than 4 threads unless the environment says otherwise.
        #expect(outcomes.done + outcomes.cancelled == 40)
        if ProcessInfo.processInfo.environment["UV_THREADPOOL_SIZE"] == nil { #expect(outcomes.cancelled >= 36) }
    }

    @Test func closuresAndJobsKeepTheirOrder() async throws {
        let loop = try UVLoop(name: "order")
        let counter = Counter(loop)
        let outcomes = Outcomes()
        for _ in 0..<1000 { loop.execute { outcomes.add(.success(())) } }
        await counter.add(1)
        #expect(outcomes.done == 1000)
        try await loop.shutdown()
    }

    /// Nobody wakes the loop for what it hands to itself, and still it does not sleep over it, however long the chain.
    @Test func whatTheLoopHandsToItselfRunsInOrder() async throws {
        let loop = try UVLoop(name: "own jobs")
        let counter = Counter(loop)
        let done = Promise<[Int]>()
        await counter.handOn(3, rounds: 100, done)
        let order = try await done.value
        #expect(order == (0..<300).map { $0 % 3 })
        try await loop.shutdown()
    }

    @Test func timersFireOnceOrAgainOrNot() async throws {
        try await onLoop { station in
            let loop = station.loop
            let begin = loop.nowNanoseconds
            let once = Promise<Int64>()
            let single = LoopTimer(on: loop, after: .milliseconds(20)) { once.fulfil(loop.nowNanoseconds - begin) }
            let cancelled = LoopTimer(on: loop, after: .milliseconds(1)) { Issue.record("cancelled timer fired") }
            cancelled.cancel()
            #expect(single.isPending)
            #expect(!cancelled.isPending)
            #expect(try await once.value >= 20_000_000)
            #expect(!single.isPending)

            let thrice = Promise<Void>()
            var calls = 0
            var repeating: LoopTimer?
            repeating = LoopTimer(on: loop, after: .zero, every: .milliseconds(1)) {
                calls += 1
                guard calls == 3 else { return }
                repeating?.cancel()
                thrice.fulfil(())
            }
            try await thrice.value
            let later = Promise<Void>()
            let moved = LoopTimer(on: loop, after: .seconds(3600)) { later.fulfil(()) }
            moved.reschedule(after: .milliseconds(2))
            try await later.value
            #expect(calls == 3)
        }
    }

    @Test func workRunsElsewhereAndComesBack() async throws {
        let loop = try UVLoop(name: "work")
        #expect(try await loop.work { loop.isCurrent } == false)
        await #expect(throws: Promise<Void>.Broken.self) { try await loop.work { throw Promise<Void>.Broken() } }
        let answer = try await LoopActor(loop).run { _ in
            let done = Promise<Int>()
            loop.work {
                6 * 7
            } then: { result in
                #expect(loop.isCurrent)
                done.fulfil((try? result.get()) ?? 0)
            }
            return try await done.value
        }
        #expect(answer == 42)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<200 { group.addTask { try await loop.work { index } } }
            return try await group.reduce(0, +)
        }
        #expect(sum == 199 * 200 / 2)
        try await loop.shutdown()
    }

    @Test func namesAndLiteralsResolve() async throws {
        let loop = try UVLoop(name: "names")
        #expect(try await loop.resolve(host: "[::1]", port: 7).map(\.description) == ["[::1]:7"])
        let found = try await loop.resolve(host: "localhost", port: 80)
        #expect(found.contains { ["127.0.0.1:80", "[::1]:80"].contains($0.description) })
        await #expect(throws: UVError.self) { try await loop.resolve(host: "no-such-host.invalid", port: 80) }
        try await loop.shutdown()
    }
}
