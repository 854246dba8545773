import Glibc

/// The process's standard error, for logs and for a command's one line of failure.
public enum StandardError {
    /// Writes a text whole, in one system call where the kernel takes it at once, so that lines of several threads do not mix.
    public static func write(_ text: String) {
        DescriptorWriter.write(text, to: STDERR_FILENO)
    }
}
