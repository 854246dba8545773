public import Swarm
import UVLoop

/// What an agent does about a tag, by the tracker's word.
public enum TagCounsel: Sendable, Hashable {
    /// Take this: a registry said so, so long ago.
    case meaning(TagMeaning, age: Duration)
    /// Ask the registry, and say what it said with `SwarmAgent.tell`.
    case askOrigin
}

/// Somebody who waits for the tracker's word.
struct TagQuestion {
    let id: UInt64
    let name: TagName
    let timer: LoopTimer
    let continuation: CheckedContinuation<TagCounsel, Never>
}

/// Tags, and pauses of registries, shared through the tracker.
extension SwarmAgent {
    /// How long anybody waits for what another agent is told by a registry. Longer than the tracker gives one that asks.
    static let tagPatience: Duration = .seconds(5)
    /// Questions that wait at a time; more are not asked.
    static let tagQuestionLimit = 1024

    /// Asks the tracker what a tag means. Without a tracker that knows tags, or its answer in time, the registry is to be asked.
    public func counsel(on name: TagName, notOlderThan maxAge: Duration) async -> TagCounsel {
        guard let tracker, tracker.sharesTags, !isStopping, tagQuestions.count < Self.tagQuestionLimit else { return .askOrigin }
        let isFirst = !tagsBeingAsked.contains(name) && !tagQuestions.contains { $0.name == name }
        lastTagQuestion += 1
        let id = lastTagQuestion
        return await withCheckedContinuation { continuation in
            let timer = LoopTimer(on: loop, after: Self.tagPatience) { self.endTagQuestions { $0.id == id } }
            tagQuestions.append(TagQuestion(id: id, name: name, timer: timer, continuation: continuation))
            if isFirst { tracker.send(.askTag(name, notOlderThan: maxAge)) }
        }
    }

    /// Whether a tracker is connected that answers questions about tags.
    public var sharesTags: Bool { tracker?.sharesTags == true }

    /// Clients that wait for the tracker's word on a tag.
    public var tagQuestionCount: Int { tagQuestions.count }

    /// Says what a registry has just said; nil when it could not be asked, or knows no such tag.
    public func tell(_ name: TagName, _ meaning: TagMeaning?) {
        tagsBeingAsked.remove(name)
        if let tracker, tracker.sharesTags { tracker.send(.tellTag(name, meaning)) }
        answer(name, meaning.map { .meaning($0, age: .zero) } ?? .askOrigin)
    }

    /// Says that a registry's server asks to be left alone.
    public func tellPause(of server: String, _ duration: Duration) {
        guard let tracker, tracker.sharesTags else { return }
        tracker.send(.pause(server: server, duration))
    }

    /// Everybody here who asked for the tag.
    func answer(_ name: TagName, _ counsel: TagCounsel) { endTagQuestions(with: counsel) { $0.name == name } }

    /// One of those who asked for the tag; the others hear what that one tells.
    func askOrigin(_ name: TagName) {
        guard let first = tagQuestions.first(where: { $0.name == name }) else { return }
        tagsBeingAsked.insert(name)
        endTagQuestions { $0.id == first.id }
    }

    func endTagQuestions(with counsel: TagCounsel = .askOrigin, where isMeant: (TagQuestion) -> Bool = { _ in true }) {
        let ended = tagQuestions.filter(isMeant)
        tagQuestions.removeAll(where: isMeant)
        for question in ended {
            question.timer.cancel()
            question.continuation.resume(returning: counsel)
        }
    }

    func pauseShared(_ server: String, _ duration: Duration) {
        let origin = origin
        Task { await origin.leaveAlone(server, for: duration) }
    }
}
