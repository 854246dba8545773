import CLibUV

/// The C library's heap, which all threads share.
public enum Heap {
    /// Gives buffers of a quarter of a MiB and more back to the system as soon as they are freed. By itself the C library stops doing so
    /// once it has seen one freed, and a process that passes on gigabytes then keeps hundreds of megabytes in the heaps of its threads.
    public static func returnLargeBuffers() {
        mallopt(M_MMAP_THRESHOLD, 256 << 10)
    }
}
