import BlobStore
import Glibc

/// Keeps a data directory open until it is killed.
func holdForEver(directory: String) throws {
    let store = try BlobStore(directory: directory)
    Output.line("held")
    while store.heldCount >= 0 { pause() }
}
