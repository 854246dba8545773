/// A Swift source with its code and its comments told apart, line by line.
struct SourceFile {
    /// Relative to the repository's root, with `/` between folders.
    let path: String
    /// The lines as they are.
    let lines: [Substring]
    /// The lines without comments, and with string literals emptied.
    let code: [String]
    /// What the comments say, without code and strings.
    let comments: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var splitter = CommentSplitter()
        for character in text { splitter.take(character) }
        splitter.finish()
        code = splitter.code
        comments = splitter.comments
    }
}
