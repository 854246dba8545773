/// The boundaries between a store's steps, in the order in which a blob passes them. A crash test stops the process at each.
public enum StoreStep: String, Sendable, CaseIterable {
    case partialFileMade
    case partialRecorded
    case pieceWritten
    case pieceQueued
    case wholeFileSynced
    case wholeFileRenamed
    case wholeDirectorySynced
    case wholeRecorded
    case fileRemoved
    case removalRecorded
}
