import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A JSON answer, ending in a newline as people read it in terminals.
    init(status: HTTPResponse.Status = .ok, json: some Encodable) throws {
        self.init(status: status, text: try JSONText.encode(json) + "\n", contentType: "application/json")
    }

    /// A text answer. What it tells is of the moment, so nobody may cache it.
    init(status: HTTPResponse.Status = .ok, text: String, contentType: String) {
        self.init(
            status: status,
            headers: [.contentType: contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
