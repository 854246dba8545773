import Glibc

/// The process's standard output, for what a command was asked to show.
public enum StandardOutput {
    /// Writes a text whole. A reader that is gone (`shoal status | head -1`) is no error.
    public static func write(_ text: String) {
        DescriptorWriter.write(text, to: STDOUT_FILENO)
    }
}
