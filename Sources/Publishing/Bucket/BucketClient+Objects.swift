import Cryptography
import NIOCore
import NIOHTTP1

extension BucketClient {
    /// The size of an object; nil when there is none.
    func size(of key: String) async throws(BucketError) -> UInt64? {
        // Who may not list keys is told 403 of one that is not there. Then it is written, which will tell.
        let answer = try await send(Request(method: .HEAD, key: key), expecting: [403, 404])
        guard answer.status == 200 else { return nil }
        return answer.headers.first(name: "content-length").flatMap { UInt64($0) }
    }

    func put(_ bytes: ByteBuffer, hash: [UInt8], at key: String, contentType: String) async throws(BucketError) {
        _ = try await send(Request(method: .PUT, key: key, contentType: contentType, body: bytes, bodyHash: hash))
    }

    /// Begins an object that comes in parts (S3, "Uploading and copying objects using multipart upload").
    /// - Returns: the upload's id.
    func beginUpload(of key: String, contentType: String) async throws(BucketError) -> String {
        let answer = try await send(Request(method: .POST, key: key, query: [("uploads", "")], contentType: contentType))
        guard let id = XMLText.element("UploadId", of: answer.text) else {
            throw error(.refused(answer.status, "", "the answer names no upload"))
        }
        return id
    }

    /// - Parameter number: from 1 on.
    /// - Returns: the part's ETag.
    func putPart(_ bytes: ByteBuffer, hash: [UInt8], number: Int, of key: String, upload: String) async throws(BucketError) -> String {
        let query = [(name: "partNumber", value: "\(number)"), (name: "uploadId", value: upload)]
        let answer = try await send(Request(method: .PUT, key: key, query: query, body: bytes, bodyHash: hash))
        guard let tag = answer.headers.first(name: "etag") else {
            throw error(.refused(answer.status, "", "the answer to a part has no ETag"))
        }
        return tag
    }

    /// Puts the parts together.
    func completeUpload(of key: String, upload: String, tags: [String]) async throws(BucketError) {
        let parts = tags.enumerated().map {
            "<Part><PartNumber>\($0.offset + 1)</PartNumber><ETag>\(XMLText.escaped($0.element))</ETag></Part>"
        }
        let text = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
        let request = Request(
            method: .POST, key: key, query: [("uploadId", upload)], contentType: "application/xml", body: ByteBuffer(string: text),
            bodyHash: StreamingHash.digest(.sha256, of: Array(text.utf8)))
        let answer = try await send(request)
        // S3 begins to answer before it is done: success may turn out to be none.
        if answer.text.contains("<Error>") {
            throw error(.init(status: 500, answer: answer.text, regionHeader: nil))
        }
    }

    func abortUpload(of key: String, upload: String) async throws(BucketError) {
        // Somebody waits for the end.
        let request = Request(method: .DELETE, key: key, query: [("uploadId", upload)], timeout: .seconds(5), attempts: 2)
        _ = try await send(request, expecting: [404])
    }
}
