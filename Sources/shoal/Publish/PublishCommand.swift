import ArgumentParser
import Operations
import Publishing

/// `shoal publish`: an image of an OCI layout as files that any web server, or a bucket, can be a registry with.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Write an image of an OCI layout as a static registry: an S3 bucket, or a directory.",
        discussion: """
            All platforms of the image are written, blobs first and the tag last. What is there already is not sent again, so a run that was broken
            off is simply started once more. Every byte is verified before it is sent.

            Credentials are those of the AWS tools: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or a profile of
            ~/.aws/credentials; AWS_REGION, AWS_ENDPOINT_URL and AWS_PROFILE count too.

            Examples:

              shoal publish busybox --to s3://images --name library/busybox --tag 1.36
              shoal publish layouts/app:v7 --to s3://images/prod --region eu-central-1
              shoal publish app --to s3://images --endpoint-url https://minio.example:9000
              shoal publish app --to /srv/images --tag v7
            """)

    @Argument(help: ArgumentHelp("The layout's directory; of several images in it, the one of that name.", valueName: "layout[:name]"))
    var layout: String

    @Option(help: ArgumentHelp("A bucket and perhaps a prefix in it, or a directory.", valueName: "s3://bucket/prefix|dir"))
    var to: String

    @Option(help: ArgumentHelp("The repository. Default: what the layout calls the image, or the layout's own name.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("The tag. Default: what the layout calls the image, or latest.", valueName: "tag"))
    var tag: String?

    @Option(help: ArgumentHelp("A server that speaks S3. Default: AWS's own.", valueName: "url"))
    var endpointUrl: String?

    @Option(help: ArgumentHelp("The bucket's region. Default: that of the AWS settings, or us-east-1.", valueName: "name"))
    var region: String?

    @Option(help: ArgumentHelp("Whose credentials of ~/.aws are used.", valueName: "name"))
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "Where the bucket's name stands in URLs: path, virtual (in the host's name), or auto.",
            discussion: "auto is virtual at AWS, and path elsewhere.", valueName: "style"), transform: Self.style)
    var addressingStyle = AddressingStyle.auto

    @Option(help: ArgumentHelp("Bytes of one part of a large layer: 5MiB to 512MiB.", valueName: "size"))
    var partSize = ByteSize(16 << 20)

    @Option(help: ArgumentHelp("Parts sent at a time, each held in memory: 1 to 64.", valueName: "count"))
    var parallel = 8

    @Flag(help: "Print what was published as JSON.")
    var json = false

    func validate() throws {
        guard (5 << 20...512 << 20).contains(partSize.bytes) else {
            throw ValidationError("--part-size \(partSize): S3 takes parts from 5MiB on; choose one up to 512MiB")
        }
        guard (1...64).contains(parallel) else { throw ValidationError("--parallel \(parallel): choose 1 to 64") }
    }

    func run() async throws {
        let image = try image()
        let goal = try PublishGoal(self, image)
        let progress = PublishProgress(title: "\(goal.repository):\(goal.tag)")
        let publication: Publisher.Publication
        do {
            publication = try await Interruption.throwing(PublishError.cancelled) {
                try await goal.with { target in
                    try await Publisher(to: target, repository: goal.repository, tag: goal.tag)
                        .publish(image, planned: { await progress.expect($0) }, sent: { await progress.add($0) })
                }
            }
        } catch {
            await progress.abandon()
            throw error
        }
        await progress.finish()
        let report = PublishReport(goal, publication)
        StandardOutput.write(json ? try JSONText.encode(report, pretty: true) + "\n" : report.text)
    }

    private func image() throws -> LayoutImage {
        let reference = LayoutReference(layout, isDirectory: PublishGoal.isDirectory)
        return try LayoutImage(in: reference.directory, named: reference.name)
    }

    @Sendable private static func style(_ name: String) throws -> AddressingStyle {
        guard let style = AddressingStyle(rawValue: name) else {
            throw ValidationError("choose one of \(AddressingStyle.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return style
    }
}
