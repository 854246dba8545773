import Swarm

/// What `shoal publish` reads: names of buckets, the AWS tools' files, and servers' answers. The Publishing files under test are compiled into this
/// module.
enum Target: FuzzTarget {
    static var seeds: [[UInt8]] {
        let names = ["s3://images", "s3://my.images-2/prod/eu/", "s3://images/../x"]
        let profiles = [
            "[default]\naws_access_key_id = ID\naws_secret_access_key=secret/word==\n",
            "[profile lent]\nregion = eu-west-1\ns3 =\n  x = y\n# c\n[x y z]",
        ]
        let answers = [
            "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Please &lt;reduce&gt; &amp; wait</Message></Error>",
            "<InitiateMultipartUploadResult><UploadId>a.b-c_d</UploadId></InitiateMultipartUploadResult>",
            "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>",
        ]
        return names.map { seed(0, $0) } + profiles.map { seed(1, $0) } + answers.map { seed(2, $0) }
    }

    static func run(_ bytes: [UInt8]) {
        guard let choice = bytes.first else { return }
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch choice % 3 {
        case 0:
            guard let location = BucketLocation(parsing: text) else { return }
            precondition(BucketLocation(parsing: location.description) == location, "a name reads back")
            let key = location.key("v2/")
            precondition(PercentCoding.encode(key, keepsSlashes: true) == key && !key.hasPrefix("/"), "keys stand in URLs as they are")
        case 1:
            for asked in [nil, "lent"] {
                let settings = try? AWSSettings(environment: ["HOME": ""], profile: asked) { (_) throws(AWSSettingsError) in text }
                guard let credentials = settings?.credentials else { continue }
                precondition("\(credentials)".contains(credentials.accessKeyID), "whose they are is told")
            }
        default:
            let reason = BucketError.Reason(status: 400, answer: text, regionHeader: nil)
            let error = BucketError(reason: reason, bucket: "s3://images", server: "minio.example")
            precondition(error.description.hasPrefix("s3://images at minio.example: "))
            if let id = XMLText.element("UploadId", of: text) { precondition(id.utf8.count <= text.utf8.count) }
        }
    }
}
