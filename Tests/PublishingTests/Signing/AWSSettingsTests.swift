import Publishing
import Testing

/// Whose credentials, region and endpoint count.
@Suite struct AWSSettingsTests {
    static let files = [
        "/nobody/.aws/credentials": """
        # comment
        [default]
        aws_access_key_id = DEFAULTID
        aws_secret_access_key=default/secret==
        s3 =
            addressing_style = path
        [lent]
        aws_access_key_id = LENTID
        aws_secret_access_key = lent-secret
        aws_session_token = lent-token
        [half]
        aws_access_key_id = HALFID
        """,
        "/nobody/.aws/config": """
        [default]
        region = eu-central-1
        [profile lent]
        region = ap-south-1
        endpoint_url = https://minio.example
        [profile bare]
        region = us-west-2
        """,
        "/elsewhere": "[default]\naws_access_key_id = OTHERID\naws_secret_access_key = x\n",
    ]

    struct Case: Sendable {
        let environment: [String: String]
        var profile: String?
        let id: String?
        let region: String?
        var endpoint: String?
    }

    static let keys = ["AWS_ACCESS_KEY_ID": "ENVID", "AWS_SECRET_ACCESS_KEY": "env-secret"]

    @Test(
        arguments: [
            Case(environment: [:], id: "DEFAULTID", region: "eu-central-1"),
            Case(environment: keys, id: "ENVID", region: "eu-central-1"),
            Case(environment: keys, profile: "lent", id: "LENTID", region: "ap-south-1", endpoint: "https://minio.example"),
            Case(environment: ["AWS_PROFILE": "lent"], id: "LENTID", region: "ap-south-1", endpoint: "https://minio.example"),
            Case(
                environment: ["AWS_PROFILE": "lent", "AWS_REGION": "r1", "AWS_ENDPOINT_URL": "http://e"], id: "LENTID", region: "r1",
                endpoint: "http://e"),
            Case(environment: ["AWS_DEFAULT_REGION": "r2"], id: "DEFAULTID", region: "r2"),
            Case(environment: [:], profile: "bare", id: nil, region: "us-west-2"),
            Case(environment: ["AWS_SHARED_CREDENTIALS_FILE": "/elsewhere"], id: "OTHERID", region: "eu-central-1"),
            Case(environment: ["AWS_SHARED_CREDENTIALS_FILE": "/none", "AWS_CONFIG_FILE": "/none"], id: nil, region: nil),
        ])
    func finds(example: Case) throws {
        let settings = try Self.settings(example.environment, example.profile)
        #expect(settings.credentials?.accessKeyID == example.id)
        #expect(settings.region == example.region)
        #expect(settings.endpointURL == example.endpoint)
    }

    @Test(
        arguments: [
            (["AWS_ACCESS_KEY_ID": "a"], nil, AWSSettingsError.half("AWS_SECRET_ACCESS_KEY")),
            (["AWS_SECRET_ACCESS_KEY": "a"], nil, .half("AWS_ACCESS_KEY_ID")),
            ([:], "half", .half("aws_secret_access_key of profile half")),
            ([:], "nobody", .noProfile("nobody")),
            (["AWS_PROFILE": "nobody"], nil, .noProfile("nobody")),
        ] as [([String: String], String?, AWSSettingsError)])
    func refuses(environment: [String: String], profile: String?, error: AWSSettingsError) {
        #expect(throws: error) { try Self.settings(environment, profile) }
    }

    static func settings(_ environment: [String: String], _ profile: String?) throws -> AWSSettings {
        try AWSSettings(environment: environment.merging(["HOME": "/nobody"]) { $1 }, profile: profile) {
            (path) throws(AWSSettingsError) in files[path]
        }
    }
}
